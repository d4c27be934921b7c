import { fork, type ChildProcess } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PoolConfig } from 'pg'
import { problem, ProblemError } from '../../../core/problem.ts'
import { childEnvironment } from '../../processes/child-environment.ts'
import { childDeaths, type ChildDeath } from '../../processes/child-link.ts'
import { stderrOf } from '../../processes/child-words.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import type { ConnectionSource } from '../database.ts'
import type { EngineMessage, EngineOrder } from './engine-child.ts'
import { findOwner } from './folder-owner.ts'

interface EmbeddedNeeds {
  readonly dataDir: string
  readonly templatePath: string | null
  readonly onFault: (error: unknown) => void
}

/** `npm run build` puts it beside the built program; the sources have none. */
const builtTemplate = fileURLToPath(new URL('./embedded-template.tar.gz', import.meta.url))

/**
 * The embedded PostgreSQL of a data folder. The first process on the folder owns it and serves it on a socket; later ones connect to that
 * socket, and one of them takes over when the owner ends.
 */
export function makeEmbeddedSource(needs: EmbeddedNeeds): ConnectionSource {
  const dir = resolve(needs.dataDir)
  const order: EngineOrder = { dir, templatePath: needs.templatePath ?? builtTemplate, task: 'serve' }
  let own: StartedEngine | null = null
  let locating: Promise<PoolConfig> | null = null
  let closed = false

  const find = async (): Promise<string> => {
    if (own?.isRunning() === true) return own.socketDir
    const owner = await findOwner(dir)
    if (owner !== null) return owner.socketDir
    const started = await startServing(order, needs.onFault)
    if (started.role === 'owner') own = started
    if (closed) {
      await started.stop()
      throw problem('store_unavailable', 'The database was closed while it was being opened.', 'Start Floe again.')
    }
    return started.socketDir
  }

  return {
    place: `The embedded database in ${dir}`,
    secret: null,
    locate: () => {
      locating ??= find()
        .then(poolConfig)
        .finally(() => {
          locating = null
        })
      return locating
    },
    isServedElsewhere: () => own === null,
    readFreeBytes: async () => {
      const { bavail, bsize } = await statfs(dir)
      return bavail * bsize
    },
    close: async () => {
      closed = true
      await locating?.catch(() => undefined)
      await own?.stop()
    },
  }
}

/** Creating a cluster takes memory that only ending the process gives back, so that a second process serves it. */
async function startServing(order: EngineOrder, onFault: (error: unknown) => void): Promise<StartedEngine> {
  const started = await startEngine(order, onFault)
  const serving = started.role === 'made' ? await startEngine(order, onFault) : started
  if (serving.role === 'made') throw new Error(`The folder ${order.dir} was removed while it was being opened.`)
  return serving
}

const poolConfig = (socketDir: string): PoolConfig => ({
  host: socketDir,
  port: 5432,
  user: 'postgres',
  database: 'postgres',
  application_name: 'floe',
  // All connections share one session; more of them would only queue.
  max: 4,
  connectionTimeoutMillis: 10_000,
  idleTimeoutMillis: 0,
  query_timeout: 20_000,
  allowExitOnIdle: true,
})

const openWithinMs = 90_000
const stopWithinMs = 4_000

/** A database process that serves, or the finding that another one does. */
interface StartedEngine {
  readonly role: 'owner' | 'guest' | 'made'
  readonly socketDir: string
  /** Resolves once the process has ended. */
  readonly ended: Promise<void>
  isRunning(): boolean
  stop(): Promise<void>
}

/** Starts a database process and waits for its message. Throws problem `store_unavailable`. */
export async function startEngine(order: EngineOrder, onFault: (error: unknown) => void): Promise<StartedEngine> {
  const child = fork(siblingModule('engine-child', import.meta.url), [JSON.stringify(order)], {
    // Threads that allocate keep what they freed for themselves: one place for all of them takes less.
    env: childEnvironment({ MALLOC_ARENA_MAX: '1' }),
    // PostgreSQL's memory is not in this heap, which may therefore stay small and needs no threads to be cleared.
    execArgv: ['--max-semi-space-size=1', '--single-threaded-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const words = followStderr(child)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const message = await firstMessage(child, order.dir, words)
  if (message.kind === 'failed') throw new ProblemError(message.problem)
  if (message.kind !== 'owner') {
    await ended
    return {
      role: message.kind,
      socketDir: 'socketDir' in message ? message.socketDir : '',
      ended,
      isRunning: () => false,
      stop: () => ended,
    }
  }
  return keepRunning(child, message.socketDir, ended, () =>
    onFault(new Error(`The embedded database ended: ${words()}`)),
  )
}

function keepRunning(child: ChildProcess, socketDir: string, ended: Promise<void>, onCrash: () => void): StartedEngine {
  let stopping = false
  child.once('exit', () => {
    if (stopping) return
    channel(childDeaths).publish({ child, isReplaced: false } satisfies ChildDeath)
    onCrash()
  })
  // Open connections keep this process alive; the database process need not.
  child.unref()
  child.channel?.unref()
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  return {
    role: 'owner',
    socketDir,
    ended,
    isRunning,
    stop: async () => {
      stopping = true
      if (!isRunning()) return
      child.ref()
      child.send('stop')
      const gaveUp = new AbortController()
      const late = delay(stopWithinMs, 'late' as const, { signal: gaveUp.signal }).catch(() => 'ended' as const)
      if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL')
      gaveUp.abort()
      await ended
    },
  }
}

const firstMessage = (child: ChildProcess, dir: string, words: () => string): Promise<EngineMessage> =>
  new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(
        problem(
          'store_unavailable',
          `The embedded database in ${dir} ${what}.`,
          'Try again; see the details if it stays so.',
          {
            details: [words()],
          },
        ),
      )
    }
    const timer = setTimeout(() => fail(`did not open within ${openWithinMs / 1_000} s`), openWithinMs)
    child.once('message', (message) => {
      clearTimeout(timer)
      resolve(message as EngineMessage)
    })
    child.once('error', (error) => fail(`could not be started (${error.message})`))
    child.once('exit', (code, signal) => fail(`ended while it was being opened (${signal ?? `exit code ${code}`})`))
  })

/** Returns a function that gives the end of the process's standard error. */
function followStderr(child: ChildProcess): () => string {
  let text = ''
  const stderr = stderrOf(child)
  stderr?.setEncoding('utf8')
  stderr?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-2_000)
  })
  if (stderr !== null && 'unref' in stderr && typeof stderr.unref === 'function') stderr.unref()
  return () => (text.trim() === '' ? 'it said nothing' : text.trim())
}

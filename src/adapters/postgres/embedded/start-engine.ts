import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { problem, ProblemError } from '../../../core/problem.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import type { EngineMessage, EngineOrder } from './engine-message.ts'

const openWithinMs = 90_000
const stopWithinMs = 10_000

/** An engine process that serves, or word of one that does. */
export interface StartedEngine {
  readonly role: 'owner' | 'guest' | 'made'
  readonly socketDir: string
  /** Resolves once the process has ended, at once for one that never stayed. */
  readonly ended: Promise<void>
  isRunning(): boolean
  stop(): Promise<void>
}

/** Starts an engine process and waits for its word. Throws problem `store_unavailable`. */
export async function startEngine(order: EngineOrder, onFault: (error: unknown) => void): Promise<StartedEngine> {
  const child = fork(siblingModule('engine-child', import.meta.url), [JSON.stringify(order)], {
    // The engine needs nothing from the environment, and secrets in it are none of its business.
    env: {},
    // Garbage is collected early: the engine's own memory is not in this heap.
    execArgv: ['--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const words = keepLastWords(child)
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
    if (!stopping) onCrash()
  })
  // From here on it is connections that keep this process alive, not the engine.
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

/** The end of what the process wrote to its standard error. */
function keepLastWords(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-2_000)
  })
  if (child.stderr !== null && 'unref' in child.stderr && typeof child.stderr.unref === 'function') child.stderr.unref()
  return () => (text.trim() === '' ? 'it said nothing' : text.trim())
}

import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { presentProblem, problem } from '../../../core/problem.ts'
import { siblingModule } from '../../sibling-module.ts'
import type { AskCredential } from '../snowflake-link.ts'
import type { ChildSettings, FromChild, ToChild } from './child-protocol.ts'

export type Reply = Exclude<FromChild, { readonly kind: 'opened' | 'credential-wanted' }>

/** One running driver process, ready for requests. */
export interface ChildLink {
  readonly pid: number
  send(message: ToChild): void
  /** Hands over the messages of one request until `forget`. Calls `lost` instead once the process is gone. */
  listen(id: number, listener: { readonly hear: (reply: Reply) => void; readonly lost: () => void }): void
  forget(id: number): void
  /** Resolves once the process has ended: with the reason when it ended on its own, with null after a `kill` or an `end`. */
  readonly gone: Promise<string | null>
  /** Lets it close its sessions, then ends it. */
  end(): void
  kill(reason?: string): void
}

export interface ChildNeeds {
  readonly settings: ChildSettings
  readonly credential: AskCredential
  /** Variables the driver needs from ours: a proxy, the identity of a cloud machine. */
  readonly environment: Readonly<Record<string, string>>
}

/** The driver reads the machine's home for settings and writes caches there: it gets one that does not exist. */
const nowhere = join(tmpdir(), 'floe-driver-has-no-home')

const safeEnvironment: Readonly<Record<string, string>> = {
  HOME: nowhere,
  MALLOC_ARENA_MAX: '2',
  NODE_NO_WARNINGS: '1',
  SNOWFLAKE_DISABLE_MINICORE: 'true',
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: 'true',
}

/**
 * Starts a driver process and waits until it listens. It gets none of our environment but what is named, no file of ours, and dies with us.
 * Throws `warehouse_unreachable`.
 */
export async function startChild({ settings, credential, environment }: ChildNeeds): Promise<ChildLink> {
  const child = fork(fileURLToPath(siblingModule('snowflake-child', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=16'],
    cwd: tmpdir(),
    env: { ...environment, ...safeEnvironment },
    // A library may print to its standard output, which belongs to the command line's answers.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const listeners = new Map<number, Parameters<ChildLink['listen']>[1]>()
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string | null>()
  const closing = new AbortController()
  let killedFor: string | null | undefined

  const lose = (reason: string): void => {
    opened.reject(notStarted(reason))
    ended.resolve(killedFor === undefined ? reason : killedFor)
    closing.abort(new Error('The process has ended.'))
    for (const listener of listeners.values()) listener.lost()
    listeners.clear()
  }
  const send = (message: ToChild): void => {
    if (child.connected) child.send(message)
  }
  const tellCredential = (id: number, isRefused: boolean): void => {
    credential(closing.signal, isRefused).then(
      (found) => send({ kind: 'credential', id, credential: found }),
      (error: unknown) => send({ kind: 'no-credential', id, problem: presentProblem(error) }),
    )
  }
  child.on('error', (error) => lose(error.message))
  child.on('exit', (code, signal) => lose(`The process ended (${signal ?? `code ${code}`}).`))
  child.on('message', (message: FromChild) => {
    if (message.kind === 'opened') opened.resolve()
    else if (message.kind === 'credential-wanted') tellCredential(message.id, message.isRefused)
    else listeners.get(message.id)?.hear(message)
  })
  const kill = (reason?: string): void => {
    killedFor ??= reason ?? null
    child.ref()
    child.kill('SIGKILL')
  }
  const end = (): void => {
    killedFor ??= null
    child.ref()
    if (child.connected) child.disconnect()
  }
  send({ kind: 'open', settings })
  try {
    await opened.promise
  } catch (error) {
    kill()
    throw error
  }
  idle(true)

  /** Nothing of an idle process keeps ours from ending. */
  function idle(yes: boolean): void {
    if (yes) {
      child.unref()
      child.channel?.unref()
    } else {
      child.ref()
      child.channel?.ref()
    }
  }
  return {
    pid: child.pid ?? 0,
    send,
    listen(id, listener) {
      listeners.set(id, listener)
      idle(false)
    },
    forget(id) {
      listeners.delete(id)
      if (listeners.size === 0) idle(true)
    },
    gone: ended.promise,
    end,
    kill,
  }
}

const notStarted = (reason: string): Error =>
  problem(
    'warehouse_unreachable',
    'The process that talks to Snowflake could not be started.',
    'Try again in a moment.',
    {
      details: [reason],
    },
  )

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { problem } from '../../core/problem.ts'
import { siblingModule } from '../sibling-module.ts'
import type { FromChild, ToChild } from './child-protocol.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

type Reply = Extract<FromChild, { readonly id: number }>

/** One running DuckDB process, opened and ready. */
export interface ChildLink {
  readonly pid: number
  send(message: ToChild): void
  /** Hands over the messages of one request until `forget`. Calls `lost` instead once the process is gone. */
  listen(id: number, listener: { readonly hear: (reply: Reply) => void; readonly lost: () => void }): void
  forget(id: number): void
  /** Resolves once the process has ended: with the reason when it ended on its own, with null after a `kill` without one. */
  readonly gone: Promise<string | null>
  kill(reason?: string): void
}

/** DuckDB waits on these threads, one for each query that runs or is being prepared. */
const threadPoolSize = 24

/**
 * Starts a DuckDB process and waits until its database is open. It gets no environment of ours, and it dies with us.
 * Throws `warehouse_unreachable`.
 */
export async function startChild(settings: EngineSettings): Promise<ChildLink> {
  const child = fork(fileURLToPath(siblingModule('duckdb-child', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=4'],
    env: { UV_THREADPOOL_SIZE: String(threadPoolSize), MALLOC_ARENA_MAX: '2' },
    // The engine may print to its standard output, which belongs to the command line's answers.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const listeners = new Map<number, Parameters<ChildLink['listen']>[1]>()
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string | null>()
  let killedFor: string | null | undefined
  const lose = (reason: string): void => {
    opened.reject(unreachable(reason))
    ended.resolve(killedFor === undefined ? reason : killedFor)
    for (const listener of listeners.values()) listener.lost()
    listeners.clear()
  }
  child.on('error', (error) => lose(error.message))
  child.on('exit', (code, signal) => lose(`The process ended (${signal ?? `code ${code}`}).`))
  child.on('message', (message: FromChild) => {
    if (message.kind === 'opened') opened.resolve()
    else if (message.kind === 'unopened') opened.reject(unreachable(message.message))
    else listeners.get(message.id)?.hear(message)
  })
  const kill = (reason?: string): void => {
    killedFor ??= reason ?? null
    child.ref()
    child.kill('SIGKILL')
  }
  const send = (message: ToChild): void => {
    if (child.connected) child.send(message)
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
    kill,
  }
}

const unreachable = (reason: string): Error =>
  problem(
    'warehouse_unreachable',
    'The local database engine could not open its database.',
    'Look at the details; deleting the file makes Floe build it anew.',
    { details: [reason] },
  )

import type { ChildProcess } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import type { Problem } from '../../contract/problem.ts'
import type { Column } from '../../contract/result.ts'
import type { RunProgress } from '../../core/ports/warehouse.ts'

/** Messages of a child process while it works on a request. */
export type ChildProgress =
  | ({ readonly kind: 'working'; readonly id: number } & RunProgress)
  | { readonly kind: 'columns'; readonly id: number; readonly columns: readonly Column[] }
  | { readonly kind: 'batch'; readonly id: number; readonly rowCount: number; readonly json: Uint8Array }

/** The last message about a request. After a `fatal` problem the process must be replaced. */
export type ChildEnding<Answer> =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'end'; readonly id: number; readonly truncated: boolean }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: Problem; readonly fatal?: boolean }
  | { readonly kind: 'stopped'; readonly id: number }

export type ChildReply<Answer> = ChildProgress | ChildEnding<Answer>

/** Messages that every child process accepts about a request under way. */
export type ChildControl =
  /** Lets the child send `count` more batches of rows. */
  | { readonly kind: 'more'; readonly id: number; readonly count: number }
  | { readonly kind: 'cancel'; readonly id: number }

/** A running child process, ready for requests. */
export interface ChildLink<Sent, Answer> {
  readonly pid: number
  send(message: Sent): void
  /** Passes on the messages of one request until `forget`. Calls `lost` once when the process ends before. */
  listen(id: number, listener: ChildListener<Answer>): void
  forget(id: number): void
  /** Resolves once the process has ended: with the reason of a crash, or with null after `end` or a `kill` without a reason. */
  readonly gone: Promise<string | null>
  /** Disconnects, upon which the process cleans up and ends. One that has not ended after a few seconds is killed. */
  end(): void
  kill(reason?: string): void
}

export interface ChildListener<Answer> {
  readonly hear: (reply: ChildReply<Answer>) => void
  readonly lost: () => void
}

/** The first message of a child process: whether it is ready for requests. */
export type ChildState = { readonly kind: 'opened' } | { readonly kind: 'unopened'; readonly message: string }

/** The diagnostics channel that tells of each `ChildDeath`. */
export const childDeaths = 'floe.child-death'

/** A child process that ended unasked, or that had to be replaced. */
export interface ChildDeath {
  readonly child: ChildProcess
  readonly isReplaced: boolean
}

/** How long a process may take to clean up after it was disconnected. */
const endGraceMs = 4_000

export interface LinkChildNeeds<Sent, Own> {
  readonly child: ChildProcess
  /** Sent first; the child answers with a `ChildState`. */
  readonly opening: Sent
  /** Handles messages of kinds that only this child has; returns whether it was one. */
  readonly hearOwn?: (message: Own) => boolean
  /** Makes the problem of a child that did not open. */
  readonly unopened: (reason: string) => Error
}

/** Follows a child process from its first message to its end. Resolves once it is ready; throws what `unopened` makes. */
export async function linkChild<Sent extends object, Answer, Own = never>(
  needs: LinkChildNeeds<Sent, Own>,
): Promise<ChildLink<Sent, Answer>> {
  const { child, hearOwn = () => false, unopened } = needs
  const listeners = new Map<number, ChildListener<Answer>>()
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string | null>()
  let killedFor: string | null | undefined

  const lose = (reason: string): void => {
    opened.reject(unopened(reason))
    const death = killedFor === undefined ? reason : killedFor
    const isReplaced = killedFor !== undefined
    if (death !== null) channel(childDeaths).publish({ child, isReplaced } satisfies ChildDeath)
    ended.resolve(death)
    for (const listener of listeners.values()) listener.lost()
    listeners.clear()
  }
  child.on('error', (error) => lose(error.message.replace(/^spawn .* /, 'The process could not be started: ')))
  child.on('exit', (code, signal) => lose(`The process ended (${signal ?? `code ${code}`}).`))
  child.on('message', (message: ChildState | ChildReply<Answer>) => {
    if (message.kind === 'opened') opened.resolve()
    else if (message.kind === 'unopened') opened.reject(unopened(message.message))
    else if (!hearOwn(message as Own)) listeners.get(message.id)?.hear(message)
  })
  const leave = (reason: string | null): void => {
    killedFor ??= reason
    child.ref()
  }
  const link: ChildLink<Sent, Answer> = {
    pid: child.pid ?? 0,
    send(message) {
      if (child.connected) child.send(message)
    },
    listen(id, listener) {
      listeners.set(id, listener)
      keepAlive(child, true)
    },
    forget(id) {
      listeners.delete(id)
      if (listeners.size === 0) keepAlive(child, false)
    },
    gone: ended.promise,
    end() {
      leave(null)
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), endGraceMs)
      child.once('exit', () => clearTimeout(timer))
    },
    kill(reason) {
      leave(reason ?? null)
      child.kill('SIGKILL')
    },
  }
  link.send(needs.opening)
  try {
    await opened.promise
  } catch (error) {
    link.kill()
    throw error
  }
  keepAlive(child, false)
  return link
}

/** Sets whether the child keeps this process alive, which it does only while it has work to do. */
function keepAlive(child: ChildProcess, yes: boolean): void {
  if (yes) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

import type { ChildProcess } from 'node:child_process'
import type { ChildReply } from './child-replies.ts'

/** A running child process, ready for requests. */
export interface ChildLink<Sent, Answer> {
  readonly pid: number
  send(message: Sent): void
  /** Hands over the messages of one request until `forget`. Calls `lost` instead once the process is gone. */
  listen(id: number, listener: ChildListener<Answer>): void
  forget(id: number): void
  /** Resolves once the process has ended: with the reason when it ended on its own, with null after an `end` or a `kill` without one. */
  readonly gone: Promise<string | null>
  /** Closes its channel, at which it puts its things in order and ends. */
  end(): void
  kill(reason?: string): void
}

export interface ChildListener<Answer> {
  readonly hear: (reply: ChildReply<Answer>) => void
  readonly lost: () => void
}

/** What a child says of itself rather than of a request. */
export type ChildState = { readonly kind: 'opened' } | { readonly kind: 'unopened'; readonly message: string }

export interface LinkChildNeeds<Sent, Own> {
  readonly child: ChildProcess
  /** Sent first; the child answers that it opened, or why not. */
  readonly opening: Sent
  /** Takes what is neither a state nor about a request of ours; tells whether it was. */
  readonly hearOwn?: (message: Own) => boolean
  /** The problem of a child that did not open. */
  readonly unopened: (reason: string) => Error
}

/** Follows a child process from its first message to its end. Resolves once it has opened; throws what `unopened` makes. */
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
    ended.resolve(killedFor === undefined ? reason : killedFor)
    for (const listener of listeners.values()) listener.lost()
    listeners.clear()
  }
  child.on('error', (error) => lose(error.message))
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
      holdUp(child, true)
    },
    forget(id) {
      listeners.delete(id)
      if (listeners.size === 0) holdUp(child, false)
    },
    gone: ended.promise,
    end() {
      leave(null)
      if (child.connected) child.disconnect()
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
  holdUp(child, false)
  return link
}

/** Only a process with work to do keeps ours from ending. */
function holdUp(child: ChildProcess, yes: boolean): void {
  if (yes) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

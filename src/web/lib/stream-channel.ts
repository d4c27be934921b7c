import { backoffMs } from './backoff.ts'
import { readHttpProblem } from './fetch-problem.ts'
import { readEventStream } from './read-event-stream.ts'
import { readFrame } from './read-frame.ts'
import { isFinalKind } from './final-kind.ts'
import { RefusedCommand, type AskCommand, type ChannelOwner, type Position, type TurnChannel } from './turn-channel.ts'

export interface StreamChannelNeeds {
  /** Where the interface lives, `/api/v1`. */
  readonly base: string
  readonly owner: ChannelOwner
}

/** Talks to the server over plain HTTP and server-sent events, where no socket gets through. */
export function makeStreamChannel({ base, owner }: StreamChannelNeeds): TurnChannel {
  const abort = new AbortController()
  const followed = new Set<string>()
  const { signal } = abort

  const post = async (path: string, body: unknown): Promise<Response> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal })
    if (!response.ok) throw new RefusedCommand(await readHttpProblem(response))
    return response
  }

  const hearAll = async (response: Response): Promise<boolean> => {
    let over = false
    if (response.body === null) return false
    await readEventStream(response.body, (data) => {
      const frame = readFrame(data)
      if (frame.type !== 'event') return
      over ||= isFinalKind(frame.event.kind)
      owner.onEvent(frame.event)
    })
    return over
  }

  const read = async (position: Position): Promise<Response> => {
    const headers = { accept: 'text/event-stream', 'last-event-id': String(position.afterSeq) }
    const response = await fetch(`${base}/turns/${position.turnId}/events`, { headers, signal })
    if (!response.ok) throw new RefusedCommand(await readHttpProblem(response))
    return response
  }

  const afterSeqOf = (turnId: string): number =>
    owner.positions().find((position) => position.turnId === turnId)?.afterSeq ?? 0

  /** Follows one turn until its last event, through every break. */
  const follow = async (first: Promise<Response>, turnId: string): Promise<void> => {
    let attempt = 0
    let next = first
    while (!signal.aborted) {
      try {
        const response = await next
        owner.onLink('open')
        attempt = 0
        if (await hearAll(response)) return
      } catch (error) {
        if (error instanceof RefusedCommand) return owner.onLost(turnId, error.problem)
      }
      if (signal.aborted) return
      owner.onLink('reconnecting')
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)))
      attempt += 1
      next = read({ turnId, afterSeq: afterSeqOf(turnId) })
    }
  }

  const followOnce = (first: () => Promise<Response>, turnId: string): void => {
    if (followed.has(turnId)) return
    followed.add(turnId)
    void follow(first(), turnId).finally(() => followed.delete(turnId))
  }

  owner.onLink('open')
  return {
    ask: async (ask: AskCommand) => {
      const response = await post('/turns', ask)
      followOnce(() => Promise.resolve(response), ask.turnId)
    },
    approve: async (approve) => void (await post(`/turns/${approve.turnId}/approve`, approve)),
    edit: async (edit) => void (await post(`/turns/${edit.turnId}/edit`, edit)),
    cancel: async (cancel) => void (await post(`/turns/${cancel.turnId}/cancel`, cancel)),
    resume: (position) => followOnce(() => read(position), position.turnId),
    hurry: () => {},
    close: () => abort.abort(),
  }
}

import { backoffMs } from './backoff.ts'
import { isFinalKind } from './final-kind.ts'
import { readEventStream } from './read-event-stream.ts'
import { readFrame } from './read-frame.ts'
import { RefusedCommand, type ChannelOwner, type TurnChannel } from './turn-channel.ts'
import { makeTurnRequests } from './turn-requests.ts'

export interface StreamChannelNeeds {
  /** Where the interface lives, `/api/v1`. */
  readonly base: string
  readonly owner: ChannelOwner
}

/** Talks to the server over plain HTTP and server-sent events, where no socket gets through. */
export function makeStreamChannel({ base, owner }: StreamChannelNeeds): TurnChannel {
  const abort = new AbortController()
  const { signal } = abort
  const requests = makeTurnRequests(base, signal)
  const followed = new Set<string>()

  const afterSeqOf = (turnId: string): number =>
    owner.positions().find((position) => position.turnId === turnId)?.afterSeq ?? 0

  /** Follows one turn until its last event, through every break. */
  const follow = async (first: Promise<Response>, turnId: string): Promise<void> => {
    let next = first
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const response = await next
        owner.onLink('open')
        attempt = 0
        if (await hearAll(response, owner)) return
      } catch (error) {
        if (error instanceof RefusedCommand) return owner.onLost(turnId, error.problem)
      }
      if (signal.aborted) return
      owner.onLink('reconnecting')
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)))
      next = requests.follow({ turnId, afterSeq: afterSeqOf(turnId) })
    }
  }
  const followOnce = (first: () => Promise<Response>, turnId: string): void => {
    if (followed.has(turnId)) return
    followed.add(turnId)
    void follow(first(), turnId).finally(() => followed.delete(turnId))
  }

  owner.onLink('open')
  return {
    ask: async (ask) => {
      const response = await requests.post('/turns', ask)
      followOnce(() => Promise.resolve(response), ask.turnId)
    },
    approve: async (approve) => void (await requests.post(`/turns/${approve.turnId}/approve`, approve)),
    edit: async (edit) => void (await requests.post(`/turns/${edit.turnId}/edit`, edit)),
    cancel: async (cancel) => void (await requests.post(`/turns/${cancel.turnId}/cancel`, cancel)),
    resume: (position) => followOnce(() => requests.follow(position), position.turnId),
    hurry: () => {},
    close: () => abort.abort(),
  }
}

/** Hands on the events of one stream; says whether the turn's last one was among them. */
async function hearAll(response: Response, owner: ChannelOwner): Promise<boolean> {
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

import { readHttpProblem } from './fetch-problem.ts'
import { RefusedCommand, type Position } from './turn-channel.ts'

/** The requests of a turn over plain HTTP. Both reject with `RefusedCommand` when the server says why not. */
export interface TurnRequests {
  readonly post: (path: string, body: unknown) => Promise<Response>
  /** The stream of a turn's events after a position. */
  readonly follow: (position: Position) => Promise<Response>
}

/** `base` is where the interface lives, `/api/v1`. */
export function makeTurnRequests(base: string, signal: AbortSignal): TurnRequests {
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(`${base}${path}`, { ...init, signal })
    if (!response.ok) throw new RefusedCommand(await readHttpProblem(response))
    return response
  }
  return {
    post: (path, body) =>
      request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    follow: ({ turnId, afterSeq }) =>
      request(`/turns/${turnId}/events`, {
        headers: { accept: 'text/event-stream', 'last-event-id': String(afterSeq) },
      }),
  }
}

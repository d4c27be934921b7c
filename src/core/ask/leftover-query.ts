import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { TurnStore } from '../ports/turn-store.ts'

/** A query that a process may have left running in a warehouse when it was killed. */
export interface LeftoverQuery {
  readonly ownerId: string
  readonly connection: string
  readonly queryId: string
}

/** Cancels a query of a process that is gone; harmless when it is over. Throws what the connection throws. */
export type CancelLeftover = (leftover: LeftoverQuery) => Promise<void>

/** The query that a turn was running last, unless its rows had begun to come; null when there is none. */
export async function findLeftover(store: TurnStore, ownerId: string, turnId: string): Promise<LeftoverQuery | null> {
  const events = await store.readEvents(ownerId, turnId, 0)
  // Rows come after the query has ended; their events may be large and are not parsed.
  const running = events.findLast(({ json }) => json.includes('"queryId":') || json.includes('"kind":"result.columns"'))
  if (running === undefined) return null
  const event = JSON.parse(running.json) as TurnEvent
  if (event.kind !== 'step' || event.queryId === undefined) return null
  const turn = await store.readTurn(ownerId, turnId)
  return turn === null ? null : { ownerId, connection: turn.connection, queryId: event.queryId }
}

/** The pauses before the next try: the account may be away at the moment, as we just were. */
const pausesMs = [5_000, 30_000]

/** Cancels it, trying a few times. Rejects with the last failure. */
export async function cancelPatiently(
  { cancelLeftover, clock }: { readonly cancelLeftover: CancelLeftover; readonly clock: Clock },
  leftover: LeftoverQuery,
): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await cancelLeftover(leftover)
    } catch {
      await new Promise<void>((resolve) => {
        clock.after(pauseMs, resolve)
      })
    }
  }
  await cancelLeftover(leftover)
}

import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent, TurnStore } from '../ports/turn-store.ts'
import { encodeEvent, notStored, processStopped } from './turn-facts.ts'

/** A query that a process may have left running in a warehouse when it was killed. */
export interface LeftoverQuery {
  readonly ownerId: string
  readonly connection: string
  readonly queryId: string
}

interface SweepNeeds {
  readonly store: TurnStore
  readonly clock: Clock
  /** Whether this process runs a turn. */
  readonly isRunHere: (turnId: string) => boolean
  /** Cancels a query of a process that is gone; harmless when it is over. Throws what the connection throws. */
  readonly cancelLeftover: (leftover: LeftoverQuery) => Promise<void>
  readonly onFault: (error: unknown) => void
}

/** Ends turns that no process runs. */
export interface OrphanSweep {
  /** Resolves once the first sweep is done; the first call starts it, and the sweeps that follow from time to time. */
  first(): Promise<void>
  /** Sweeps once more, now. */
  now(): Promise<void>
  /** Ends the sweeping. */
  end(): void
}

/** How often orphans are looked for: what they left running costs until it is found. */
const sweepEveryMs = 10_000

export function makeOrphanSweep(needs: SweepNeeds): OrphanSweep {
  let first: Promise<void> | null = null
  let takeBack = (): void => {}
  let hasEnded = false
  const sweepLater = (): void => {
    if (hasEnded) return
    takeBack = needs.clock.after(sweepEveryMs, () => {
      sweepOrphans(needs).catch(needs.onFault).finally(sweepLater)
    })
  }
  const sweepFirst = async (): Promise<void> => {
    try {
      await sweepOrphans(needs)
      sweepLater()
    } catch (error) {
      first = null
      throw error
    }
  }
  return {
    first: () => (first ??= sweepFirst()),
    now: async () => {
      await sweepOrphans(needs)
    },
    end: () => {
      hasEnded = true
      takeBack()
    },
  }
}

/**
 * Ends the turns that no process runs: each gets a last event of the kind `interrupted`. The query that it left in its warehouse is cancelled
 * in the background. Returns how many turns there were.
 */
export async function sweepOrphans(needs: SweepNeeds): Promise<number> {
  const orphans = await needs.store.findOrphans(needs.isRunHere)
  for (const { ownerId, turnId, lastSeq, isOwn } of orphans) {
    const events = await needs.store.readEvents(ownerId, turnId, 0)
    const leftover = await findLeftover(needs.store, ownerId, turnId, events)
    if (leftover !== null) cancelPatiently(needs, leftover).catch(needs.onFault)
    const envelope = { turnId, seq: lastSeq + 1, at: new Date(needs.clock.now()).toISOString() }
    const problem = isOwn
      ? notStored()
      : processStopped(events.at(-1)?.json.includes('"kind":"query.proposed"') ?? false)
    const event = encodeEvent(envelope, { kind: 'turn.failed', problem })
    await needs.store.append(ownerId, turnId, [event], 'interrupted')
  }
  return orphans.length
}

/** The query that a turn was running last, unless its rows had begun to come; null when there is none. */
async function findLeftover(
  store: TurnStore,
  ownerId: string,
  turnId: string,
  events: readonly StoredEvent[],
): Promise<LeftoverQuery | null> {
  // Rows come after the query has ended; their events may be large and are not parsed.
  const running = events.findLast(({ json }) => json.includes('"queryId":') || json.includes('"kind":"result.columns"'))
  if (running === undefined) return null
  const event = JSON.parse(running.json) as TurnEvent
  if (event.kind !== 'step' || event.queryId === undefined) return null
  const turn = await store.readTurn(ownerId, turnId)
  return turn === null ? null : { ownerId, connection: turn.connection, queryId: event.queryId }
}

/** The pauses before the next attempt: the account may be away at the moment, as this process just was. */
const pausesMs = [5_000, 30_000]

/** Cancels it in a few attempts. Rejects with the last failure. */
async function cancelPatiently({ cancelLeftover, clock }: SweepNeeds, leftover: LeftoverQuery): Promise<void> {
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

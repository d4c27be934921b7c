import type { Clock } from '../ports/clock.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { encodeEvent } from './live-event.ts'
import { interrupted } from './turn-ending.ts'

/** Ends the turns that a killed process left running: each gets a last event saying that it was interrupted. Returns how many. */
export async function sweepOrphans(needs: { readonly store: TurnStore; readonly clock: Clock }): Promise<number> {
  const orphans = await needs.store.findOrphans()
  for (const { ownerId, turnId, lastSeq } of orphans) {
    const at = new Date(needs.clock.now()).toISOString()
    const event = encodeEvent({ turnId, seq: lastSeq + 1, at }, { kind: 'turn.failed', problem: interrupted() })
    await needs.store.append(ownerId, turnId, [event], 'interrupted')
  }
  return orphans.length
}

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

/** How often turns of other processes that went away are looked for. */
const sweepEveryMs = 30_000

/** Sweeps once as soon as it is first asked, and from then on every now and then until `end`. */
export function keepSweeping(needs: {
  readonly store: TurnStore
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
}): { readonly swept: () => Promise<void>; readonly end: () => void } {
  let first: Promise<void> | null = null
  let takeBack = (): void => {}
  let ended = false
  const sweepLater = (): void => {
    if (ended) return
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
    swept: () => (first ??= sweepFirst()),
    end: () => {
      ended = true
      takeBack()
    },
  }
}

import type { Clock } from '../ports/clock.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { type CancelLeftover, cancelPatiently, findLeftover } from './leftover-query.ts'
import { encodeEvent } from './live-event.ts'
import { interrupted } from './turn-ending.ts'

interface Needs {
  readonly store: TurnStore
  readonly clock: Clock
  readonly cancelLeftover: CancelLeftover
  readonly onFault: (error: unknown) => void
}

/**
 * Ends the turns that a killed process left running: each gets a last event saying that it was interrupted, and what it left running in its
 * warehouse is cancelled, which nobody waits for. Returns how many.
 */
export async function sweepOrphans(needs: Needs): Promise<number> {
  const orphans = await needs.store.findOrphans(() => true)
  for (const { ownerId, turnId, lastSeq } of orphans) {
    const leftover = await findLeftover(needs.store, ownerId, turnId)
    if (leftover !== null) cancelPatiently(needs, leftover).catch(needs.onFault)
    const at = new Date(needs.clock.now()).toISOString()
    const event = encodeEvent({ turnId, seq: lastSeq + 1, at }, { kind: 'turn.failed', problem: interrupted() })
    await needs.store.append(ownerId, turnId, [event], 'interrupted')
  }
  return orphans.length
}

/** How often turns of other processes that went away are looked for: what they left running costs until it is found. */
const sweepEveryMs = 10_000

/** Sweeps once as soon as it is first asked, and from then on every now and then until `end`. */
export function keepSweeping(needs: Needs): { readonly swept: () => Promise<void>; readonly end: () => void } {
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

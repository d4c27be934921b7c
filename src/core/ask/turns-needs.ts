import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import type { Writers } from '../ports/writers.ts'
import type { Journey } from './make-journey.ts'

/** What the turns of a process stand on. */
export interface TurnsNeeds {
  readonly journey: Journey
  readonly store: TurnStore
  readonly writers: Writers
  readonly clock: Clock
  readonly identity: Identity
  /** Resolves once turns left over by dead processes were ended; reads of stored turns wait for it. */
  readonly swept: () => Promise<void>
  readonly log: (event: string, error: unknown) => void
  readonly limits: {
    /** Turns one owner may have running or waiting at once. */
    readonly maxLiveTurns: number
    /** How long a running turn goes on with nobody reading it. */
    readonly abandonedAfterMs: number
    /** How long a turn waits for a decision with nobody reading it. */
    readonly undecidedAfterMs: number
  }
}

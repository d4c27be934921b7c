import type { Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Identity } from '../core/ports/identity.ts'

/** What every part of the program stands on. */
export interface Foundation {
  readonly database: Database
  readonly clock: Clock
  readonly identity: Identity
  /** Told of a fault that no request waits for. */
  readonly onFault: (error: unknown) => void
}

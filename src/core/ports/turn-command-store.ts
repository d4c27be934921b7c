import type { Problem } from '../../contract/problem.ts'
import type { DecisionCommand } from '../ask/pending-decision.ts'

/**
 * What one process of Floe asks of the one that runs a turn. `attend`: somebody reads the turn over there; `retire`: a newer question was
 * asked in its conversation.
 */
export type RelayedCommand = DecisionCommand | { readonly kind: 'cancel' | 'attend' | 'retire' }

export interface LeftCommand {
  readonly id: string
  readonly ownerId: string
  readonly turnId: string
  readonly command: RelayedCommand
}

/**
 * Commands on turns that another process runs, which takes them from the store that all processes share. Only the owner of a turn leaves
 * any. Throws `store_unavailable`.
 */
export interface TurnCommandStore {
  /** False where the owner has no such turn that is open. */
  leave(command: LeftCommand): Promise<boolean>
  /** What came of it; null as long as it is not known. */
  readOutcome(id: string): Promise<{ readonly problem: Problem | null } | null>
  /** Takes a command back that nobody has taken up; false where somebody has. */
  withdraw(id: string): Promise<boolean>
  /** The commands left for turns that this process runs; each is handed out once. */
  take(): Promise<readonly LeftCommand[]>
  settle(id: string, problem: Problem | null): Promise<void>
}

import type { Budget, BudgetUse, NewBudget } from '../../contract/budgets.ts'

/** What a turn uses. */
export interface TurnUse {
  readonly turnId: string
  readonly userId: string
  /** The UTC day that it counts for, `YYYY-MM-DD`. */
  readonly day: string
}

/** What a model has used for a turn so far. */
export interface ModelTurnUse {
  /** The writer's id, `provider:model`. */
  readonly id: string
  /** Whether the person's own key pays: such tokens count for no budget of the operator. */
  readonly isOwnKey: boolean
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What a person has used on a day, with the budgets that hold for them. */
export interface DayUse {
  readonly queries: number
  readonly bytes: number
  /** Without those of the person's own keys. */
  readonly tokens: number
  readonly budgets: readonly BudgetUse[]
}

/** Budgets, and what turns have used of them. Repeating a call changes nothing. Throws `store_unavailable`. */
export interface BudgetStore {
  /** For everybody first, then groups, then people, by name. */
  list(day: string): Promise<readonly Budget[]>
  /** Sets the subject's only budget; null where there is no such group or person. */
  put(id: string, budget: NewBudget): Promise<string | null>
  /** The budget that was removed; null where there was none. */
  remove(id: string): Promise<Pick<Budget, 'subject'> | null>
  read(userId: string, day: string): Promise<DayUse>
  /**
   * Counts the bytes of a turn's query unless a budget does not allow them: that budget then, as it stood before. Calls of all copies of the server
   * take turns, so that two queries never use the same rest.
   */
  spend(use: TurnUse, bytes: number): Promise<BudgetUse | null>
  /** Counts what cannot be refused any more: the tokens that a model has used for a turn so far, or bytes that were read. */
  note(use: TurnUse, used: { readonly bytes?: number; readonly model?: ModelTurnUse }): Promise<void>
}

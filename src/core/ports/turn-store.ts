import type { ConversationSummary, TurnState, TurnSummary } from '../../contract/api.ts'

export interface NewTurn {
  readonly id: string
  readonly ownerId: string
  readonly conversationId: string
  readonly question: string | null
  readonly connection: string
  readonly writer: string
  /** What was asked, as JSON, so that it can be run again. */
  readonly askJson: string
  readonly createdAt: string
}

/** An event as it is stored and sent: JSON text of a TurnEvent. */
export interface StoredEvent {
  readonly seq: number
  readonly json: string
}

/** A turn that is not over although no process runs it. */
export interface OrphanedTurn {
  readonly ownerId: string
  readonly turnId: string
  readonly lastSeq: number
  /** Whether it was this very process that ran it. */
  readonly isOwn: boolean
}

/**
 * Conversations, turns and their events, each with an owner; every method sees only rows of `ownerId`. Conversations that their owner has
 * removed are not read, nor are their turns. Throws problem `store_unavailable`.
 */
export interface TurnStore {
  /**
   * Stores the turn and, when it is new, its conversation. `exists` when the owner has a turn of that id; `taken` when someone else has.
   * After a problem the turn may be stored all the same: the answer was lost on its way. `full` when more than `maxElsewhere` turns of the owner
   * run in other processes; without it those are not counted. `removed` when the owner has removed the conversation.
   */
  createTurn(turn: NewTurn, maxElsewhere?: number): Promise<'created' | 'exists' | 'taken' | 'full' | 'removed'>
  /** How many turns of the owner run in other processes that are alive; those that wait for a decision do not count. */
  countRunningElsewhere(ownerId: string): Promise<number>
  /**
   * Appends events in order and sets the turn's state. Durable once it resolves. Safe to repeat: events that are stored already stay as they
   * are. Throws `interrupted` when another process has ended the turn meanwhile, and `query_too_large` for an event of more than 64 million
   * characters.
   */
  append(ownerId: string, turnId: string, events: readonly StoredEvent[], state: TurnState): Promise<void>
  readTurn(ownerId: string, turnId: string): Promise<TurnSummary | null>
  /** The events after `afterSeq`, at most `limit` of them, in order. */
  readEvents(ownerId: string, turnId: string, afterSeq: number, limit?: number): Promise<readonly StoredEvent[]>
  listConversations(ownerId: string, limit: number): Promise<readonly ConversationSummary[]>
  readConversation(
    ownerId: string,
    conversationId: string,
  ): Promise<{ readonly conversation: ConversationSummary; readonly turns: readonly TurnSummary[] } | null>
  /**
   * Turns that are not over although no process runs them, of all owners: their process is gone, or it is this one and `isRunHere` denies it.
   * The caller ends each with an event.
   */
  findOrphans(isRunHere: (turnId: string) => boolean): Promise<readonly OrphanedTurn[]>
}

import type { ChartSettings } from '../../contract/chart-settings.ts'
import type { TurnState } from '../../contract/api.ts'
import type { ComparableAnswer } from '../../contract/comparison.ts'
import type { HistoryEntry, HistoryQuery, ListedConversation } from '../../contract/history.ts'

/** A place in a list that is sorted by time, the latest first: what follows comes after this row. */
export interface ListPlace {
  readonly atMs: number
  /** Tells rows of the same moment apart. */
  readonly key: string
}

/** What is searched for. `words` are those of the search, as they are compared. */
export interface HistorySearch extends Pick<HistoryQuery, 'favorite' | 'archived'> {
  readonly words: readonly string[]
  /** Whether the last word may be the beginning of one. */
  readonly isLastBegun: boolean
  readonly connection: string | null
  readonly state: TurnState | null
  readonly fromMs: number | null
  /** Before this moment. */
  readonly toMs: number | null
  readonly after: ListPlace | null
  readonly limit: number
}

/** A turn of a list. Of its SQL no more than its beginning is read. */
export interface ListedTurn extends Omit<HistoryEntry, 'foundIn'> {
  /** Whether a person gave the conversation its title. */
  readonly isNamed: boolean
  readonly ordinal: string
}

/** A turn to be copied. */
export interface TurnCopy {
  readonly from: string
  readonly id: string
  /** The copy that it follows; null for none. */
  readonly follows: string | null
}

/**
 * What a person does with their conversations beside asking in them. Every method sees only rows of `ownerId`; a conversation that is removed
 * is seen by `restore` alone. Throws `store_unavailable`.
 */
export interface HistoryStore {
  /** The latest first. Copies of a turn that is listed itself are left out where no words are searched for. */
  search(ownerId: string, search: HistorySearch): Promise<readonly ListedTurn[]>
  /** The ones used last first. */
  listConversations(
    ownerId: string,
    wanted: { readonly isArchived: boolean; readonly after: ListPlace | null; readonly limit: number },
  ): Promise<readonly ListedConversation[]>
  /**
   * Answers with rows that a turn can be compared with: those of the same query, favorite or question first, then those of its conversation; of
   * each the latest first.
   */
  listComparable(ownerId: string, turnId: string, limit: number): Promise<readonly ComparableAnswer[]>
  /** Changes what is given. False where there is no such conversation. */
  change(
    ownerId: string,
    conversationId: string,
    change: { readonly title?: string; readonly archivedAt?: number | null; readonly isKept?: boolean },
  ): Promise<boolean>
  /** Hides it from everything until it is restored or purged; false where there is none. */
  remove(ownerId: string, conversationId: string, atMs: number): Promise<boolean>
  /** False where there is none that is removed. */
  restore(ownerId: string, conversationId: string): Promise<boolean>
  /** Deletes what was removed before this moment, of all owners; returns how many conversations. */
  purge(removedBeforeMs: number): Promise<number>
  /** False where there is no such turn. */
  setNote(ownerId: string, turnId: string, note: string): Promise<boolean>
  /** Sets how the answer of a turn is drawn, null for as it was chosen by rule. False where there is no such turn. */
  setChart(ownerId: string, turnId: string, settings: ChartSettings | null): Promise<boolean>
  /**
   * Makes a conversation of copies of turns of another one, in this order, with all their events. It counts as removed until it is restored,
   * so that one that is not finished is purged.
   */
  copy(
    ownerId: string,
    copy: {
      readonly conversationId: string
      readonly from: string
      readonly title: string
      readonly atMs: number
      readonly turns: readonly TurnCopy[]
    },
  ): Promise<void>
}

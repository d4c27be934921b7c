import type { ChartSettings } from '../../contract/chart-settings.ts'
import type { TurnState } from '../../contract/api.ts'
import type { AuditEntry } from '../../contract/audit.ts'

export interface ExportedConversation {
  readonly id: string
  readonly title: string
  readonly isKept: boolean
  /** Null for one that is not archived. */
  readonly archivedAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface ExportedTurn {
  /** Names the turn's place in the order of its conversation. */
  readonly cursor: string
  readonly id: string
  readonly conversationId: string
  readonly question: string | null
  /** The query that was proposed last; null for none. */
  readonly sql: string | null
  readonly connection: string
  readonly writer: string
  readonly state: TurnState
  /** What the person noted about it. */
  readonly note: string
  /** How the person wants the answer drawn; null for the chart that was chosen by rule. */
  readonly chart: ChartSettings | null
  /** What went wrong; null where nothing did. */
  readonly problem: string | null
  readonly createdAt: string
}

export interface ExportedUse {
  readonly turnId: string
  /** The UTC day that it counted for. */
  readonly day: string
  readonly bytes: number | null
  /** `provider:model`; null for none. */
  readonly model: string | null
  readonly isOwnKey: boolean
  readonly tokens: number
  /** Null where input and output were not told apart. */
  readonly inputTokens: number | null
}

export interface ExportedFolder {
  readonly id: string
  readonly parentId: string | null
  readonly name: string
  readonly createdAt: string
}

export interface ExportedFavorite {
  readonly id: string
  readonly folderId: string | null
  readonly title: string
  readonly question: string | null
  readonly sql: string
  readonly connection: string
  readonly note: string
  readonly tags: readonly string[]
  readonly parameters: readonly object[]
  readonly verifiedQuestion: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** An event that a favorite keeps. */
export interface ExportedKept {
  readonly favoriteId: string
  readonly seq: number
  readonly json: string
}

/** What a person may take along, page by page in an order that further rows do not disturb. Every method sees only rows of `ownerId`. Throws `store_unavailable`. */
export interface PersonExportStore {
  /** Who the person is at the issuers they have signed in at. */
  identities(
    ownerId: string,
  ): Promise<readonly { readonly issuer: string; readonly subject: string; readonly createdAt: string }[]>
  /** By id, those after the id `after`. */
  conversations(ownerId: string, after: string | null, limit: number): Promise<readonly ExportedConversation[]>
  /** Of one conversation, oldest first, those after the cursor `after`. */
  turns(ownerId: string, conversationId: string, after: string | null, limit: number): Promise<readonly ExportedTurn[]>
  /** What the person's turns have used, in the order of their ids, those after the id `after`. */
  usage(ownerId: string, after: string | null, limit: number): Promise<readonly ExportedUse[]>
  /** Folders of favorites, all of them. */
  folders(ownerId: string): Promise<readonly ExportedFolder[]>
  /** By id, those after the id `after`. */
  favorites(ownerId: string, after: string | null, limit: number): Promise<readonly ExportedFavorite[]>
  /** What favorites keep of their results, in the order of favorites and events, after the event that `after` names. */
  favoriteEvents(ownerId: string, after: ExportedKept | null, limit: number): Promise<readonly ExportedKept[]>
  /** What the person did, oldest first, after the cursor `after`. */
  audit(ownerId: string, after: string | null, limit: number): Promise<readonly AuditEntry[]>
}

import type { TurnState } from '../../contract/api.ts'
import type { AuditEntry } from '../../contract/audit.ts'

export interface ExportedConversation {
  readonly id: string
  readonly title: string
  readonly isKept: boolean
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
  /** What went wrong; null where nothing did. */
  readonly problem: string | null
  readonly createdAt: string
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
  /** What the person did, oldest first, after the cursor `after`. */
  audit(ownerId: string, after: string | null, limit: number): Promise<readonly AuditEntry[]>
}

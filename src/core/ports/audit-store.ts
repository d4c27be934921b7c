import type { AuditEntry } from '../../contract/audit.ts'

export interface AuditRow extends Pick<AuditEntry, 'action' | 'door' | 'facts'> {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly userId: string | null
}

/** Entries about what was done; none is ever changed. Throws `store_unavailable`. */
export interface AuditStore {
  append(row: AuditRow): Promise<void>
  /** Newest first, from before a cursor on. */
  list(query: {
    readonly words: string
    readonly before: string | null
    readonly limit: number
  }): Promise<readonly AuditEntry[]>
}

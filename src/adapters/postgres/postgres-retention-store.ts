import type { RetentionStore } from '../../core/ports/retention-store.ts'
import type { Database } from './database.ts'
import { lateStatements } from './late-statements.ts'

/** What is stored in PostgreSQL, and its removal. */
export function makePostgresRetentionStore({ database }: { readonly database: Database }): RetentionStore {
  const statement = lateStatements(database, () => import('./retention-statements.ts'))
  const selectByUse = statement('selectByUse')
  return {
    readUse: statement('selectUse'),
    listAging: selectByUse,
    listKept: (ownerId, limit) => selectByUse(ownerId, null, limit),
    removeConversations: statement('deleteConversations'),
    findOwnersAbove: statement('selectOwnersAbove'),
    removeRows: statement('deleteOldestRows'),
    removeAudit: statement('deleteAudit'),
    dropRemoved: statement('deleteRemoved'),
  }
}

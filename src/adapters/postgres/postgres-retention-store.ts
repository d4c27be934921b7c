import type { RetentionStore } from '../../core/ports/retention-store.ts'
import type { Database, Statements } from './database.ts'
import type * as RetentionStatements from './retention-statements.ts'

/** What is stored in PostgreSQL, and its removal. */
export function makePostgresRetentionStore({ database }: { readonly database: Database }): RetentionStore {
  const run = async <T>(
    work: (known: typeof RetentionStatements, statements: Statements) => Promise<T>,
  ): Promise<T> => {
    const known = await import('./retention-statements.ts')
    return await database.run((statements) => work(known, statements))
  }
  return {
    readUse: (ownerId) => run((known, on) => known.selectUse(on, ownerId)),
    listAging: (ownerId, usedBefore, limit) => run((known, on) => known.selectByUse(on, ownerId, usedBefore, limit)),
    listKept: (ownerId, limit) => run((known, on) => known.selectByUse(on, ownerId, null, limit)),
    keep: (ownerId, conversationId, isKept) => run((known, on) => known.markKept(on, ownerId, conversationId, isKept)),
    removeConversations: (usedBefore) => run((known, on) => known.deleteConversations(on, usedBefore)),
    findOwnersAbove: (bytes) => run((known, on) => known.selectOwnersAbove(on, bytes)),
    removeRows: (ownerId, untilBytes) => run((known, on) => known.deleteOldestRows(on, ownerId, untilBytes)),
    removeAudit: (before) => run((known, on) => known.deleteAudit(on, before)),
  }
}

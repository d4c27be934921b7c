import type { RetentionStore } from '../../core/ports/retention-store.ts'
import type { Database, Statements } from './database.ts'
import type * as RetentionStatements from './retention-statements.ts'

type Known = typeof RetentionStatements
type Work<Name extends keyof Known> = Known[Name] extends (on: Statements, ...given: infer Given) => infer Answer
  ? { readonly given: Given; readonly answer: Answer }
  : never

/** What is stored in PostgreSQL, and its removal. */
export function makePostgresRetentionStore({ database }: { readonly database: Database }): RetentionStore {
  /** Runs the statement of this name. The module is loaded late, because the query builder costs more than the rest of a short command. */
  const statement =
    <Name extends keyof Known>(name: Name) =>
    async (...given: Work<Name>['given']): Promise<Awaited<Work<Name>['answer']>> => {
      const known = await import('./retention-statements.ts')
      const work = known[name] as (
        on: Statements,
        ...given: Work<Name>['given']
      ) => Promise<Awaited<Work<Name>['answer']>>
      return await database.run((on) => work(on, ...given))
    }
  const selectByUse = statement('selectByUse')
  return {
    readUse: statement('selectUse'),
    listAging: selectByUse,
    listKept: (ownerId, limit) => selectByUse(ownerId, null, limit),
    keep: statement('markKept'),
    removeConversations: statement('deleteConversations'),
    findOwnersAbove: statement('selectOwnersAbove'),
    removeRows: statement('deleteOldestRows'),
    removeAudit: statement('deleteAudit'),
  }
}

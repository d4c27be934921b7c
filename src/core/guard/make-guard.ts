import type { Catalog } from '../catalog/catalog.ts'
import type { SqlParsers } from '../ports/sql-parsers.ts'
import { strictPolicy } from './functions/classify-function.ts'
import type { GuardPolicy } from './functions/classify-function.ts'
import type { ReadOnlySql } from './read-only-sql.ts'
import { refusalProblem } from './refusal-problem.ts'
import type { QueryFacts, Refusal } from './verdict.ts'

export type GuardVerdict = ({ readonly ok: true; readonly sql: ReadOnlySql } & QueryFacts) | Refusal

export interface Guard {
  /** Judges a text. With a catalog, its names are resolved; the policy opens what an operator allowed for the connection. */
  guardSql(
    text: string,
    options: { readonly catalog: Catalog | null; readonly policy?: GuardPolicy },
  ): Promise<GuardVerdict>
  /** The statement with its row limit lowered to `maxRows`, guarded again. Throws `sql_refused` should that fail. */
  capRows(sql: ReadOnlySql, maxRows: number, policy?: GuardPolicy): Promise<ReadOnlySql>
}

/** Makes the guard: the only place where text becomes `ReadOnlySql`. */
export function makeGuard({ parsers }: { readonly parsers: SqlParsers }): Guard {
  const guardSql: Guard['guardSql'] = async (text, { catalog, policy = strictPolicy }) => {
    const verdict = await parsers.judge(text, { catalog, policy })
    return verdict.ok ? { ...verdict, sql: text as ReadOnlySql } : verdict
  }
  return {
    guardSql,
    async capRows(sql, maxRows, policy = strictPolicy) {
      const capped = await parsers.capRows(sql, maxRows)
      const verdict = await guardSql(capped, { catalog: null, policy })
      if (!verdict.ok) throw refusalProblem(verdict)
      return verdict.sql
    },
  }
}

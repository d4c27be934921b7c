import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { SqlParsers } from '../ports/sql-parsers.ts'
import type { ReadOnlySql } from './read-only-sql.ts'
import { refusalProblem } from './verdict.ts'
import type { QueryFacts, Refusal } from './verdict.ts'

export type GuardVerdict = ({ readonly ok: true; readonly sql: ReadOnlySql } & QueryFacts) | Refusal

/** What a text is checked against. */
export interface GuardOptions {
  /** Where names are looked up; null takes them as written. */
  readonly catalog: Catalog | null
  /** What the operator of the connection allows. */
  readonly policy: GuardPolicy
}

export interface Guard {
  /** Checks a text. Returns what it reads, or why it may not run. */
  guardSql(text: string, options: GuardOptions): Promise<GuardVerdict>
  /** The statement with its row limit lowered to `maxRows`, guarded again by the same options. Throws `sql_refused` should that fail. */
  capRows(sql: ReadOnlySql, maxRows: number, options: GuardOptions): Promise<ReadOnlySql>
}

/** Makes the guard: the only place where text becomes `ReadOnlySql`. */
export function makeGuard({ parsers }: { readonly parsers: SqlParsers }): Guard {
  const guardSql: Guard['guardSql'] = async (text, options) => {
    const verdict = await parsers.analyze(text, options)
    return verdict.ok ? { ...verdict, sql: text as ReadOnlySql } : verdict
  }
  return {
    guardSql,
    async capRows(sql, maxRows, options) {
      const verdict = await guardSql(await parsers.capRows(sql, maxRows), options)
      if (!verdict.ok) throw refusalProblem(verdict)
      return verdict.sql
    },
  }
}

import type { TableName } from '../../contract/turn-event.ts'
import { judgeSql, type CheckSql } from '../guard/check-sql.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { Refusal } from '../guard/verdict.ts'
import type { Connections } from '../ports/connections.ts'
import type { SqlParsers } from '../ports/sql-parsers.ts'

/** What `floe explain` says of one text: in plain words what it would do, one sentence a line. */
export type ExplainVerdict =
  { readonly ok: true; readonly tables: readonly TableName[]; readonly explanation: string } | Refusal

/** Judges a text as `check` does and explains it. */
export type ExplainSql = (...given: Parameters<CheckSql>) => Promise<ExplainVerdict>

export function makeExplainSql(needs: {
  readonly guard: Guard
  readonly connections: Connections
  readonly explain: SqlParsers['explain']
}): ExplainSql {
  return async (...given) => {
    const verdict = await judgeSql(needs, ...given)
    if (!verdict.ok) return verdict
    const [caller, , connection, signal] = given
    const opened = connection === null ? null : await needs.connections.open(caller, connection, signal)
    const catalog = (await opened?.catalog(signal)) ?? null
    const explanation = await needs.explain(verdict.sql, { catalog })
    return { ok: true, tables: verdict.tables, explanation }
  }
}

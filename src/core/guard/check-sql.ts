import { strictPolicy } from '../../contract/guard-policy.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { demandRight, type Caller } from '../caller.ts'
import { judgeNames } from '../connections/judge-names.ts'
import type { Connections } from '../ports/connections.ts'
import type { Guard, GuardVerdict } from './make-guard.ts'
import type { Refusal } from './verdict.ts'

/** What a text is found to be, as `floe check` prints it. */
export type CheckVerdict =
  { readonly ok: true; readonly tables: readonly TableName[] } | (Refusal & { readonly tables: readonly TableName[] })

/**
 * Judges a text without running it; with a connection, names are resolved against its catalog and its policy holds. Throws `forbidden` for those
 * who may not ask.
 */
export type CheckSql = (
  caller: Caller,
  sql: string,
  connection: string | null,
  signal: AbortSignal,
) => Promise<CheckVerdict>

interface JudgeNeeds {
  readonly guard: Guard
  readonly connections: Connections
}

export function makeCheckSql(needs: JudgeNeeds): CheckSql {
  return async (...given) => {
    demandRight(given[0], 'ask')
    const verdict = await judgeSql(needs, ...given)
    return verdict.ok ? { ok: true, tables: verdict.tables } : { ...verdict, tables: [] }
  }
}

/** The guard's verdict on a text, as the connection it is meant for allows. */
export async function judgeSql(
  { guard, connections }: JudgeNeeds,
  ...[caller, sql, connection, signal]: Parameters<CheckSql>
): Promise<GuardVerdict> {
  if (connection === null) return await guard.guardSql(sql, { catalog: null, policy: strictPolicy })
  const opened = await connections.open(caller, connection, signal)
  const catalog = await opened.catalog(signal)
  return (await judgeNames(sql, { guard, connection: opened, catalog, signal })).verdict
}

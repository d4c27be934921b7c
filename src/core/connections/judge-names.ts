import type { TableName } from '../../contract/turn-event.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Guard, GuardVerdict } from '../guard/make-guard.ts'
import type { Refusal } from '../guard/verdict.ts'
import type { CatalogLook, OpenConnection } from '../ports/connections.ts'

interface JudgeNeeds {
  readonly guard: Guard
  readonly connection: Pick<OpenConnection, 'policy' | 'lookAgain'>
  readonly catalog: Catalog
  readonly signal: AbortSignal
}

/**
 * The guard's verdict on a text under a connection's policy. Names that the stored list of tables does not know are looked for in the source
 * once before they are refused, and a refusal then tells how old the list is.
 */
export async function judgeNames(
  sql: string,
  { guard, connection, catalog, signal }: JudgeNeeds,
): Promise<GuardVerdict> {
  const policy = connection.policy.guard
  const verdict = await guard.guardSql(sql, { catalog, policy })
  if (verdict.ok || verdict.repaired !== null || !isAboutNames(verdict) || connection.lookAgain === undefined)
    return verdict
  const written = await guard.guardSql(sql, { catalog: null, policy })
  if (!written.ok) return verdict
  const look = await connection.lookAgain(
    written.tables.map((table) => resolved(table, catalog)),
    signal,
  )
  const again = look.catalog === catalog ? verdict : await guard.guardSql(sql, { catalog: look.catalog, policy })
  return again.ok || !isAboutNames(again) ? again : { ...again, action: `${again.action} ${ageOf(look)}` }
}

const isAboutNames = ({ code }: Refusal): boolean => code === 'unknown_table' || code === 'unknown_column'

/** A name as written, with the defaults of the connection for what it leaves out. */
const resolved = ({ database, schema, name }: TableName, { defaultDatabase, defaultSchema }: Catalog): TableName => ({
  database: database === '' ? (defaultDatabase ?? '') : database,
  schema: schema === '' ? (defaultSchema ?? '') : schema,
  name,
})

function ageOf({ isFresh, readAt }: CatalogLook): string {
  if (isFresh) return 'Floe looked for it in the account just now.'
  const age = readAt === null ? 'not complete' : `as of ${readAt.slice(0, 16).replace('T', ' ')} UTC`
  return `The list of tables is ${age}; floe schema refresh reads it anew.`
}

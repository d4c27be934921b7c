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

/** A verdict with the list of tables that it was reached with: the one given, or the newer one of a look in the source. */
interface JudgedNames {
  readonly verdict: GuardVerdict
  readonly catalog: Catalog
}

/**
 * The guard's verdict on a text under a connection's policy. Names that the stored list of tables does not know are looked for in the source
 * once before they are refused, and a refusal then tells how old the list is.
 */
export async function judgeNames(
  sql: string,
  { guard, connection, catalog, signal }: JudgeNeeds,
): Promise<JudgedNames> {
  const policy = connection.policy.guard
  const verdict = await guard.guardSql(sql, { catalog, policy })
  if (verdict.ok || verdict.repaired !== null || !isAboutNames(verdict) || connection.lookAgain === undefined)
    return { verdict, catalog }
  const written = await guard.guardSql(sql, { catalog: null, policy })
  if (!written.ok) return { verdict, catalog }
  const look = await connection.lookAgain(
    written.tables.map((table) => resolved(table, catalog)),
    signal,
  )
  const again = look.catalog === catalog ? verdict : await guard.guardSql(sql, { catalog: look.catalog, policy })
  const isKnown = again.ok || !isAboutNames(again)
  const told = isKnown ? again : { ...again, action: `${again.action} ${ageOf(look)}` }
  return { verdict: told, catalog: look.catalog }
}

/** More schemas than these are not looked at in one turn. */
const mostSchemas = 3

/**
 * The same connection for one turn: each schema is looked at once, however often a writer or a person names what is not there, and no more
 * than three of them. Later looks answer with what the last one has brought.
 */
export function lookOncePerSchema<T extends Pick<OpenConnection, 'lookAgain'>>(connection: T): T {
  const { lookAgain } = connection
  if (lookAgain === undefined) return connection
  const looked = new Set<string>()
  let last: CatalogLook | null = null
  const lookOnce: typeof lookAgain = async (tables, signal) => {
    const due = tables.filter(({ database, schema }) => !looked.has(JSON.stringify([database, schema])))
    for (const { database, schema } of due) looked.add(JSON.stringify([database, schema]))
    if (last !== null && (due.length === 0 || looked.size > mostSchemas)) return last
    last = await lookAgain(due, signal)
    return last
  }
  return { ...connection, lookAgain: lookOnce }
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

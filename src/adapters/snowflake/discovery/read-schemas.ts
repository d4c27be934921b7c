import { setImmediate } from 'node:timers/promises'
import type { CatalogTable } from '../../../core/catalog/catalog.ts'
import type { KnownTable } from './account-state.ts'
import {
  type SchemaPlace,
  showCap,
  showDatabases,
  showObjects,
  showSchemasOfAccount,
  showSchemasOfDatabase,
} from './account-statements.ts'
import { type AskAccount, isOneStatements, readPages } from './ask-account.ts'
import { readCount, readRows, readText, type RowReader } from './result-rows.ts'

/** Which databases are read. */
export interface DatabaseChoice {
  /** Databases that a connection names are read even when they are shares. */
  readonly named: readonly string[]
  /** Whether databases from other accounts' shares are read as well. */
  readonly includeShares: boolean
}

/** Snowflake's own databases, and the schema that describes each database. */
const ownDatabase = 'SNOWFLAKE'
const ownSchema = 'INFORMATION_SCHEMA'

/** The schemas to read, those of the named databases first. An account that holds shares only has its shares read. */
export async function readSchemas(ask: AskAccount, choice: DatabaseChoice): Promise<readonly SchemaPlace[]> {
  const databases = await chooseDatabases(ask, choice)
  const schemas = await listSchemas(ask, databases)
  const rank = (place: SchemaPlace): number => (choice.named.includes(place.database) ? 0 : 1)
  return schemas
    .filter((place) => databases.includes(place.database) && place.schema !== ownSchema)
    .toSorted((a, b) => rank(a) - rank(b))
}

async function chooseDatabases(ask: AskAccount, { named, includeShares }: DatabaseChoice): Promise<readonly string[]> {
  const all = readRows(await ask(showDatabases))
    .filter((row) => !isPersonal(row))
    .map((row) => ({ name: row('name') ?? '', isShare: isShare(row) }))
    .filter(({ name }) => name !== ownDatabase || named.includes(name))
  const wanted = all.filter(({ name, isShare }) => includeShares || !isShare || named.includes(name))
  return (wanted.length > 0 ? wanted : all).map(({ name }) => name)
}

/** Personal databases are left out: the catalog of a role is shown to every user who has the role. */
const isPersonal = (row: RowReader): boolean => (row('kind') ?? '').toUpperCase().includes('PERSONAL')

/** A database from a share tells its origin, and newer accounts its kind. */
const isShare = (row: RowReader): boolean =>
  (row('kind') ?? '').toUpperCase().includes('IMPORTED') || (row('origin') ?? '') !== ''

async function listSchemas(ask: AskAccount, databases: readonly string[]): Promise<readonly SchemaPlace[]> {
  const rows = readRows(await ask(showSchemasOfAccount))
  if (rows.length < showCap) return rows.map(placeOf)
  const places: SchemaPlace[] = []
  for (const database of databases) places.push(...(await schemasOf(ask, database)))
  return places
}

async function schemasOf(ask: AskAccount, database: string): Promise<readonly SchemaPlace[]> {
  try {
    const { rows } = await readPages(ask, (after) => showSchemasOfDatabase(database, after))
    return rows.map(placeOf)
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return []
  }
}

const placeOf = (row: RowReader): SchemaPlace => ({
  database: row('database_name') ?? '',
  schema: row('name') ?? '',
})

/** The names and sizes of a schema's tables and views at this moment. */
export interface Listing extends SchemaPlace {
  readonly tables: readonly KnownTable[]
  readonly isCut: boolean
}

/** The tables and views of a schema; semantic views and objects of other kinds are left out. */
export async function listObjects(ask: AskAccount, place: SchemaPlace): Promise<Listing> {
  const { rows, isCut } = await readPages(ask, (after) => showObjects(place, after))
  await setImmediate()
  const tables = rows.flatMap((row) => {
    const kind = relationKind(row('kind') ?? '')
    return kind === null ? [] : [unread(place, kind, row)]
  })
  return { ...place, tables, isCut }
}

function relationKind(kind: string): CatalogTable['kind'] | null {
  if (kind.includes('SEMANTIC')) return null
  if (kind.includes('VIEW')) return 'view'
  return kind.includes('TABLE') ? 'table' : null
}

const unread = (place: SchemaPlace, kind: CatalogTable['kind'], row: RowReader): KnownTable => ({
  table: {
    database: place.database,
    schema: place.schema,
    name: row('name') ?? '',
    kind,
    comment: readText(row('comment')),
    columns: [],
    primaryKey: [],
    foreignKeys: [],
    rowCount: readCount(row('rows')),
    bytes: readCount(row('bytes')),
  },
  hasColumns: false,
  createdOn: row('created_on'),
  changedAt: null,
})

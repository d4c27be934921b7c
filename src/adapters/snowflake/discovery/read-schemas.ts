import {
  showCap,
  showDatabases,
  showSchemasOfAccount,
  showSchemasOfDatabase,
  type SchemaPlace,
} from './account-statements.ts'
import { isOneStatements, type AskAccount } from './ask-account.ts'
import { readRows, type RowReader } from './result-rows.ts'
import { readPages } from './read-pages.ts'

/** Which databases are read. */
export interface DatabaseChoice {
  /** Read these whatever they are: the connection names them. */
  readonly named: readonly string[]
  /** Read databases that came from another account, too. */
  readonly includeShares: boolean
}

/** Snowflake's own, and the schema that describes each database. */
const ownDatabase = 'SNOWFLAKE'
const ownSchema = 'INFORMATION_SCHEMA'

/** The schemas worth reading, those of the named databases first. Where an account holds nothing but shares, its shares are read. */
export async function readSchemas(ask: AskAccount, choice: DatabaseChoice): Promise<readonly SchemaPlace[]> {
  const databases = await chooseDatabases(ask, choice)
  const schemas = await listSchemas(ask, databases)
  const rank = (place: SchemaPlace): number => (choice.named.includes(place.database) ? 0 : 1)
  return schemas
    .filter((place) => databases.includes(place.database) && place.schema !== ownSchema)
    .toSorted((a, b) => rank(a) - rank(b))
}

async function chooseDatabases(ask: AskAccount, { named, includeShares }: DatabaseChoice): Promise<readonly string[]> {
  const all = readRows(await ask(showDatabases()))
    .filter((row) => !isPersonal(row))
    .map((row) => ({ name: row('name') ?? '', isShare: isShare(row) }))
    .filter(({ name }) => name !== ownDatabase || named.includes(name))
  const wanted = all.filter(({ name, isShare }) => includeShares || !isShare || named.includes(name))
  return (wanted.length > 0 ? wanted : all).map(({ name }) => name)
}

/** A database of one user alone: what is known of a role is shown to everyone who has it. */
const isPersonal = (row: RowReader): boolean => (row('kind') ?? '').toUpperCase().includes('PERSONAL')

/** A database from a share tells its origin, and newer accounts its kind. */
const isShare = (row: RowReader): boolean =>
  (row('kind') ?? '').toUpperCase().includes('IMPORTED') || (row('origin') ?? '') !== ''

async function listSchemas(ask: AskAccount, databases: readonly string[]): Promise<readonly SchemaPlace[]> {
  const rows = readRows(await ask(showSchemasOfAccount()))
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

import type { CatalogColumn, CatalogTable, ForeignKey } from '../../../core/catalog/catalog.ts'
import type { KnownSchema, KnownTable } from './account-state.ts'
import { type SchemaPlace, selectChanges, showCap, showKeys } from './account-statements.ts'
import { type AskAccount, isOneStatements, isWithoutWarehouse } from './ask-account.ts'
import type { ColumnsByTable } from './column-rows.ts'
import type { ColumnReader, WarehouseState } from './read-columns.ts'
import type { Listing } from './read-schemas.ts'
import { eachRow, type RowReader } from './result-rows.ts'

export interface SchemaRefreshNeeds {
  readonly ask: AskAccount
  readonly readColumns: ColumnReader
  readonly warehouse: WarehouseState
  readonly now: () => number
  /** Shapes older than this are compared one by one even where the listing shows no change. */
  readonly compareAfterMs: number
  /** Whether a person asked for everything to be read again. */
  readonly isFull: boolean
}

/** Whether a listed schema has unread tables or possibly changed ones, or is due for a full comparison. */
export const needsRefresh = ({ schema, moved }: MergedSchema, needs: SchemaRefreshNeeds): boolean =>
  schema.tables.length > 0 &&
  (needs.isFull || moved.size > 0 || isDue(schema, needs) || schema.tables.some((one) => !one.hasColumns))

const isDue = ({ comparedAt }: KnownSchema, { now, compareAfterMs }: SchemaRefreshNeeds): boolean =>
  comparedAt === null || now() - comparedAt > compareAfterMs

/**
 * Brings one listed schema up to date: which tables changed their shape, the columns of those, and the schema's keys when any did.
 * Yields the schema after each part, so that what is there can be used. The last value is complete.
 */
export async function* refreshSchema(
  merged: MergedSchema,
  needs: SchemaRefreshNeeds,
): AsyncGenerator<{ readonly schema: KnownSchema; readonly hasKeyGap: boolean }, void> {
  const changes = needs.warehouse === 'running' ? await readChanges(needs.ask, merged.schema) : null
  const unread = changes === null ? suspectTables(merged, needs) : changedTables(merged.schema, changes)
  let { schema } = merged
  for await (const columns of readSome(needs.readColumns, schema, unread)) {
    schema = withColumns(schema, columns, changes)
    yield { schema, hasKeyGap: false }
  }
  const keys = unread.length > 0 || !schema.hasKeys ? await readKeys(needs.ask, schema) : null
  if (keys !== null) schema = withKeys(schema, keys)
  yield { schema: { ...schema, comparedAt: needs.now() }, hasKeyGap: keys?.isPartial === true }
}

async function* readSome(readColumns: ColumnReader, schema: KnownSchema, unread: readonly string[]) {
  if (unread.length > 0) yield* readColumns(schema, unread, unread.length * 2 > schema.tables.length)
}

/** Tables without columns, and those whose shape changed since. */
const changedTables = (schema: KnownSchema, changes: ReadonlyMap<string, string | null>): readonly string[] =>
  schema.tables
    .filter((one) => {
      const now = changes.get(one.table.name)
      return !one.hasColumns || (now !== undefined && now !== one.changedAt)
    })
    .map((one) => one.table.name)

/** Without LAST_DDL: re-read tables with no columns and tables whose listing changed; re-read all when the full comparison is due. */
const suspectTables = ({ schema, moved }: MergedSchema, needs: SchemaRefreshNeeds): readonly string[] =>
  schema.tables
    .filter((one) => needs.isFull || isDue(schema, needs) || !one.hasColumns || moved.has(one.table.name))
    .map((one) => one.table.name)

/** LAST_DDL of each table; null without a warehouse or when the account refuses it. */
async function readChanges(ask: AskAccount, schema: KnownSchema): Promise<ReadonlyMap<string, string | null> | null> {
  try {
    const changes = new Map<string, string | null>()
    await eachRow(await ask(selectChanges(schema)), (row) => changes.set(row('table_name') ?? '', row('last_ddl')))
    return changes
  } catch (error) {
    if (!isOneStatements(error) && !isWithoutWarehouse(error)) throw error
    return null
  }
}

export interface MergedSchema {
  /** The same object as before when nothing changed. */
  readonly schema: KnownSchema
  /** Known tables whose row count, bytes or comment changed; their columns may have changed as well. */
  readonly moved: ReadonlySet<string>
}

/** Merges a new listing into a known schema: a table keeps its columns while it is the same object. */
export function mergeListing(listing: Listing, known: KnownSchema | undefined): MergedSchema {
  const { database, schema } = listing
  if (known === undefined)
    return { schema: { database, schema, tables: listing.tables, comparedAt: null, hasKeys: false }, moved: new Set() }
  const before = new Map(known.tables.map((one) => [one.table.name, one]))
  const moved = new Set<string>()
  const tables = listing.tables.map((now) => {
    const was = before.get(now.table.name)
    if (was === undefined || !isSameObject(was, now)) return now
    if (hasSameFacts(was.table, now.table)) return was
    moved.add(now.table.name)
    const { comment, rowCount, bytes = null } = now.table
    return { ...was, table: { ...was.table, comment, rowCount, bytes } }
  })
  const isSame = tables.length === known.tables.length && tables.every((one, index) => one === known.tables[index])
  return { schema: isSame ? known : { ...known, tables }, moved }
}

const isSameObject = (was: KnownTable, now: KnownTable): boolean =>
  was.hasColumns && was.createdOn === now.createdOn && was.table.kind === now.table.kind

const hasSameFacts = (a: CatalogTable, b: CatalogTable): boolean =>
  a.comment === b.comment && a.rowCount === b.rowCount && (a.bytes ?? null) === (b.bytes ?? null)

/** The schema with columns for some of its tables, and when their shapes last changed where that was read. */
export const withColumns = (
  schema: KnownSchema,
  columns: ColumnsByTable,
  changes: ReadonlyMap<string, string | null> | null,
): KnownSchema => ({
  ...schema,
  tables: schema.tables.map((one) => {
    const own = columns.get(one.table.name)
    if (own === undefined) return one
    const changedAt = changes?.get(one.table.name) ?? null
    const table = isSameColumns(one.table.columns, own) ? one.table : { ...one.table, columns: own }
    return { ...one, table, hasColumns: true, changedAt }
  }),
})

const isSameColumns = (a: readonly CatalogColumn[], b: readonly CatalogColumn[]): boolean =>
  a.length === b.length &&
  a.every(({ name, type, nullable, comment }, index) => {
    const other = b[index]
    return name === other?.name && type === other.type && nullable === other.nullable && comment === other.comment
  })

/** The schema with the keys its tables declare. */
export const withKeys = (schema: KnownSchema, { primaryKeys, foreignKeys }: SchemaKeys): KnownSchema => ({
  ...schema,
  hasKeys: true,
  tables: schema.tables.map((one) => {
    const { name } = one.table
    const keys = { primaryKey: primaryKeys.get(name) ?? [], foreignKeys: foreignKeys.get(name) ?? [] }
    return isSameKeys(one.table, keys) ? one : { ...one, table: { ...one.table, ...keys } }
  }),
})

type Keys = Pick<CatalogTable, 'primaryKey' | 'foreignKeys'>

const isSameKeys = (a: Keys, b: Keys): boolean =>
  JSON.stringify([a.primaryKey, a.foreignKeys]) === JSON.stringify([b.primaryKey, b.foreignKeys])

/** The keys that the tables of a schema declare; Snowflake does not enforce them, so they are hints. */
interface SchemaKeys {
  readonly primaryKeys: ReadonlyMap<string, readonly string[]>
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKey[]>
  /** True where a list of keys was cut off or could not be read. */
  readonly isPartial: boolean
}

/** One column of one key. */
interface KeyPart {
  readonly table: string
  readonly key: string
  readonly sequence: number
  readonly row: RowReader
}

/** Reads primary, unique and imported keys. A unique key stands in where a table declares no primary one. */
async function readKeys(ask: AskAccount, place: SchemaPlace): Promise<SchemaKeys> {
  const primary = await keyParts(ask, place, 'PRIMARY', ['table_name', 'constraint_name'])
  const unique = await keyParts(ask, place, 'UNIQUE', ['table_name', 'constraint_name'])
  const imported = await keyParts(ask, place, 'IMPORTED', ['fk_table_name', 'fk_name'])
  const primaryKeys = new Map<string, readonly string[]>()
  for (const parts of [...keysOf(unique.parts).toReversed(), ...keysOf(primary.parts)])
    primaryKeys.set(
      parts[0]?.table ?? '',
      parts.map(({ row }) => row('column_name') ?? ''),
    )
  const foreignKeys = new Map<string, ForeignKey[]>()
  for (const parts of keysOf(imported.parts)) addForeignKey(foreignKeys, parts)
  return { primaryKeys, foreignKeys, isPartial: [primary, unique, imported].some(({ isPartial }) => isPartial) }
}

async function keyParts(
  ask: AskAccount,
  place: SchemaPlace,
  kind: 'PRIMARY' | 'IMPORTED' | 'UNIQUE',
  [tableColumn, keyColumn]: readonly [string, string],
): Promise<{ readonly parts: readonly KeyPart[]; readonly isPartial: boolean }> {
  const parts: KeyPart[] = []
  try {
    const result = await ask(showKeys(kind, place))
    await eachRow(result, (row) => {
      parts.push({
        table: row(tableColumn) ?? '',
        key: row(keyColumn) ?? '',
        sequence: Number(row('key_sequence') ?? 0),
        row,
      })
    })
    return { parts, isPartial: result.rows.length >= showCap }
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return { parts, isPartial: true }
  }
}

/** The parts of each key, in the key's order; keys in the order of their names, so that the first is always the same one. */
function keysOf(parts: readonly KeyPart[]): readonly (readonly KeyPart[])[] {
  const byKey = Map.groupBy(parts, ({ table, key }) => JSON.stringify([table, key]))
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key.toSorted((a, b) => a.sequence - b.sequence))
}

function addForeignKey(found: Map<string, ForeignKey[]>, parts: readonly KeyPart[]): void {
  const [first] = parts
  const target = first?.row('pk_table_name') ?? ''
  if (first === undefined || target === '') return
  const keys = found.get(first.table) ?? []
  keys.push({
    columns: parts.map(({ row }) => row('fk_column_name') ?? ''),
    target: {
      database: first.row('pk_database_name') ?? '',
      schema: first.row('pk_schema_name') ?? '',
      name: target,
    },
    targetColumns: parts.map(({ row }) => row('pk_column_name') ?? ''),
  })
  found.set(first.table, keys)
}

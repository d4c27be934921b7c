import type { CatalogColumn, CatalogTable } from '../../../core/catalog/catalog.ts'
import type { KnownSchema, KnownTable } from './account-state.ts'
import type { Listing } from './list-objects.ts'
import type { ColumnsByTable } from './column-rows.ts'
import type { SchemaKeys } from './read-keys.ts'

export interface MergedSchema {
  /** The known value itself where nothing changed. */
  readonly schema: KnownSchema
  /** Tables we know whose rows, bytes or comment changed: their columns may have, too. */
  readonly moved: ReadonlySet<string>
}

/** What is known of a schema after a new listing: columns stay with every object that is still the same one. */
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

import { LRUCache } from 'lru-cache'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { displayColumn, displayRows, displayTable } from '../catalog/display-words.ts'
import { nameCatalog } from '../catalog/named-catalog.ts'

/** A table with the declared types of its columns and the words people use for both. */
export type TypedTable = Pick<CatalogTable, 'database' | 'schema' | 'name'> & {
  /** One of its rows in words, and several: "line item", "line items". Left out where names are told as they are stored. */
  readonly words?: { readonly one: string; readonly rows: string }
  readonly columns: readonly TypedColumn[]
}

export interface TypedColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  /** The column in words, as "order date"; left out where its name is told as it is stored. */
  readonly words?: string
}

/** Above this number of tables names are told as they are stored, because splitting them takes too long between two events. */
const mostWorded = 60

/** Sets of tables of one catalog that are kept. */
const mostKept = 100

/** The tables of a catalog whose names occur in a text; none without a catalog. */
type TableNamer = (sql: string, catalog: Catalog | null) => readonly TypedTable[]

/** Makes the namer. It keeps what it made of a catalog: the steps of a question ask for the same tables, one after another. */
export function makeTableNamer(): TableNamer {
  const kept = new WeakMap<Catalog, LRUCache<string, readonly TypedTable[]>>()
  return (sql, catalog) => {
    if (catalog === null) return []
    const known = kept.get(catalog) ?? new LRUCache<string, readonly TypedTable[]>({ max: mostKept })
    kept.set(catalog, known)
    const tables = occurringIn(sql, catalog)
    const key = JSON.stringify(tables.map(({ database, schema, name }) => [database, schema, name]))
    const found = known.get(key) ?? typed(catalog, tables)
    known.set(key, found)
    return found
  }
}

function occurringIn(sql: string, { tables }: Catalog): readonly CatalogTable[] {
  const text = sql.toUpperCase()
  return tables.filter(({ name }) => text.includes(name.toUpperCase()))
}

function typed(catalog: Catalog, tables: readonly CatalogTable[]): readonly TypedTable[] {
  if (tables.length > mostWorded)
    return tables.map(({ database, schema, name, columns }) => ({
      database,
      schema,
      name,
      columns: columns.map((column) => ({ name: column.name, type: column.type, nullable: column.nullable })),
    }))
  return nameCatalog({ ...catalog, tables }).tables.map((named) => ({
    database: named.table.database,
    schema: named.table.schema,
    name: named.table.name,
    words: { one: displayTable(named), rows: displayRows(named) },
    columns: named.columns.map((column) => ({
      name: column.column.name,
      type: column.column.type,
      nullable: column.column.nullable,
      words: displayColumn(column),
    })),
  }))
}

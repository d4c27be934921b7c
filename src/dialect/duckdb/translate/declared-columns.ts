import type { Catalog, CatalogTable } from '../../../core/catalog/catalog.ts'
import { scaleOf } from './emitted.ts'
import type { OutputColumn } from './emitted.ts'

/** A table with the types of its columns, as the catalog has it. */
export type DeclaredTable = Pick<CatalogTable, 'database' | 'schema' | 'name'> & {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** What is declared of a connection's tables. */
export interface Declarations {
  readonly tables: readonly DeclaredTable[]
  readonly database: string | null
  readonly schema: string | null
}

/** What a catalog declares of the tables whose names occur in a text. */
export function declarationsIn(sql: string, catalog: Catalog | null): Declarations {
  if (catalog === null) return { tables: [], database: null, schema: null }
  const text = sql.toUpperCase()
  const tables = catalog.tables
    .filter((table) => text.includes(table.name.toUpperCase()))
    .map(({ database, schema, name, columns }) => ({
      database,
      schema,
      name,
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
    }))
  return { tables, database: catalog.defaultDatabase, schema: catalog.defaultSchema }
}

/** The columns of the table that folded names mean, or null where none is declared. */
export function declaredColumns(path: readonly string[], declared: Declarations): readonly OutputColumn[] | null {
  const [name, schema = declared.schema, database = declared.database] = path.toReversed()
  const table = declared.tables.find((one) => one.name === name && one.schema === schema && one.database === database)
  return table === undefined ? null : table.columns.map(({ name, type }) => ({ name, stored: true, ...kindOf(type) }))
}

/**
 * What a declared type settles. Types that DuckDB may hold in several ways (times to the second or to the nanosecond, nested values,
 * text made of something else) are left for its binder to tell.
 */
function kindOf(type: string): Pick<OutputColumn, 'kind' | 'scale'> {
  const fixed = /^NUMBER\(\d+,\s*(\d+)\)$/.exec(type)
  if (fixed !== null) return { kind: 'number', scale: scaleOf(Number(fixed[1])) }
  if (/^VARCHAR\(\d+\)$/.test(type)) return { kind: 'text', scale: null }
  if (type === 'DATE') return { kind: 'date', scale: null }
  if (type === 'BOOLEAN') return { kind: 'boolean', scale: null }
  return { kind: 'unknown', scale: null }
}

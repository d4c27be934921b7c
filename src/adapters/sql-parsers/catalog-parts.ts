import type { Catalog } from '../../core/catalog/catalog.ts'
import type { NamedTable } from '../../core/guard/names/catalog-index.ts'
import type { ParserCatalogPart } from './parser-messages.ts'

/** Names sent at once: few enough that copying them holds nobody up. */
const columnsAtOnce = 2_000

/** A catalog's names in parts, made one at a time as they are asked for. */
export function* catalogParts(id: number, catalog: Catalog): Generator<ParserCatalogPart> {
  const defaults = { database: catalog.defaultDatabase, schema: catalog.defaultSchema }
  let tables: NamedTable[] = []
  let columns = 0
  let isFirst = true
  for (const { database, schema, name, columns: own } of catalog.tables) {
    tables.push({ database, schema, name, columns: own.map((column) => column.name) })
    columns += own.length + 1
    if (columns < columnsAtOnce) continue
    yield { kind: 'catalog', id, tables, defaults, isFirst, isLast: false }
    tables = []
    columns = 0
    isFirst = false
  }
  yield { kind: 'catalog', id, tables, defaults, isFirst, isLast: true }
}

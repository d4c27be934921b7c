import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import type { InterpreterCatalogPart } from './interpreter-messages.ts'

/** Columns and samples per message: few enough that copying them does not block the event loop. */
const piecesAtOnce = 3_000

const piecesOf = (table: CatalogTable): number =>
  table.columns.reduce((sum, column) => sum + 1 + column.samples.length, 1)

/** Splits a catalog into messages, lazily. */
export function* catalogInParts(id: number, catalog: Catalog): Generator<InterpreterCatalogPart> {
  const { tables: all, ...rest } = catalog
  let tables: CatalogTable[] = []
  let pieces = 0
  let isFirst = true
  for (const table of all) {
    tables.push(table)
    pieces += piecesOf(table)
    if (pieces < piecesAtOnce) continue
    yield { kind: 'catalog', id, tables, rest: nothingYet, isFirst, isLast: false }
    tables = []
    pieces = 0
    isFirst = false
  }
  yield { kind: 'catalog', id, tables, rest, isFirst, isLast: true }
}

/** Only the last part carries the rest of the catalog. */
const nothingYet = { defaultDatabase: null, defaultSchema: null }

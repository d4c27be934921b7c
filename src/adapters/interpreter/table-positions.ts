import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'

/** Tables as positions in their catalog, which is what crosses to the worker and back. */
export interface TablePositions {
  of(catalog: Catalog, tables: readonly CatalogTable[]): readonly number[]
}

/** Keeps one index for each catalog object it is given. */
export function makeTablePositions(): TablePositions {
  const indexes = new WeakMap<Catalog, ReadonlyMap<CatalogTable, number>>()
  return {
    of(catalog, tables) {
      const index = indexes.get(catalog) ?? new Map(catalog.tables.map((table, position) => [table, position]))
      indexes.set(catalog, index)
      return tables.flatMap((table) => index.get(table) ?? [])
    },
  }
}

export const tablesAt = (catalog: Catalog, positions: readonly number[]): readonly CatalogTable[] =>
  positions.flatMap((position) => catalog.tables[position] ?? [])

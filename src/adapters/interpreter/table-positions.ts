import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'

/** Turns tables into positions in their catalog, for messages to and from the worker. */
export interface TablePositions {
  of(catalog: Catalog, tables: readonly CatalogTable[]): readonly number[]
}

/** Caches one index per catalog object. */
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

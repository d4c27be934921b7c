import type { Catalog } from '../../../core/catalog/catalog.ts'

/** Stored sizes of tables by full name, as a plan names them. */
export interface TableSizes {
  /** Whose tables count from now on. */
  know(catalog: Catalog): void
  /** Bytes of `DATABASE.SCHEMA.TABLE`, quoted or not; null where the catalog does not tell. */
  readonly of: (table: string) => number | null
}

/** Looks sizes up in the catalog seen last; sorted by name only once somebody asks. */
export function makeTableSizes(): TableSizes {
  let catalog: Catalog | null = null
  let sizes: ReadonlyMap<string, number> | null = null
  return {
    know(next) {
      if (next !== catalog) sizes = null
      catalog = next
    },
    of(table) {
      sizes ??= readSizes(catalog)
      return sizes.get(table.replaceAll('"', '')) ?? null
    },
  }
}

const readSizes = (catalog: Catalog | null): ReadonlyMap<string, number> =>
  new Map(
    (catalog?.tables ?? []).flatMap(({ database, schema, name, bytes }) =>
      typeof bytes === 'number' ? [[`${database}.${schema}.${name}`.replaceAll('"', ''), bytes] as const] : [],
    ),
  )

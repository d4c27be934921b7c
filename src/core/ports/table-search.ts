import type { Catalog, CatalogTable } from '../catalog/catalog.ts'

/** Finds the tables a question is about. Every writer, with or without a model, gets its tables from here. */
export interface TableSearch {
  /** The matching tables, best first, at most `limit`. Throws `too_busy` when indexing the catalog takes too long. */
  readonly findTables: (
    question: string,
    catalog: Catalog,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ) => Promise<readonly CatalogTable[]>
}

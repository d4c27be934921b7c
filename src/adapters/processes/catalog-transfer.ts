import { LRUCache } from 'lru-cache'
import type { Catalog } from '../../core/catalog/catalog.ts'

/** Some tables of a catalog on their way to a worker thread. */
export interface CatalogPart<Table> {
  readonly id: number
  readonly tables: readonly Table[]
  readonly isFirst: boolean
  /** The last part makes the catalog usable. */
  readonly isLast: boolean
}

/** The main thread's side: gives each catalog to a worker once, and again after the worker was replaced. */
export interface CatalogSender {
  /** The id of a catalog, whether it was sent yet or not. */
  idOf(catalog: Catalog): number
  /** Sends a catalog part by part; concurrent calls for the same one share a single transfer. */
  send(catalog: Catalog): Promise<void>
}

interface SenderNeeds<Part> {
  /** The parts of a catalog, each made when it is asked for. */
  readonly partsOf: (id: number, catalog: Catalog) => Iterable<Part>
  /** Resolves with whether the worker received the part. After a lost one no further part is sent. */
  readonly sendPart: (part: Part) => Promise<boolean>
}

export function makeCatalogSender<Part>({ partsOf, sendPart }: SenderNeeds<Part>): CatalogSender {
  const ids = new WeakMap<Catalog, number>()
  const underWay = new WeakMap<Catalog, Promise<void>>()
  let lastId = 0

  const idOf = (catalog: Catalog): number => {
    const id = ids.get(catalog) ?? (lastId += 1)
    ids.set(catalog, id)
    return id
  }
  const sendParts = async (catalog: Catalog): Promise<void> => {
    for (const part of partsOf(idOf(catalog), catalog)) if (!(await sendPart(part))) return
  }
  return {
    idOf,
    send(catalog) {
      const sending = underWay.get(catalog) ?? sendParts(catalog).finally(() => underWay.delete(catalog))
      underWay.set(catalog, sending)
      return sending
    },
  }
}

/** The worker's side: an LRU cache of what was built from the catalogs it received. */
export interface CatalogCache<Part, Built> {
  receive(part: Part): void
  /** Null when the catalog never arrived completely or was evicted. */
  get(id: number): Built | null
}

interface CacheNeeds<Table, Part, Built> {
  /** The most recent catalog stays even if it alone has more columns. */
  readonly limits: { readonly catalogs: number; readonly columns: number }
  /** Called with all tables once the last part has arrived. */
  readonly build: (tables: readonly Table[], last: Part) => Built
}

export function makeCatalogCache<
  Table extends { readonly columns: readonly unknown[] },
  Part extends CatalogPart<Table>,
  Built extends object,
>({ limits, build }: CacheNeeds<Table, Part, Built>): CatalogCache<Part, Built> {
  const cache = new LRUCache<number, Built>({ max: limits.catalogs, maxSize: limits.columns })
  const arriving = new Map<number, Table[]>()
  return {
    receive(part) {
      const { id, isFirst, isLast } = part
      const tables = isFirst ? [] : arriving.get(id)
      // The first parts went to a worker that was replaced; the whole catalog is sent again when a request needs it.
      if (tables === undefined) return
      for (const table of part.tables) tables.push(table)
      arriving.set(id, tables)
      if (!isLast) return
      arriving.delete(id)
      const columns = tables.reduce((sum, table) => sum + table.columns.length + 1, 0)
      // An entry larger than the whole cache would be refused.
      cache.set(id, build(tables, part), { size: Math.min(Math.max(columns, 1), limits.columns) })
    },
    get: (id) => cache.get(id) ?? null,
  }
}

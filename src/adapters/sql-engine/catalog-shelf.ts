import { makeCatalogIndex } from '../../core/guard/names/catalog-index.ts'
import type { CatalogIndex, NamedTable } from '../../core/guard/names/catalog-index.ts'
import type { EngineRequest } from './engine-messages.ts'

/** Catalogs that a worker was sent, the most lately used kept. */
export interface CatalogShelf {
  /** Takes a part of a catalog; the last part makes it usable. */
  receive(part: Extract<EngineRequest, { kind: 'catalog' }>): void
  /** The index of a catalog, or null when it is not here. */
  get(id: number): CatalogIndex | null
}

/** Keeps at most `limit` catalogs. */
export function makeCatalogShelf(limit: number): CatalogShelf {
  const ready = new Map<number, CatalogIndex>()
  const arriving = new Map<number, NamedTable[]>()
  return {
    receive({ id, tables, defaults, isFirst, isLast }) {
      const known = isFirst ? [] : (arriving.get(id) ?? [])
      for (const table of tables) known.push(table)
      arriving.set(id, known)
      if (!isLast) return
      arriving.delete(id)
      ready.set(id, makeCatalogIndex(known, defaults))
      const [oldest] = ready.keys()
      if (ready.size > limit && oldest !== undefined) ready.delete(oldest)
    },
    get(id) {
      const index = ready.get(id) ?? null
      if (index === null) return null
      ready.delete(id)
      ready.set(id, index)
      return index
    },
  }
}

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

interface Kept {
  readonly index: CatalogIndex
  readonly columns: number
}

/** Keeps what fits: at most so many catalogs and columns, but always the latest. */
export function makeCatalogShelf(limits: { readonly catalogs: number; readonly columns: number }): CatalogShelf {
  const ready = new Map<number, Kept>()
  const arriving = new Map<number, NamedTable[]>()

  const dropOldest = (): void => {
    let columns = [...ready.values()].reduce((sum, kept) => sum + kept.columns, 0)
    for (const [id, kept] of ready) {
      const fits = ready.size <= limits.catalogs && columns <= limits.columns
      if (fits || ready.size === 1) return
      ready.delete(id)
      columns -= kept.columns
    }
  }
  return {
    receive({ id, tables, defaults, isFirst, isLast }) {
      const known = isFirst ? [] : (arriving.get(id) ?? [])
      for (const table of tables) known.push(table)
      arriving.set(id, known)
      if (!isLast) return
      arriving.delete(id)
      const columns = known.reduce((sum, table) => sum + table.columns.length + 1, 0)
      ready.set(id, { index: makeCatalogIndex(known, defaults), columns })
      dropOldest()
    },
    get(id) {
      const kept = ready.get(id)
      if (kept === undefined) return null
      ready.delete(id)
      ready.set(id, kept)
      return kept.index
    },
  }
}

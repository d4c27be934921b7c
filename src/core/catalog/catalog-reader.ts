import type { Catalog } from './catalog.ts'
import { makeJoinGraph } from './join-graph.ts'
import type { JoinGraph } from './join-graph.ts'
import { nameCatalog } from './named-catalog.ts'
import type { NamedCatalog } from './named-catalog.ts'

/** A catalog with its names split into words and its join graph. */
export interface ReadCatalog {
  readonly named: NamedCatalog
  readonly graph: JoinGraph
}

export type CatalogReader = (catalog: Catalog) => ReadCatalog

/** Makes a reader that caches its result per catalog object; callers that share it share the cache. */
export function makeCatalogReader(): CatalogReader {
  const readings = new WeakMap<Catalog, ReadCatalog>()
  return (catalog) => {
    const found = readings.get(catalog) ?? read(catalog)
    readings.set(catalog, found)
    return found
  }
}

function read(catalog: Catalog): ReadCatalog {
  const named = nameCatalog(catalog)
  return { named, graph: makeJoinGraph(named) }
}

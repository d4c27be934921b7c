import type { Catalog } from './catalog.ts'
import { makeJoinGraph } from './join-graph.ts'
import type { JoinGraph } from './join-graph.ts'
import { nameCatalog } from './named-catalog.ts'
import type { NamedCatalog } from './named-catalog.ts'

/** A catalog with the words of its names and how its tables hang together. */
export interface ReadCatalog {
  readonly named: NamedCatalog
  readonly graph: JoinGraph
}

export type CatalogReader = (catalog: Catalog) => ReadCatalog

/** Makes a reader that reads each catalog object once; whoever shares it shares the reading. */
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

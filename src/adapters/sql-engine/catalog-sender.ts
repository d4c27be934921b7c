import type { Catalog } from '../../core/catalog/catalog.ts'
import { catalogParts } from './catalog-parts.ts'
import type { EngineRequest } from './engine-messages.ts'

/** Gives catalogs to the worker: once each, and again after a worker was replaced. */
export interface CatalogSender {
  /** The id that a catalog goes by, whether it was sent yet or not. */
  idOf(catalog: Catalog): number
  /** Sends a catalog part by part; those who want the same one wait for the same sending. */
  send(catalog: Catalog): Promise<void>
}

export function makeCatalogSender(ask: (request: EngineRequest) => Promise<unknown>): CatalogSender {
  const ids = new WeakMap<Catalog, number>()
  const underWay = new WeakMap<Catalog, Promise<void>>()
  let lastId = 0

  const idOf = (catalog: Catalog): number => {
    const id = ids.get(catalog) ?? (lastId += 1)
    ids.set(catalog, id)
    return id
  }
  const sendParts = async (catalog: Catalog): Promise<void> => {
    for (const part of catalogParts(idOf(catalog), catalog)) await ask(part)
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

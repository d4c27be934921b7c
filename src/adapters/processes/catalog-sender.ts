import type { Catalog } from '../../core/catalog/catalog.ts'

/** Gives catalogs to a worker: once each, and again after the worker was replaced. */
export interface CatalogSender {
  /** The id that a catalog goes by, whether it was sent yet or not. */
  idOf(catalog: Catalog): number
  /** Sends a catalog part by part; those who want the same one wait for the same sending. */
  send(catalog: Catalog): Promise<void>
}

interface Needs<Part> {
  /** A catalog in parts, made one at a time as they are asked for. */
  readonly partsOf: (id: number, catalog: Catalog) => Iterable<Part>
  /** Resolves with whether the worker has the part now; the next is not made before, and none after one that was lost. */
  readonly sendPart: (part: Part) => Promise<boolean>
}

export function makeCatalogSender<Part>({ partsOf, sendPart }: Needs<Part>): CatalogSender {
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

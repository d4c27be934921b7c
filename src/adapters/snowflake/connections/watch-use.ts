import type { RowBatch, Warehouse } from '../../../core/ports/warehouse.ts'

/** Hears when a use of something begins; the returned function ends it. */
export type BeginUse = () => () => void

/** A warehouse whose queries outlive their process. */
export type LastingWarehouse = Required<Warehouse>

/** The same warehouse, whose statements under way count as uses, a result's until its last row was read. */
export function watchUse(warehouse: LastingWarehouse, begin: BeginUse): LastingWarehouse {
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const end = begin()
    try {
      return await work()
    } finally {
      end()
    }
  }
  const streaming = async <T extends { readonly batches: AsyncIterable<RowBatch> }>(
    work: () => Promise<T>,
  ): Promise<T> => {
    const end = begin()
    try {
      const stream = await work()
      return { ...stream, batches: untilRead(stream.batches, end) }
    } catch (error) {
      end()
      throw error
    }
  }
  return {
    readCatalog: (options) => during(() => warehouse.readCatalog(options)),
    compile: (sql, options) => during(() => warehouse.compile(sql, options)),
    run: (sql, options) => streaming(() => warehouse.run(sql, options)),
    reread: (queryId, options) => streaming(() => warehouse.reread(queryId, options)),
    cancelLeftover: (queryId, options) => during(() => warehouse.cancelLeftover(queryId, options)),
    close: () => warehouse.close(),
  }
}

async function* untilRead(batches: AsyncIterable<RowBatch>, end: () => void): AsyncGenerator<RowBatch> {
  try {
    yield* batches
  } finally {
    end()
  }
}

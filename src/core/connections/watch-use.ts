import type { RowBatch, Warehouse } from '../ports/warehouse.ts'

/** Counts the beginning of a use; the returned function ends it. */
export type BeginUse = () => () => void

/** The same warehouse, whose running statements count as uses; reading a result counts until its last row. */
export function watchUse(warehouse: Required<Warehouse>, begin: BeginUse): Required<Warehouse> {
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
    save: (source, file, options) => during(() => warehouse.save(source, file, options)),
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

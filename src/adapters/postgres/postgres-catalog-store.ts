import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import type { CatalogStore } from '../../core/ports/catalog-store.ts'
import type { Database } from './database.ts'

// Late, because loading the query builder costs more than the rest of a short command.
const catalogStatements = () => import('./catalog-statements.ts')

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** A million columns take about 200 MB; more than this is no catalog. */
const maxJsonBytes = 1_073_741_824

/** Keeps catalogs in PostgreSQL, compressed. A writer that based its work on an older version changes nothing. */
export function makePostgresCatalogStore({ database }: { readonly database: Database }): CatalogStore {
  return {
    read: async (scope) => {
      const { selectCatalog } = await catalogStatements()
      const row = await database.run((statements) => selectCatalog(statements, scope))
      if (row === null) return null
      const json = (await decompress(row.body, { maxOutputLength: maxJsonBytes })).toString('utf8')
      return { version: row.version, json, isComplete: row.isComplete, readAt: row.readAt.toISOString() }
    },
    write: async (scope, catalog, basedOn) => {
      const { upsertCatalog } = await catalogStatements()
      const { isComplete, readAt } = catalog
      const row = { ...scope, body: await compress(catalog.json), isComplete, readAt: new Date(readAt) }
      return await database.run((statements) => upsertCatalog(statements, row, basedOn))
    },
  }
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildDatabase } from '../build/build-database.ts'
import { FolderManifest, type FolderListing } from './folder-listing.ts'
import { listFolder } from './list-folder.ts'

/** Raise it when folders are read differently, so that older databases are made anew. */
const generation = 2

/** Folders of files as DuckDB databases. */
export interface Folders {
  /** What lies in a folder now. Throws `connection_broken`. */
  list(path: string): Promise<FolderListing>
  /** The database of a listing, made unless one of the same fingerprint exists; `tell` hears how far it is. Throws `connection_broken`. */
  build(
    listing: FolderListing,
    tell: (fact: string) => void,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly manifest: FolderManifest }>
}

/** Databases are kept under `dir`, one folder for each source folder. */
export function makeFolders(needs: {
  readonly dir: string
  readonly maxCopiedBytes: number
  readonly memoryLimitMb: number
}): Folders {
  const { dir, ...limits } = needs
  return {
    list: listFolder,
    async build(listing, tell, signal) {
      const key = createHash('sha256').update(listing.root).digest('hex').slice(0, 16)
      const path = join(dir, key, `${generation}-${listing.fingerprint}.duckdb`)
      await buildDatabase({ target: path, job: { kind: 'folder', listing, ...limits } }, signal, tell)
      return { path, manifest: FolderManifest.parse(JSON.parse(await readFile(`${path}.json`, 'utf8'))) }
    },
  }
}

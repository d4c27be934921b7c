import { createHash } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { ConnectionSummary } from '../../../contract/api.ts'
import type { Catalog, CatalogColumn } from '../../../core/catalog/catalog.ts'
import { problem } from '../../../core/problem.ts'
import { buildDatabase } from '../build/build-database.ts'
import { FolderManifest, type ColumnNote, type FolderListing } from './folder-listing.ts'
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

/** Files named in a notice. */
const mostNamed = 10

/** Adds to a folder's catalog what building its database found out: spellings, how values were read, which files are no tables. */
export function describeFolder(
  { ignored }: FolderListing,
  { tables: notes }: FolderManifest,
): (catalog: Catalog) => Catalog {
  const noteOf = new Map(notes.map((note) => [JSON.stringify([note.schema, note.name]), note]))
  const more = ignored.length > mostNamed ? ` and ${(ignored.length - mostNamed).toLocaleString('en')} more` : ''
  const left = `Not read, since files of this kind hold no tables: ${ignored.slice(0, mostNamed).join(', ')}${more}.`
  return (catalog) => ({
    ...catalog,
    ...(ignored.length === 0 ? {} : { notices: [left] }),
    tables: catalog.tables.map((table) => {
      const note = noteOf.get(JSON.stringify([table.schema, table.name]))
      if (note === undefined) return table
      const columnNotes = new Map(note.columns.map((column) => [column.name, column]))
      return {
        ...table,
        ...spelled(table.name, note.spelling),
        ...(note.notices.length === 0 ? {} : { notices: note.notices }),
        columns: table.columns.map((column) => describeColumn(column, columnNotes.get(column.name))),
      }
    }),
  })
}

const spelled = (name: string, spelling: string): { readonly spelling?: string } =>
  spelling === name || spelling === '' ? {} : { spelling }

function describeColumn(column: CatalogColumn, note: ColumnNote | undefined): CatalogColumn {
  if (note === undefined) return column
  const { reading, looksLike, unit } = note
  return {
    ...column,
    ...spelled(column.name, note.spelling),
    ...(reading === undefined ? {} : { reading }),
    ...(looksLike === undefined ? {} : { looksLike }),
    ...(unit === undefined ? {} : { unit }),
  }
}

export const folderPrefix = 'folder:'

/** A folder that the operator has named, as it is listed. */
export const summarizeFolder = (path: string): ConnectionSummary => ({
  ref: folderPrefix + path,
  label: `Folder ${basename(path)}`,
  engine: "DuckDB over files, speaking Snowflake's dialect",
  warning: null,
  saved: null,
})

/** Throws `connection_unknown` for a folder that is none of these, links followed on both sides; one that is not there is none. */
export async function demandAmong(folders: readonly string[], path: string): Promise<void> {
  const real = (folder: string): Promise<string | null> => realpath(resolve(folder)).catch(() => null)
  const [asked, ...known] = await Promise.all([path, ...folders].map(real))
  if (typeof asked === 'string' && known.includes(asked)) return
  throw problem(
    'connection_unknown',
    'This server does not open that folder.',
    'Use a connection from the list, or have whoever runs the server name the folder in FOLDERS.',
  )
}

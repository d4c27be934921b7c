import { createHash } from 'node:crypto'
import { readdir, realpath, stat, readFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { problem } from '../../../core/problem.ts'
import { buildDatabase } from '../build/build-database.ts'
import { type FileFormat, type FolderListing, type ListedFile, FolderManifest } from './folder-listing.ts'
import { databaseName, foldName, makeNameGiver, reservedSchemas } from './folder-names.ts'

/** Raise it when folders are read differently, so that older databases are made anew. */
const generation = 1

/** Folders of files as DuckDB databases. */
export interface Folders {
  /** What lies in a folder now. Throws `connection_broken`. */
  list(path: string): Promise<FolderListing>
  /** The database of a listing, made unless one of the same fingerprint exists. Throws `connection_broken`. */
  build(
    listing: FolderListing,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly manifest: FolderManifest }>
}

/** Databases are kept under `dir`, one folder for each source folder. */
export function makeFolders(dir: string, maxCopiedBytes: number): Folders {
  return {
    list: listFolder,
    async build(listing, signal) {
      const key = createHash('sha256').update(listing.root).digest('hex').slice(0, 16)
      const path = join(dir, key, `${generation}-${listing.fingerprint}.duckdb`)
      await buildDatabase({ target: path, job: { kind: 'folder', listing, maxCopiedBytes } }, signal)
      return { path, manifest: FolderManifest.parse(JSON.parse(await readFile(`${path}.json`, 'utf8'))) }
    },
  }
}

/** The most files one folder may bring: each becomes a table. */
const maxFiles = 5_000

const formatOf = (name: string): FileFormat | null => {
  if (/\.parquet$/i.test(name)) return 'parquet'
  if (/\.(csv|tsv)(\.gz)?$/i.test(name)) return 'csv'
  return /\.(jsonl|ndjson|json)(\.gz)?$/i.test(name) ? 'json' : null
}
const stemOf = (name: string): string => name.replace(/\.gz$/i, '').replace(/\.[^.]*$/, '')
const extensionOf = (name: string): string => (/\.([a-z]+)(\.gz)?$/i.exec(name)?.[1] ?? '').toUpperCase()

interface Place {
  readonly root: string
  readonly folder: string
  readonly schema: string
}

/**
 * Looks through a folder: files at the top become tables of PUBLIC, each sub-folder a schema with its own files; deeper folders,
 * hidden files and other kinds of files are not looked at. Nothing is read but names, sizes and times.
 * Throws `connection_broken`.
 */
export async function listFolder(path: string): Promise<FolderListing> {
  const shown = resolve(path)
  const root = await realFolder(shown)
  const schemas = makeNameGiver(reservedSchemas)
  const files: ListedFile[] = []
  const stamps: string[] = [root]
  const places: Place[] = [{ root, folder: root, schema: schemas.give('PUBLIC', '') }]
  for (const folder of await subFolders(root)) {
    places.push({ root, folder, schema: schemas.give(foldName(basename(folder)), '') })
  }
  for (const place of places) {
    const found = await filesOf(place)
    files.push(...found.map((entry) => entry.file))
    stamps.push(...found.map((entry) => entry.stamp))
    if (files.length > maxFiles) throw tooMany(shown)
  }
  if (files.length === 0) throw nothingUsable(shown)
  const used = [...new Set(files.map((file) => file.schema))]
  return {
    root,
    database: databaseName(basename(root)),
    defaultSchema: used[0] ?? 'PUBLIC',
    files,
    fingerprint: createHash('sha256').update(stamps.join('\n')).digest('hex').slice(0, 16),
  }
}

async function realFolder(shown: string): Promise<string> {
  try {
    const root = await realpath(shown)
    if ((await stat(root)).isDirectory()) return root
  } catch (error) {
    throw unreadable(shown, error)
  }
  throw problem(
    'connection_broken',
    `${shown} is a file, not a folder.`,
    'Name the folder that the file lies in: each file in it becomes a table.',
  )
}

/** Real paths of the folders directly in `root`, in order of their names. A link must not lead out of the folder. */
async function subFolders(root: string): Promise<readonly string[]> {
  const folders: string[] = []
  for (const entry of await entriesOf(root)) {
    const path = join(root, entry.name)
    if (entry.isDirectory()) folders.push(path)
    else if (entry.isSymbolicLink() && (await isFolder(path))) {
      if (!isInside(root, await realpath(path))) throw leavesFolder(path)
      folders.push(path)
    }
  }
  return folders
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false // A link to nothing is no folder; as a file it gets its fault below.
  }
}

const entriesOf = async (folder: string) => {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => !entry.name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw unreadable(folder, error)
  }
}

async function filesOf({ root, folder, schema }: Place) {
  const names = makeNameGiver()
  const found: { readonly file: ListedFile; readonly stamp: string }[] = []
  for (const entry of await entriesOf(folder)) {
    const format = formatOf(entry.name)
    if (format === null || (!entry.isFile() && !entry.isSymbolicLink())) continue
    const path = join(folder, entry.name)
    const { bytes, time, fault, real } = await examine(root, path)
    const file: ListedFile = {
      path: real,
      label: relative(root, path),
      format,
      bytes,
      schema,
      table: names.give(foldName(stemOf(entry.name)), extensionOf(entry.name)),
      fault,
    }
    found.push({ file, stamp: [file.label, real, bytes, time, fault].join('|') })
  }
  return found
}

async function examine(root: string, path: string) {
  try {
    const real = await realpath(path)
    const info = await stat(real)
    const fault = !isInside(root, real)
      ? 'it is a link that leaves the folder.'
      : info.isFile()
        ? null
        : 'it is not an ordinary file.'
    return { bytes: info.size, time: info.mtimeMs, fault, real }
  } catch (error) {
    return { bytes: 0, time: 0, fault: `it cannot be opened (${codeOf(error)}).`, real: path }
  }
}

const isInside = (root: string, path: string): boolean => path.startsWith(root.endsWith(sep) ? root : root + sep)

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)

function unreadable(path: string, error: unknown): Error {
  const code = codeOf(error)
  const what =
    code === 'ENOENT'
      ? `There is no folder ${path}.`
      : code === 'EACCES' || code === 'EPERM'
        ? `The folder ${path} may not be read.`
        : `The folder ${path} cannot be opened (${code}).`
  return problem('connection_broken', what, 'Check the path and the permissions, then connect again.', { cause: error })
}

const nothingUsable = (path: string): Error =>
  problem(
    'connection_broken',
    `The folder ${path} has no files that can become tables.`,
    'Put Parquet, CSV, TSV or JSON-lines files into it (.gz too), directly or in sub-folders.',
  )

const tooMany = (path: string): Error =>
  problem(
    'connection_broken',
    `The folder ${path} has more than ${maxFiles.toLocaleString('en')} files.`,
    'Connect to a sub-folder, or join small files into larger Parquet files.',
  )

const leavesFolder = (path: string): Error =>
  problem(
    'connection_broken',
    `${path} is a link that leaves the folder.`,
    'Remove the link, or connect to the folder it points to.',
  )

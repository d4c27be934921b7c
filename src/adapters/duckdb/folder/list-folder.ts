import { createHash } from 'node:crypto'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { problem } from '../../../core/problem.ts'
import { extensionOf, formatOf, stemOf } from './folder-listing.ts'
import type { FileFormat, FilePart, FolderListing, ListedTable } from './folder-listing.ts'
import { cleanName, databaseName, foldName, makeNameGiver, reservedSchemas } from './folder-names.ts'

/** The most files one folder may bring. */
const maxFiles = 5_000
/** Folders below this many others are not looked into. */
const maxDepth = 20

/** A file as found, before it is known which table it belongs to. */
interface FoundFile extends FilePart {
  readonly name: string
  readonly format: FileFormat
  readonly bytes: number
  readonly fault: string | null
  /** `key=value` names of the folders on the way from the folder that is a table. */
  readonly partition: ReadonlyMap<string, string | null>
}

/** A table to be, before its name is given. */
interface FoundTable {
  readonly schema: string
  readonly spelling: string
  readonly extension: string
  readonly label: string
  readonly files: readonly FoundFile[]
}

/**
 * Looks through a folder: files at the top become tables of PUBLIC, each sub-folder at any depth a schema with its own files. A folder that
 * is cut into `key=value` folders or `part-…` files is one table. Nothing is read but names, sizes and times. Throws `connection_broken`.
 */
export async function listFolder(path: string): Promise<FolderListing> {
  const shown = resolve(path)
  const root = await realFolder(shown)
  const walk: Walk = { root, shown, tables: [], ignored: [], stamps: [root], visited: new Set([root]), files: 0 }
  await visit(walk, root, 0)
  if (walk.tables.length === 0) throw nothingUsable(shown, walk.ignored)
  const tables = nameTables(walk.tables)
  return {
    root,
    database: databaseName(basename(root)),
    defaultSchema: tables[0]?.schema ?? 'PUBLIC',
    tables,
    ignored: walk.ignored,
    fingerprint: createHash('sha256')
      .update([...walk.stamps, ...walk.ignored].join('\n'))
      .digest('hex')
      .slice(0, 16),
  }
}

interface Walk {
  readonly root: string
  /** The root as the person named it. */
  readonly shown: string
  readonly tables: FoundTable[]
  readonly ignored: string[]
  readonly stamps: string[]
  readonly visited: Set<string>
  files: number
}

/** `key=value`, as Hive and Spark name the folders of a partitioned table. */
const partitionOf = (folder: string): readonly [string, string | null] | null => {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(folder) ?? []
  if (key === undefined || value === undefined) return null
  return [key, value === '__HIVE_DEFAULT_PARTITION__' ? null : decodeValue(value)]
}

function decodeValue(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value // A lone % stands for itself.
  }
}

async function visit(walk: Walk, folder: string, depth: number): Promise<void> {
  const files = await filesOf(walk, folder, new Map())
  const below = await foldersOf(walk, folder)
  const partitions = below.filter((path) => partitionOf(basename(path)) !== null)
  for (const path of partitions) await collect(walk, path, new Map(), files, depth)
  const path = relative(walk.root, folder)
  const isWhole =
    partitions.length > 0 ||
    (path !== '' && files.length > 0 && (formatOf(folder) !== null || files.every(({ name }) => /^part-\d/.test(name))))
  if (isWhole) walk.tables.push(...wholeFolder(walk, folder, files))
  else {
    for (const file of files) {
      const { name, label } = file
      walk.tables.push({ schema: path, spelling: stemOf(name), extension: extensionOf(name), label, files: [file] })
    }
  }
  if (depth === maxDepth) return
  for (const path of below) if (!partitions.includes(path)) await visit(walk, path, depth + 1)
}

/** The files of a partitioned folder: one table for each format. */
function wholeFolder({ root, shown }: Walk, folder: string, files: readonly FoundFile[]): readonly FoundTable[] {
  const path = relative(root, folder)
  const schema = path.includes(sep) ? path.slice(0, path.lastIndexOf(sep)) : ''
  const spelling = formatOf(folder) === null ? basename(path === '' ? shown : folder) : stemOf(basename(folder))
  return [...Map.groupBy(files, ({ format }) => format)].map(([format, files]) => ({
    schema,
    spelling,
    extension: format.toUpperCase(),
    label: `${path}${sep}`,
    files,
  }))
}

/** Adds the files below a `key=value` folder. */
async function collect(
  walk: Walk,
  folder: string,
  above: ReadonlyMap<string, string | null>,
  files: FoundFile[],
  depth: number,
): Promise<void> {
  const own = partitionOf(basename(folder))
  const partition = own === null ? above : new Map([...above, own])
  files.push(...(await filesOf(walk, folder, partition)).filter(({ name }) => !name.startsWith('_')))
  if (depth === maxDepth) return
  for (const path of await foldersOf(walk, folder)) {
    if (!basename(path).startsWith('_')) await collect(walk, path, partition, files, depth + 1)
  }
}

function nameTables(found: readonly FoundTable[]): readonly ListedTable[] {
  const schemas = makeNameGiver(reservedSchemas)
  const top = schemas.give('PUBLIC', '')
  const schemaOf = new Map([['', top]])
  return [...Map.groupBy(found, ({ schema }) => schema)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, tables]) => {
      const schema = schemaOf.get(path) ?? schemas.give(foldName(cleanName(path.replaceAll(sep, '_'))), '')
      const names = makeNameGiver()
      const stems = Map.groupBy(tables, ({ spelling }) => cleanName(spelling).toUpperCase())
      return tables.map((table): ListedTable => {
        const spelling = cleanName(table.spelling) || 'file'
        const isShared = (stems.get(spelling.toUpperCase())?.length ?? 0) > 1
        const name = names.give(foldName(spelling) + (isShared ? `_${table.extension}` : ''), '')
        return present(table, schema, name, spelling)
      })
    })
}

function present({ files, label }: FoundTable, schema: string, table: string, spelling: string): ListedTable {
  const partitionKeys = [...new Set(files.flatMap(({ partition }) => [...partition.keys()]))]
  const parts = files.map(({ path, label, partition }): FilePart => {
    return { path, label, values: partitionKeys.map((key) => partition.get(key) ?? null) }
  })
  const [first, ...others] = parts
  if (first === undefined) throw new Error('A table has a file.')
  return {
    parts: [first, ...others],
    label,
    format: files[0]?.format ?? 'csv',
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    schema,
    table,
    spelling,
    partitionKeys,
    fault: files.find(({ fault }) => fault !== null)?.fault ?? null,
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

/** Paths of the folders directly in `folder`, in order of their names. A link must not lead out of the root. */
async function foldersOf({ root, visited }: Walk, folder: string): Promise<readonly string[]> {
  const folders: string[] = []
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) folders.push(path)
    else if (entry.isSymbolicLink() && (await isFolder(path))) {
      const real = await realpath(path)
      if (real !== root && !isInside(root, real)) throw leavesFolder(path)
      // A link may lead back to a folder above it.
      if (!visited.has(real) && !path.startsWith(real + sep)) folders.push(path)
    } else continue
    visited.add(await realpath(path))
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

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => !entry.name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw unreadable(folder, error)
  }
}

async function filesOf(walk: Walk, folder: string, partition: FoundFile['partition']): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    const label = relative(walk.root, path)
    if (!entry.isFile() && !(entry.isSymbolicLink() && !(await isFolder(path)))) continue
    const format = formatOf(entry.name)
    if (format === null) {
      walk.ignored.push(label)
      continue
    }
    const { bytes, time, fault, real } = await examine(walk.root, path)
    found.push({ path: real, label, values: [], name: entry.name, format, bytes, fault, partition })
    walk.stamps.push([label, real, bytes, time, fault].join('|'))
    walk.files += 1
    if (walk.files > maxFiles) throw tooMany(walk.shown)
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

function nothingUsable(path: string, ignored: readonly string[]): Error {
  const seen =
    ignored.length === 0 ? '' : ` It has ${ignored.slice(0, 5).join(', ')}${ignored.length > 5 ? ', …' : ''}.`
  return problem(
    'connection_broken',
    `The folder ${path} has no files that can become tables.${seen}`,
    'Put Parquet, CSV, TSV, JSON-lines or .xlsx files into it (.csv.gz and .jsonl.gz too), directly or in sub-folders.',
  )
}

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

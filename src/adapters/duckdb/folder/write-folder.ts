import { type DuckDBConnection, DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api'
import { problem } from '../../../core/problem.ts'
import { losesDigits } from '../../../dialect/duckdb/macros/json-values.ts'
import { quoteName, quoteText } from '../engine/open-engine.ts'
import { isJson } from '../engine/snowflake-type.ts'
import { columnsOf } from '../engine/validated-queries.ts'
import { readCsvShape } from './csv-shape.ts'
import type { FolderListing, FolderManifest, ListedFile } from './folder-listing.ts'
import { foldName, makeNameGiver } from './folder-names.ts'
import { inferTypes, trimmed } from './infer-types.ts'

const gigabyte = 1024 ** 3
/** Text files are copied into the database, typed once; more than this is refused rather than copied. */
const maxTextBytes = 4 * gigabyte

type Faults = FolderManifest['faults']

/**
 * Makes a database out of a folder's files. A file that cannot be read becomes a table without rows and a fault that tells why,
 * so that the others can be asked. Throws `connection_broken` when the text files together are too large. Parquet files
 * are copied too while they are small together; beyond `maxCopiedBytes` they become views and are read where they lie.
 */
export async function writeFolder(
  path: string,
  { listing, maxCopiedBytes }: { readonly listing: FolderListing; readonly maxCopiedBytes: number },
): Promise<FolderManifest> {
  const bytesOf = (format: 'text' | 'parquet'): number =>
    listing.files
      .filter((file) => (file.format === 'parquet') === (format === 'parquet'))
      .reduce((sum, file) => sum + file.bytes, 0)
  if (bytesOf('text') > maxTextBytes) throw tooLarge(listing.root)
  const inPlace = bytesOf('parquet') > maxCopiedBytes

  const instance = await DuckDBInstance.create(path, { allow_community_extensions: 'false' })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    for (const schema of new Set(listing.files.map((file) => file.schema))) {
      await connection.run(`CREATE SCHEMA ${quoteName(schema)}`)
    }
    const faults: Faults = []
    const readableFiles: string[] = []
    const viewRows: Record<string, number> = {}
    for (const file of listing.files) {
      const asView = inPlace && file.format === 'parquet'
      const fault = file.fault ?? (await addTable(connection, file, asView))
      if (fault !== null) {
        await addFaulty(connection, file, fault)
        faults.push({ schema: file.schema, name: file.table, message: `${file.label}: ${fault}` })
      } else if (asView) {
        readableFiles.push(file.path)
        viewRows[`${file.schema}.${file.table}`] = await parquetRows(connection, file.path)
      }
    }
    await connection.run('CHECKPOINT')
    return { faults, readableFiles, viewRows }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const nameOf = (file: ListedFile): string => `${quoteName(file.schema)}.${quoteName(file.table)}`

/** Null once the table is there; otherwise what is wrong with its file. */
async function addTable(connection: DuckDBConnection, file: ListedFile, asView: boolean): Promise<string | null> {
  const kind = asView ? 'VIEW' : 'TABLE'
  try {
    const { source, columns } = await selectFile(connection, file)
    const list = columns.map(({ sql, name }) => `${sql} AS ${quoteName(name)}`).join(', ')
    await connection.run(`CREATE ${kind} ${nameOf(file)} AS SELECT ${list} FROM ${source}`)
  } catch (error) {
    return explainFault(error)
  }
  await connection.run(`COMMENT ON ${kind} ${nameOf(file)} IS ${quoteText(`File ${file.label}`)}`)
  return null
}

/** Keeps the columns of a CSV header, so that a query that names them gets to hear what is wrong with the file. */
async function addFaulty(connection: DuckDBConnection, file: ListedFile, fault: string): Promise<void> {
  const columns = (await faultyColumns(file)).map((name) => `${quoteName(name)} VARCHAR`)
  await connection.run(`CREATE TABLE ${nameOf(file)} (${columns.join(', ')})`)
  const comment = `Cannot be read. ${file.label}: ${fault}`
  await connection.run(`COMMENT ON TABLE ${nameOf(file)} IS ${quoteText(comment)}`)
}

async function faultyColumns(file: ListedFile): Promise<readonly string[]> {
  const unknown = ['UNREADABLE']
  if (file.format !== 'csv' || file.fault !== null) return unknown
  try {
    const names = nameColumns((await readCsvShape(file.path))?.names ?? unknown)
    return names.some((name) => name.includes('\uFFFD')) ? unknown : names
  } catch {
    return unknown // Its fault already tells why.
  }
}

async function parquetRows(connection: DuckDBConnection, path: string): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata($1)', [
    path.replaceAll(/[*?[]/g, '[$&]'),
  ])
  return Number(reader.getRows()[0]?.[0] ?? 0)
}

const tooLarge = (root: string): Error =>
  problem(
    'connection_broken',
    `The text files in ${root} are larger than ${maxTextBytes / gigabyte} GB together.`,
    'Turn them into Parquet, which is read where it lies, or connect to a part of them.',
  )

/** What to select from a file so that it becomes a table. */
interface Selection {
  readonly source: string
  /** SQL and name of each column. */
  readonly columns: readonly { readonly sql: string; readonly name: string }[]
}

/** DuckDB reads `*`, `?` and `[` in a path as patterns. */
const exactPath = (path: string): string => quoteText(path.replaceAll(/[*?[]/g, '[$&]'))

/** Gives columns the names Snowflake would store. Names that differ only in case get a number, those without a letter a made-up one. */
export function nameColumns(names: readonly string[]): readonly string[] {
  const giver = makeNameGiver()
  return names.map((name, index) => {
    const printable = name.replaceAll(/\p{Cc}+/gu, ' ').trim()
    return giver.give(foldName(printable || `column_${index + 1}`), '')
  })
}

/** How to read one file. Throws DuckDB's errors when it is not what its name says. */
export async function selectFile(connection: DuckDBConnection, file: ListedFile): Promise<Selection> {
  if (file.format === 'csv') return selectCsv(connection, file.path)
  if (file.format === 'json') return selectJson(connection, file.path)
  const source = `read_parquet(${exactPath(file.path)})`
  const columns = columnsOf(await connection.prepare(`SELECT * FROM ${source}`))
  return { source, columns: rename(columns.map(({ name }) => ({ name, sql: quoteName(name) }))) }
}

const rename = (columns: Selection['columns']): Selection['columns'] => {
  const names = nameColumns(columns.map((column) => column.name))
  return columns.map(({ sql, name }, index) => ({ sql, name: names[index] ?? name }))
}

/**
 * Numbers that DuckDB would read as doubles are read again as text, so that integers beyond 64 bits and amounts of money keep
 * their digits.
 */
async function selectJson(connection: DuckDBConnection, path: string): Promise<Selection> {
  const format = /\.json(\.gz)?$/i.test(path) ? 'auto' : 'newline_delimited'
  const read = (more: string): string => `read_json(${exactPath(path)}, format = '${format}', ${more})`
  const raw = `read_json_objects(${exactPath(path)}, format = '${format}')`
  const [lossy] = (
    await connection.runAndReadAll(`SELECT 1 FROM ${raw} WHERE ${losesDigits('json')} LIMIT 1`)
  ).getRows()
  if (lossy !== undefined)
    throw new Error('a decimal number has more than 15 digits: write it as text, or use CSV or Parquet.')
  const detected = read('sample_size = -1')
  const columns = columnsOf(await connection.prepare(`SELECT * FROM ${detected}`))
  const doubles = columns.filter(({ type }) => type.typeId === DuckDBTypeId.DOUBLE).map(({ name }) => name)
  // Keys that differ only in case were numbered, and cannot be asked for by those names.
  const numbered = columns.some(({ name }) => /_\d+$/.test(name))
  if (doubles.length === 0 || numbered) {
    return { source: detected, columns: rename(columns.map(({ name }) => ({ name, sql: quoteName(name) }))) }
  }
  const types = columns.map(({ name, type }) => {
    const declared = type.typeId === DuckDBTypeId.DOUBLE || isJson(type) ? 'JSON' : String(type)
    return `${quoteText(name)}: ${quoteText(declared)}`
  })
  const source = read(`columns = {${types.join(', ')}}`)
  const texts = doubles.map((name, index) => `nullif(${quoteName(name)}::VARCHAR, 'null') AS c${index}`)
  const cells = doubles.map((_, index) => `c${index}`)
  const inferred = await inferTypes(connection, `(SELECT ${texts.join(', ')} FROM ${source})`, cells, [])
  const sqlOf = (name: string): string => {
    const { type } = inferred[doubles.indexOf(name)] ?? { type: null }
    return type === null ? quoteName(name) : `nullif(${quoteName(name)}::VARCHAR, 'null')::${type}`
  }
  return { source, columns: rename(columns.map(({ name }) => ({ name, sql: sqlOf(name) }))) }
}

/** The strictest reading there is: every row has as many cells as the first one, or the file is refused with the line. */
async function selectCsv(connection: DuckDBConnection, path: string): Promise<Selection> {
  const shape = await readCsvShape(path)
  if (shape === null) throw new Error('the file is empty.')
  const cells = shape.names.map((_, index) => `c${index}`)
  const types = cells.map((cell) => `${quoteText(cell)}: 'VARCHAR'`)
  const source = `read_csv(${exactPath(path)}, auto_detect = false, columns = {${types.join(', ')}},
    header = ${shape.header}, delim = ${quoteText(shape.delimiter)}, quote = '"', escape = '"', strict_mode = true,
    null_padding = false, ignore_errors = false, max_line_size = 16777216)`
  const inferred = await inferTypes(connection, source, cells, shape.firstRows)
  const columns = cells.map((cell, index) => {
    const { type, convert } = inferred[index] ?? { type: 'VARCHAR' }
    const value = type === 'VARCHAR' ? cell : (convert?.(trimmed(cell)) ?? trimmed(cell))
    return { sql: `CAST(${value} AS ${type})`, name: shape.names[index] ?? cell }
  })
  return { source, columns: rename(columns) }
}

/** What to say about a file that could not be read: the line where DuckDB knows one, and its first words. */
export function explainFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = /on Line: (\d+)/i.exec(text)?.[1] ?? /in line (\d+)/i.exec(text)?.[1]
  const where = line === undefined ? '' : `line ${line}: `
  const ragged = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text)
  if (ragged) return `${where}expected ${ragged[1]} columns, found ${ragged[2]}.`
  if (/not utf-8 encoded/i.test(text)) return `${where}the text is not UTF-8.`
  if (/unterminated quote/i.test(text)) return `${where}a quote is opened and never closed.`
  const [first = ''] = text.replace(/^[A-Za-z ]+ Error: /, '').split('\n')
  return `${where}${first.replaceAll(/ in file '[^']*'/g, '').replaceAll(/ in file "[^"]*"/g, '')}`
}

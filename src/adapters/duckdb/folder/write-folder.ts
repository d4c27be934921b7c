import { rm } from 'node:fs/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import { problem } from '../../../core/problem.ts'
import { losesDigits } from '../../../dialect/duckdb/macros/json-values.ts'
import { quoteName, quoteText } from '../engine/sql-quoting.ts'
import { readCsvLayout } from './csv-layout.ts'
import type { ColumnNote, FolderListing, FolderManifest, ListedTable, TableNote } from './folder-listing.ts'
import { cleanName, foldName, makeNameGiver, nameColumns, type NameGiver } from './folder-names.ts'
import { writeParquetTable } from './parquet-table.ts'
import { readWorkbook, writeSheet } from './read-workbook.ts'
import { typeWithoutTotal } from './set-aside-total.ts'
import { exactPath, stage, stageCsv, stageJson, stageParts, type Staged } from './stage-table.ts'

const gigabyte = 1024 ** 3
/** Text files are copied into the database, typed once; more than this is refused rather than copied. */
const maxTextBytes = 4 * gigabyte

export interface FolderOrder {
  readonly listing: FolderListing
  readonly maxCopiedBytes: number
  /** Mebibytes the engine may use; more is spilled beside the database. */
  readonly memoryLimitMb: number
}

/** Everything that writing one folder needs. */
interface Build {
  readonly connection: DuckDBConnection
  /** A file that may be written and read again. */
  readonly scratch: string
  readonly manifest: FolderManifest
  /** Names of tables by schema. */
  readonly names: ReadonlyMap<string, NameGiver>
}

/** A table that is being made. */
export interface Target {
  readonly schema: string
  readonly name: string
  readonly comment: string
}

/**
 * Makes a database out of a folder's files. A file that cannot be read becomes a table without rows and a fault that tells why,
 * so that the others can be asked. Throws `connection_broken` when the text files together are too large. Parquet files
 * are copied too while they are small together; beyond `maxCopiedBytes` they become views and are read where they lie.
 */
export async function writeFolder(
  path: string,
  { listing, maxCopiedBytes, memoryLimitMb }: FolderOrder,
  tell: (fact: string) => void,
): Promise<FolderManifest> {
  const { tables, root } = listing
  const bytesOf = (isParquet: boolean): number =>
    tables.filter((table) => (table.format === 'parquet') === isParquet).reduce((sum, { bytes }) => sum + bytes, 0)
  if (bytesOf(false) > maxTextBytes) throw tooLarge(root)
  const inPlace = bytesOf(true) > maxCopiedBytes

  const scratch = `${path}.scratch.tmp`
  const instance = await DuckDBInstance.create(path, {
    allow_community_extensions: 'false',
    memory_limit: `${memoryLimitMb}MiB`,
  })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    // With it, planning a table takes time that grows with the square of its columns.
    await connection.run("SET disabled_optimizers = 'common_subexpressions'")
    const names = new Map<string, NameGiver>()
    for (const [schema, own] of Map.groupBy(tables, ({ schema }) => schema)) {
      await connection.run(`CREATE SCHEMA ${quoteName(schema)}`)
      names.set(schema, makeNameGiver(own.map(({ table }) => table)))
    }
    const manifest: FolderManifest = { faults: [], readableFiles: [], viewRows: {}, tables: [] }
    const build: Build = { connection, scratch, manifest, names }
    for (const [index, table] of tables.entries()) {
      const done =
        tables.length === 1 ? '' : `, file ${(index + 1).toLocaleString('en')} of ${tables.length.toLocaleString('en')}`
      const watch = watchProgress(connection, `reading ${table.label} (${bytesInWords(table.bytes)}${done})`, tell)
      try {
        await addTable(build, table, inPlace)
      } finally {
        clearInterval(watch)
      }
    }
    await connection.run('CHECKPOINT')
    return manifest
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(scratch, { force: true })
  }
}

const tellEveryMs = 500

/** Tells what is being read and how far the engine is with it, as long as that takes. */
function watchProgress(connection: DuckDBConnection, what: string, tell: (fact: string) => void): NodeJS.Timeout {
  tell(what)
  return setInterval(() => {
    const { percentage } = connection.progress
    tell(percentage > 0 && percentage < 100 ? `${what}, ${Math.floor(percentage)} %` : what)
  }, tellEveryMs)
}

/** Adds a file's table, or one that tells what is wrong with the file. */
async function addTable(build: Build, table: ListedTable, inPlace: boolean): Promise<void> {
  const { connection, manifest } = build
  let fault = table.fault
  try {
    if (fault === null) await readTable(build, table, inPlace)
  } catch (error) {
    fault = explainFault(error)
  }
  if (fault === null) return
  const message = `${table.label}: ${fault}`
  const target = { schema: table.schema, name: table.table, comment: `Cannot be read. ${message}` }
  const columns = (await faultyColumns(table)).map((name) => `${quoteName(name)} VARCHAR`)
  await connection.run(`CREATE OR REPLACE TABLE ${quoted(target)} (${columns.join(', ')})`)
  await addComment(connection, 'TABLE', target)
  manifest.faults.push({ schema: table.schema, name: table.table, message })
}

async function readTable(build: Build, table: ListedTable, inPlace: boolean): Promise<void> {
  const { connection, scratch, manifest } = build
  const { schema, parts, format, spelling, partitionKeys } = table
  const what =
    parts.length > 1 || partitionKeys.length > 0
      ? `Folder ${table.label} (${parts.length} files)`
      : `File ${table.label}`
  const target = { schema, name: table.table, comment: what }
  if (format === 'xlsx') return readSheets(build, table)
  if (format === 'parquet') {
    const { columns, rows } = await writeParquetTable(connection, table, quoted(target), inPlace)
    await addComment(connection, inPlace ? 'VIEW' : 'TABLE', target)
    if (inPlace) {
      manifest.readableFiles.push(...parts.map(({ path }) => path))
      manifest.viewRows[`${schema}.${target.name}`] = rows
    }
    manifest.tables.push({ schema, name: target.name, spelling, notices: [], columns: [...columns] })
    return
  }
  const read = (path: string): Promise<Staged> =>
    format === 'csv'
      ? stageCsv(connection, path, stage, scratch)
      : stageJson(connection, path, (raw) => hasExactDecimals(connection, raw), scratch)
  const staged =
    parts.length === 1 && partitionKeys.length === 0
      ? await read(parts[0].path)
      : await stageParts(connection, table, read)
  manifest.tables.push(await writeStaged(build, target, spelling, staged))
}

async function hasExactDecimals(connection: DuckDBConnection, raw: string): Promise<boolean> {
  const reader = await connection.runAndReadAll(`SELECT 1 FROM ${raw} WHERE ${losesDigits('json')} LIMIT 1`)
  return reader.getRows().length > 0
}

/** A workbook becomes a table for each sheet, called after the sheet, or after the file where the sheet's name says nothing. */
async function readSheets(build: Build, table: ListedTable): Promise<void> {
  const { connection, scratch, manifest, names } = build
  const { path } = table.parts[0]
  const sheets = await readWorkbook(path)
  const filled = sheets.flatMap(({ sheet, layout, rows }) => (layout === null ? [] : [{ sheet, layout, rows }]))
  if (filled.length === 0) throw new Error('the workbook is empty.')
  for (const [index, { sheet, layout, rows }] of filled.entries()) {
    const width = rows.reduce(
      (most, cells) => Math.max(most, cells.findLastIndex((cell) => cell !== '') + 1),
      layout.names.length,
    )
    await writeSheet(rows, width, scratch)
    const types = Array.from({ length: width }, (_, at) => `c${at}: 'VARCHAR'`)
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${stage} AS SELECT * FROM read_csv(${exactPath(scratch)}, auto_detect = false,
       columns = {${types.join(', ')}}, header = false, delim = ',', quote = '"', escape = '"', max_line_size = 16777216)`,
    )
    const columns = types.map((_, at) => ({
      cell: `c${at}`,
      name: layout.names[at] ?? `column_${at + 1}`,
      kind: 'text' as const,
    }))
    const isGeneric = /^(?:sheet|tabelle|feuil|hoja|foglio|blad|planilha)? ?\d*$/i.test(sheet)
    const spelling = filled.length === 1 ? table.spelling : isGeneric ? `${table.spelling} ${sheet}` : cleanName(sheet)
    const name =
      index === 0 && filled.length === 1
        ? table.table
        : (names.get(table.schema)?.give(foldName(spelling.replaceAll(' ', '_')), '') ?? table.table)
    const comment = `Sheet ${sheet} of ${table.label}`
    const staged = { columns, delimiter: null, notices: layout.notices }
    manifest.tables.push(await writeStaged(build, { schema: table.schema, name, comment }, spelling, staged))
  }
}

/** Gives the staged cells their types and names and stores them. */
async function writeStaged(
  { connection }: Build,
  target: Target,
  spelling: string,
  { columns, delimiter, notices }: Staged,
): Promise<TableNote> {
  const texts = columns.filter(({ kind }) => kind !== 'typed')
  const first = await firstValues(
    connection,
    texts.map(({ cell }) => cell),
  )
  const { columns: typed, notices: totals } = await typeWithoutTotal(connection, {
    source: stage,
    delimiter,
    columns: texts.map(({ cell, kind }, index) => ({ cell, first: first[index] ?? [], isQuoted: kind === 'quoted' })),
  })
  const names = nameColumns(columns.map(({ name }) => name))
  const list: string[] = []
  const notes: ColumnNote[] = []
  for (const [index, column] of columns.entries()) {
    const found = typed[texts.indexOf(column)]
    const name = names[index] ?? column.name
    list.push(`${found?.sql ?? column.cell} AS ${quoteName(name)}`)
    const { reading, looksLike, unit } = found ?? {}
    notes.push({ name, spelling: cleanName(column.name), reading, looksLike, unit })
  }
  await connection.run(`CREATE TABLE ${quoted(target)} AS SELECT ${list.join(', ')} FROM ${stage}`)
  await addComment(connection, 'TABLE', target)
  await connection.run(`DROP TABLE ${stage}`)
  return { schema: target.schema, name: target.name, spelling, notices: [...notices, ...totals], columns: notes }
}

/** So many values of a table are looked at before its columns are guessed. */
const firstCells = 300_000

async function firstValues(
  connection: DuckDBConnection,
  cells: readonly string[],
): Promise<readonly (readonly string[])[]> {
  if (cells.length === 0) return []
  const rows = Math.max(20, Math.min(1_000, Math.floor(firstCells / cells.length)))
  const reader = await connection.runAndReadAll(`SELECT ${cells.join(', ')} FROM ${stage} LIMIT ${rows}`)
  return reader.getColumns().map((values) => values.map((value) => (value === null ? '' : String(value))))
}

const quoted = ({ schema, name }: Target): string => `${quoteName(schema)}.${quoteName(name)}`

async function addComment(connection: DuckDBConnection, kind: 'TABLE' | 'VIEW', target: Target): Promise<void> {
  await connection.run(`COMMENT ON ${kind} ${quoted(target)} IS ${quoteText(target.comment)}`)
}

/** Keeps the columns of a CSV header, so that a query that names them gets to hear what is wrong with the file. */
async function faultyColumns({ format, fault, parts }: ListedTable): Promise<readonly string[]> {
  const unknown = ['UNREADABLE']
  if (format !== 'csv' || fault !== null) return unknown
  try {
    return nameColumns((await readCsvLayout(parts[0].path))?.names ?? unknown)
  } catch {
    return unknown // Its fault already tells why.
  }
}

const tooLarge = (root: string): Error =>
  problem(
    'connection_broken',
    `The text files in ${root} are larger than ${maxTextBytes / gigabyte} GB together.`,
    'Turn them into Parquet, which is read where it lies, or connect to a part of them.',
  )

/** What to say about a file that could not be read: the line where DuckDB knows one, and its first words. */
function explainFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = /on Line: (\d+)/i.exec(text)?.[1] ?? /in line (\d+)/i.exec(text)?.[1]
  const where = line === undefined ? '' : `line ${line}: `
  const [first = ''] = text.replace(/^[A-Za-z ]+ Error: /, '').split('\n')
  return `${where}${first.replaceAll(/ in file '[^']*'/g, '').replaceAll(/ in file "[^"]*"/g, '')}`
}

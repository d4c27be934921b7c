import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { problem } from '../../../core/problem.ts'
import { quoteName, quoteText } from '../engine/open-engine.ts'
import { readCsvShape } from './csv-shape.ts'
import type { FolderListing, FolderManifest, ListedFile } from './folder-listing.ts'
import { explainFault, nameColumns, selectFile } from './load-file.ts'

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

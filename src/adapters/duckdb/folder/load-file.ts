import { type DuckDBConnection, DuckDBTypeId } from '@duckdb/node-api'
import { quoteName, quoteText } from '../engine/open-engine.ts'
import { columnsOf } from '../engine/engine-columns.ts'
import { isJson } from '../engine/snowflake-type.ts'
import { readCsvShape } from './csv-shape.ts'
import type { ListedFile } from './folder-listing.ts'
import { foldName, makeNameGiver } from './folder-names.ts'
import { inferTypes, trimmed } from './infer-types.ts'

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

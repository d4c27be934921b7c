import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName, quoteText } from '../engine/open-engine.ts'
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
  const source =
    file.format === 'parquet'
      ? `read_parquet(${exactPath(file.path)})`
      : `read_json(${exactPath(file.path)}, format = ${jsonFormat(file.path)}, sample_size = -1)`
  const prepared = await connection.prepare(`SELECT * FROM ${source}`)
  const originals = Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index))
  const names = nameColumns(originals)
  return { source, columns: originals.map((name, index) => ({ sql: quoteName(name), name: names[index] ?? name })) }
}

const jsonFormat = (path: string): string => (/\.json(\.gz)?$/i.test(path) ? "'auto'" : "'newline_delimited'")

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
  const names = nameColumns(shape.names)
  return {
    source,
    columns: cells.map((cell, index) => {
      const { type, convert } = inferred[index] ?? { type: 'VARCHAR' }
      const value = type === 'VARCHAR' ? cell : (convert?.(trimmed(cell)) ?? trimmed(cell))
      return { sql: `CAST(${value} AS ${type})`, name: names[index] ?? cell }
    }),
  }
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

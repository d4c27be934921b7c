import { firstRecords, readHead } from './read-csv-head.ts'

/** How a CSV file is laid out. */
export interface CsvShape {
  readonly delimiter: string
  readonly header: boolean
  /** Names from the header as written, or made up where there is none. */
  readonly names: readonly string[]
  /** The first rows after it. */
  readonly firstRows: readonly (readonly string[])[]
}

const delimiters = [',', ';', '\t', '|']
/** Rows compared with the first one to tell a header from data. */
const lookAhead = 1_000

/**
 * Tells delimiter, header and column names from the beginning of a file; null for an empty one. DuckDB's own sniffer is not
 * asked: it answers ragged rows by reading a whole line as one column.
 */
export async function readCsvShape(path: string): Promise<CsvShape | null> {
  const { text, whole } = await readHead(path)
  const isTsv = /\.tsv(\.gz)?$/i.test(path)
  const delimiter = isTsv ? '\t' : mostColumns(text, whole)
  const [first, ...rest] = firstRecords(text, whole, delimiter, lookAhead)
  if (first === undefined) return null
  const header = isHeader(first, rest)
  const names = first.map((cell, index) => (header ? cell : `column_${index + 1}`))
  return { delimiter, header, names, firstRows: header ? rest : [first, ...rest] }
}

/** The delimiter that cuts the first record into most cells. */
function mostColumns(text: string, whole: boolean): string {
  const cells = (delimiter: string): number => firstRecords(text, whole, delimiter, 1)[0]?.length ?? 0
  return delimiters.reduce((best, next) => (cells(next) > cells(best) ? next : best))
}

const typed =
  /^\s*([-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|\d{4}-\d{2}-\d{2}([ T].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{4}|true|false)\s*$/i

/** A first row is a header when it is all words, or has a word above a column of numbers or dates. */
function isHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  if (!first.some((cell) => typed.test(cell))) return true
  return first.some((cell, index) => {
    const below = rest.map((record) => record[index] ?? '').filter((value) => value !== '')
    return !typed.test(cell) && below.length > 0 && below.every((value) => typed.test(value))
  })
}

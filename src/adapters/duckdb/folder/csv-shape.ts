import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

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

/** Enough to see the shape of any sensible file. */
const headBytes = 256 * 1024

/** The first part of a text file, unpacked when its name ends in `.gz`. */
export async function readHead(path: string): Promise<{ readonly text: string; readonly whole: boolean }> {
  const file = createReadStream(path, path.endsWith('.gz') ? {} : { end: headBytes })
  const source = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file
  const parts: Buffer[] = []
  let size = 0
  for await (const part of source) {
    parts.push(part as Buffer)
    size += (part as Buffer).length
    if (size > headBytes) break
  }
  const text = Buffer.concat(parts).toString('utf8')
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text, whole: size <= headBytes }
}

/** The first records of CSV text; one that may be cut off at the end is left out. */
export function firstRecords(text: string, whole: boolean, delimiter: string, count: number): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length && records.length < count; at++) {
    const letter = text.charAt(at)
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (text.charAt(at + 1) === '"') {
        cell += letter
        at += 1
      } else quoted = false
    } else if (letter === '"' && cell === '') quoted = true
    else if (letter === delimiter || letter === '\n') {
      record.push(letter === '\n' && cell.endsWith('\r') ? cell.slice(0, -1) : cell)
      cell = ''
      if (letter === '\n') {
        if (record.length > 1 || record[0] !== '') records.push(record)
        record = []
      }
    } else cell += letter
  }
  if (whole && records.length < count && (cell !== '' || record.length > 0)) records.push([...record, cell])
  return records
}

import { knownWords } from '../../../core/catalog/known-words.ts'
import { separate } from '../../../core/catalog/split-name.ts'
import { makeRecordParser, readHead, type Encoding, type Head, type TextRecord } from './text-file.ts'

/** Where the table lies in a list of records, and what its columns are called. */
export interface TableLayout {
  /** Names from the header as written, or made up where there is none. */
  readonly names: readonly string[]
  /** The line or row that the table begins in, from 1: its header, or its first row. */
  readonly beginsAt: number
  readonly header: boolean
  /** The first rows after it. */
  readonly firstRows: readonly (readonly string[])[]
  /** What was assumed about it, sentences. */
  readonly notices: readonly string[]
}

/** How a CSV file is laid out. */
export interface CsvLayout extends TableLayout {
  readonly encoding: Encoding
  readonly delimiter: string
  /** Whether DuckDB can read the file as it is, as far as its beginning tells. */
  readonly isRegular: boolean
}

const delimiters = [',', ';', '\t', '|']
/** Rows compared with the first one to tell a header from data. */
const lookAhead = 1_000

/**
 * Tells encoding, delimiter, title lines, header and column names from the beginning of a file; null for an empty one. DuckDB's own sniffer is
 * not asked: it answers ragged rows by reading a whole line as one column. Throws when the file is no text.
 */
export async function readCsvLayout(path: string): Promise<CsvLayout | null> {
  const head = await readHead(path)
  const told = /^\uFEFF?sep=(.)\r?\n/.exec(head.text)?.[1]
  const isTsv = /\.tsv(\.gz)?$/i.test(path) && head.text.includes('\t')
  const delimiter = told ?? (isTsv ? '\t' : chooseDelimiter(head))
  const { records, mixed } = parseHead(head, delimiter, lookAhead)
  const body = told === undefined ? records : records.slice(1)
  const layout = layOut(body.filter((record) => !isComment(record, usualWidth(body))))
  if (layout === null) return null
  const width = layout.names.length
  const isEven = body.every(({ cells, line }) => line < layout.beginsAt || cells.length === width)
  const encoded = head.encoding === 'windows-1252' ? ['It is read as Windows-1252, since it is not UTF-8.'] : []
  return {
    ...layout,
    notices: [...encoded, ...layout.notices],
    encoding: head.encoding,
    delimiter,
    isRegular: head.encoding === 'utf-8' && !mixed && isEven,
  }
}

function parseHead({ text, whole }: Head, delimiter: string, count: number) {
  const parser = makeRecordParser(delimiter)
  const records = parser.push(text.replace(/^\uFEFF/, ''))
  try {
    if (whole) records.push(...parser.end())
  } catch {
    // A quote that stays open: reading the file says in which line.
  }
  return { records: records.slice(0, count), mixed: parser.hasMixedLineEnds() }
}

/** The number of cells that most records have, among those with several; 1 where none has. */
function usualWidth(records: readonly TextRecord[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of records) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  const [most] = [...counts].sort(([widthA, a], [widthB, b]) => b - a || widthB - widthA)
  return most?.[0] ?? 1
}

/** The delimiter that cuts the largest share of the records into equally many cells; among equals the one that makes most. */
function chooseDelimiter(head: Head): string {
  const rated = delimiters.map((delimiter) => {
    const { records } = parseHead(head, delimiter, 200)
    const width = usualWidth(records)
    const even = width === 1 ? 0 : records.filter(({ cells }) => cells.length === width).length
    return { delimiter, width, share: even / Math.max(1, records.length) }
  })
  const best = rated.reduce((best, next) =>
    next.share > best.share + 0.001 || (next.share > best.share - 0.001 && next.width > best.width) ? next : best,
  )
  return best.delimiter
}

/** A line that begins with `#` and has not the cells of a row. */
export const isComment = ({ cells }: TextRecord, width: number): boolean =>
  cells[0]?.startsWith('#') === true && cells.length !== width

const typed =
  /^\s*([-+(]?\p{Sc}?[-+]?(\d[\d.,' ]*|\.\d+)([eE][-+]?\d+)?\s*[%)\p{Sc}]?|\d{4}-\d{2}-\d{2}([ T].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}( .*)?|true|false)\s*$/iu

/** The most lines above a header. */
const mostTitles = 20

/** Finds the table among records: title lines above it are left out, its header is told from data by what is below. */
export function layOut(records: readonly TextRecord[]): TableLayout | null {
  const at = firstOfTable(records)
  const [first, ...below] = records.slice(at)
  if (first === undefined) return null
  const width = Math.max(first.cells.length, at === 0 ? 0 : usualWidth(records))
  const rest = below.map(({ cells }) => cells)
  const { header, notice } = judgeHeader(first.cells, rest)
  const last = first.cells.findLastIndex((cell) => cell.trim() !== '')
  const isPadded = header && rest.every((cells) => cells.slice(last + 1).every((cell) => cell.trim() === ''))
  const names = Array.from({ length: isPadded ? last + 1 : width }, (_, index) =>
    header ? (first.cells[index] ?? '') : `column_${index + 1}`,
  )
  const titles = records.slice(0, at).map(({ cells }) => cells.filter((cell) => cell.trim() !== '').join(' '))
  return {
    names,
    beginsAt: first.line,
    header,
    firstRows: header ? rest : [first.cells, ...rest],
    notices: [
      ...(titles.length === 0
        ? []
        : [`The lines above the header are left out: "${titles.join('", "').slice(0, 200)}".`]),
      ...(notice === null ? [] : [notice]),
    ],
  }
}

/** The first record that has the cells of a row, where those above it have few. */
function firstOfTable(records: readonly TextRecord[]): number {
  const width = usualWidth(records)
  if (width === 1) return 0
  const filled = ({ cells }: TextRecord): number => cells.filter((cell) => cell.trim() !== '').length
  const isTitle = (record: TextRecord): boolean =>
    record.cells.length < width ? filled(record) <= Math.max(1, width / 2) : filled(record) <= 1
  const at = records.slice(0, mostTitles + 1).findIndex((record) => !isTitle(record))
  return at === -1 || records[at]?.cells.length !== width ? 0 : at
}

interface HeaderVerdict {
  readonly header: boolean
  readonly notice: string | null
}

const isHeader: HeaderVerdict = { header: true, notice: null }
const isData: HeaderVerdict = {
  header: false,
  notice: 'No header was found: the first line is read as data, and the columns have made-up names.',
}

/** A first row is a header when it has a word above a column of numbers or dates; where all is text, the words decide. */
function judgeHeader(first: readonly string[], rest: readonly (readonly string[])[]): HeaderVerdict {
  const below = first.map((_, index) => rest.map((cells) => cells[index] ?? '').filter((value) => value.trim() !== ''))
  const isTyped = below.map((values) => values.length > 0 && values.every((value) => typed.test(value)))
  if (first.some((cell, index) => cell.trim() !== '' && !typed.test(cell) && isTyped[index] === true)) return isHeader
  if (first.some((cell) => typed.test(cell))) return isData
  if (rest.length === 0) return isHeader
  return judgeWords(first, below)
}

/** Whether a row of words above rows of words is a header. */
function judgeWords(first: readonly string[], below: readonly (readonly string[])[]): HeaderVerdict {
  const words = first.map((cell) => cell.trim())
  const known = places()
  const isValue = (word: string): boolean =>
    /^[^\s@]+@[^\s@]+\.\w+$|^https?:|^[A-Z]+[-_ ]?\d+$/.test(word) || known.has(word)
  const repeats = words.some((word, index) => word !== '' && below[index]?.includes(word) === true)
  if (repeats || words.some(isValue)) return isData
  if (words.some(soundsLikeName)) return isHeader
  const distinct = new Set(words)
  if (distinct.size < words.length) return isData
  return {
    header: true,
    notice: `The first line is taken for the header (${words.slice(0, 5).join(', ')}), though it might be data: nothing but text lies below.`,
  }
}

/** Whether a cell has a word that columns are named by. */
const soundsLikeName = (cell: string): boolean =>
  /^[a-z]+[A-Z_]\w*$|^[A-Za-z]+_\w+$/.test(cell) || separate(cell).some((word) => columnWords.has(word))

const columnWords: ReadonlySet<string> = new Set([
  ...'id name nom nombre nome datum kunde kundin stadt ort land betrag preis'.split(' '),
  ...'strasse straße plz bezeichnung menge ville pays prix fecha ciudad precio'.split(' '),
  ...[...knownWords].filter((word) => word.length > 2),
])

/** Names of countries and of cities that time zones are called after. */
function places(): ReadonlySet<string> {
  const names = new Set<string>()
  const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  for (let first = 65; first <= 90; first++)
    for (let second = 65; second <= 90; second++) {
      const name = regions.of(String.fromCharCode(first, second))
      if (name !== undefined) names.add(name)
    }
  for (const zone of Intl.supportedValuesOf('timeZone')) names.add((zone.split('/').at(-1) ?? '').replaceAll('_', ' '))
  for (const name of names) if (columnWords.has(name.toLowerCase())) names.delete(name)
  return names
}

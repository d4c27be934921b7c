import type { FileForm } from '../../../contract/result-file.ts'
import { type MomentForm, noField, type RowsForm } from '../../../core/ports/rows-file.ts'
import { separators } from '../../../core/results/file-frame.ts'
import { quotedTextReader, textReader, valueReader } from './field-readers.ts'
import type { SeenMoments } from './read-time.ts'
import { type CellReader, cellReaders, presentColumn } from './result-columns.ts'
import type { WireColumn } from './result-head.ts'
import type { RowLayout } from './row-encoder.ts'

const encoder = new TextEncoder()
const bytes = (text: string): Uint8Array => encoder.encode(text)
const comma = 0x2c

/** Batches as JSON arrays of rows. */
export const batchLayout = (columns: readonly WireColumn[]): RowLayout =>
  jsonLayout(cellReaders(columns), { isArray: true, rowEnd: bytes('],') })

const jsonLayout = (cells: readonly CellReader[], rest: Pick<RowLayout, 'isArray' | 'rowEnd'>): RowLayout => ({
  readers: cells.map(({ read }) => read),
  rowStart: bytes('['),
  between: comma,
  nothing: bytes('null'),
  ...rest,
})

/** The layout of a file's rows; `moments` tells, of the rows written so far, how each column's dates and times can be held. */
export function fileLayout(
  columns: readonly WireColumn[],
  form: RowsForm,
): { readonly layout: RowLayout; readonly moments: () => readonly (MomentForm | null)[] } {
  const cells = cellReaders(columns)
  const moments = () => cells.map(({ seen }, at) => (seen === null ? null : formOf(columns[at]?.type ?? '', seen)))
  const { format } = form
  if (format === 'csv') return { layout: csvLayout(columns, cells, form), moments }
  if (format === 'fields') return { layout: fieldsLayout(columns, cells), moments }
  const rowEnd = bytes(format === 'json' ? '],\n' : ']\n')
  return { layout: jsonLayout(cells, { isArray: false, rowEnd }), moments }
}

const lines = { isArray: false, rowStart: bytes(''), rowEnd: bytes('\n') } as const

/** CSV for people: NULL is nothing, and what a spreadsheet would run as a formula is marked as text. */
function csvLayout(
  columns: readonly WireColumn[],
  cells: readonly CellReader[],
  { separator: name = 'comma', decimalMark = 'point' }: FileForm,
): RowLayout {
  const separator = separators[name]
  const style = { separator, decimalMark, isHarmless: true }
  return {
    ...lines,
    readers: readersOf(columns, cells, { value: valueReader(style), text: textReader(style) }),
    between: separator.charCodeAt(0),
    nothing: bytes(''),
  }
}

/** CSV for an engine: every text is in quotes, and nothing is marked. */
const fieldsLayout = (columns: readonly WireColumn[], cells: readonly CellReader[]): RowLayout => ({
  ...lines,
  readers: readersOf(columns, cells, {
    value: valueReader({ separator: ',', decimalMark: 'point', isHarmless: false }),
    text: quotedTextReader,
  }),
  between: comma,
  nothing: bytes(noField),
})

interface FieldMakers {
  readonly value: ReturnType<typeof valueReader>
  readonly text: typeof quotedTextReader
}

const readersOf = (
  columns: readonly WireColumn[],
  cells: readonly CellReader[],
  { value, text }: FieldMakers,
): RowLayout['readers'] =>
  columns.map((column, at) => {
    const { kind } = presentColumn(column)
    const read = cells[at]?.read
    if (read === undefined) throw new Error('Every column has a reader.')
    if (kind === 'text' || kind === 'nested' || kind === 'binary') return text(read)
    return value(read, kind === 'number')
  })

const secondsPerDay = 86_400
/** The years 1 to 9999, which every engine writes in the same way. */
const plainDays = { first: -719_162, last: 2_932_896 }
/** Seconds around 1970 whose nanoseconds fit 64 bits. */
const nanoSeconds = 9_223_372_000

function formOf(type: string, { first, last, isFine, isZoned, isOdd }: SeenMoments): MomentForm {
  if (type === 'time') return isOdd || isFine ? 'text' : 'micros'
  const days = type === 'date' ? 1 : secondsPerDay
  const isPlain = first >= plainDays.first * days && last < (plainDays.last + 1) * days
  if (isOdd || isZoned || (first <= last && !isPlain)) return 'text'
  if (!isFine) return 'micros'
  return type === 'timestamp_ntz' && first > -nanoSeconds && last < nanoSeconds ? 'nanos' : 'text'
}

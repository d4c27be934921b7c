import type { Column, ColumnKind } from '../../../contract/result.ts'
import { readBoolean, readDecimalFloat, readFixed, readReal } from './read-number.ts'
import { makeDayShelf, makeTimeReaders, type SeenMoments, type TimeReaders } from './read-time.ts'
import type { WireColumn } from './result-head.ts'
import { type ReadCell, readText } from './row-cursor.ts'

interface Meaning {
  readonly kind: ColumnKind
  readonly declare: (column: WireColumn) => string
  /** Converts a cell; null keeps its text. */
  readonly read: ReadCell | keyof TimeReaders | null
}

const sized =
  (name: string) =>
  ({ length }: WireColumn): string =>
    length === null ? name : `${name}(${length})`
const timed =
  (name: string) =>
  ({ scale }: WireColumn): string =>
    `${name}(${scale ?? 9})`
const always = (name: string) => (): string => name
/** Months as Snowflake shows them: `+1-02` is a year and two months. */
function yearMonth(months: bigint): string {
  const size = months < 0n ? -months : months
  return `${months < 0n ? '-' : '+'}${size / 12n}-${String(size % 12n).padStart(2, '0')}`
}

/** Nanoseconds as days and a time: `+1 02:03:04.5`. */
function dayTime(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  const seconds = size / 1_000_000_000n
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  const clock = [(seconds / 3_600n) % 24n, (seconds / 60n) % 60n, seconds % 60n]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  return `${nanos < 0n ? '-' : '+'}${seconds / 86_400n} ${clock}${fraction === '' ? '' : `.${fraction}`}`
}

/** Reads a cell that holds a whole number of months or nanoseconds; any other text is kept. */
function intervalReader(write: (value: bigint) => string): ReadCell {
  return (cursor) => {
    const end = cursor.input.indexOf(quoteByte, cursor.at)
    if (end < 0) return readText(cursor)
    const text = Buffer.from(cursor.input.subarray(cursor.at, end)).toString('latin1')
    if (!/^-?\d+$/.test(text)) return readText(cursor)
    for (const char of `"${write(BigInt(text))}"`) cursor.out[cursor.o++] = char.charCodeAt(0)
    cursor.at = end + 1
    return true
  }
}

const quoteByte = 0x22

const nested = (name: string): Meaning => ({ kind: 'nested', declare: always(name), read: null })

/** Snowflake's wire types, with how a column is declared and how its cells are converted. */
const meanings: Readonly<Record<string, Meaning>> = {
  fixed: {
    kind: 'number',
    declare: ({ precision, scale }) => `NUMBER(${precision ?? 38},${scale ?? 0})`,
    read: readFixed,
  },
  real: { kind: 'number', declare: always('FLOAT'), read: readReal },
  decfloat: { kind: 'number', declare: always('DECFLOAT'), read: readDecimalFloat },
  text: { kind: 'text', declare: sized('VARCHAR'), read: null },
  boolean: { kind: 'boolean', declare: always('BOOLEAN'), read: readBoolean },
  date: { kind: 'date', declare: always('DATE'), read: 'date' },
  time: { kind: 'time', declare: timed('TIME'), read: 'time' },
  timestamp_ntz: { kind: 'timestamp', declare: timed('TIMESTAMP_NTZ'), read: 'timestamp' },
  timestamp_ltz: { kind: 'timestamp', declare: timed('TIMESTAMP_LTZ'), read: 'instant' },
  timestamp_tz: { kind: 'timestamp', declare: timed('TIMESTAMP_TZ'), read: 'zoned' },
  interval_year_month: { kind: 'text', declare: always('INTERVAL YEAR TO MONTH'), read: intervalReader(yearMonth) },
  interval_day_time: { kind: 'text', declare: always('INTERVAL DAY TO SECOND'), read: intervalReader(dayTime) },
  binary: { kind: 'binary', declare: sized('BINARY'), read: null },
  variant: nested('VARIANT'),
  object: nested('OBJECT'),
  array: nested('ARRAY'),
  map: nested('MAP'),
  geography: nested('GEOGRAPHY'),
  geometry: nested('GEOMETRY'),
  vector: nested('VECTOR'),
}

const unknown: Meaning = { kind: 'text', declare: ({ type }) => type.toUpperCase(), read: null }

/** A result column as the contract describes it. */
export function presentColumn(column: WireColumn): Column {
  const { kind, declare } = meanings[column.type] ?? unknown
  return {
    name: column.name,
    type: declare(column),
    kind,
    scale: column.type === 'fixed' ? (column.scale ?? 0) : null,
  }
}

/** How the cells of a column are converted to JSON, and what its dates and times have needed so far; null where it holds none. */
export interface CellReader {
  readonly read: ReadCell
  readonly seen: SeenMoments | null
}

export function cellReaders(columns: readonly WireColumn[]): readonly CellReader[] {
  const shelf = makeDayShelf()
  return columns.map(({ type }) => {
    const { read } = meanings[type] ?? unknown
    if (typeof read !== 'string') return { read: read ?? readText, seen: null }
    const seen = { first: Infinity, last: -Infinity, isFine: false, isZoned: false, isOdd: false }
    return { read: makeTimeReaders(shelf, seen)[read], seen }
  })
}

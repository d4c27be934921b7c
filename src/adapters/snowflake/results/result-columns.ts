import type { Column, ColumnKind } from '../../../contract/result.ts'
import { readBoolean, readDecimalFloat, readFixed, readReal } from './read-number.ts'
import { makeTimeReaders, type TimeReaders } from './read-time.ts'
import type { WireColumn } from './result-head.ts'
import { type ReadCell, readText } from './row-cursor.ts'

interface Meaning {
  readonly kind: ColumnKind
  readonly declare: (column: WireColumn) => string
  /** How its cells become ours; null where their text is kept as it came. */
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
const nested = (name: string): Meaning => ({ kind: 'nested', declare: always(name), read: null })

/** Snowflake's wire types → what the column is declared as and how its cells become ours. */
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

/** How the cells of each column become ours. */
export function cellReaders(columns: readonly WireColumn[]): readonly ReadCell[] {
  const times = makeTimeReaders()
  return columns.map(({ type }) => {
    const { read } = meanings[type] ?? unknown
    return typeof read === 'string' ? times[read] : (read ?? readText)
  })
}

import type { Column, ColumnKind } from '../../../contract/result.ts'
import { encodeBoolean, type EncodeCell, encodeDecimalFloat, encodeFixed, encodeReal } from './encode-number.ts'
import { encodeDate, encodeInstant, encodeTime, encodeTimestamp, encodeZoned } from './encode-time.ts'
import type { WireColumn } from './result-head.ts'

interface Meaning {
  readonly kind: ColumnKind
  readonly declare: (column: WireColumn) => string
  /** Null where the text goes out as it came. */
  readonly encode: EncodeCell | null
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
const nested = (name: string): Meaning => ({ kind: 'nested', declare: always(name), encode: null })

/** Snowflake's wire types → what the column is declared as and how its cells become ours. */
const meanings: Readonly<Record<string, Meaning>> = {
  fixed: {
    kind: 'number',
    declare: ({ precision, scale }) => `NUMBER(${precision ?? 38},${scale ?? 0})`,
    encode: encodeFixed,
  },
  real: { kind: 'number', declare: always('FLOAT'), encode: encodeReal },
  decfloat: { kind: 'number', declare: always('DECFLOAT'), encode: encodeDecimalFloat },
  text: { kind: 'text', declare: sized('VARCHAR'), encode: null },
  boolean: { kind: 'boolean', declare: always('BOOLEAN'), encode: encodeBoolean },
  date: { kind: 'date', declare: always('DATE'), encode: encodeDate },
  time: { kind: 'time', declare: timed('TIME'), encode: encodeTime },
  timestamp_ntz: { kind: 'timestamp', declare: timed('TIMESTAMP_NTZ'), encode: encodeTimestamp },
  timestamp_ltz: { kind: 'timestamp', declare: timed('TIMESTAMP_LTZ'), encode: encodeInstant },
  timestamp_tz: { kind: 'timestamp', declare: timed('TIMESTAMP_TZ'), encode: encodeZoned },
  binary: { kind: 'binary', declare: sized('BINARY'), encode: null },
  variant: nested('VARIANT'),
  object: nested('OBJECT'),
  array: nested('ARRAY'),
  map: nested('MAP'),
  geography: nested('GEOGRAPHY'),
  geometry: nested('GEOMETRY'),
  vector: nested('VECTOR'),
}

const unknown: Meaning = { kind: 'text', declare: ({ type }) => type.toUpperCase(), encode: null }

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

/** How a column's cells become ours; null where their text is kept as it came. */
export const cellEncoder = ({ type }: WireColumn): EncodeCell | null => (meanings[type] ?? unknown).encode

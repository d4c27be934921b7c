/** A type and, where a plain cast would not do, the SQL that converts `v` to it. */
export interface ValueType {
  readonly type: string
  readonly convert?: (v: string) => string
}

/** What all values of a text column may be. `v` is SQL for a value without surrounding blanks. */
export interface ValueKind {
  readonly test: (v: string) => string
  /** Numbers measured of each value; `type` gets the greatest of each. */
  readonly measures: readonly ((v: string) => string)[]
  /** Null when the column had better stay text. */
  readonly type: (...greatest: readonly number[]) => ValueType | null
}

/** DuckDB's widest decimal, which is Snowflake's too. */
const maxDigits = 38
/** The most digits that every 64-bit integer has room for. */
const maxLongDigits = 18

const matches = (pattern: string) => (v: string) => `regexp_full_match(${v}, '${pattern}')`
const both = (one: (v: string) => string, other: (v: string) => string) => (v: string) => `(${one(v)} AND ${other(v)})`
const castable = (type: string) => (v: string) => `TRY_CAST(${v} AS ${type}) IS NOT NULL`
const simply = (type: string, test: (v: string) => string): ValueKind => ({
  test,
  measures: [],
  type: () => ({ type }),
})

const day = '\\d{4}-\\d{2}-\\d{2}'
const clock = '\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?'
const fractionDigits = (v: string): string => `length(regexp_extract(${v}, '\\.(\\d+)', 1))`
const wholeDigits = (v: string): string => `length(split_part(ltrim(${v}, '-'), '.', 1))`

const integer: ValueKind = {
  test: matches('-?(0|[1-9]\\d*)'),
  measures: [wholeDigits],
  type: (digits = 0) => {
    if (digits <= maxLongDigits) return { type: 'BIGINT' }
    return digits <= maxDigits ? { type: `DECIMAL(${maxDigits}, 0)` } : null
  },
}

const decimal: ValueKind = {
  test: matches('-?(0|[1-9]\\d*)?(\\.\\d+)?'),
  measures: [wholeDigits, fractionDigits],
  type: (whole = 0, scale = 0) =>
    whole + scale <= maxDigits ? { type: `DECIMAL(${Math.max(9, whole + scale)}, ${scale})` } : null,
}

const float = simply('DOUBLE', (v) => {
  const digits = matches('[-+]?(0|[1-9]\\d*|\\d?\\.\\d+|[1-9]\\d*\\.\\d*)([eE][-+]?\\d+)?')(v)
  return `(${digits} OR lower(${v}) IN ('nan', 'inf', '-inf', 'infinity', '-infinity'))`
})

const timestamp: ValueKind = {
  test: both(matches(`${day}[ T]${clock}`), castable('TIMESTAMP_NS')),
  measures: [fractionDigits],
  type: (digits = 0) => ({ type: digits > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP' }),
}

/** Days with slashes, taken only where some value tells month and day apart. */
const slashed = (format: string, swapped: string): ValueKind => ({
  test: (v) => `try_strptime(${v}, '${format}') IS NOT NULL`,
  measures: [(v) => `(try_strptime(${v}, '${swapped}') IS NULL)::INTEGER`],
  type: (certain = 0) => (certain > 0 ? { type: 'DATE', convert: (v) => `strptime(${v}, '${format}')` } : null),
})

/** From narrow to wide; the first that every value of a column passes counts. Numbers with leading zeros are text: they name things. */
export const valueKinds: readonly ValueKind[] = [
  simply('BOOLEAN', (v) => `lower(${v}) IN ('true', 'false')`),
  integer,
  decimal,
  float,
  simply('DATE', both(matches(day), castable('DATE'))),
  timestamp,
  simply('TIMESTAMPTZ', both(matches(`${day}[ T]${clock} ?(Z|[-+]\\d{2}(:?\\d{2})?)`), castable('TIMESTAMPTZ'))),
  simply('TIME', both(matches(clock), castable('TIME'))),
  slashed('%m/%d/%Y', '%d/%m/%Y'),
  slashed('%d/%m/%Y', '%m/%d/%Y'),
]

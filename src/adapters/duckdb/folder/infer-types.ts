import type { DuckDBConnection } from '@duckdb/node-api'

/** A type and, where a plain cast would not do, the SQL that converts `v` to it. */
export interface ValueType {
  readonly type: string
  readonly convert?: (v: string) => string
}

/** What all values of a text column may be. `v` is SQL for a value without surrounding blanks. */
export interface ValueKind {
  /** A regular expression for the whole value, read alike by JavaScript and by DuckDB. */
  readonly pattern: string
  /** What a value must pass besides; SQL. */
  readonly check: ((v: string) => string) | null
  /** Numbers measured of each value; `type` gets the greatest of each. */
  readonly measures: readonly ((v: string) => string)[]
  /** Null when the column had better stay text. */
  readonly type: (...greatest: readonly number[]) => ValueType | null
}

/** DuckDB's widest decimal, which is Snowflake's too. */
const maxDigits = 38
/** The most digits that every 64-bit integer has room for. */
const maxLongDigits = 18

const castable = (type: string) => (v: string) => `TRY_CAST(${v} AS ${type}) IS NOT NULL`
const simply = (type: string, pattern: string, check: ValueKind['check'] = null): ValueKind => ({
  pattern,
  check,
  measures: [],
  type: () => ({ type }),
})

const day = '\\d{4}-\\d{2}-\\d{2}'
const clock = '\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?'
const whole = '(0|[1-9]\\d*)'
const fractionDigits = (v: string): string => `length(regexp_extract(${v}, '\\.(\\d+)', 1))`
const wholeDigits = (v: string): string => `length(split_part(ltrim(${v}, '-'), '.', 1))`

const integer: ValueKind = {
  pattern: `-?${whole}`,
  check: null,
  measures: [wholeDigits],
  type: (digits = 0) => {
    if (digits <= maxLongDigits) return { type: 'BIGINT' }
    return digits <= maxDigits ? { type: `DECIMAL(${maxDigits}, 0)` } : null
  },
}

const decimal: ValueKind = {
  pattern: `-?(${whole}|${whole}?\\.\\d+)`,
  check: null,
  measures: [wholeDigits, fractionDigits],
  type: (digits = 0, scale = 0) =>
    digits + scale <= maxDigits ? { type: `DECIMAL(${Math.max(9, digits + scale)}, ${scale})` } : null,
}

const float = simply(
  'DOUBLE',
  `[-+]?(${whole}|${whole}?\\.\\d+|${whole}\\.)([eE][-+]?\\d+)?|-?([nN]a[nN]|[iI]nf|[iI]nfinity)`,
  castable('DOUBLE'),
)

const timestamp: ValueKind = {
  pattern: `${day}[ T]${clock}`,
  check: castable('TIMESTAMP_NS'),
  measures: [fractionDigits],
  type: (digits = 0) => ({ type: digits > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP' }),
}

/** Days with slashes, taken only where some value tells month and day apart. */
const slashed = (format: string, swapped: string): ValueKind => ({
  pattern: '\\d{1,2}/\\d{1,2}/\\d{4}',
  check: (v) => `try_strptime(${v}, '${format}') IS NOT NULL`,
  measures: [(v) => `(try_strptime(${v}, '${swapped}') IS NULL)::INTEGER`],
  type: (certain = 0) => (certain > 0 ? { type: 'DATE', convert: (v) => `strptime(${v}, '${format}')` } : null),
})

/** From narrow to wide; the first that every value of a column passes counts. Numbers with leading zeros are text: they name things. */
export const valueKinds: readonly ValueKind[] = [
  simply('BOOLEAN', '[tT]rue|[fF]alse|TRUE|FALSE'),
  integer,
  decimal,
  float,
  simply('DATE', day, castable('DATE')),
  timestamp,
  simply('TIMESTAMPTZ', `${day}[ T]${clock} ?(Z|[-+]\\d{2}(:?\\d{2})?)`, castable('TIMESTAMPTZ')),
  simply('TIME', clock, castable('TIME')),
  slashed('%m/%d/%Y', '%d/%m/%Y'),
  slashed('%d/%m/%Y', '%m/%d/%Y'),
]

/** SQL for whether a value is of a kind. */
export const isOfKind = (kind: ValueKind, v: string): string => {
  const matches = `regexp_full_match(${v}, '${kind.pattern}')`
  return kind.check === null ? matches : `(${matches} AND ${kind.check(v)})`
}

const compiled = valueKinds.map((kind) => ({ kind, test: new RegExp(`^(?:${kind.pattern})$`) }))

/** The first kind whose pattern fits all of some values; null where none does or there is no value. */
export function guessKind(values: readonly string[]): ValueKind | null {
  const present = values.map((value) => value.trim()).filter((value) => value !== '')
  if (present.length === 0) return null
  return compiled.find(({ test }) => present.every((value) => test.test(value)))?.kind ?? null
}

const text: ValueType = { type: 'VARCHAR' }

/** SQL for a value without surrounding blanks; nothing but blanks is no value. */
export const trimmed = (column: string): string => `nullif(trim(${column}), '')`

/**
 * The narrowest type that every value of each text column has, over all rows of `source` (SQL for FROM): guessed from the first
 * rows, then proved, and sought among all kinds where the proof fails. What it says holds for the last row too, and no digit of
 * a number is lost.
 */
export async function inferTypes(
  connection: DuckDBConnection,
  source: string,
  columns: readonly string[],
  firstRows: readonly (readonly string[])[],
): Promise<readonly ValueType[]> {
  const guesses = columns.map((_, index) => guessKind(firstRows.map((row) => row[index] ?? '')))
  const empty = (index: number): boolean => firstRows.every((row) => (row[index] ?? '').trim() === '')
  const proved = await fitting(
    connection,
    source,
    columns,
    guesses.map((kind) => (kind === null ? [] : [kind])),
  )
  const again = columns.filter((_, index) => (guesses[index] !== null ? proved[index] === null : empty(index)))
  const wider = await fitting(
    connection,
    source,
    again,
    again.map(() => valueKinds),
  )
  return columns.map((column, index) => {
    const fit = proved[index] ?? wider[again.indexOf(column)] ?? null
    return fit?.kind.type(...fit.greatest) ?? text
  })
}

interface Fit {
  readonly kind: ValueKind
  readonly greatest: readonly number[]
}

/** For each column the first of its kinds that all values pass; null where none does or there are no values. */
async function fitting(
  connection: DuckDBConnection,
  source: string,
  columns: readonly string[],
  kinds: readonly (readonly ValueKind[])[],
): Promise<readonly (Fit | null)[]> {
  const found = columns.map((): Fit | null => null)
  const sought = columns.flatMap((column, index) => (kinds[index] ?? []).map((kind) => ({ column, index, kind })))
  if (sought.length === 0) return found
  const checks = sought.flatMap(({ column, kind }) => [
    `coalesce(bool_and(${isOfKind(kind, column)}), false)`,
    ...kind.measures.map((measure) => `max(${measure(column)})::BIGINT`),
  ])
  const values = [...new Set(sought.map(({ column }) => `${trimmed(column)} AS ${column}`))]
  const reader = await connection.runAndReadAll(
    `SELECT ${checks.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${source})`,
  )
  const answers = reader.getRows()[0] ?? []
  let at = 0
  for (const { index, kind } of sought) {
    const greatest = kind.measures.map((_, place) => Number(answers[at + 1 + place] ?? 0))
    if (answers[at] === true) found[index] ??= { kind, greatest }
    at += 1 + kind.measures.length
  }
  return found
}

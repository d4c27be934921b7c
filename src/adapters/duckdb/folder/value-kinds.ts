import { quoteText } from '../engine/sql-quoting.ts'

/** A way to write numbers or dates that one column can prove and another column of the same file may need. */
export type Convention = 'point' | 'comma' | 'day-first' | 'month-first'

/** How the values of a text column are stored. */
export interface Reading {
  readonly type: string
  /** SQL that turns `v` into something that casts to `type`; left out where `v` does. */
  readonly convert?: (v: string) => string
  /** What the values are taken for, said after an example; left out where the text says it itself, as 1.5 and 2024-01-31 do. */
  readonly takenFor?: string
  /** `%`, or the currency as written. */
  readonly unit?: string
  /** What this column proves about its file. */
  readonly proves?: Convention
}

/** What a kind says about a column that passed it. */
export type Verdict =
  | { readonly kind: 'read'; readonly reading: Reading }
  /** All values fit two conventions; `otherwise` is taken where the file decides for neither. */
  | {
      readonly kind: 'unclear'
      readonly readings: Partial<Readonly<Record<Convention, Reading>>>
      readonly otherwise: (delimiter: string | null) => Convention | null
      readonly looksLike: string
    }
  /** It had better stay text. */
  | { readonly kind: 'text'; readonly looksLike: string | null }

/** What all values of a text column may be. `v` is SQL for a value without surrounding blanks. */
export interface ValueKind {
  /** What people call such values, in the plural. */
  readonly label: string
  /** A regular expression for the whole value, read alike by JavaScript and by DuckDB. */
  readonly pattern: string
  /** What a value must pass besides; SQL. */
  readonly check: ((v: string) => string) | null
  /** SQL aggregates over the values; `decide` gets what they give, in order. */
  readonly measures: readonly ((v: string) => string)[]
  readonly decide: (...measured: readonly unknown[]) => Verdict
}

/** DuckDB's widest decimal, which is Snowflake's too. */
const maxDigits = 38
/** The most digits that every 64-bit integer has room for. */
const maxLongDigits = 18

export const read = (reading: Reading): Verdict => ({ kind: 'read', reading })
export const stayText = (looksLike: string | null = null): Verdict => ({ kind: 'text', looksLike })

const castable = (type: string) => (v: string) => `TRY_CAST(${v} AS ${type}) IS NOT NULL`
const simply = (label: string, type: string, pattern: string, check: ValueKind['check'] = null): ValueKind => ({
  label,
  pattern,
  check,
  measures: [],
  decide: () => read({ type }),
})

export const matches = (v: string, pattern: string): string => `regexp_full_match(${v}, ${quoteText(pattern)})`
/** SQL aggregate: 1 where some value meets a condition, else 0. */
export const some = (condition: (v: string) => string) => (v: string) => `max((${condition(v)})::INTEGER)`

const day = '\\d{4}-\\d{2}-\\d{2}'
const clock = '\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?'
/** Numbers with leading zeros are text: they name things. */
export const whole = '(?:0|[1-9]\\d*)'
export const fractionDigits = (v: string): string => `max(length(regexp_extract(${v}, '\\.(\\d+)', 1)))`
export const wholeDigits = (v: string): string => `max(length(split_part(ltrim(${v}, '-'), '.', 1)))`

/** The narrowest exact type for numbers with so many digits before and after the point; null where none is wide enough. */
export function exactType(digits: number, scale: number): string | null {
  if (scale === 0 && digits <= maxLongDigits) return 'BIGINT'
  if (digits + scale > maxDigits) return null
  return scale === 0 ? `DECIMAL(${maxDigits}, 0)` : `DECIMAL(${Math.max(9, digits + scale)}, ${scale})`
}

const integer: ValueKind = {
  label: 'numbers',
  pattern: `-?${whole}`,
  check: null,
  measures: [wholeDigits],
  decide: (digits) => {
    const type = exactType(Number(digits), 0)
    return type === null ? stayText() : read({ type })
  },
}

const float = simply(
  'numbers',
  'DOUBLE',
  `(-?(${whole}|${whole}?\\.\\d+|${whole}\\.)|\\+${whole}?\\.\\d+)([eE][-+]?\\d+)?|-?([nN]a[nN]|[iI]nf|[iI]nfinity)`,
  castable('DOUBLE'),
)

const timestamp: ValueKind = {
  label: 'dates with times',
  pattern: `${day}([ T]${clock})?`,
  check: castable('TIMESTAMP_NS'),
  measures: [fractionDigits],
  decide: (digits) => read({ type: Number(digits) > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP' }),
}

const offset = ' ?(?:Z|[-+]\\d{2}(?::?\\d{2})?)'
const offsetOf = (v: string): string => `coalesce(nullif(trim(regexp_extract(${v}, '${offset}$')), 'Z'), '+00:00')`

/** DuckDB keeps the instant and drops the offset, so what is lost is said; one offset shared by all is taken as local time. */
const instant: ValueKind = {
  label: 'dates with times and offsets',
  pattern: `${day}[ T]${clock}${offset}`,
  check: castable('TIMESTAMPTZ'),
  measures: [(v) => `min(${offsetOf(v)})`, (v) => `max(${offsetOf(v)})`],
  decide: (least, greatest) => {
    if (least !== greatest)
      return read({
        type: 'TIMESTAMPTZ',
        takenFor: `a moment; the offsets differ, from ${String(least)} to ${String(greatest)}, and days and hours are those of UTC`,
      })
    if (/^[-+]00(:?00)?$/.test(String(least))) return read({ type: 'TIMESTAMPTZ' })
    return read({
      type: 'TIMESTAMP',
      convert: (v) => `regexp_replace(${v}, '${offset}$', '')`,
      takenFor: `local time: every value has the offset ${String(least)}`,
    })
  },
}

/** Kinds whose text means the same everywhere, from narrow to wide; a decimal point comes after `integer`, see `number-kinds.ts`. */
export const plainKinds = {
  truth: simply('true or false', 'BOOLEAN', '[tT]rue|[fF]alse|TRUE|FALSE'),
  integer,
  float,
  day: simply('dates', 'DATE', day, castable('DATE')),
  timestamp,
  instant,
  time: simply('times of day', 'TIME', clock, castable('TIME')),
} as const satisfies Record<string, ValueKind>

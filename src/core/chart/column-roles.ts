import type { Cell, Column } from '../../contract/result.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { holdsMoments, namesThings, namesYears, placeInCalendar, separated } from '../../contract/words/columns.ts'

/**
 * What a column is to a reader. `time` is a date, a timestamp or a year; `period` a recurring part of time (month, weekday);
 * `identifier` a number that names rather than measures; `other` a column that no chart and no sentence can use: a remark, a rank.
 */
export type ColumnRole = 'measure' | 'time' | 'period' | 'category' | 'identifier' | 'other'

/** The role of each column, by its kind, what the syntax tree says of it, its name and, if the name is ambiguous, its values. */
export function readColumnRoles(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  outline: QueryOutline | null = null,
): readonly ColumnRole[] {
  const roles = rolesOf(columns, rows, outline)
  if (roles.some((role) => role === 'category' || role === 'time' || role === 'period')) return roles
  // Where nothing else names the rows, long texts do: products, places, and whatever the query groups by.
  const isName = (position: number): boolean => {
    const column = columns[position]
    if (column?.kind !== 'text' || roles[position] !== 'other') return false
    return outline?.isGrouped === true || !remarkWords.test(separated(column.name))
  }
  return roles.map((role, position) => (isName(position) ? 'category' : role))
}

const rolesOf = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  outline: QueryOutline | null,
): readonly ColumnRole[] =>
  columns.map((column, position) => {
    const values: Values = () => rows.map((row) => row[position])
    const role = roleOf(column, values)
    const output = outline?.outputs?.[position]
    if (output === undefined || column.kind !== 'number') return role
    if (output.bucket === 'year' && areYears(values)) return 'time'
    // Whole numbers by which rows are grouped name the groups: sizes, line numbers.
    const isKey = outline?.isGrouped === true && output.gives === 'plain' && column.scale === 0
    return isKey && role === 'measure' ? 'category' : role
  })

type Values = () => readonly (Cell | undefined)[]

const roleOfKind = {
  date: 'time',
  timestamp: 'time',
  boolean: 'category',
  time: 'other',
  binary: 'other',
  nested: 'other',
} as const satisfies Record<Exclude<Column['kind'], 'number' | 'text'>, ColumnRole>

function roleOf(column: Column, values: Values): ColumnRole {
  if (column.kind === 'number') return numberRole(column, values)
  if (column.kind === 'text') return textRole(column, values())
  return roleOfKind[column.kind]
}

/** Dates are often text in files, and months are often written out. */
function textRole(column: Column, values: readonly (Cell | undefined)[]): ColumnRole {
  if (holdsMoments(column, values)) return 'time'
  const known = values.filter((value) => value !== null && value !== undefined)
  if (known.length > 1 && known.every((value) => placeInCalendar(String(value)) !== null)) return 'period'
  return isRemark(column.name, values) ? 'other' : 'category'
}

// A rate such as ORDERS_PER_YEAR ends in the same words but is a measure.
const endsIn = (words: string): RegExp => new RegExp(`(?:^|(?<!per)_)(?:${words})$`)
const periodWords = endsIn('month|quarter|qtr|week|weekday|dow|day|hour|minute|day_of_(?:week|month|year)|month_number')
// AVERAGE_DELAY_MINUTE is a length, not a time of the hour.
const aggregateWords = /^(?:average|avg|mean|median|total|sum|number|count)_/
const rankWords = /(?:^|_)(?:rank|ranking|rnk|rn|row_?num(?:ber)?|position|place)$/

const areYears = (values: Values): boolean =>
  values().every((value) => value === null || /^[12]\d{3}$/.test(String(value)))

function numberRole({ name: written }: Column, values: Values): ColumnRole {
  const name = separated(written)
  if (namesYears(written)) return areYears(values) ? 'time' : 'other'
  if (rankWords.test(name)) return 'other'
  const isPeriod = periodWords.test(name) && !aggregateWords.test(name)
  if (isPeriod || /^(?:month|quarter|week|day|dayofweek|hour)\(/.test(name)) return 'period'
  return namesThings(written) ? 'identifier' : 'measure'
}

const remarkWords =
  /(?:^|_)(?:comment|comments|remark|remarks|note|notes|description|descr|desc|message|body|text|review)$/
const labelWords = /(?:^|_)\w*(?:name|title)$/
const sampled = 200

/** Whether a column holds remarks, which name nothing: sentences, or texts of several words in a column called so. */
function isRemark(written: string, values: readonly (Cell | undefined)[]): boolean {
  const name = separated(written)
  if (labelWords.test(name)) return false
  const texts = values.flatMap((value) => (typeof value === 'string' && value !== '' ? [value.slice(0, 400)] : []))
  const read = texts.slice(0, sampled)
  if (read.length === 0) return false
  // What stands in many rows is a name, however long: each remark is written for one row.
  if (read.length >= 4 && new Set(read).size <= read.length / 2) return false
  const share = (test: (text: string) => boolean): number => read.filter(test).length / read.length
  const words = (text: string): number => text.trim().split(/\s+/).length
  if (share((text) => text.length > 60 || words(text) > 9) > 0.3) return true
  if (share((text) => words(text) > 3 && /[.!?;,] |[.!?]$/.test(text)) > 0.3) return true
  return /comment/.test(name) || remarkWords.test(name) ? share((text) => words(text) > 3) > 0.3 : false
}

import type { Cell, Column } from '../../contract/result.ts'

/**
 * What a column is to a reader. `time` is a date, a timestamp or a year; `period` a recurring part of time (month, weekday);
 * `identifier` a number that names rather than measures; `other` a column that no chart can use.
 */
export type ColumnRole = 'measure' | 'time' | 'period' | 'category' | 'identifier' | 'other'

/** The role of each column, by its kind, its name and, if the name is ambiguous, its values. */
export const readColumnRoles = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): readonly ColumnRole[] => columns.map((column, position) => roleOf(column, () => rows.map((row) => row[position])))

type Values = () => readonly (Cell | undefined)[]

const roleOfKind = {
  date: 'time',
  timestamp: 'time',
  text: 'category',
  boolean: 'category',
  time: 'other',
  binary: 'other',
  nested: 'other',
} as const satisfies Record<Exclude<Column['kind'], 'number'>, ColumnRole>

const roleOf = (column: Column, values: Values): ColumnRole =>
  column.kind === 'number' ? numberRole(column, values) : roleOfKind[column.kind]

function numberRole(column: Column, values: Values): ColumnRole {
  const name = plainName(column.name)
  if (namesYear(name))
    return values().every((value) => value === null || /^[12]\d{3}$/.test(String(value))) ? 'time' : 'other'
  if (namesPeriod(name)) return 'period'
  return namesIdentifier(name) ? 'identifier' : 'measure'
}

/** The name in lower case, with `camelCase` written as `snake_case`. */
const plainName = (name: string) =>
  name
    .slice(0, 200)
    .trim()
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase()

// A rate such as ORDERS_PER_YEAR ends in the same words but is a measure.
const endsIn = (words: string) => new RegExp(`(?:^|(?<!per)_)(?:${words})$`)
const yearWords = endsIn('year|yr')
const periodWords = endsIn('month|quarter|qtr|week|weekday|dow|day|hour|minute|day_of_(?:week|month|year)|month_number')
// AVERAGE_DELAY_MINUTE is a length, not a time of the hour.
const aggregateWords = /^(?:average|avg|mean|median|total|sum|number|count)_/
const identifierWords = endsIn('id|key|code|zip|zip_?code|postcode|postal_code')

const namesYear = (name: string) =>
  (yearWords.test(name) && !name.endsWith('day_of_year')) ||
  /^(?:year(?:\(|_of_)|(?:extract|date_part)\('?year\b)/.test(name)
const namesPeriod = (name: string) =>
  (periodWords.test(name) && !aggregateWords.test(name)) || /^(?:month|quarter|week|day|dayofweek|hour)\(/.test(name)
const namesIdentifier = (name: string) =>
  identifierWords.test(name) || /^(?:\w_)?\p{L}+key$/u.test(name) || name.startsWith('zip')

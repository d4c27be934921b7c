import type { Cell } from '../../contract/result.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { displayColumn, displayRows } from '../catalog/display-words.ts'
import { nameCatalog, type NamedTable } from '../catalog/named-catalog.ts'
import { sayPeriod } from '../explain/say-period.ts'
import { quoted } from '../explain/words.ts'
import type { ColumnName, FoundValue, KnownValue } from '../ports/writer.ts'
import { listed } from '../sentences.ts'
import type { ColumnRange, EmptyCause } from './explain-empty.ts'
import type { DayRange } from './condition-days.ts'
import type { QueryCondition, QueryParts } from './query-parts.ts'

type Place = Pick<ColumnName, 'database' | 'schema' | 'name'>
type ConditionCause = Extract<EmptyCause, { kind: 'condition' }>

/** A checked cause as one sentence for people, with the raw names of columns in brackets. */
export function sayCause(cause: EmptyCause, catalog: Catalog): string {
  const rows = sayRows(cause.parts.tables[0], catalog)
  switch (cause.kind) {
    case 'no-rows':
      return cause.parts.isJoined
        ? `The tables ${listed(cause.parts.tables.map(({ name }) => name))} have no rows in common as they are joined.`
        : `There are no ${rows} at all: the table is empty.`
    case 'groups':
      return `There are ${rows}, but nothing where ${cause.groups}.`
    case 'nulls':
      return `There are ${rows}${conditionsOf(cause.parts)}, but none of them has a value in ${cause.words}.`
    case 'excluding': {
      const each = cause.conditions.map(({ words }) => `where ${words}`)
      const subject =
        cause.conditions.length === 2 ? 'Both conditions exclude each other' : 'The conditions exclude each other'
      return `${subject}: there are ${rows} ${listed(each)}, but none that meet ${each.length === 2 ? 'both' : 'all of them'}.`
    }
    case 'condition':
      return sayCondition(cause, catalog)
  }
}

const conditionsOf = ({ conditions }: QueryParts): string =>
  conditions.length === 0 ? '' : ` where ${listed(conditions.map(({ words }) => words))}`

function sayCondition(cause: ConditionCause, catalog: Catalog): string {
  const { condition, parts, range, values } = cause
  const { column, days, texts } = condition
  const rows = sayRows(column ?? parts.tables[0], catalog)
  // Rows without a value are no matter where there are none at all.
  if (column === null)
    return `There are no ${rows} where ${condition.words.replace(/ \(missing values do not match\)$/, '')}.`
  const called = sayColumn(column, catalog)
  if (days !== null) return `No ${rows} ${sayDays(days)}${sayDayRange(days, range, called)}.`
  if (texts.length > 0) return sayTexts(texts, values, { rows, called }, catalog)
  return `There are no ${rows} where ${condition.words}${sayEnd(condition, range, called)}.`
}

interface CalledColumn {
  readonly words: string
  readonly raw: string
}

function sayDays({ from, before }: DayRange): string {
  if (from !== null && before !== null) {
    const period = sayPeriod(from, before)
    return period.startsWith('from ') ? `from ${sayDay(from)} to ${sayDay(dayBefore(before))}` : period
  }
  return from === null ? `before ${sayDay(before)}` : `on or after ${sayDay(from)}`
}

/** How the days that a column holds miss those asked for. */
function sayDayRange({ from, before }: DayRange, range: ColumnRange | null, { words, raw }: CalledColumn): string {
  if (range === null) return ''
  const named = /\b(?:date|day|time|timestamp|month)\b/.test(words) ? words : `value of ${words}`
  if (range.kind === 'years') {
    const { lowest, highest } = range
    if (from !== null && highest !== null && `${highest}` < from.slice(0, 4))
      return `: the newest ${named} lies in ${highest} (${raw})`
    if (before !== null && lowest !== null && `${lowest}-01-01` >= before)
      return `: the oldest ${named} lies in ${lowest} (${raw})`
    return ''
  }
  const [lowest, highest] = [dayIn(range.lowest), dayIn(range.highest)]
  if (lowest === null || highest === null) return `: ${raw} has no value in any row`
  if (from !== null && highest < from) return `: the newest ${named} is ${sayDay(highest)} (${raw})`
  if (before !== null && lowest >= before) return `: the oldest ${named} is ${sayDay(lowest)} (${raw})`
  return `: ${raw} runs from ${sayDay(lowest)} to ${sayDay(highest)} with a gap there`
}

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)

const dayIn = (cell: Cell): string | null => /^\d{4}-\d{2}-\d{2}/.exec(String(cell ?? ''))?.[0] ?? null

const sayDay = (day: string | null): string =>
  new Date(`${day ?? ''}T00:00:00Z`).toLocaleDateString('en-US', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  })

function sayEnd({ end }: QueryCondition, range: ColumnRange | null, { words, raw }: CalledColumn): string {
  const value = range?.kind !== 'values' || end === null ? null : range[end]
  return value === null ? '' : `: the ${end ?? ''} ${words} is ${String(value)} (${raw})`
}

function sayTexts(
  texts: readonly string[],
  values: readonly KnownValue[],
  { rows, called }: { readonly rows: string; readonly called: CalledColumn },
  catalog: Catalog,
): string {
  const said = `No ${rows} have the ${called.words} ${listed(texts.slice(0, mostTexts).map(quoted), 'or')} (${called.raw})`
  const [first] = values
  if (first === undefined || first.state === 'unknown') return `${said}.`
  const own = first.found.filter(({ column }) => sayColumn(column, catalog).raw === called.raw)
  const other = first.found.find((one) => !own.includes(one))
  const alike = own.flatMap(({ spelling }) => (spelling === null ? [] : [quoted(spelling)]))
  if (alike.length > 0) return `${said}; there is ${listed(alike.slice(0, mostTexts), 'and')}.`
  if (other !== undefined) return `${said}; ${sayOther(other, first.text)}.`
  const asked = first.asked.map(({ column }) => column).filter((column) => column !== called.raw)
  return `${said}; nothing is spelled like it ${listed(['there', ...asked.slice(0, mostTexts).map((one) => `in ${one}`)], 'or')}.`
}

const mostTexts = 3

const sayOther = ({ column, spelling, match }: FoundValue, text: string): string =>
  match === 'contains'
    ? `${quoted(spelling ?? text)} ${spelling === null ? 'is part of a value' : 'is a value'} in ${column.column} of ${column.name}`
    : `${quoted(spelling ?? text)} is in ${column.column} of ${column.name}`

const isPlace = (a: Place, b: Place): boolean => a.name === b.name && a.schema === b.schema && a.database === b.database

/** The table in words, named beside nothing else so that a large catalog is not split into words for one sentence. */
function namedTable(place: Place | undefined, catalog: Catalog): NamedTable | null {
  const table: CatalogTable | undefined =
    place === undefined ? undefined : catalog.tables.find((one) => isPlace(one, place))
  return table === undefined ? null : (nameCatalog({ ...catalog, tables: [table] }).tables[0] ?? null)
}

/** The rows of a table in words, such as "orders". */
function sayRows(place: Place | undefined, catalog: Catalog): string {
  const named = namedTable(place, catalog)
  return named === null ? 'rows' : displayRows(named)
}

function sayColumn(column: ColumnName, catalog: Catalog): CalledColumn {
  const named = namedTable(column, catalog)?.columns.find((one) => one.column.name === column.column)
  return { raw: column.column, words: named === undefined ? column.column : displayColumn(named) }
}

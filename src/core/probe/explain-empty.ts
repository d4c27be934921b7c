import type { Cell } from '../../contract/result.ts'
import { type Catalog, columnKindOf } from '../catalog/catalog.ts'
import { quotedName, quotedPath } from '../catalog/sql-quoting.ts'
import type { ColumnName, KnownValue } from '../ports/writer.ts'
import { findValues } from './find-values.ts'
import type { Probes } from './make-probes.ts'
import type { QueryCondition, QueryParts } from './query-parts.ts'

/** Why a query finds nothing, as the data show it. */
export type EmptyCause =
  /** A table, or the tables as they are joined, hold no rows at all. */
  | { readonly kind: 'no-rows'; readonly parts: QueryParts }
  /** One condition leaves nothing by itself. */
  | {
      readonly kind: 'condition'
      readonly condition: QueryCondition
      readonly parts: QueryParts
      /** The values of its column that come closest to it; null where they were not asked. */
      readonly range: ColumnRange | null
      /** What the data hold of its texts. */
      readonly values: readonly KnownValue[]
    }
  /** Each condition leaves rows, both together none. */
  | { readonly kind: 'excluding'; readonly parts: QueryParts; readonly conditions: readonly QueryCondition[] }
  /** There are rows, but no group meets the conditions on groups. */
  | { readonly kind: 'groups'; readonly parts: QueryParts; readonly groups: string }
  /** There are rows, but what is added up or counted is NULL in all of them. */
  | { readonly kind: 'nulls'; readonly parts: QueryParts; readonly words: string }

/** The ends of a column. Where values may only be compared, the years of its ends alone are known. */
export type ColumnRange =
  | { readonly kind: 'values'; readonly lowest: Cell; readonly highest: Cell }
  | { readonly kind: 'years'; readonly lowest: number | null; readonly highest: number | null }

/** More conditions are not told apart. */
const mostConditions = 6

/**
 * Finds why a query finds nothing, by leaving its conditions out in turn; null where the data do not show it or may not be asked. `isValue`
 * is true of a single zero or NULL instead of no rows.
 */
export async function explainEmpty(probes: Probes, parts: QueryParts, isValue: boolean): Promise<EmptyCause | null> {
  const { conditions, groups, measured, source } = parts
  if (conditions.length > mostConditions) return null
  const all = conditions.map((_, at) => at)
  const checks = [all, [], ...(all.length > 1 ? all.flatMap((at) => [[at], all.filter((one) => one !== at)]) : [])]
  const holds = await whichHold(probes, parts, checks)
  if (holds === null) return null
  if (holds(all)) {
    if (!isValue) return groups === null ? null : { kind: 'groups', parts, groups }
    return measured === null ? null : await explainNulls(probes, parts, measured)
  }
  if (!holds([])) return source === null ? { kind: 'no-rows', parts } : await explainEmpty(probes, source, false)
  const missing = conditions.find((_, at) => !holds([at]))
  if (missing !== undefined) return await explainCondition(probes, parts, missing)
  return await explainTogether(probes, parts)
}

type Holds = (conditions: readonly number[]) => boolean

/** Which choices of conditions leave at least one row. Only the numbers of these choices leave the warehouse. */
async function whichHold(
  probes: Probes,
  { ctes, from, conditions }: QueryParts,
  choices: readonly (readonly number[])[],
): Promise<Holds | null> {
  const keyOf = (choice: readonly number[]): string => choice.join(' ')
  const held = new Set<string>()
  for (let start = 0; start < choices.length; start += checksAtOnce) {
    const some = choices.slice(start, start + checksAtOnce)
    const arms = some.map((choice, at) => {
      const where = choice.map((one) => `(${conditions[one]?.sql ?? 'FALSE'})`).join(' AND ')
      return `SELECT * FROM (${ctes}SELECT ${at} AS CHECK_AT ${from}${where === '' ? '' : ` WHERE ${where}`} LIMIT 1)`
    })
    const rows = await probes.ask(arms.join('\nUNION ALL\n'), some.length)
    if (rows === null) return null
    for (const [at] of rows) held.add(keyOf(some[Number(at)] ?? []))
  }
  return (choice) => held.has(keyOf(choice))
}

const checksAtOnce = 8

async function explainNulls(
  probes: Probes,
  parts: QueryParts,
  { sql, words }: NonNullable<QueryParts['measured']>,
): Promise<EmptyCause | null> {
  const isKnown: QueryCondition = { ...plain, sql: `(${sql}) IS NOT NULL`, words }
  const conditions = [...parts.conditions, isKnown]
  const all = conditions.map((_, at) => at)
  const holds = await whichHold(probes, { ...parts, conditions }, [all])
  return holds === null || holds(all) ? null : { kind: 'nulls', parts, words }
}

const plain = { column: null, days: null, end: null, texts: [], inner: null } as const

async function explainCondition(
  probes: Probes,
  parts: QueryParts,
  condition: QueryCondition,
): Promise<EmptyCause | null> {
  const { column, texts, inner } = condition
  if (inner !== null) return await explainEmpty(probes, inner, false)
  const columns = column === null ? [] : [column, ...otherColumns(probes.catalog, parts.tables, column)]
  const values = await findValues(
    probes,
    texts.map((text) => ({
      text,
      columns: columns.map(({ database, schema, name, column: own }) => ({ database, schema, name, column: own })),
    })),
  )
  return { kind: 'condition', condition, parts, values, range: await rangeOf(probes, condition) }
}

/** The ends of the column of a condition on days or numbers. */
async function rangeOf(probes: Probes, { column, days, end }: QueryCondition): Promise<ColumnRange | null> {
  if (column === null || (days === null && end === null)) return null
  const name = quotedName(column.column)
  const from = `FROM ${quotedPath(column.database, column.schema, column.name)}`
  if (probes.probing === 'read') {
    const [row] = (await probes.ask(`SELECT MIN(${name}) AS LOWEST, MAX(${name}) AS HIGHEST ${from}`, 1)) ?? []
    return row === undefined ? null : { kind: 'values', lowest: row[0] ?? null, highest: row[1] ?? null }
  }
  return days === null ? null : await yearsOf(probes, { name, from }, days)
}

/** How many years around the days asked for are compared. */
const yearsAround = 40

/** Compares the ends of a date column with the first days of years: only yes and no leave the warehouse. */
async function yearsOf(
  probes: Probes,
  { name, from }: { readonly name: string; readonly from: string },
  days: NonNullable<QueryCondition['days']>,
): Promise<ColumnRange | null> {
  const middle = Number((days.from ?? days.before ?? '').slice(0, 4))
  const years = Array.from({ length: 2 * yearsAround + 1 }, (_, at) => middle - yearsAround + at)
  const isSince = (end: string) => years.map((year) => `${end}(${name}) >= DATE '${year}-01-01' AS ${end}_${year}`)
  const [row] = (await probes.ask(`SELECT ${[...isSince('MIN'), ...isSince('MAX')].join(', ')} ${from}`, 1)) ?? []
  if (row === undefined) return null
  const last = (answers: readonly Cell[]): number | null => {
    const at = answers.findLastIndex((answer) => answer === true)
    return at < 0 || at === years.length - 1 ? null : (years[at] ?? null)
  }
  return { kind: 'years', lowest: last(row.slice(0, years.length)), highest: last(row.slice(years.length)) }
}

/** Finds two conditions that leave rows apart and none together. */
async function explainTogether(probes: Probes, parts: QueryParts): Promise<EmptyCause | null> {
  const { conditions } = parts
  if (conditions.length === 2) return { kind: 'excluding', parts, conditions }
  const pairs = conditions.flatMap((_, a) => conditions.flatMap((__, b) => (b > a ? [[a, b] as const] : [])))
  const holds = await whichHold(probes, parts, pairs)
  const pair = holds === null ? undefined : pairs.find((one) => !holds(one))
  const guilty = pair === undefined ? conditions : pair.flatMap((at) => conditions[at] ?? [])
  return holds === null ? null : { kind: 'excluding', parts, conditions: guilty }
}

/** Columns that are asked beside the one of the condition. */
const mostOthers = 7
/** Columns of prose, in which a name occurs without being one. */
const prose = /COMMENT|DESCR|TEXT|NOTE|REMARK|ADDRESS|PHONE|MAIL|URL/i

/** Text columns that may hold a value which another column does not: of the tables of the query and of those their keys lead to, names first. */
function otherColumns({ tables }: Catalog, used: QueryParts['tables'], asked: ColumnName): readonly ColumnName[] {
  const isOf = (place: QueryParts['tables'][number]) => (one: QueryParts['tables'][number]) =>
    one.name === place.name && one.schema === place.schema && one.database === place.database
  const direct = tables.filter((table) => used.some(isOf(table)))
  const targets = direct.flatMap(({ foreignKeys }) => foreignKeys.map(({ target }) => target))
  const near = tables.filter((table) => !direct.includes(table) && targets.some(isOf(table)))
  const columns = [...direct, ...near].flatMap(({ database, schema, name, columns: own }) =>
    own
      .filter((column) => columnKindOf(column.type) === 'text' && !prose.test(column.name))
      .map((column) => ({ database, schema, name, column: column.name })),
  )
  const isAsked = (one: ColumnName): boolean => one.column === asked.column && isOf(asked)(one)
  return columns
    .filter((one) => !isAsked(one))
    .toSorted((a, b) => Number(/NAME/i.test(b.column)) - Number(/NAME/i.test(a.column)))
    .slice(0, mostOthers)
}

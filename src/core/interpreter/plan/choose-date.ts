import { tableAfter } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { datesOf, isDated } from './table-roles.ts'
import type { Period } from '../../language/periods.ts'
import { columnExpression } from './query.ts'
import type { Condition } from './query.ts'

/** The date column for a period or trend: one of the given tables', else one of the tables they refer to, nearest first. */
export function chooseDate(context: PlanningContext, tables: readonly NamedTable[]): NamedColumn {
  const sale = context.sales ? saleDate(context, tables) : null
  if (sale !== null) {
    note(context, `Dates are read from ${sale.column.name}.`)
    return sale
  }
  for (const ring of tablesAround(context, tables)) {
    for (const table of ring) {
      const dates = datesOf(table, context.hints, context.synonyms)
      const [date] = dates
      if (date === undefined) continue
      if (dates.length > 1) note(context, `Dates are read from ${date.column.name}.`)
      return date
    }
  }
  const about = tables[0] === undefined ? 'the rows' : displayRows(tables[0])
  throw new CannotRead(`I found no date for ${about}.`)
}

/** Revenue goes by the order date, even when order lines have dates of their own. */
function saleDate(context: PlanningContext, tables: readonly NamedTable[]): NamedColumn | null {
  for (const table of tablesAround(context, tables).flat()) {
    const date = datesOf(table, context.hints, context.synonyms).find((c) =>
      c.ways.some((way) => saleDates.test(way.join(' '))),
    )
    if (date !== undefined) return date
  }
  return null
}
const saleDates = /^(?:order|sale|sales|purchase|invoice|transaction)(?: date| time| datetime)?(?: time)?$/

/** The tables, then the tables they refer to, then the tables those refer to. */
export function tablesAround(
  context: PlanningContext,
  tables: readonly NamedTable[],
): readonly (readonly NamedTable[])[] {
  const rings = [[...new Set(tables)]]
  const seen = new Set(tables)
  for (let depth = 0; depth < 2; depth += 1) {
    const next: NamedTable[] = []
    for (const table of rings.at(-1) ?? []) {
      for (const step of context.graph.stepsFrom(table)) {
        const target = tableAfter(step)
        if (!step.up || seen.has(target)) continue
        seen.add(target)
        next.push(target)
      }
    }
    rings.push(next)
  }
  return rings
}

export function note(context: PlanningContext, sentence: string): void {
  if (!context.notes.includes(sentence)) context.notes.push(sentence)
}

/** Restricts a date or a year column to a period. Any other numeric column is compared with the years as written. */
export function periodCondition(column: NamedColumn, period: Period, negated: boolean): Condition {
  if (isDated(column)) return { kind: 'period', left: column, period, negated }
  if (column.kind !== 'number') throw new CannotRead(`${column.column.name} is no date that can be compared.`)
  const from = yearOf(period.from)
  const until = yearOf(period.until)
  const left = columnExpression(column)
  if (from !== null && until === from + 1) return { kind: 'compare', left, operator: negated ? '<>' : '=', right: from }
  const parts: Condition[] = []
  if (from !== null) parts.push({ kind: 'compare', left, operator: negated ? '<' : '>=', right: from })
  if (until !== null) parts.push({ kind: 'compare', left, operator: negated ? '>=' : '<', right: until })
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: negated ? 'or' : 'and', parts }
}

function yearOf(day: string | null): number | null {
  if (day === null) return null
  if (!day.endsWith('-01-01'))
    throw new CannotRead('Only whole years are stored, so I cannot tell months or days apart.')
  return Number(day.slice(0, 4))
}

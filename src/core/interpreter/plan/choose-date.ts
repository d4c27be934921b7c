import { tableAfter } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { PlanningContext } from './planning-context.ts'
import { CannotRead, sayRows } from './planning-context.ts'
import { datesOf } from './table-roles.ts'

/** The date that a period or a trend goes by: of one of the tables, else of the tables they refer to, nearest first. */
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
  const about = tables[0] === undefined ? 'the rows' : sayRows(tables[0])
  throw new CannotRead(`I found no date for ${about}.`)
}

/** Sales go by the date of the order, even where the lines of an order have dates of their own. */
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

/** The tables themselves, then what they refer to, then what those refer to. */
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

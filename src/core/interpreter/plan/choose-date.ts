import { tableAfter } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Building } from './building.ts'
import { CannotRead, sayRows } from './building.ts'
import { datesOf } from './table-roles.ts'

/** The date that a period or a trend goes by: of one of the tables, else of the tables they refer to, nearest first. */
export function chooseDate(building: Building, tables: readonly NamedTable[]): NamedColumn {
  for (const ring of tablesAround(building, tables)) {
    for (const table of ring) {
      const dates = datesOf(table, building.hints, building.synonyms)
      const [date] = dates
      if (date === undefined) continue
      if (dates.length > 1) note(building, `Dates are read from ${date.column.name}.`)
      return date
    }
  }
  const about = tables[0] === undefined ? 'the rows' : sayRows(tables[0])
  throw new CannotRead(`I found no date for ${about}.`)
}

/** The tables themselves, then what they refer to, then what those refer to. */
export function tablesAround(building: Building, tables: readonly NamedTable[]): readonly (readonly NamedTable[])[] {
  const rings = [[...new Set(tables)]]
  const seen = new Set(tables)
  for (let depth = 0; depth < 2; depth += 1) {
    const next: NamedTable[] = []
    for (const table of rings.at(-1) ?? []) {
      for (const step of building.graph.stepsFrom(table)) {
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

export function note(building: Building, sentence: string): void {
  if (!building.notes.includes(sentence)) building.notes.push(sentence)
}

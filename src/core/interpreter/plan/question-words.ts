import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Quality } from '../../language/phrase.ts'
import type { Ask, Noun } from '../reading/draft.ts'
import { chooseDate, note, tablesAround } from './choose-date.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { isYear, qualityColumnOf } from './table-roles.ts'

/** The column that answers "when", "where" or "how old", and the table whose rows it is asked of, if one is named. */
export function columnTold(
  context: PlanningContext,
  ask: Exclude<Ask, { kind: 'noun' | 'measure' }>,
  about: readonly NamedTable[],
): { readonly owner: NamedTable | null; readonly column: NamedColumn } {
  const owner = ask.of === null ? null : tableMeant(context, ask.of)
  const tables = owner === null ? about : [...new Set([owner, ...about])]
  if (ask.kind === 'when') return { owner, column: chooseDate(context, tables) }
  if (ask.kind === 'where') return { owner, column: placeOf(tablesAround(context, tables).flat()) }
  return { owner, column: tellingOf(context, ask.quality, owner === null ? tables : [owner]) }
}

/** The table of a noun; of a key that names another table's rows ("winning pilot"), that table. */
function tableMeant({ graph, resolution }: PlanningContext, noun: Noun): NamedTable | null {
  const target = resolution.targetOf(noun)
  if (target?.kind !== 'column') return resolution.tableOf(noun)
  const { table, column } = target.column
  const step = graph.stepsFrom(table).find(({ up, edge }) => up && edge.columns.includes(column.name))
  return step?.edge.to ?? table
}

function tellingOf(context: PlanningContext, quality: Quality, about: readonly NamedTable[]): NamedColumn {
  for (const table of tablesAround(context, about).flat()) {
    const found = qualityColumnOf(table, quality, context.hints, context.synonyms)
    if (found === null || (found.reversed && isYear(found.column))) continue
    note(context, `${found.column.column.name} is taken to tell the ${quality}.`)
    return found.column
  }
  throw new CannotRead(`I found no column that holds the ${quality}.`)
}

const places = ['location', 'address', 'city', 'country', 'state', 'place', 'venue', 'region']

function placeOf(tables: readonly NamedTable[]): NamedColumn {
  for (const table of tables) {
    for (const word of places) {
      const column = table.columns.find((c) => c.kind === 'text' && c.ways.some((way) => way.includes(word)))
      if (column !== undefined) return column
    }
  }
  throw new CannotRead('I found no column that says where.')
}

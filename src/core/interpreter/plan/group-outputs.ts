import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { TimeUnit } from '../language/calendar.ts'
import type { Group } from '../reading/draft.ts'
import type { Building } from './building.ts'
import { CannotRead } from './building.ts'
import { chooseDate, note } from './choose-date.ts'
import { groupOutputs, plainOutput, requireTarget } from './outputs.ts'
import type { Output } from './outputs.ts'
import { isDated, isYear } from './table-roles.ts'

/** The columns that tell the groups apart. `tables` hold the dates, the most likely first. */
export function outputsOfGroup(building: Building, group: Group, tables: readonly NamedTable[]): readonly Output[] {
  if (group.kind === 'time') return [timeOutput(building, group, tables)]
  const target = requireTarget(building, group.noun)
  if (target.kind === 'table') return groupOutputs(target.table)
  if (target.kind === 'column') return [plainOutput(target.column)]
  throw new CannotRead(`I cannot group by "${group.noun.mention.text}".`)
}

function timeOutput(
  building: Building,
  group: Extract<Group, { kind: 'time' }>,
  tables: readonly NamedTable[],
): Output {
  const target = group.noun === null ? null : building.settled.targetOf(group.noun)
  const named =
    target?.kind === 'column' && target.score >= 0.6 && tables.includes(target.column.table) ? target.column : null
  if (named !== null && !isDated(named)) return plainOutput(named)
  const unit = group.unit ?? 'month'
  if (group.unit === null) note(building, 'The trend is shown by month.')
  return bucketOutput(named ?? chooseDate(building, tables), unit)
}

function bucketOutput(date: NamedColumn, unit: TimeUnit): Output {
  if (isYear(date)) {
    if (unit !== 'year') throw new CannotRead(`Only years are stored, so I cannot group by ${unit}.`)
    return plainOutput(date)
  }
  return { expression: { kind: 'bucket', unit, column: date }, alias: unit.toUpperCase(), entity: null }
}

import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { TimeUnit } from '../language/calendar.ts'
import type { Group } from '../reading/draft.ts'
import type { PlanningContext } from './planning-context.ts'
import { CannotRead } from './planning-context.ts'
import { chooseDate, note } from './choose-date.ts'
import { groupOutputs, plainOutput, requireTarget } from './outputs.ts'
import type { Output } from './outputs.ts'
import { isDated, isYear } from './table-roles.ts'

/** The columns that tell the groups apart. `tables` hold the dates, the most likely first. */
export function outputsOfGroup(
  context: PlanningContext,
  group: Group,
  tables: readonly NamedTable[],
): readonly Output[] {
  if (group.kind === 'time') return [timeOutput(context, group, tables)]
  const target = requireTarget(context, group.noun)
  if (target.kind === 'table') return groupOutputs(target.table)
  if (target.kind === 'column') return [plainOutput(target.column)]
  throw new CannotRead(`I cannot group by "${group.noun.mention.text}".`)
}

function timeOutput(
  context: PlanningContext,
  group: Extract<Group, { kind: 'time' }>,
  tables: readonly NamedTable[],
): Output {
  const target = group.noun === null ? null : context.resolution.targetOf(group.noun)
  const named =
    target?.kind === 'column' && target.score >= 0.6 && tables.includes(target.column.table) ? target.column : null
  if (named !== null && !isDated(named)) return plainOutput(named)
  const unit = group.unit ?? 'month'
  if (group.unit === null) note(context, 'The trend is shown by month.')
  return bucketOutput(named ?? chooseDate(context, tables), unit)
}

function bucketOutput(date: NamedColumn, unit: TimeUnit): Output {
  if (isYear(date)) {
    if (unit !== 'year') throw new CannotRead(`Only years are stored, so I cannot group by ${unit}.`)
    return plainOutput(date)
  }
  return { expression: { kind: 'bucket', unit, column: date }, alias: unit.toUpperCase(), entity: null }
}

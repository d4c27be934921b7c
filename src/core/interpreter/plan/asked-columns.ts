import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { tableOf } from '../linking/mention.ts'
import { isNoun } from '../reading/draft.ts'
import type { Ask, AskedValue, Measure, Noun, Group } from '../reading/draft.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import {
  amountOutput,
  countOutput,
  functionWords,
  groupOutputs,
  measureOutput,
  outputsOf,
  plainOutput,
  requireTarget,
} from './outputs.ts'
import type { Output } from './outputs.ts'
import { isAggregated, sameExpression } from './query.ts'
import { resolveRanking } from './rank.ts'
import type { Ranked } from './rank.ts'
import type { Shape } from './shape.ts'
import type { PhraseUnit } from '../../language/phrase.ts'
import { chooseDate, note } from './choose-date.ts'
import { isDated, isYear } from './table-roles.ts'

/** The requested columns, groups, ranking and sort keys, before joins. */
export interface Columns {
  readonly outputs: readonly Output[]
  readonly groups: readonly Output[]
  readonly ranked: Ranked | null
  readonly sorts: readonly { readonly output: Output; readonly descending: boolean }[]
}

/** Collects the output columns of asks, groups, ranking and order. */
export function columnsOf(context: PlanningContext, shape: Shape): Columns {
  const { draft } = context
  const about = [...new Set([...measureTables(context, shape), shape.main])]
  const outputs = shape.asks.flatMap((ask) =>
    ask.kind === 'measure' && ask.measure.noun === null
      ? [countOfRows(ask.measure, shape.main)]
      : outputsOf(context, ask, about),
  )
  const groups = shape.groups
    .flatMap((group) => outputsOfGroup(context, group, shape.asks, about))
    .filter((group) => !outputs.some((o) => sameExpression(o.expression, group.expression)))
  const ranked = draft.ranking === null ? null : resolveRanking(context, draft.ranking, shape.main, about, shape.asked)
  const measured = outputs.filter((o) => isAggregated(o.expression))
  const first = (measured.length > 0 ? measured : outputs)
    .slice(0, 1)
    .map((output) => ({ output, descending: draft.sort?.descending ?? false }))
  const sorts = (draft.sort?.by ?? []).map((by) => {
    const output = sortOutput(context, by, outputs)
    const isReverse =
      draft.sort?.byAge === true && output.expression.kind === 'column' && isDated(output.expression.column)
    return { output, descending: (draft.sort?.descending ?? false) !== isReverse }
  })
  return { outputs, groups, ranked, sorts: draft.sort !== null && sorts.length === 0 ? first : sorts }
}

/** "How many?" counts the rows; of an average the question must say what is averaged. */
function countOfRows({ fn }: Measure, main: NamedTable): Output {
  if (fn !== 'count') throw new CannotRead(`I could not tell what to take the ${functionWords[fn]} of.`)
  return countOutput(main)
}

function measureTables(context: PlanningContext, shape: Shape): readonly NamedTable[] {
  const measures = shape.asks.flatMap((ask) =>
    ask.kind === 'measure' && ask.measure.noun !== null ? [ask.measure.noun] : [],
  )
  const by = context.draft.ranking?.by ?? null
  const ranking = isNoun(by) ? [by] : by !== null && 'fn' in by && by.noun !== null ? [by.noun] : []
  const of = context.draft.ranking?.of ?? null
  return [...(of === null ? [] : [of]), ...measures, ...ranking].map((noun) => tableOf(requireTarget(context, noun)))
}

function sortOutput(context: PlanningContext, by: Noun | Measure, outputs: readonly Output[]): Output {
  if (!isNoun(by)) {
    const counted = by.fn === 'count' && by.noun !== null ? requireTarget(context, by.noun) : null
    return counted?.kind === 'column' && counted.column.kind === 'number'
      ? plainOutput(counted.column)
      : measureOutput(context, by)
  }
  const shown = outputs.find((o) => o.expression.kind === 'column' && isMeant(by, o.expression.column))
  if (shown !== undefined) return shown
  const target = requireTarget(context, by)
  if (target.kind === 'table') {
    const counted = outputs.find((o) => isAggregated(o.expression))
    return counted ?? groupOutputs(target.table)[0] ?? countOutput(target.table)
  }
  const amount = amountOutput(context, target, null)
  const measured = outputs.find(
    (o) =>
      o.expression.kind === 'aggregate' &&
      o.expression.of !== null &&
      sameExpression(o.expression.of, amount.expression),
  )
  return measured ?? (target.kind === 'column' ? plainOutput(target.column) : amount)
}

/** Whether a noun may mean a column that is already shown. */
const isMeant = (noun: Noun, column: NamedColumn): boolean =>
  noun.mention.candidates.some(
    (c) => c.kind === 'column' && c.column === column && c.score >= (noun.mention.candidates[0]?.score ?? 0) - 0.3,
  )

/** The grouping columns of one group. `tables` are searched for dates, the most likely first. */
function outputsOfGroup(
  context: PlanningContext,
  group: Group,
  asks: readonly Ask[],
  tables: readonly NamedTable[],
): readonly Output[] {
  if (group.kind === 'time') return [timeOutput(context, group, tables)]
  if (group.kind === 'values') return [valueOutput(context, group.value)]
  const target = requireTarget(context, group.noun)
  if (target.kind === 'table') return groupOutputs(target.table)
  if (target.kind === 'column') {
    if (group.each && isFraction(target.column) && asks.some(isWorkedOut))
      throw new CannotRead(`I cannot work out an amount per "${group.noun.mention.text}".`)
    return [plainOutput(target.column)]
  }
  throw new CannotRead(`I cannot group by "${group.noun.mention.text}".`)
}

/** "price per litre" is a quotient, no grouping. */
const isWorkedOut = (ask: Ask): boolean => ask.kind === 'measure' && ask.measure.fn !== 'count'
/** Whether a column has decimals, so that its values are no groups. */
export const isFraction = ({ kind, column }: NamedColumn): boolean =>
  kind === 'number' && /float|double|real|,\s*[1-9]/i.test(column.type)

function valueOutput({ resolution }: PlanningContext, value: AskedValue): Output {
  const found = resolution.valueOf(value)
  if (found === null) throw new CannotRead(`I know no column that holds "${value.text}".`)
  return plainOutput(found.column)
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

function bucketOutput(date: NamedColumn, unit: PhraseUnit): Output {
  if (isYear(date)) {
    if (unit !== 'year') throw new CannotRead(`Only years are stored, so I cannot group by ${unit}.`)
    return plainOutput(date)
  }
  return {
    expression: { kind: 'bucket', unit, column: date },
    alias: bucketNames[unit] ?? unit.toUpperCase(),
    entity: null,
  }
}

const bucketNames: Partial<Record<PhraseUnit, string>> = { 'month-of-year': 'MONTH' }

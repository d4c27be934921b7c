import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { capitalised } from '../../sentences.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import { separate } from '../../catalog/split-name.ts'
import { singular } from '../../catalog/word-forms.ts'
import type { AggregateFunction } from '../../language/phrase.ts'
import type { Formula } from '../linking/mention.ts'
import { isMoneyThing, moneyColumnsOf, moneyOf } from '../linking/money.ts'
import { columnTold } from './question-words.ts'
import { isNoun } from '../reading/draft.ts'
import type { Ask, Measure, Noun } from '../reading/draft.ts'
import type { PlanningContext } from './planning-context.ts'
import { displayRows, plural } from '../../catalog/display-words.ts'
import { knownWords } from '../../catalog/known-words.ts'
import { CannotRead } from './planning-context.ts'
import { note } from './choose-date.ts'
import type { Condition, Expression } from './query.ts'
import { columnExpression } from './query.ts'
import type { Target } from './target.ts'
import { isAdditive, isKeyLike, isRate, isTruth, isYear, labelsOf, shownOf, truthsOf } from './table-roles.ts'

/** A column of the answer. `entity` is the table whose rows it labels, so that grouping can add the key. */
export interface Output {
  readonly expression: Expression
  readonly alias: string | null
  readonly entity: NamedTable | null
}

/** The target of a noun. Declines when the noun has none. */
export function requireTarget(context: PlanningContext, noun: Noun): Target {
  const target = context.resolution.targetOf(noun)
  if (target === null) throw new CannotRead(`I could not tell what "${noun.mention.text}" means here.`)
  return target
}

/** The output columns of one ask. A count is completed once the grain is known. */
export function outputsOf(context: PlanningContext, ask: Ask, about: readonly NamedTable[]): readonly Output[] {
  if (ask.kind === 'measure') return [measureOutput(context, ask.measure)]
  if (ask.kind !== 'noun') {
    const { owner, column } = columnTold(context, ask, about)
    return [ownedOutput(owner, column)]
  }
  const target = requireTarget(context, ask.noun)
  if (target.kind === 'table') return context.draft.whole ? allOutputs(target.table) : entityOutputs(target.table)
  if (target.kind === 'formula') return [amountOutput(context, target, null)]
  if (context.draft.share && target.column.kind === 'text') return [countColumn(target.column)]
  const owner = isNoun(ask.noun.anchor) ? context.resolution.targetOf(ask.noun.anchor) : null
  const { table } = target.column
  const words = ask.noun.mention.text
  if (/^(?:details?|information|info)$/i.test(words) && owner?.kind === 'table' && owner.table !== table)
    return allOutputs(owner.table)
  if (/^names?$/i.test(words) && labelsOf(table).length > 1 && labelsOf(table).includes(target.column))
    return entityOutputs(table)
  return [ownedOutput(owner?.kind === 'table' ? owner.table : null, target.column)]
}

/** "the party of the deputy with the most votes" is one of that deputy: groups are deputies, not parties. */
const ownedOutput = (owner: NamedTable | null, column: NamedColumn): Output =>
  owner === column.table ? { ...plainOutput(column), entity: owner } : plainOutput(column)

export const plainOutput = (column: NamedColumn): Output => ({
  expression: columnExpression(column),
  alias: null,
  entity: labelsOf(column.table).includes(column) || keyColumnOf(column.table) === column ? column.table : null,
})

const allOutputs = ({ columns }: NamedTable): readonly Output[] => columns.map(plainOutput)

/** The columns that show a row of a table. */
export const entityOutputs = (table: NamedTable): readonly Output[] =>
  shownOf(table).map((column) => ({ expression: columnExpression(column), alias: null, entity: table }))

/** The columns that name a group of a table's rows: the label, else the key. */
export function groupOutputs(table: NamedTable): readonly Output[] {
  const labels = labelsOf(table)
  const key = keyColumnOf(table)
  const columns = labels.length > 0 || key === null ? shownOf(table).slice(0, 2) : [key]
  return columns.map((column) => ({ expression: columnExpression(column), alias: null, entity: table }))
}

/** A measure as a column. A metric gets its own name and its definition as a note. */
export function measureOutput(context: PlanningContext, measure: Measure): Output {
  const metric = measure.noun?.mention.metric
  if (metric === undefined) return aggregateOutput(context, measure)
  const target = measure.noun === null ? null : requireTarget(context, measure.noun)
  const isRowCount = target?.kind === 'table'
  const output = isRowCount
    ? { expression: { ...countRows, table: target.table }, entity: null }
    : aggregateOutput(context, measure)
  note(context, metric.note)
  return { ...output, alias: aliasOf([metric.name]) }
}

function aggregateOutput(context: PlanningContext, { fn, noun, distinct }: Measure): Output {
  if (noun === null) return { expression: countRows, alias: 'COUNT_OF_ROWS', entity: null }
  const target = requireTarget(context, noun)
  if (target.kind === 'table') {
    const worth = fn === 'count' ? null : worthOutput(context, target.table, noun, fn)
    if (worth !== null) return worth
    if (fn !== 'count' && fn !== 'sum')
      throw new CannotRead(
        `I could not tell which number of the ${displayRows(target.table)} to take the ${functionWords[fn]} of.`,
      )
    return countOutput(target.table, noun.mention.text)
  }
  if (fn === 'count')
    return isRowsOwn(context, target)
      ? amountOutput(context, target, null)
      : countTarget(context, target, distinct, noun)
  return amountOutput(context, target, fn)
}

/** "total payments", "average refund": of the only column that says what such a row is worth; null where rows can only be counted. */
function worthOutput(
  context: PlanningContext,
  table: NamedTable,
  { mention }: Noun,
  fn: AggregateFunction,
): Output | null {
  const [amount, ...others] = isMoneyThing(table) ? moneyColumnsOf(table) : []
  if (amount === undefined || others.length > 0) return null
  note(context, `The ${functionWords[fn]} of "${mention.text}" is that of ${amount.column.name}.`)
  return amountOutput(context, { kind: 'column', column: amount, score: 1 }, fn)
}

const countRows = { kind: 'aggregate', fn: 'count', of: null, distinct: false } as const satisfies Expression

/** "how many units does the most expensive order have?" asks for a number stored in the row, not for a count. */
const isRowsOwn = ({ draft }: PlanningContext, target: Target): boolean =>
  target.kind === 'column' &&
  target.column.kind === 'number' &&
  !isKeyLike(target.column) &&
  draft.ranking !== null &&
  draft.groups.length === 0

export const functionWords: Readonly<Record<AggregateFunction, string>> = {
  count: 'number',
  sum: 'total',
  avg: 'average',
  min: 'minimum',
  max: 'maximum',
  median: 'median',
}

/** A count of a table's rows. `counted` decides how to count once the grain is known. */
export function countOutput(table: NamedTable, said: string | null = null): Output {
  const tally = tallyOf(table)
  if (tally !== null) return tallyOutput(table, tally)
  const words = said === null || !isPluralOf(table, said.toLowerCase()) ? displayRows(table) : said
  const alias = aliasOf(['number', 'of', words])
  return { expression: { kind: 'aggregate', fn: 'count', of: null, distinct: false, table }, alias, entity: null }
}

/** The column that holds how many things a row stands for: one called "count", or like its table (DEGREES of the table DEGREES). */
export function tallyOf(table: NamedTable): NamedColumn | null {
  const names = new Set(['count', ...table.ways.map((way) => way.join(' '))])
  const isTally = (c: NamedColumn): boolean => c.kind === 'number' && c.ways.some((way) => names.has(way.join(' ')))
  return table.columns.find((c) => isTally(c) && !isKeyLike(c)) ?? null
}

/** Whether a word is a plural that people know, or that of the table's own name; a typing error is neither. */
const isPluralOf = ({ ways }: NamedTable, said: string): boolean =>
  /^[a-z]+s$/.test(said) &&
  (knownWords.includes(singular(said)) || ways.some((way) => way.length === 1 && way[0] === singular(said)))

/** A table with such a column is counted by adding it up. */
const tallyOutput = (table: NamedTable, tally: NamedColumn): Output => ({
  expression: { kind: 'aggregate', fn: 'sum', of: columnExpression(tally), distinct: false },
  alias: aliasOf(['number', 'of', displayRows(table)]),
  entity: null,
})

function countTarget(context: PlanningContext, target: Target, distinct: boolean, noun: Noun): Output {
  if (target.kind === 'formula') throw new CannotRead(`I could not tell what to count for "${noun.mention.text}".`)
  if (target.kind === 'table') return countOutput(target.table)
  const { column } = target
  if (isTruth(column) && !distinct) return countTrue(context, column)
  const isNumber = column.kind === 'number' && !isKeyLike(column) && !isYear(column)
  if (!distinct && isNumber && (isAdditive(column) || context.draft.groups.length > 0)) {
    note(context, `${column.column.name} is added up.`)
    return amountOutput(context, target, 'sum')
  }
  if (!distinct && isNumber && context.draft.filters.length > 0) return amountOutput(context, target, null)
  if (!distinct && isNumber)
    throw new CannotRead(`I could not tell whether to count or to add up "${noun.mention.text}".`)
  return countColumn(column)
}

/** The number of different values of a column. */
export const countColumn = (column: NamedColumn): Output => ({
  expression: { kind: 'aggregate', fn: 'count', of: columnExpression(column), distinct: true },
  alias: aliasOf(['number', 'of', plural(sayColumn(column).join(' '))]),
  entity: null,
})

/** "How many smokers?" counts the rows whose yes/no column says yes. */
function countTrue(context: PlanningContext, column: NamedColumn): Output {
  const truths = truthsOf(column)
  const right = truths === null ? true : truths.yes
  const when: Condition = { kind: 'compare', left: columnExpression(column), operator: '=', right }
  note(context, `Only rows whose ${column.column.name} says yes are counted.`)
  const alias = aliasOf(['number', 'of', ...sayColumn(column)])
  return {
    expression: { kind: 'aggregate', fn: 'count', of: null, distinct: false, table: column.table, when },
    alias,
    entity: null,
  }
}

/** An amount, plain or aggregated. */
export function amountOutput(context: PlanningContext, target: Target, fn: AggregateFunction | null): Output {
  if (target.kind === 'table')
    throw new CannotRead(`I could not tell which amount of the ${displayRows(target.table)} is meant.`)
  const rated =
    fn === 'sum' && target.kind === 'column' && isRate(target.column) ? ratedAmount(context, target.column) : null
  const of: Expression =
    rated ?? (target.kind === 'column' ? columnExpression(target.column) : { kind: 'formula', formula: target.formula })
  const words = target.kind === 'column' ? writtenWords(target.column) : formulaWords(context, target)
  if (fn !== null && target.kind === 'column') requireSummable(target.column, fn)
  if (fn === null) return { expression: of, alias: target.kind === 'column' ? null : aliasOf(words), entity: null }
  const lead = fn === 'sum' && words[0] === 'total' ? [] : [functionWords[fn]]
  return {
    expression: { kind: 'aggregate', fn, of, distinct: false },
    alias: aliasOf([...lead, ...words]),
    entity: null,
  }
}

/** A rate is multiplied by the amount of its row before it is added up: a discount by the price, a tax by the discounted price. */
function ratedAmount(context: PlanningContext, rate: NamedColumn): Expression {
  const [money] = moneyOf(rate.table, 'revenue')
  const formula = money?.kind === 'formula' && money.formula.factors.length > 0 ? money.formula : null
  if (formula === null || formula.factors.includes(rate))
    throw new CannotRead(`${rate.column.name} is a rate: adding it up makes no sense without the amount it applies to.`)
  const discount = formula.discount === rate ? null : formula.discount
  const product = [...formula.factors, ...(discount === null ? [] : [`(1 − ${discount.column.name})`]), rate]
  const words = product.map((part) => (typeof part === 'string' ? part : part.column.name)).join(' × ')
  note(context, `${capitalised(sayColumn(rate).join(' '))} is worked out as ${words}.`)
  return { kind: 'formula', formula: { table: rate.table, factors: [...formula.factors, rate], discount } }
}

function requireSummable(column: NamedColumn, fn: AggregateFunction): void {
  if ((fn === 'sum' || fn === 'avg') && column.kind !== 'number') {
    throw new CannotRead(`${column.column.name} holds no numbers to take the ${functionWords[fn]} of.`)
  }
  if (fn === 'sum' && (isKeyLike(column) || isYear(column)))
    throw new CannotRead(`Adding up ${column.column.name} makes no sense.`)
}

function formulaWords(context: PlanningContext, target: Extract<Target, { kind: 'formula' }>): readonly string[] {
  const { factors, discount, duration } = target.formula
  const [only] = factors
  if (duration !== undefined) {
    noteDuration(context, target.formula)
    return [`${duration}s`]
  }
  const product = factors.map((f) => f.column.name).join(' × ')
  if (discount === null && factors.length === 1 && only !== undefined) {
    note(context, `The amount is taken from ${only.column.name}.`)
    return writtenWords(only)
  }
  note(context, `Revenue is worked out as ${product}${discount === null ? '' : ` × (1 − ${discount.column.name})`}.`)
  return ['revenue']
}

/** Says which dates a duration lies between, and that rows without them are left out. */
export function noteDuration(context: PlanningContext, { factors, duration }: Formula): void {
  const [from, to] = factors.map(({ column }) => column.name)
  note(context, `${capitalised(`${duration ?? 'day'}s`)} are counted from ${from ?? ''} to ${to ?? ''}.`)
  const missing = factors.filter(({ column }) => column.nullable).map(({ column }) => column.name)
  if (missing.length > 0) note(context, `Rows without a ${missing.join(' or ')} are left out.`)
}

/** The column's words without the prefix that repeats its table. */
export const sayColumn = (column: NamedColumn): readonly string[] =>
  column.ways[0] ?? [column.column.name.toLowerCase()]

/** The column's words as spelled in its name: "units sold" for UNITS_SOLD, which is indexed as "unit sold". */
function writtenWords(column: NamedColumn): readonly string[] {
  const said = sayColumn(column)
  const written = separate(column.column.name).slice(-said.length)
  return written.map(singular).join(' ') === said.map(singular).join(' ') ? written : said
}

/** A column alias that needs no quotes. */
export const aliasOf = (words: readonly string[]): string =>
  words
    .join(' ')
    .toUpperCase()
    .normalize('NFD')
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, 'N_')

import { columnLiteral, denied, formulaLiteral, numberOf, subjectFormula } from './compare-columns.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import { singular } from '../../catalog/word-forms.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { moneyColumnsOf } from '../linking/money.ts'
import type { AskedValue, Filter, Noun, Operand, Relation } from '../reading/draft.ts'
import { isNoun } from '../reading/draft.ts'
import type { PlanningContext } from './planning-context.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, UnclearColumn } from './planning-context.ts'
import { chooseDate, note, tablesAround, periodCondition } from './choose-date.ts'
import type { Literal, Condition, Query } from './query.ts'
import { sayColumn } from './outputs.ts'
import { storedValue, unknownValueColumn } from './place-value.ts'
import type { Stored } from './place-value.ts'
import { columnExpression, emptyQuery, exactNumber } from './query.ts'
import { isTruth, isYear, labelsOf, qualityColumnOf, truthsOf, isKeyLike } from './table-roles.ts'

/** A disjunction: at least one literal must hold. */
export interface Clause {
  readonly literals: readonly Literal[]
  /** True when each value needs a related row of its own: "both cards and vouchers". */
  readonly apart: boolean
  /** True for "never": of what is asked for, no row may meet the condition. */
  readonly never: boolean
  /** The negated relation around the clause, if any. */
  readonly within: Relation | null
}

/** Turns filters into clauses; filters joined by "or" form one clause. `tablesFor` lists the tables a filter most likely applies to. */
export function makeClauses(
  context: PlanningContext,
  filters: readonly Filter[],
  tablesFor: (filter: Filter) => readonly NamedTable[],
): readonly Clause[] {
  const clauses: Clause[] = []
  for (const filter of filters) {
    const literals = literalsOf(context, filter, tablesFor(filter))
    const last = clauses.at(-1)
    const apart = filter.operand.kind === 'values' && filter.operand.all
    if (filter.or && last !== undefined) clauses.splice(-1, 1, { ...last, literals: [...last.literals, ...literals] })
    else if (apart)
      clauses.push(
        ...literals.map((literal) => ({ literals: [literal], apart: true, never: false, within: filter.within })),
      )
    else if (filter.negated && filter.operand.kind === 'match')
      clauses.push(
        ...literals.map((one) => ({
          literals: [one],
          apart: false,
          never: filter.never === true,
          within: filter.within,
        })),
      )
    else clauses.push({ literals, apart: false, never: filter.never === true, within: filter.within })
  }
  return clauses
}

function literalsOf(context: PlanningContext, filter: Filter, tables: readonly NamedTable[]): readonly Literal[] {
  const { operand, subject } = filter
  const about = aboutTables(context, filter, tables)
  if (operand.kind === 'period' && subject === null) {
    return [
      literal(chooseDate(context, about), filter.negated, (date, no) => periodCondition(date, operand.period, no)),
    ]
  }
  if (operand.kind === 'values' && subject === null) return valueLiterals(context, filter, operand.values, about)
  const formula = subjectFormula(context, filter)
  if (formula !== null) return [formulaLiteral(context, formula, filter)]
  const column = subjectColumn(context, filter, about)
  if (operand.kind === 'column') return [columnLiteral(context, column, filter, operand.noun)]
  if (operand.kind === 'values')
    return (operand.all ? operand.values.map((value) => [value]) : [operand.values]).map((values) =>
      valuesOn(context, column, filter, values),
    )
  const columns = operand.kind === 'match' ? namesOf(column, subject) : [column]
  return columns.map((one) => {
    if (filter.negated && comparing.has(operand.kind)) noteUnknown(context, one)
    return literal(one, filter.negated, (_, negated) => conditionOn(context, one, { ...filter, negated }))
  })
}

/** "names that contain 'Ann'": of people with a first and a last name, either. */
function namesOf(column: NamedColumn, subject: Filter['subject']): readonly NamedColumn[] {
  const labels = labelsOf(column.table)
  const isName = isNoun(subject) && (isThingNamed(subject) || /^names?$/i.test(subject.mention.text))
  return isName && labels.includes(column) ? labels : [column]
}

const isThingNamed = ({ mention }: Noun): boolean => mention.candidates[0]?.kind === 'table'

const comparing: ReadonlySet<Operand['kind']> = new Set(['number', 'numbers', 'range', 'match'])

/** A comparison that is denied leaves out the rows with NULL, which SQL calls neither equal nor different. */
function noteUnknown(context: PlanningContext, column: NamedColumn): void {
  if (column.column.nullable) note(context, `Rows without a ${column.column.name} are left out.`)
}

const literal = (
  column: NamedColumn,
  negated: boolean,
  condition: (column: NamedColumn, negated: boolean) => Condition,
): Literal => ({
  table: column.table,
  condition: condition(column, negated),
  denied: negated ? condition(column, false) : null,
})

/** The tables a filter applies to: a period prefers the tables being aggregated, any other filter the table mentioned last. */
function aboutTables(context: PlanningContext, filter: Filter, tables: readonly NamedTable[]): readonly NamedTable[] {
  const about = filter.about === null ? null : context.resolution.tableOf(filter.about)
  if (about === null) return tables
  // "The exhibition in year 2004" speaks of the year that the exhibition has.
  const hasYear = context.hints.includes('year') && about.columns.some(isYear)
  return filter.operand.kind === 'period' && (hasYear || !tables.includes(about))
    ? [...new Set([about, ...tables])]
    : filter.operand.kind === 'period'
      ? tables
      : [...new Set([about, ...tables])]
}

function subjectColumn(context: PlanningContext, filter: Filter, about: readonly NamedTable[]): NamedColumn {
  const { subject } = filter
  if (isNoun(subject)) {
    const target = context.resolution.targetOf(subject)
    if (target?.kind === 'column') return target.column
    if (target?.kind === 'table') return columnOfTable(context, target.table, filter, subject)
    throw new CannotRead(`I could not tell which column "${subject.mention.text}" is.`)
  }
  if (subject === null) throw new CannotRead('I could not tell what a condition is about.')
  for (const table of tablesAround(context, about).flat()) {
    const found = qualityColumnOf(table, subject.quality, context.hints, context.synonyms)
    if (found !== null && !found.reversed) {
      if (subject.quality === 'amount') note(context, `The amount is read from ${found.column.column.name}.`)
      return found.column
    }
  }
  throw new CannotRead(`I found no column that holds the ${subject.quality}.`)
}

/** "order 'A-17'": the column that holds the value, else the table's label column. "Orders above 500": what an order is worth. */
function columnOfTable(
  context: PlanningContext,
  table: NamedTable,
  { operand, operator }: Filter,
  { mention }: Noun,
): NamedColumn {
  if (operand.kind === 'values') {
    const held = operand.values[0]?.mention?.candidates.find((c) => c.kind === 'value' && c.column.table === table)
    if (held?.kind === 'value') return held.column
  }
  const isText = operand.kind === 'values' || operand.kind === 'match'
  const [label] = labelsOf(table)
  if (isText && label !== undefined) return label
  const key = keyOfNumber(table, operand, operator, mention)
  if (key !== null) {
    note(context, `"${mention.text}" with a number is read as ${key.column.name}.`)
    return key
  }
  const isThreshold = operand.kind === 'range' || (operand.kind === 'number' && operator !== '=')
  const [amount, other] = isThreshold ? moneyColumnsOf(table) : []
  if (amount !== undefined && other !== undefined) throw new UnclearColumn(mention, moneyColumnsOf(table))
  if (amount !== undefined) {
    note(context, `The amount is read from ${amount.column.name}.`)
    return amount
  }
  throw new CannotRead(`I could not tell which column of ${displayRows(table)} "${mention.text}" means.`)
}

/** "division 50", "divisions 40 and 50": the number is the key of the table. */
function keyOfNumber(
  table: NamedTable,
  operand: Operand,
  operator: Filter['operator'],
  { text }: Noun['mention'],
): NamedColumn | null {
  const isOne = singular(text.toLowerCase()) === text.toLowerCase()
  const isNamed = operator === '=' && (operand.kind === 'numbers' || (operand.kind === 'number' && isOne))
  return isNamed ? keyColumnOf(table) : null
}

function conditionOn(context: PlanningContext, column: NamedColumn, { operator, operand, negated }: Filter): Condition {
  const left = columnExpression(column)
  switch (operand.kind) {
    case 'number':
      if (column.kind === 'text' && operator === '=')
        return { kind: 'same-text', left, text: operand.written ?? String(operand.value), negated }
      requireNumber(column)
      if (operator !== '=' && isKeyLike(column))
        throw new CannotRead(`${column.column.name} is a key, not an amount to compare.`)
      return { kind: 'compare', left, operator: negated ? denied[operator] : operator, right: numberOf(operand) }
    case 'numbers':
      return {
        kind: 'in',
        left,
        values:
          column.kind === 'text'
            ? (operand.written ?? operand.values.map(String))
            : (operand.written?.map(exactNumber) ?? operand.values),
        negated,
      }
    case 'range':
      requireNumber(column)
      return { kind: 'range', left, from: operand.from, to: operand.to, negated }
    case 'extreme':
      requireNumber(column)
      return { kind: 'compare', left, operator, right: extremeOf(column, operand.fn) }
    case 'match':
      return { kind: 'match', left, how: operand.how, text: operand.text, negated }
    case 'missing':
      return { kind: 'missing', left, negated }
    case 'period':
      return periodCondition(column, operand.period, negated)
    case 'present':
      return truthCondition(context, column, negated)
    case 'values':
    case 'column':
      throw new CannotRead('I could not place a value.')
  }
}

function requireNumber(column: NamedColumn): void {
  if (column.kind !== 'number') throw new CannotRead(`${column.column.name} holds no numbers to compare.`)
}

const extremeOf = (column: NamedColumn, fn: 'avg' | 'min' | 'max'): Query => ({
  ...emptyQuery(column.table),
  select: [{ expression: { kind: 'aggregate', fn, of: columnExpression(column), distinct: false }, alias: null }],
})

/** A yes/no column is compared with yes; any other column must not be NULL. */
export function truthCondition(context: PlanningContext, column: NamedColumn, negated: boolean): Condition {
  const left = columnExpression(column)
  if (column.kind === 'boolean') return { kind: 'compare', left, operator: '=', right: !negated }
  const truths = isTruth(column) ? truthsOf(column) : null
  if (truths !== null) return { kind: 'compare', left, operator: '=', right: negated ? truths.no : truths.yes }
  if (isKeyLike(column)) throw new CannotRead(`I could not tell what is asked of ${column.column.name}.`)
  if (column.kind === 'number' && !isYear(column)) {
    note(context, `Having ${sayColumn(column).join(' ')} is read as ${column.column.name} over 0.`)
    const over: Condition = { kind: 'compare', left, operator: negated ? '<=' : '>', right: 0 }
    return negated ? { kind: 'or', parts: [over, { kind: 'missing', left, negated: false }] } : over
  }
  if (!negated) note(context, `Only rows with a ${column.column.name} are counted in.`)
  return { kind: 'missing', left, negated: !negated }
}

/** Literals for values without a column: the column that stores them, else the label column of the table mentioned last. */
function valueLiterals(
  context: PlanningContext,
  filter: Filter,
  values: readonly AskedValue[],
  about: readonly NamedTable[],
): readonly Literal[] {
  const byColumn = new Map<NamedColumn, AskedValue[]>()
  for (const value of values) {
    const column = context.resolution.valueOf(value)?.column ?? unknownValueColumn(context, value, about)
    byColumn.set(column, [...(byColumn.get(column) ?? []), value])
  }
  const literals = [...byColumn].map(([column, list]) => valuesOn(context, column, filter, list))
  const isAll = filter.operand.kind === 'values' && filter.operand.all
  return isAll
    ? values.map((v) =>
        valuesOn(context, context.resolution.valueOf(v)?.column ?? unknownValueColumn(context, v, about), filter, [v]),
      )
    : literals
}

function valuesOn(
  context: PlanningContext,
  column: NamedColumn,
  filter: Filter,
  values: readonly AskedValue[],
): Literal {
  const stored = values.map((value) => storedValue(context, column, value))
  if (filter.operand.kind === 'values' && filter.operand.values.length > 1 && !filter.operand.all) {
    note(context, `Any of ${filter.operand.values.map((v) => `"${v.text}"`).join(', ')} counts.`)
  }
  const isDenied = filter.negated || filter.operator === '<>'
  if (isDenied) noteUnknown(context, column)
  return literal(column, isDenied, (_, negated) => equalTo(column, stored, negated))
}

function equalTo(column: NamedColumn, stored: readonly Stored[], negated: boolean): Condition {
  const left = columnExpression(column)
  const known = stored.flatMap((s) => s.value ?? [])
  const [first] = known
  if (known.length < stored.length) {
    const parts = stored.map((s): Condition => ({ kind: 'same-text', left, text: s.text, negated }))
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : { kind: negated ? 'and' : 'or', parts }
  }
  if (known.length > 1 || first === undefined) return { kind: 'in', left, values: known, negated }
  return { kind: 'compare', left, operator: negated ? '<>' : '=', right: first }
}

import { addUnits, isoOf, parseDay } from '../language/calendar.ts'
import type { Period } from '../language/periods.ts'
import {
  answerOf,
  around,
  callsOf,
  operatorsOf,
  partsOf,
  nextOf,
  previousOf,
  type Account,
  type Answer,
} from './account.ts'
import type { Obligation } from './obligation.ts'
import type { QueryPart } from './query-parts.ts'

/** A number: the same literal, or its neighbour where a comparison may be strict or not. */
export function answerNumber(account: Account, obligation: Obligation): Answer {
  const { need } = obligation
  if (need.kind !== 'number') return null
  const before = previousOf(account, obligation)
  const isCompared = before?.need.kind === 'comparison' || nextOf(account, obligation)?.need.kind === 'comparison'
  const { value } = need
  const wanted = [value, ...(need.isPercent ? [value / 100] : []), ...(isCompared ? [value - 1, value + 1] : [])]
  const held = account.parts.filter(
    (part) => (part.kind === 'number' || part.kind === 'text') && wanted.some((one) => sayNumber(part, one)),
  )
  if (held.length > 0) return held
  if (value === 1)
    return answerOf([
      ...partsOf(account, 'outer-join'),
      ...operatorsOf(account, 'Exists', 'In'),
      ...extremes(account),
      ...joins(account),
    ])
  return value === 0 ? answerOf([...partsOf(account, 'negation'), ...operatorsOf(account, 'IsNull')]) : null
}

const joins = ({ parts }: Account): readonly QueryPart[] =>
  parts.filter(({ kind, clause }) => kind === 'operator' && clause === 'on')
const extremes = (account: Account): readonly QueryPart[] => callsOf(account, 'MIN', 'MAX')

function sayNumber({ kind, name }: QueryPart, value: number): boolean {
  if (kind === 'number') return Math.abs(Number(name)) === Math.abs(value)
  return (name.match(/\d+(?:\.\d+)?/g) ?? []).some((digits) => Number(digits) === value)
}

/** A date literal of a condition with the operator that it is compared by. */
interface Bound {
  readonly part: QueryPart
  readonly day: string
  readonly next: string
  readonly operator: string
}

function boundsOf(account: Account): readonly Bound[] {
  return partsOf(account, 'text').flatMap((part) => {
    const day = parseDay(/^\d{4}-\d{2}$/.test(part.name) ? `${part.name}-01` : part.name)
    if (day === null) return []
    const operator = around(account, part, 'operator')?.name ?? ''
    return [{ part, day: isoOf(day), next: isoOf(addUnits(day, 'day', 1)), operator }]
  })
}

/** A period: bounds that hold exactly its days, or its year, quarter and month as numbers. */
export function answerPeriod(account: Account, obligation: Obligation): Answer {
  const { need } = obligation
  if (need.kind !== 'period') return null
  return (
    answerByDays(account, need.period) ??
    answerByParts(account, need.period) ??
    answerByNumbers(account, obligation) ??
    answerByClock(account, obligation)
  )
}

function answerByDays(account: Account, { from, until }: Period): Answer {
  const bounds = boundsOf(account)
  const first = bounds.filter(
    ({ day, next, operator }) => day === from || (next === from && (operator === 'Gt' || operator === 'LtEq')),
  )
  const last = bounds.filter(({ day, next, operator }) =>
    operator === 'LtEq' || operator === 'Between' || operator === 'Eq' || operator === 'Gt' || operator === 'In'
      ? next === until
      : day === until,
  )
  const isWhole = (from === null || first.length > 0) && (until === null || last.length > 0)
  return isWhole ? answerOf([...first, ...last].map(({ part }) => part)) : null
}

/** `YEAR(d) = 1996 AND MONTH(d) = 3`, `LIKE '1996-03%'`. */
function answerByParts(account: Account, { from, until }: Period): Answer {
  const start = from === null ? null : parseDay(from)
  const end = until === null ? null : parseDay(until)
  const last = end === null ? null : addUnits(end, 'day', -1)
  const years = [start?.year, last?.year].filter((year) => year !== undefined)
  const held = (value: number): readonly QueryPart[] =>
    account.parts.filter((part) => (part.kind === 'number' || part.kind === 'text') && sayNumber(part, value))
  const inYears = years.map((year) => [...held(year), ...held(start === null ? year + 1 : year - 1)])
  if (years.length === 0 || inYears.some((parts) => parts.length === 0)) return null
  const isWholeYears =
    (start === null || (start.month === 1 && start.day === 1)) &&
    (last === null || (last.month === 12 && last.day === 31))
  if (isWholeYears) return inYears.flat()
  const months = [start?.month, last?.month].filter((month) => month !== undefined)
  const quarter = start === null ? null : Math.ceil(start.month / 3)
  const inMonths = months.map((month) => [...held(month), ...monthNames(account, month)])
  if (inMonths.every((parts) => parts.length > 0)) return [...inYears.flat(), ...inMonths.flat()]
  const byQuarter = quarter === null || callsOf(account, 'QUARTER').length === 0 ? [] : held(quarter)
  return byQuarter.length === 0 ? null : [...inYears.flat(), ...byQuarter]
}

const monthWords = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const monthNames = (account: Account, month: number): readonly QueryPart[] =>
  partsOf(account, 'text').filter(({ name }) =>
    new RegExp(`(?:^|[^a-z])${monthWords[month - 1] ?? '-'}`, 'i').test(name),
  )

/** A bare year may be a plain number: "more than 2000". */
function answerByNumbers(account: Account, { need }: Obligation): Answer {
  if (need.kind !== 'period' || need.numbers === null) return null
  const { numbers } = need
  const values = numbers.operator === 'between' ? [numbers.from, numbers.to] : [numbers.value]
  const held = values.map((value) =>
    account.parts.filter((part) => (part.kind === 'number' || part.kind === 'text') && sayNumber(part, value)),
  )
  return held.every((parts) => parts.length > 0) ? held.flat() : null
}

/** "The last 7 days" counted from the warehouse's clock. */
function answerByClock(account: Account, { text }: Obligation): Answer {
  const clock = account.parts.filter(({ name }) =>
    /^(?:CURRENT_(?:DATE|TIMESTAMP)|GETDATE|SYSDATE|LOCALTIMESTAMP)$/.test(name),
  )
  if (clock.length === 0) return null
  const [digits] = /\d+/.exec(text) ?? []
  if (digits === undefined) return clock
  const counts = account.parts.filter(
    (part) => (part.kind === 'number' || part.kind === 'text') && sayNumber(part, Number(digits)),
  )
  return counts.length === 0 ? null : [...clock, ...counts]
}

/** A month of any year. */
export function answerMonth(account: Account, { need }: Obligation): Answer {
  if (need.kind !== 'month') return null
  const numbers = partsOf(account, 'number').filter(({ name }) => Number(name) === need.month)
  const dates = partsOf(account, 'text').filter(({ name }) => new RegExp(`-0?${need.month}(?:-|$)`).test(name))
  return answerOf([...numbers, ...dates, ...monthNames(account, need.month)])
}

const more = new Set(['Gt', 'GtEq', 'Between'])
const less = new Set(['Lt', 'LtEq', 'Between'])
const equal = new Set(['Eq', 'In', 'Like', 'Between'])

/** A comparison: an operator of its direction around the number that is compared. */
export function answerComparison(account: Account, obligation: Obligation): Answer {
  const { need } = obligation
  if (need.kind !== 'comparison') return null
  const amount = amountBeside(account, obligation)
  const answered = amount === null ? [] : (account.answers.get(amount) ?? [])
  const operators = partsOf(account, 'operator').filter(
    (operator) =>
      operator.clause !== 'on' &&
      (answered.length === 0 || answered.some((part) => around(account, part, 'operator') === operator)),
  )
  const fitting = operators.filter((operator) => fits(account, operator, need.way))
  if (fitting.length > 0) return fitting
  if (need.way === 'between') return answerOf(operators.filter(({ name }) => more.has(name) || less.has(name)))
  const isOne = amount?.need.kind === 'number' && amount.need.value <= 1
  if (isOne) return answerOf([...answered])
  // "Which of them has more?" may be answered by an order.
  if (amount === null)
    return answerOf([...partsOf(account, 'order'), ...extremes(account), ...operatorsOf(account, 'Minus')])
  return answered.some(({ clause }) => clause === 'limit') ? [...answered] : null
}

/** The number or period that a comparison compares with: after it, or before "or more". */
function amountBeside(account: Account, obligation: Obligation): Obligation | null {
  const isAmount = (one: Obligation | null): one is Obligation =>
    one !== null && ['number', 'period', 'month'].includes(one.need.kind)
  const next = nextOf(account, obligation)
  const previous = previousOf(account, obligation)
  if (/^(?:or|and) /i.test(obligation.text) && isAmount(previous)) return previous
  return isAmount(next) ? next : null
}

function fits(account: Account, operator: QueryPart, way: 'more' | 'less' | 'equal' | 'between' | 'any'): boolean {
  const { name } = operator
  if (way === 'any') return more.has(name) || less.has(name) || equal.has(name)
  if (way === 'equal') return equal.has(name)
  if (way === 'between') return name === 'Between'
  const isFlipped =
    account.parts.some((part) => (part.kind === 'number' || part.kind === 'text') && part.from === operator.from) ||
    account.parts.some(
      (part) => part.kind === 'negation' && part.name === 'Not' && part.from < operator.from && part.to >= operator.to,
    )
  return (way === 'more') === isFlipped ? less.has(name) : more.has(name)
}

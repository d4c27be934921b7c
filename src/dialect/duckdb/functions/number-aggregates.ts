import { problem } from '../../../core/problem.ts'
import { refusal, type Macros } from '../macros/macro-text.ts'
import { asBoolean, asFloat, asNumber, asWhole } from '../translate/coercions.ts'
import { emitted, type Emitted, floating, knownScale, macro, scaleOf, scaleText, whole } from '../translate/emitted.ts'
import { divide } from '../translate/operators.ts'
import { type Aggregate, type MakeAggregate, only, outside, simple } from './aggregate.ts'

/** Numbers to add up; text counts as floating point. */
const addend = (e: Emitted): Emitted => {
  if (e.kind === 'boolean')
    throw problem('sql_invalid', 'A truth value cannot be added up.', 'Count the rows for which it holds: COUNT_IF.')
  return e.kind === 'text' ? asFloat(e) : asNumber(e)
}

/** `SUM`. */
export function sum(a: Aggregate): Emitted {
  const x = addend(only(a))
  return emitted(`sum(${a.distinct}${x.text})${a.over}`, 'number', [x], { scale: outside(x, a) })
}

/** `AVG`: sum by count, by the rules of division; over a window with three more digits, cut off. */
export function avg(a: Aggregate): Emitted {
  const total = sum(a)
  const x = addend(only(a))
  if (knownScale(x) === 'F') return emitted(`avg(${a.distinct}${x.text})${a.over}`, 'number', [x], { scale: floating })
  const count = emitted(`nullif(count(${a.distinct}${x.text})${a.over}, 0)`, 'number', [x], { scale: whole })
  if (a.over === '') return divide(total, count)
  const known = knownScale(x)
  return macro('sf_window_average', [total, count], 'number', {
    extra: [scaleText(total)],
    scale: known === null ? null : scaleOf(Number(known) + 3),
    times: 3,
  })
}

/** A JSON null does not count. */
const counted = (e: Emitted): Emitted =>
  e.kind === 'json' ? emitted(`nullif(${e.text}, CAST('null' AS JSON))`, 'json', [e], { times: 2 }) : e

/** `COUNT`, of rows, values, or rows of values without a NULL. */
export function count(a: Aggregate): Emitted {
  const more = { scale: whole }
  if (a.star) return emitted(`count(*)${a.over}`, 'number', [], more)
  if (a.args.length === 1) {
    const x = counted(only(a))
    return emitted(`count(${a.distinct}${x.text})${a.over}`, 'number', [x], more)
  }
  const present = a.args.map((e) => `${e.text} IS NOT NULL`).join(' AND ')
  const row = `CASE WHEN ${present} THEN row(${a.args.map((e) => e.text).join(', ')}) END`
  return emitted(`count(${a.distinct}${row})${a.over}`, 'number', a.args, { ...more, times: 2 })
}

/** `COUNT_IF`. */
export const countIf: MakeAggregate = (a) => {
  const condition = asBoolean(only(a))
  const test = `CASE WHEN ${condition.text} THEN 1 END`
  return emitted(`count(${test})${a.over}`, 'number', [condition], { scale: whole })
}

/** Exact here: Snowflake's estimate is exact for small sets too. */
export const distinctCount: MakeAggregate = (a) => count({ ...a, distinct: 'DISTINCT ' })

/** `BOOLXOR_AGG`: whether exactly one holds. */
export const exactlyOne: MakeAggregate = (a) => {
  const x = asBoolean(only(a))
  const [known, holds] = [`count(${x.text})${a.over}`, `count(CASE WHEN ${x.text} THEN 1 END)${a.over}`]
  return emitted(`CASE WHEN ${known} > 0 THEN ${holds} = 1 END`, 'boolean', [x], { times: 2 })
}

/** `GROUPING`. */
export const grouping: MakeAggregate = (a) =>
  emitted(`grouping(${a.args.map((e) => e.text).join(', ')})`, 'number', a.args, { scale: whole })

/** An aggregate of floating point. */
export const float = (name: string): MakeAggregate => simple(name, asFloat, 'number', floating)
/** An aggregate of floating point that needs some spread; `least` values make it defined. */
export const spread =
  (name: string, least: number): MakeAggregate =>
  (a) => {
    const x = asFloat(only(a))
    const enough = `count(${a.distinct}${x.text})${a.over} >= ${least}`
    const value = emitted(`${name}(${a.distinct}${x.text})${a.over}`, 'number', [x], { scale: floating })
    return macro('sf_defined', [value], 'number', { extra: [enough], scale: floating, times: 3 })
  }
/** An aggregate of the bits of whole numbers. */
export const bits = (name: string): MakeAggregate => simple(name, asWhole, 'number', whole)

/** Macros of these functions alone. */
export const numberAggregateMacros = {
  // What is undefined without spread: Snowflake's answer is not known.
  sf_defined: `(x, n) AS CASE WHEN isnan(x) OR (x IS NULL AND n) THEN ${refusal('a statistic of values without spread', 'DOUBLE')} ELSE x END`,
} satisfies Macros

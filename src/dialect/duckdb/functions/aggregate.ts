import { asFloat } from '../translate/coercions.ts'
import { aggregatedScale, emitted, type Emitted, floating, macro, scaleIn, whole } from '../translate/emitted.ts'
import { cannotRun } from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'
import type { Modifiers } from './call.ts'

/** An aggregate being translated. */
export interface Aggregate {
  readonly name: string
  readonly args: readonly Emitted[]
  readonly star: boolean
  readonly modifiers: Modifiers
  readonly t: Translator
  /** `DISTINCT ` or nothing. */
  readonly distinct: string
  /** ` OVER (…)` or nothing. */
  readonly over: string
}
export type MakeAggregate = (a: Aggregate) => Emitted

/** How an aggregate is translated, and DuckDB's own functions that the translation calls. */
export interface AggregateRule {
  readonly make: MakeAggregate
  readonly calls: readonly string[]
}

export const calling = (make: MakeAggregate, ...calls: readonly string[]): AggregateRule => ({ make, calls })

/** The one argument. */
export const only = (a: Aggregate): Emitted => {
  const [first] = a.args
  if (first === undefined || a.args.length > 1) throw cannotRun(`${a.name} with ${a.args.length} arguments`)
  return first
}

/** An aggregate of one coerced argument. */
export const simple =
  (name: string, convert: (e: Emitted) => Emitted, kind: Emitted['kind'], scale: string | null = null): MakeAggregate =>
  (a) => {
    const x = convert(only(a))
    return emitted(`${name}(${a.distinct}${x.text})${a.over}`, kind, [x], { scale })
  }

/** An aggregate of two columns of numbers. */
export const pair =
  (name: string): MakeAggregate =>
  (a) => {
    const [y, x] = a.args.map(asFloat)
    if (x === undefined || y === undefined || a.args.length > 2)
      throw cannotRun(`${a.name} with ${a.args.length} arguments`)
    const value = emitted(`${name}(${y.text}, ${x.text})${a.over}`, 'number', [y, x], { scale: floating })
    return macro('sf_defined', [value], 'number', { extra: ['FALSE'], scale: floating, times: 3 })
  }

/** How many rows have both. */
export const pairs: MakeAggregate = (a) => {
  const [y, x] = a.args
  if (x === undefined || y === undefined || a.args.length > 2)
    throw cannotRun(`${a.name} with ${a.args.length} arguments`)
  const both = `CASE WHEN ${y.text} IS NOT NULL AND ${x.text} IS NOT NULL THEN 1 END`
  return emitted(`count(${both})${a.over}`, 'number', [y, x], { scale: whole })
}

/** The scale of a number once it stands outside its aggregate. */
export const outside = (x: Emitted, a: Aggregate): string => (a.over === '' ? aggregatedScale(x) : scaleIn(x))

import { macroName } from '../macros/macro-text.ts'
import {
  asBoolean,
  asCount,
  asDate,
  asFloat,
  asJson,
  asMoment,
  asNumber,
  asText,
  asInstant,
  asWhole,
} from '../translate/coercions.ts'
import { emitted, type Emitted, floating, type Kind, whole } from '../translate/emitted.ts'
import type { Call } from './call.ts'

/** How one function is translated, for each number of arguments it takes. */
export interface Rule {
  readonly least: number
  readonly most: number
  readonly make: (call: Call) => Emitted
  /** DuckDB's own functions that the translation calls: with its macros, all that the judge lets pass for this function. */
  readonly calls: readonly string[]
}
export type Rules = Readonly<Record<string, readonly Rule[]>>

const coercions: Readonly<Record<string, (e: Emitted) => Emitted>> = {
  t: asText,
  n: asNumber,
  f: asFloat,
  w: asWhole,
  c: asCount,
  b: asBoolean,
  m: asMoment,
  d: asDate,
  s: asInstant,
  j: asJson,
}

type Result = Kind | 'whole' | 'float'
const scales: Readonly<Partial<Record<Result, string>>> = { whole, float: floating }

/**
 * A function that is a template over coerced arguments. `params` has a letter an argument: t text, n number, f floating point,
 * w whole number, c whole number with 0 for what is below, b boolean, m date or timestamp, d date, s timestamp, j semi-structured. `$1` … stand for the arguments.
 */
export function template(params: string, result: Result, text: string): Rule {
  const letters = params.split('')
  const qualified = text.replaceAll(/\bsf_\w+/g, (name) => macroName(name))
  const times = qualified === text ? Math.max(1, ...letters.map((_, i) => text.split(`$${i + 1}`).length - 1)) : 4
  const kind = result === 'whole' || result === 'float' ? 'number' : result
  const make = (call: Call): Emitted => {
    const args = letters.map((letter, i) => (coercions[letter] ?? asText)(call.arg(i)))
    const filled = qualified.replaceAll(/\$(\d)/g, (_, i: string) => args[Number(i) - 1]?.text ?? '')
    return emitted(filled, kind, args, { scale: scales[result] ?? null, times })
  }
  return { least: letters.length, most: letters.length, make, calls: callsIn(text) }
}

/** The functions that a piece of DuckDB's SQL calls, its macros apart: their names are in lower case, keywords are not. */
export const callsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b([a-z]\w*)\(/g)].map(([, name = '']) => name).filter((name) => !name.startsWith('sf_'))

/** A function translated by code of its own, which calls the functions of DuckDB that are named behind it. */
export const custom = (least: number, most: number, make: Rule['make'], ...calls: readonly string[]): Rule => ({
  least,
  most,
  make,
  calls,
})

/** A function with one number of arguments. */
export const rule = (params: string, result: Result, text: string): readonly Rule[] => [template(params, result, text)]

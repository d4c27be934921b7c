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
} from './coercions.ts'
import { type Call } from './call.ts'
import { emitted, type Emitted, floating, type Kind, macroName, whole } from './emitted.ts'

/** How one function is translated, for each number of arguments it takes. */
export type Make = (call: Call) => Emitted
export interface Rule {
  readonly least: number
  readonly most: number
  readonly make: Make
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
  a: (e) => e,
}

type Result = Kind | 'whole' | 'float'

const kindOf = (result: Result): { readonly kind: Kind; readonly scale: string | null } => {
  if (result === 'whole') return { kind: 'number', scale: whole }
  if (result === 'float') return { kind: 'number', scale: floating }
  return { kind: result, scale: null }
}

/**
 * A function that is a template over coerced arguments. `params` has a letter an argument: t text, n number, f floating point,
 * w whole number, c whole number with 0 for what is below, b boolean, m date or timestamp, d date, s timestamp, j semi-structured, a as it is. `$1` … stand for the arguments.
 */
export function template(params: string, result: Result, text: string): Rule {
  const letters = params.split('')
  const qualified = text.replaceAll(/\bsf_\w+/g, (name) => macroName(name))
  const times = qualified === text ? Math.max(1, ...letters.map((_, i) => text.split(`$${i + 1}`).length - 1)) : 4
  const make = (call: Call): Emitted => {
    const args = letters.map((letter, i) => (coercions[letter] ?? asText)(call.arg(i)))
    const { kind, scale } = kindOf(result)
    return emitted(
      qualified.replaceAll(/\$(\d)/g, (_, i: string) => args[Number(i) - 1]?.text ?? ''),
      kind,
      args,
      { scale, times },
    )
  }
  return { least: letters.length, most: letters.length, make }
}

/** A function translated by code of its own. */
export const custom = (least: number, most: number, make: Make): Rule => ({ least, most, make })

export const rule = (params: string, result: Result, text: string): readonly Rule[] => [template(params, result, text)]

import { macroName } from '../macros/macro-text.ts'
import { literal, ownName, quoted } from './identifiers.ts'
import { cannotRun } from './syntax.ts'

/**
 * What an expression is known to hold. `unknown` is asked of DuckDB's binder by the macros; `computed` is a sum or difference
 * of unknowns, so a number or a date.
 */
export type Kind =
  | 'unknown'
  | 'computed'
  | 'null'
  | 'number'
  | 'text'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time'
  | 'json'
  | 'binary'
  | 'interval'

/** An expression in DuckDB's dialect with what is known of it. */
export interface Emitted {
  /** Safe to stand beside any operator. */
  readonly text: string
  readonly kind: Kind
  /** Digits after the point, 99 for floating point: a number, or an expression that the binder folds to one. Null: not known. */
  readonly scale: string | null
  /** How many nodes the binder sees after macros are expanded. */
  readonly weight: number
  /** Two evaluations may differ. */
  readonly volatile: boolean
  /** The value of a literal. */
  readonly constant: string | number | boolean | null
  /** The same without the check that an array holds no NULL, for functions to which a missing element and a JSON null are alike. */
  readonly unchecked?: string
  /** Units of an interval, largest first; null for anything else. */
  readonly interval: readonly (readonly [amount: number, unit: string])[] | null
}

const maxWeight = 60_000

interface More {
  readonly scale?: string | null
  readonly weight?: number
  readonly volatile?: boolean
  readonly constant?: string | number | boolean | null
  readonly interval?: Emitted['interval']
}

/** An expression made of `parts`, each standing in the result `times` times once macros are expanded. */
export function emitted(
  text: string,
  kind: Kind,
  parts: readonly Emitted[] = [],
  more: More & { times?: number } = {},
): Emitted {
  const times = more.times ?? 1
  const weight = more.weight ?? parts.reduce((sum, part) => sum + part.weight * times, 1)
  if (weight > maxWeight) throw cannotRun('an expression nested as deeply as this one')
  const volatile = more.volatile ?? parts.some((part) => part.volatile)
  if (volatile && times > 1) throw cannotRun('a calculation on a random value')
  return {
    text,
    kind,
    scale: more.scale ?? null,
    weight,
    volatile,
    constant: more.constant ?? null,
    interval: more.interval ?? null,
  }
}

/** The type of an expression, asked of the binder. */
export const typeText = (e: Emitted): string => `typeof(${e.text})`

/** A call of a dialect macro that uses each argument at most `times` times. */
export function macro(
  name: string,
  args: readonly Emitted[],
  kind: Kind,
  more: More & { times?: number; extra?: readonly string[] } = {},
): Emitted {
  const all = [...args.map((arg) => arg.text), ...(more.extra ?? [])]
  return emitted(`${macroName(name)}(${all.join(', ')})`, kind, args, { times: 2, ...more })
}

/** The scale of whole numbers and the mark of floating point, which outdoes every scale. */
export const whole = '0'
export const floating = '99'
export const scaleOf = (digits: number): string => String(digits)

/** Around an expression in a scale: its type, which the binder knows. */
const [atomStart, atomEnd] = ['\u0001', '\u0002']
const atoms = new RegExp(`${atomStart}([^${atomStart}${atomEnd}]*)${atomEnd}`, 'g')

/** The scale when it is known while translating, else null. */
export const knownScale = (e: Emitted): number | 'F' | null => {
  if (e.scale === null || !/^\d+$/.test(e.scale)) return null
  return e.scale === floating ? 'F' : Number(e.scale)
}

/** The scale of an expression, asked of the binder where it is not known. Only for use in other scales: see `scaleText`. */
export const scaleIn = (e: Emitted): string => e.scale ?? `${macroName('sf_k')}(${atomStart}${e.text}${atomEnd})`

/** A scale as DuckDB text. */
export const scaleText = (e: Emitted): string => scaleIn(e).replaceAll(atoms, 'typeof($1)')

/** The scale of an aggregate of an expression: beside an aggregate, its columns may only stand within aggregates too. */
export const aggregatedScale = (e: Emitted): string => scaleIn(e).replaceAll(atoms, `${atomStart}min($1)${atomEnd}`)

const mostProducts = 8

/** A scale made of two others: folded when both are known, else by the binder, which sees each product's scale several times. */
export function combinedScale(name: string, fold: (a: number, b: number) => number, a: Emitted, b: Emitted): string {
  const [x, y] = [knownScale(a), knownScale(b)]
  if (x === 'F' || y === 'F') return floating
  if (x !== null && y !== null) return scaleOf(fold(x, y))
  const text = `${macroName(name)}(${scaleIn(a)}, ${scaleIn(b)})`
  if (text.split(/sf_k[md]/).length > mostProducts + 1) throw cannotRun('a calculation of as many factors as this one')
  return text
}

export const textConstant = (value: string): Emitted => emitted(literal(value), 'text', [], { constant: value })

export const integerConstant = (value: number): Emitted =>
  emitted(value < 0 ? `(${value})` : String(value), 'number', [], { scale: whole, constant: value })

export const nullConstant = emitted('NULL', 'null', [], { scale: whole })

/** What is known of one output column of a query. */
export interface OutputColumn {
  readonly name: string
  readonly kind: Kind
  readonly scale: string | null
  /** Whether a table has it under this name; other names are given by the query. */
  readonly stored?: boolean
}

/** A column's or a relation's name in DuckDB's quotes. */
export const spelled = ({ name, stored }: { readonly name: string; readonly stored?: boolean }): string =>
  stored === true ? quoted(name) : ownName(name)

import type { Cell, Column } from '../../contract/result.ts'
import { momentOf, type Moment } from './moments.ts'

/** Orders two cells of one column, smallest first; neither is NULL. */
export type CompareCells = (a: Cell, b: Cell) => number

const sign = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

/** The order that suits a column: numbers by every digit, moments by time, text as people sort it, the rest as it is written. */
export function compareCellsOf({ kind }: Column): CompareCells {
  if (kind === 'number') return compareNumbers
  if (kind === 'boolean') return (a, b) => Number(String(a) === 'true') - Number(String(b) === 'true')
  if (kind === 'date' || kind === 'time' || kind === 'timestamp') return compareMoments
  if (kind === 'text') {
    const { compare } = textCollator()
    return (a, b) => compare(String(a), String(b))
  }
  return (a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)
}

/** Orders text as people sort it, numbers inside it by value. */
export const textCollator = (): Intl.Collator => new Intl.Collator(undefined, { sensitivity: 'variant', numeric: true })

/** A cell of numbers as a double; NaN for text that is no number. */
export const numberOf = (cell: Cell): number =>
  typeof cell === 'number' ? cell : cell === '' ? Number.NaN : Number(cell)

/** Doubles decide where they differ; where they do not, the digits themselves do. NaN is larger than everything, as in Snowflake. */
export function compareNumbers(a: Cell, b: Cell): number {
  const [x, y] = [numberOf(a), numberOf(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
  return sign(x, y) || (a === b ? 0 : compareDigits(String(a), String(b)))
}

/** An exact decimal: `units` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly units: bigint
  readonly scale: number
}

const decimalPattern = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i

/** A number's text as an exact decimal; null for NaN, the infinities and text that is no number. */
export function decimalOf(text: string): Decimal | null {
  const [, minus, whole = '', fraction = '', exponent = '0'] = decimalPattern.exec(text) ?? []
  if (whole === '') return null
  const digits = fraction.length - Number(exponent)
  const units = BigInt(whole + fraction) * (digits < 0 ? 10n ** BigInt(-digits) : 1n)
  return { units: minus === '-' ? -units : units, scale: Math.max(0, digits) }
}

/** The units of a decimal at a larger scale. */
export const unitsAt = ({ units, scale }: Decimal, wanted: number): bigint => units * 10n ** BigInt(wanted - scale)

function compareDigits(a: string, b: string): number {
  const [left, right] = [decimalOf(a), decimalOf(b)]
  if (left === null || right === null) return 0
  const scale = Math.max(left.scale, right.scale)
  const [x, y] = [unitsAt(left, scale), unitsAt(right, scale)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Moments by time, in UTC where they have an offset; other text follows them as it is written. */
export function compareMoments(a: Cell, b: Cell): number {
  const [x, y] = [momentOf(String(a)), momentOf(String(b))]
  if (x === null || y === null) {
    if (x !== y) return x === null ? 1 : -1
    return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
  }
  return compareMoment(x, y)
}

const compareMoment = (a: Moment, b: Moment): number => sign(a.seconds, b.seconds) || sign(a.nanos, b.nanos)

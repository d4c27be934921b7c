import type { Cell } from '../../contract/result.ts'
import { groupThousands } from '../../contract/words/cells.ts'

/** A decimal number without rounding: `units` × 10^-`scale`. */
export interface ExactDecimal {
  readonly units: bigint
  readonly scale: number
}

/** Beyond this exponent a number is not written out in full; the range of a double lies within. */
const widestExponent = 400

/** Reads a cell as an exact number; null for NULL, NaN, infinities and whatever is no number. */
export function readDecimal(cell: Cell): ExactDecimal | null {
  if (typeof cell !== 'string' && typeof cell !== 'number') return null
  const text = String(cell)
  if (text.length > 500) return null
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text)
  if (parts === null) return null
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = parts
  const exponent = Number(exponentText)
  if (whole + fraction === '' || Math.abs(exponent) > widestExponent) return null
  const digits = BigInt(`${whole}${fraction}`)
  const scale = fraction.length - exponent
  const units = (sign === '-' ? -digits : digits) * (scale < 0 ? 10n ** BigInt(-scale) : 1n)
  return { units, scale: Math.max(scale, 0) }
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: ExactDecimal, b: ExactDecimal): number {
  const [left, right] = aligned(a, b)
  return left < right ? -1 : left > right ? 1 : 0
}

export function addDecimals(a: ExactDecimal, b: ExactDecimal): ExactDecimal {
  const [left, right] = aligned(a, b)
  return { units: left + right, scale: Math.max(a.scale, b.scale) }
}

function aligned(a: ExactDecimal, b: ExactDecimal): readonly [bigint, bigint] {
  if (a.scale === b.scale) return [a.units, b.units]
  const scale = Math.max(a.scale, b.scale)
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale)]
}

/**
 * Every digit of a number, thousands grouped by commas. `scale` is the column's: two decimals or fewer are padded to it (money reads
 * `1,200.50`); beyond two, trailing zeros are left out. Never rounds.
 */
export function decimalText(value: ExactDecimal, scale: number | null): string {
  const digits = (value.units < 0n ? -value.units : value.units).toString().padStart(value.scale + 1, '0')
  const whole = digits.slice(0, digits.length - value.scale)
  const fraction = digits
    .slice(digits.length - value.scale)
    .replace(/0+$/, '')
    .padEnd(scale === null ? 0 : Math.min(scale, 2), '0')
  return `${value.units < 0n ? '-' : ''}${groupThousands(whole)}${fraction === '' ? '' : `.${fraction}`}`
}

import type { Token } from './tokenise.ts'

const units: Readonly<Record<string, number>> = {
  zero: 0,
  single: 1,
  once: 1,
  twice: 2,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  dozen: 12,
}
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9 }

const ordinals: readonly string[] =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ')

export interface ReadNumber {
  readonly value: number
  /** The number of tokens consumed. */
  readonly length: number
}

/** Reads a number written in digits or words ("12,000", "five", "a hundred thousand", "1.5 million"), or null. */
export function readNumber(tokens: readonly Token[], at: number): ReadNumber | null {
  const first = tokens[at]
  if (first === undefined) return null
  if (first.kind === 'number') return scaled(tokens, at, first.value, 1)
  if (first.kind !== 'word') return null
  const isArticle = first.lower === 'a' && Object.hasOwn(scales, tokens[at + 1]?.lower ?? '')
  if (isArticle) return scaled(tokens, at, 1, 1)
  if (!Object.hasOwn(units, first.lower)) return null
  const tens = units[first.lower] ?? 0
  const next = tokens[at + 1]
  const unit = next === undefined ? undefined : units[next.lower]
  const joined = tens >= 20 && tens < 100 && unit !== undefined && unit < 10
  return scaled(tokens, at, joined ? tens + unit : tens, joined ? 2 : 1)
}

function scaled(tokens: readonly Token[], at: number, value: number, length: number): ReadNumber {
  const scale = scales[tokens[at + length]?.lower ?? '']
  return scale === undefined ? { value, length } : scaled(tokens, at, value * scale, length + 1)
}

/** The position of an ordinal ("third", "3rd"), counted from 1, or null. */
export function ordinalOf(word: string): number | null {
  const digits = /^(\d+)(?:st|nd|rd|th)$/.exec(word)?.[1]
  if (digits !== undefined) return Number(digits)
  const place = ordinals.indexOf(word)
  return place < 0 ? null : place + 1
}

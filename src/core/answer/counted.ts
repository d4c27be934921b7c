import { decimalText } from './exact-decimal.ts'

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** A count as digits, thousands grouped. */
export const digitsOf = (count: number): string => decimalText({ units: BigInt(Math.trunc(count)), scale: 0 }, 0)

/** A count as a word up to ten, then as digits: "five", "1,204". */
export const wordOf = (count: number): string => small[count] ?? digitsOf(count)

/** "1 row", "1,204 rows". */
export const countText = (count: number, noun: string): string => `${digitsOf(count)} ${noun}${count === 1 ? '' : 's'}`

/** "A", "A and B", "A, B and C". */
export function listed(items: readonly string[], word: 'and' | 'or'): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`
}

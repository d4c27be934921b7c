import { singular } from '../catalog/word-forms.ts'
import type { Token } from './tokenise.ts'

/** Units of measure, those of one dimension in a line and the spellings of one unit between bars. */
const dimensions = `
foot ft|meter metre|kilometer kilometre km|mile|inch|centimeter centimetre cm|millimeter millimetre mm|yard
kilogram kg kilo|pound lb|gram|ton tonne|ounce
byte|kilobyte kb kib|megabyte mb mib|gigabyte gb gib|terabyte tb
second sec|minute min|hour`

export interface Unit {
  readonly name: string
  readonly dimension: number
}

const units: ReadonlyMap<string, Unit> = new Map(
  dimensions
    .trim()
    .split('\n')
    .flatMap((line, dimension) =>
      line.split('|').flatMap((spellings) => {
        const words = spellings.split(' ')
        return words.map((word) => [word, { name: words[0] ?? word, dimension }] as const)
      }),
    ),
)

/** The unit that a word names, or null. */
export const unitOf = (word: string): Unit | null => units.get(singular(word.toLowerCase())) ?? null

/** The units that amounts of a question are given or wanted in: "in feet", "300 feet". */
export const unitsSaid = (tokens: readonly Token[]): readonly Unit[] =>
  tokens.flatMap(({ lower }, at) => {
    const before = tokens[at - 1]
    const unit = before?.kind === 'number' || before?.lower === 'in' ? unitOf(lower) : null
    return unit === null ? [] : [unit]
  })

/** How the words of a name fit the units said: 1 for one of them, -1 for another unit of the same dimension, else 0. */
export function unitFit(words: readonly string[], said: readonly Unit[]): -1 | 0 | 1 {
  const own = words.flatMap((word) => unitOf(word) ?? [])
  if (own.some(({ name }) => said.some((one) => one.name === name))) return 1
  return own.some(({ dimension }) => said.some((one) => one.dimension === dimension)) ? -1 : 0
}

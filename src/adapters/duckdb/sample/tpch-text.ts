import {
  adjectives,
  adverbs,
  auxiliaries,
  nounPhrases,
  nouns,
  prepositions,
  sentences,
  terminators,
  verbPhrases,
  verbs,
} from './tpch-words.ts'

/** Draws whole numbers from 0 to below `count`. */
type Draw = (count: number) => number

/** A sequence of 32-bit numbers that depends on the seed only: a Weyl sequence through the finaliser of MurmurHash3. */
export function makeDraw(seed: number): Draw {
  let state = seed >>> 0
  return (count) => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32) * count)
  }
}

const wordsOf: Readonly<Record<string, readonly string[]>> = {
  n: nouns,
  j: adjectives,
  d: adverbs,
  v: verbs,
  x: auxiliaries,
}

/** One sentence of the specification's grammar (4.2.2.14). */
function sentence(draw: Draw): string {
  const pick = (list: readonly string[]): string => list[draw(list.length)] ?? ''
  const phrase = (shape: string): string =>
    shape
      .split('')
      .map((part) => (part === ',' ? ',' : ` ${pick(wordsOf[part] ?? [])}`))
      .join('')
  const part: Readonly<Record<string, () => string>> = {
    N: () => phrase(pick(nounPhrases)),
    V: () => phrase(pick(verbPhrases)),
    P: () => ` ${pick(prepositions)} the${phrase(pick(nounPhrases))}`,
    T: () => pick(terminators),
  }
  return pick(sentences)
    .split('')
    .map((name) => part[name]?.() ?? '')
    .join('')
}

const textSeed = 19_920_101
const addressSeed = 19_981_201
const addressLetters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ, '

const linesOf = (text: string, count: number, length: number): readonly string[] =>
  Array.from({ length: count }, (_, line) => text.slice(line * length, (line + 1) * length))

/** Lines of prose that comments are cut from. */
export function makeTextLines(count: number, length: number): readonly string[] {
  const draw = makeDraw(textSeed)
  const pieces: string[] = []
  let size = 0
  while (size < count * length) {
    const next = sentence(draw)
    pieces.push(next)
    size += next.length
  }
  return linesOf(
    pieces
      .join('')
      .trimStart()
      .padEnd(count * length, '.'),
    count,
    length,
  )
}

/** Lines of letters that addresses are cut from. */
export function makeAddressLines(count: number, length: number): readonly string[] {
  const draw = makeDraw(addressSeed)
  const letters = Array.from({ length: count * length }, () => addressLetters[draw(addressLetters.length)] ?? '')
  return linesOf(letters.join(''), count, length)
}

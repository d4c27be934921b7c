import { knownWords } from './known-words.ts'

/** Scores how likely a word of a name abbreviates a word of a question, from 0 to 1. Both are singular and in lower case. */
export type AbbreviationScore = (short: string, word: string) => number

const shortest = 3
/** The least share of a word's consonants that an abbreviation keeps. */
const leastKept = 0.5

/**
 * Makes the scorer. Names are abbreviated in few ways (ISO/IEC 11179-5 leaves them to each registry; in practice vowels are dropped, as in
 * CNTRY, the end is cut, as in PARA, or some consonants are left out too, as in APT): the first letter stays, and so does the order of letters.
 * A word that is known in full abbreviates nothing.
 */
export function makeAbbreviationScore(): AbbreviationScore {
  const known = new Set(knownWords)
  return (short, word) => {
    if (short.length < shortest || word.length <= short.length || short[0] !== word[0] || known.has(short)) return 0
    if (!isWithin(short, word)) return 0
    if (word.startsWith(short)) return 0.82
    const [kept, all] = [consonantsOf(short), consonantsOf(word)]
    if (kept === all) return 0.9
    const share = kept.length / all.length
    if (share < leastKept || kept.length < 2 || !isWithin(kept, all)) return 0
    if (all.startsWith(kept)) return 0.75
    return kept.at(-1) === all.at(-1) ? 0.68 + 0.15 * share : share < 0.6 ? 0 : 0.6 + 0.1 * share
  }
}

/** Whether the letters of one text occur in the other in the same order. */
function isWithin(letters: string, text: string): boolean {
  let at = 0
  for (const letter of text) if (letter === letters[at]) at += 1
  return at === letters.length
}

/** The consonants of a word after its first letter, doubled ones once. */
const consonantsOf = (word: string): string =>
  word
    .slice(1)
    .replace(/[aeiou]/g, '')
    .replace(/(.)\1/g, '$1')

const pairScore = 0.62

/** Whether two letters are the first and the next consonant of a word (`pk`, "poker"). They say enough beside other pieces only. */
const isPair = (piece: string, word: string): boolean =>
  piece.length === 2 && piece[0] === word[0] && word.length >= 4 && consonantsOf(word).startsWith(piece.slice(1))

/**
 * How well a name written in one piece abbreviates several words in order (`mnyrnk`, "money rank"): the lowest of the words' scores, 0 when it
 * does not. `scoreOf` scores a piece against a word.
 */
export function scorePieces(
  name: string,
  words: readonly string[],
  scoreOf: (short: string, word: string) => number,
): number {
  const [word, ...others] = words
  if (word === undefined) return name === '' ? 1 : 0
  let best = 0
  for (let length = 2; length <= Math.min(name.length, word.length); length += 1) {
    const piece = name.slice(0, length)
    const own = piece === word ? 1 : Math.max(scoreOf(piece, word), isPair(piece, word) ? pairScore : 0)
    if (own <= best) continue
    best = Math.max(best, Math.min(own, scorePieces(name.slice(length), others, scoreOf)))
  }
  return best
}

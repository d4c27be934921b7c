import { LRUCache } from 'lru-cache'
import { isOwnKey } from './key-column.ts'
import { knownWords } from './known-words.ts'
import type { NamedColumn, NamedTable } from './named-catalog.ts'
import { expansionOf } from './short-forms.ts'
import type { Synonyms } from './synonyms.ts'
import { rootOf, singular } from './word-forms.ts'

/** Scores how well words of a question match words of a name, from 0 to 1. */
export interface Likeness {
  readonly ofWords: (asked: string, word: string) => number
  /** The score of a table. Every asked word must match. */
  readonly ofTable: (asked: readonly string[], table: NamedTable) => number
  /** The score of a column. Words that name its table may stand beside the match. */
  readonly ofColumn: (asked: readonly string[], column: NamedColumn) => number
}

/** Weights of general words, which say little about a column of several words. */
const generalWordWeights: Readonly<Record<string, number>> = {
  of: 0,
  the: 0,
  id: 0.9,
  code: 0.6,
  key: 0.9,
  name: 0.6,
  number: 0.35,
  count: 0.35,
  total: 0.7,
  amount: 0.5,
  value: 0.5,
  by: 0.2,
  is: 0.1,
  has: 0.1,
  text: 0.5,
  full: 0.6,
  date: 0.8,
  original: 0.5,
  type: 0.9,
}
/** What an abbreviation of a synonym, or of an inflected word's root, keeps of the score. */
const synonymShare = 0.86
const rootShare = 0.95
/** The least weighted share of a name that must be matched. */
const leastCoverage = 0.32
const floor = 0.4

/** Makes the scorer. */
export function makeLikeness(synonyms: Synonyms): Likeness {
  const known = new Set(knownWords)
  const roots = new LRUCache<string, string>({ max: 20_000, memoMethod: rootOf })
  const abbreviates = makeAbbreviationScore()
  /** Also an abbreviation of a synonym: `VEHCL` for "car". */
  const asAbbreviation = (word: string, asked: string): number =>
    Math.max(
      abbreviates(word, asked),
      ...synonyms.of(asked).map((other) => synonymShare * abbreviates(word, other)),
      rootShare * abbreviates(word, roots.memo(asked)),
    )
  const ofPieces = (piece: string, word: string): number =>
    expansionOf(piece)?.join(' ') === word ? 0.92 : abbreviates(piece, word)
  const ofWords = (asked: string, word: string): number => {
    if (asked === word) return 1
    const synonym = synonyms.likeness(asked, word)
    if (synonym > 0) return synonym
    const abbreviation = asked.length < 3 || known.has(word) ? 0 : asAbbreviation(word, asked)
    if (abbreviation > 0) return abbreviation
    if (asked.length < 4 || word.length < 3) return 0
    if (roots.memo(asked) === roots.memo(word)) return isDoer(word) && !isDoer(asked) ? 0.6 : 0.86
    if (word.length === 3 && asked.length >= 6 && asked.startsWith(word) && !known.has(word)) return 0.8
    return isStart(word, asked) || isStart(asked, word) ? 0.66 : 0
  }
  const ofTable = (asked: readonly string[], table: NamedTable): number =>
    Math.max(0, ...table.ways.map((way) => ofWay(asked, way, nothing, ofWords, ofPieces)))
  const wordsAround = new WeakMap<NamedTable, ReadonlySet<string>>()
  const aroundOf = (table: NamedTable): ReadonlySet<string> => {
    const found = wordsAround.get(table) ?? new Set(table.ways.flat())
    wordsAround.set(table, found)
    return found
  }
  const ofColumn = (asked: readonly string[], column: NamedColumn): number => {
    const around = aroundOf(column.table)
    let score = 0
    for (const way of column.ways) score = Math.max(score, ofWay(asked, way, around, ofWords, ofPieces))
    return score === 1 && asked.length > 1 && !isOwnKey(column) ? 0.995 : score
  }
  return { ofWords, ofTable, ofColumn }
}

/** Whether a word names an agent: "buyer" is not what "buy" means. */
const isDoer = (word: string): boolean => /(?:er|or|ee|ist)s?$/.test(word)

/** Whether one word abbreviates the other by its first letters. */
const isStart = (short: string, long: string): boolean =>
  short.length >= 4 && long.startsWith(short) && long.length - short.length <= (short.length >= 5 ? 6 : 2)

/** Scores the asked words against one way to say a name. Words of `around` (the table's name) may stand beside it and weigh little in it. */
function ofWay(
  asked: readonly string[],
  way: readonly string[],
  around: ReadonlySet<string>,
  likeness: (asked: string, word: string) => number,
  ofPieces: (piece: string, word: string) => number,
): number {
  const [only] = way
  if (
    asked.length > 1 &&
    asked.length <= 4 &&
    way.length === 1 &&
    only !== undefined &&
    only.length >= 2 * asked.length
  ) {
    const pieces = scorePieces(only, asked, ofPieces)
    if (pieces > 0) return pieces
  }
  if (asked.length + way.length > 2 && singular(asked.join('')) === way.join(''))
    return asked.length === way.length ? 1 : 0.97
  const open = new Set(way.keys())
  let quality = 0
  let beside = 0
  for (const word of asked) {
    const hit = bestOf(word, way, open, likeness)
    if (hit !== null) {
      open.delete(hit.index)
      quality += hit.quality
    } else if (word !== asked.at(-1) && isAround(word, around, likeness)) beside += 1
    else return 0
  }
  const matched = asked.length - beside
  if (matched === 0) return 0
  const whole = weightOfWords(way, way.keys(), around)
  const coverage = whole === 0 ? 0 : 1 - weightOfWords(way, open, around) / whole
  if (coverage < leastCoverage) return 0
  return (quality / matched) * (floor + (1 - floor) * coverage) * (beside > 0 ? 0.985 : 1)
}

const nothing: ReadonlySet<string> = new Set()

function isAround(
  word: string,
  around: ReadonlySet<string>,
  likeness: (asked: string, word: string) => number,
): boolean {
  if (around.has(word)) return true
  for (const other of around) if (likeness(word, other) >= 0.8) return true
  return false
}

function bestOf(
  word: string,
  way: readonly string[],
  open: ReadonlySet<number>,
  likeness: (asked: string, word: string) => number,
): { readonly index: number; readonly quality: number } | null {
  let found: { readonly index: number; readonly quality: number } | null = null
  for (const index of open) {
    const quality = likeness(word, way[index] ?? '')
    if (quality > (found?.quality ?? 0)) found = { index, quality }
  }
  return found
}

/** The weight of a word: low when it repeats the table's name or is general. */
function weightIn(way: readonly string[], index: number, around: ReadonlySet<string>): number {
  const word = way[index] ?? ''
  if (way.length > 1 && around.has(word)) return 0.15
  return way.length === 1 ? 1 : (generalWordWeights[word] ?? 1)
}

function weightOfWords(way: readonly string[], indexes: Iterable<number>, around: ReadonlySet<string>): number {
  let total = 0
  for (const index of indexes) total += weightIn(way, index, around)
  return total
}

/** Scores how likely a word of a name abbreviates a word of a question, from 0 to 1. Both are singular and in lower case. */
type AbbreviationScore = (short: string, word: string) => number

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

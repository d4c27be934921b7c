import { isKeyWord } from '../../catalog/key-column.ts'
import type { Token } from '../language/tokenise.ts'
import type { Phrase, AggregateFunction, PlainRole } from '../language/phrase.ts'
import type { Mention } from '../linking/mention.ts'
import { emptyDraft } from './draft.ts'
import type { AskedValue, Draft, Noun, NounRole, Relation, Item, ItemOf } from './draft.ts'

/** A function waiting for its noun ("the average …"). */
export interface OpenFunction {
  readonly fn: AggregateFunction
  readonly distinct: boolean
}

/** Where reading stands: the items, the slots filled so far, and what the last words left open. */
export interface Reader {
  readonly tokens: readonly Token[]
  readonly items: readonly Item[]
  readonly draft: Draft
  /** True while the question says what to show, false while it says of which rows. */
  asking: boolean
  /** The thing last spoken of. */
  focus: Noun | AskedValue | null
  /** "its", "their": the nouns that follow belong to it. */
  owner: Noun | AskedValue | null
  /** The next noun says whose the asks so far are. */
  attaching: boolean
  /** A noun standing directly before another one, or before "'s". */
  qualifier: Noun | null
  functions: OpenFunction[]
  /** Functions said before "number of": over all groups, unless a column holds that number. */
  heldFunctions: readonly OpenFunction[]
  /** The functions that were given a noun last, for "average age and weight". */
  lastFunctions: readonly OpenFunction[]
  negated: boolean
  or: boolean
  distinct: boolean
  both: boolean
  /** The next noun is something rows have or have not. */
  relating: boolean
  /** "by" was said behind a deed: the next noun did it. */
  byDoer: boolean
  /** The relation that following demands narrow, while within "who have no …". */
  within: Relation | null
  /** The last thing demanded was a number of related rows. */
  lastIsRelation: boolean
  /** A phrase like "for the cars with 4 cylinders," opens the question: its nouns are not asked for. */
  opening: boolean
  /** Asks before a second sentence that lists what to show. */
  earlierAsks: Draft['asks'] | null
  /** How many asks there were when the current "of …" closes. */
  openAsks: number
}

/** Reads some items from `at` on and says how many, or 0 when they are none of its business. */
export type Rule = (reader: Reader, at: number) => number

export const startReading = (tokens: readonly Token[], items: readonly Item[]): Reader => ({
  tokens,
  items,
  draft: emptyDraft(),
  asking: true,
  focus: null,
  owner: null,
  attaching: false,
  qualifier: null,
  functions: [],
  heldFunctions: [],
  lastFunctions: [],
  negated: false,
  or: false,
  distinct: false,
  both: false,
  relating: false,
  byDoer: false,
  within: null,
  lastIsRelation: false,
  opening: false,
  earlierAsks: null,
  openAsks: 0,
})

export const itemAt = (reader: Reader, at: number): Item | undefined => reader.items[at]

export function phraseAt(reader: Reader, at: number): Phrase | null {
  const item = reader.items[at]
  return item?.type === 'phrase' ? item.phrase : null
}

export const saysAt = (reader: Reader, at: number, ...roles: readonly (PlainRole | Phrase['is'])[]): boolean => {
  const phrase = phraseAt(reader, at)
  return phrase !== null && roles.includes(phrase.is)
}

export function nounAt(reader: Reader, at: number): ItemOf<'noun'> | null {
  const item = reader.items[at]
  return item?.type === 'noun' ? item : null
}

/** A number, or a year that may be one. */
export function numberAt(reader: Reader, at: number): number | null {
  const item = reader.items[at]
  if (item?.type === 'number') return item.value
  return item?.type === 'period' && item.numbers?.operator === '=' && item.to - item.from === 1
    ? item.numbers.value
    : null
}

export function makeNoun(reader: Reader, mention: Mention, role: NounRole, anchor: Noun['anchor'] = null): Noun {
  const noun: Noun = { mention, role, anchor }
  reader.draft.nouns.push(noun)
  return noun
}

export const best = (mention: Mention) => mention.candidates[0]

/** Whether the words are first of all the name of a table. */
export const isThing = (mention: Mention): boolean => best(mention)?.kind === 'table'

/** Whether the words may name a number that is no key. */
export const isAmount = (mention: Mention): boolean => {
  const least = Math.max(0.6, (best(mention)?.score ?? 0) - 0.1)
  return mention.candidates.some(
    (c) =>
      c.score >= least &&
      (c.kind === 'formula' ||
        (c.kind === 'column' &&
          c.column.kind === 'number' &&
          !c.column.ways.some((way) => isKeyWord(way.at(-1)) && way.at(-1) !== 'number'))),
  )
}

/** "directed by": what happened rather than a thing, unless a value follows. */
export function isDoing(reader: Reader, at: number): boolean {
  const item = nounAt(reader, at)
  if (item === null) return false
  return / by$/i.test(item.mention.text) || (/(?:ed|en)$/.test(item.mention.text) && saysAt(reader, at + 1, 'by'))
}

/** The words between two items, as written in lower case. */
export const wordsBetween = (reader: Reader, a: Item, b: Item): readonly string[] =>
  reader.tokens.slice(a.to, b.from).map((token) => token.lower)

const links = new Set([
  'is',
  'are',
  'was',
  'were',
  'the',
  'be',
  'being',
  'named',
  'called',
  'titled',
  'a',
  'an',
  'of',
  ':',
  '(',
  'with',
  'name',
  'value',
  'values',
  'as',
  'equal',
  'to',
])

/** Whether two items stand side by side but for "is", "named" and the like. */
export function areLinked(reader: Reader, at: number, next: number): boolean {
  const [a, b] = [reader.items[at], reader.items[next]]
  return a !== undefined && b !== undefined && wordsBetween(reader, a, b).every((word) => links.has(word))
}

export const areAdjacent = (a: Item | undefined, b: Item | undefined): boolean => a !== undefined && a.to === b?.from

/** Takes the "not" that was said before, if any. */
export function takeNegation(reader: Reader): boolean {
  const { negated } = reader
  reader.negated = false
  return negated
}

export function takeOr(reader: Reader): boolean {
  const { or } = reader
  reader.or = false
  return or && reader.draft.filters.length > 0
}

/** Whether a word such as "get" or "show" begins a question or a part of it. */
export function isLead(reader: Reader, at: number): boolean {
  const item = reader.items[at]
  const word = item === undefined ? '' : (reader.tokens[item.from]?.lower ?? '')
  return (
    at === 0 ||
    (/^(?:wh|how)/.test(word) && word !== 'who') ||
    saysAt(reader, at - 1, 'stop', 'comma', 'and', 'only', 'lead')
  )
}

const participle = /(?:ed|ought|old|ade|ritten|aid|eld|on|uilt|ound|iven|aken|een|lown|riven|sung|ent|ead|hown)$/

/** Whether the word before an item is a participle, so that "by" names a doer ("written by", "owned by"). */
export function followsParticiple(reader: Reader, item: Item): boolean {
  const before = reader.tokens[item.from - 1]
  return before?.kind === 'word' && before.lower.length >= 4 && participle.test(before.lower)
}

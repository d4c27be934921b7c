import { isKeyWord } from '../../catalog/key-column.ts'
import type { Token } from '../../language/tokenise.ts'
import type { Phrase, AggregateFunction, PlainRole } from '../../language/phrase.ts'
import type { Mention } from '../linking/mention.ts'
import { emptyDraft } from './draft.ts'
import type { AskedValue, Draft, Noun, NounRole, Operand, Relation, Item, ItemOf } from './draft.ts'

/** An aggregate that still waits for its noun ("the average …"). */
export interface OpenFunction {
  readonly fn: AggregateFunction
  readonly distinct: boolean
  /** As written, for the reason of a decline. */
  readonly words: string
}

/** The parser's state: the items, the slots filled so far and the flags that later words depend on. */
export interface Reader {
  readonly tokens: readonly Token[]
  readonly items: readonly Item[]
  readonly draft: Draft
  /** True while the question lists what to show, false while it restricts rows. */
  asking: boolean
  /** The noun or value mentioned last. */
  focus: Noun | AskedValue | null
  /** The antecedent of "its" or "their", to which the next nouns belong. */
  owner: Noun | AskedValue | null
  /** True when the next noun is the owner of what is shown so far ("names *of* …"). */
  attaching: boolean
  /** A noun directly before another noun or before "'s". */
  qualifier: Noun | null
  functions: OpenFunction[]
  /** Aggregates before "number of": they apply over all groups, unless a column holds that number. */
  heldFunctions: readonly OpenFunction[]
  /** The aggregates applied last, for reuse in "average price and weight". */
  lastFunctions: readonly OpenFunction[]
  /** The word of a negation that no condition has taken yet, or null. */
  negated: string | null
  /** The word of an "or" that no condition has taken yet, or null. */
  or: string | null
  distinct: boolean
  /** The word "both" until values or a list of what to show take it, or null. */
  both: string | null
  /** True when the next noun is a related row that must exist or be absent. */
  relating: boolean
  /** True after a participle and "by": the next noun is the agent. */
  byDoer: boolean
  /** The negated relation that the following filters restrict, inside "who have no …". */
  within: Relation | null
  /** True when the last condition was a number of related rows. */
  lastIsRelation: boolean
  /** True inside an opening phrase such as "for the orders of 2024,": its nouns are not shown. */
  opening: boolean
  /** What an earlier sentence asked for, kept when a later sentence lists what to show. */
  earlierAsks: Draft['asks'] | null
  /** Function words that no rule could use. They are named only when every other word was understood. */
  unspent: string[]
  /** Index of the first ask that has no owner yet. */
  openAsks: number
  /** Where the noun stands that a superlative of quality ranks ("the youngest *captain*"), or null. */
  ranked: number | null
}

/** Consumes items from `at` on and returns how many, or 0 when the rule does not apply. */
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
  negated: null,
  or: null,
  distinct: false,
  both: null,
  relating: false,
  byDoer: false,
  within: null,
  lastIsRelation: false,
  opening: false,
  earlierAsks: null,
  unspent: [],
  openAsks: 0,
  ranked: null,
})

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

/** The number at a position; a bare year counts as a number as well. */
export function numberAt(reader: Reader, at: number): number | null {
  const item = reader.items[at]
  if (item?.type === 'number') return item.value
  return item?.type === 'period' && item.numbers?.operator === '=' && item.to - item.from === 1
    ? item.numbers.value
    : null
}

/** The digits of a number as written; null when its value, printed, has the same ones, or when it has a unit or a scale. */
export function digitsAt(reader: Reader, at: number): string | null {
  const item = reader.items[at]
  if (item?.type !== 'number' || item.to - item.from > 1) return null
  const digits = item.text.replaceAll(',', '')
  return /^\d+(?:\.\d+)?$/.test(digits) && digits !== String(item.value) ? digits : null
}

/** A number as an operand. It keeps its digits, since a text column holds "0012" and a double no number beyond 2^53. */
export function numberOperandAt(reader: Reader, at: number, value: number): Extract<Operand, { kind: 'number' }> {
  const written = digitsAt(reader, at)
  return { kind: 'number', value, ...(written === null ? {} : { written }) }
}

export function makeNoun(reader: Reader, mention: Mention, role: NounRole, anchor: Noun['anchor'] = null): Noun {
  const noun: Noun = { mention, role, anchor }
  // A metric is a value of many rows: it cannot filter, group or be listed row by row.
  if (mention.metric !== undefined && role !== 'measure') reader.draft.unknown.push(mention.text)
  reader.draft.nouns.push(noun)
  return noun
}

/** Whether the best link of the words is a table. */
export const isThing = (mention: Mention): boolean => mention.candidates[0]?.kind === 'table'

/** Whether the words may name a numeric column that is not a key. */
export const isAmount = (mention: Mention): boolean => {
  const least = Math.max(0.6, (mention.candidates[0]?.score ?? 0) - 0.1)
  return mention.candidates.some(
    (c) =>
      c.score >= least &&
      (c.kind === 'formula' ||
        (c.kind === 'column' &&
          c.column.kind === 'number' &&
          !c.column.ways.some((way) => isKeyWord(way.at(-1)) && way.at(-1) !== 'number'))),
  )
}

/** Whether a noun reads as a passive verb ("shipped by") rather than as a thing. */
export function isDoing(reader: Reader, at: number): boolean {
  const item = nounAt(reader, at)
  if (item === null) return false
  return (
    / by$|ed to$/i.test(item.mention.text) || (/(?:ed|en)$/.test(item.mention.text) && saysAt(reader, at + 1, 'by'))
  )
}

/** "by nation of the supplier": the noun owns the group before "of". */
export function ownGroup(reader: Reader, at: number, noun: Noun): boolean {
  const group = reader.draft.groups.at(-1)
  if (group?.kind !== 'noun' || group.noun.anchor !== null || !saysAt(reader, at - 1, 'of')) return false
  if (group.noun.mention !== nounAt(reader, at - 2)?.mention) return false
  group.noun.anchor = noun
  reader.attaching = false
  return true
}

/** The tokens between two items, in lower case. */
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

/** Whether only linking words such as "is" or "named" stand between two items. */
export function areLinked(reader: Reader, at: number, next: number): boolean {
  const [a, b] = [reader.items[at], reader.items[next]]
  return a !== undefined && b !== undefined && wordsBetween(reader, a, b).every((word) => links.has(word))
}

export const areAdjacent = (a: Item | undefined, b: Item | undefined): boolean => a !== undefined && a.to === b?.from

/** The words of an item as written. */
export const wordsOf = (reader: Reader, at: number): string => {
  const item = reader.items[at]
  return item === undefined
    ? ''
    : reader.tokens
        .slice(item.from, item.to)
        .map((t) => t.text)
        .join(' ')
}

/** Returns whether a "not" is pending and clears it. */
export function takeNegation(reader: Reader): boolean {
  const { negated } = reader
  reader.negated = null
  return negated !== null
}

/** Returns whether "both" is pending and clears it. */
export function takeBoth(reader: Reader): boolean {
  const { both } = reader
  reader.both = null
  return both !== null
}

export function takeOr(reader: Reader): boolean {
  const { or } = reader
  if (or === null || reader.draft.filters.length === 0) return false
  reader.or = null
  return true
}

/** Opens a negation for the next condition. One that is still open has found no condition, so its word is not understood. */
export function openNegation(reader: Reader, at: number): void {
  dropNegation(reader)
  reader.negated = wordsOf(reader, at)
}

/** Ends a clause: a negation that no condition of it has taken is not understood. */
export function dropNegation(reader: Reader): void {
  if (reader.negated !== null) reader.unspent.push(reader.negated)
  reader.negated = null
}

/** Ends a clause: an "or" that joined nothing is not understood. */
export function dropOr(reader: Reader): void {
  if (reader.or !== null) reader.unspent.push(reader.or)
  reader.or = null
}

/** Whether a word such as "get" or "show" opens a question or a clause of it. */
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

/** Whether the word before an item is a participle, so that "by" introduces an agent ("written by", "owned by"). */
export function followsParticiple(reader: Reader, item: Item): boolean {
  const before = reader.tokens[item.from - 1]
  return before?.kind === 'word' && before.lower.length >= 4 && participle.test(before.lower)
}

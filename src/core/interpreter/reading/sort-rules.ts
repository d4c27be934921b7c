import { readValues } from './comparison.ts'
import { readValuesOf } from './counted-rules.ts'
import type { Measure, Noun, NounRole, ItemOf } from './draft.ts'
import { isAmount, isThing, makeNoun, nounAt, phraseAt, saysAt, areAdjacent, isDoing, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** "ordered by name and price descending", "in descending order of price", "alphabetically". */
export const readSort: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  const next = phraseAt(reader, at + 1)
  if (phrase?.is === 'by' && next?.is === 'direction') return 1 + readDirectionFirst(reader, at + 1, next.descending)
  if (phrase?.is === 'direction') return readDirectionFirst(reader, at, phrase.descending)
  return phrase?.is === 'order' || (phrase?.is === 'by' && isToSort(reader)) ? readOrder(reader, at) : 0
}

function readOrder(reader: Reader, at: number): number {
  const before = phraseAt(reader, at + 1)
  let end = before?.is === 'direction' ? at + 2 : at + 1
  while (saysAt(reader, end, 'by', 'of', 'preposition', 'pronoun', 'this')) end += 1
  if (isGrouping(reader, end)) return 0
  const keys = readKeys(reader, end)
  end += keys.length
  const after = phraseAt(reader, end)
  const said = after?.is === 'direction' ? after : before?.is === 'direction' ? before : null
  if (after?.is === 'direction') end += 1
  const byAge = after?.is === 'direction' && /young/i.test(wordsOf(reader, end - 1))
  reader.draft.sort = { by: keys.by, descending: said?.descending ?? saysDescending(reader, at), byAge }
  return end - at
}

/** "Sort the boats by price": the question begins with the verb. */
const isToSort = ({ tokens, draft }: Reader): boolean =>
  tokens[0]?.lower === 'sort' && draft.asks.length > 0 && draft.sort === null

/** "total quantity ordered by year": a single number has no order, so "ordered by" is read as grouping. */
const isGrouping = (reader: Reader, at: number): boolean => {
  const { asks, groups } = reader.draft
  const isOneNumber = asks.length > 0 && asks.every((ask) => ask.kind === 'measure') && groups.length === 0
  const noun = nounAt(reader, at)
  const isCategory = saysAt(reader, at, 'unit') || (noun !== null && (noun.unit !== null || !isAmount(noun.mention)))
  return isOneNumber && isCategory
}

const saysDescending = (reader: Reader, at: number): boolean => {
  const item = reader.items[at]
  return item !== undefined && reader.tokens.slice(item.from, item.to).some((t) => t.lower === 'descending')
}

function readDirectionFirst(reader: Reader, at: number, descending: boolean): number {
  let end = at + 1
  while (saysAt(reader, end, 'of', 'by', 'preposition', 'pronoun', 'this')) end += 1
  const keys = end > at + 1 ? readKeys(reader, end) : { by: [], length: 0 }
  const by = keys.by.length > 0 ? keys.by : (reader.draft.sort?.by ?? [])
  reader.draft.sort = { by, descending, byAge: /young/i.test(wordsOf(reader, at)) }
  return keys.length > 0 ? end + keys.length - at : 1
}

/** The sort keys, each a noun, an aggregate or a possessive ("the customers' last names"). */
function readKeys(reader: Reader, at: number): { readonly by: readonly (Noun | Measure)[]; readonly length: number } {
  const by: (Noun | Measure)[] = []
  let end = at
  if (isCountAsked(reader, at)) return { by, length: 1 }
  for (let next = at; ;) {
    const key = readOwnedKey(reader, next) ?? readKey(reader, next)
    if (key === null) break
    by.push(key.by)
    end = next + key.length
    end += readBuilt(reader, end)
    if (saysAt(reader, end, 'filler')) end += 1
    const joint = jointAt(reader, end)
    if (joint === 0) break
    next = end + joint
  }
  return { by, length: end - at }
}

/** "ordered by this count": the count that is shown. */
function isCountAsked(reader: Reader, at: number): boolean {
  const isBare =
    saysAt(reader, at, 'count') && (reader.items[at + 1] === undefined || saysAt(reader, at + 1, 'stop', 'direction'))
  return isBare && reader.draft.asks.some((ask) => ask.kind === 'measure' && ask.measure.fn === 'count')
}

/** "and", "and then", "and their": what joins two sort keys. */
function jointAt(reader: Reader, at: number): number {
  let end = at
  while (saysAt(reader, end, 'and', 'comma') || (end > at && saysAt(reader, end, 'by', 'pronoun'))) end += 1
  return end - at
}

/** "the year *they were built*": the verb helps to choose the column. */
function readBuilt(reader: Reader, at: number): number {
  const verb = reader.items[at + 1]
  if (!saysAt(reader, at, 'pronoun') || verb?.type !== 'verb') return 0
  reader.draft.verbs.push(verb.word)
  return 2
}

function readOwnedKey(reader: Reader, at: number): { readonly by: Noun; readonly length: number } | null {
  const [owner, owned] = [nounAt(reader, at), nounAt(reader, at + 2)]
  if (owner === null || owned === null || !saysAt(reader, at + 1, 'pronoun')) return null
  return { by: makeNoun(reader, owned.mention, 'order', makeNoun(reader, owner.mention, 'loose')), length: 3 }
}

/** A table as sort key means its name, unless a count was asked for. */
function readKey(reader: Reader, at: number): { readonly by: Noun | Measure; readonly length: number } | null {
  const noun = nounAt(reader, at)
  if (noun !== null && isThing(noun.mention)) return { by: makeNoun(reader, noun.mention, 'order'), length: 1 }
  return readRankingKey(reader, at)
}

/** The head of a compound noun ("order *value*") and the qualifier before it. */
export interface Head {
  readonly item: ItemOf<'noun'>
  readonly qualifier: ItemOf<'noun'> | null
  /** The number of items consumed. */
  readonly length: number
}

/** Parses one noun or two adjacent nouns, or returns null. */
export function headAt(reader: Reader, at: number): Head | null {
  const [first, second] = [nounAt(reader, at), nounAt(reader, at + 1)]
  if (first === null) return null
  const isPair =
    second !== null &&
    areAdjacent(first, second) &&
    first.unit === null &&
    !isDoing(reader, at + 1) &&
    !/(?:ed|ing|aid)$/.test(second.mention.text)
  return isPair ? { item: second, qualifier: first, length: 2 } : { item: first, qualifier: null, length: 1 }
}

export function makeHeadNoun(reader: Reader, { item, qualifier }: Head, role: NounRole): Noun {
  const anchor = qualifier === null ? null : makeNoun(reader, qualifier.mention, 'loose')
  return makeNoun(reader, item.mention, role, anchor)
}

interface RankingKey {
  readonly by: Noun | Measure
  readonly length: number
}

/** Parses a ranking key: "average price", "number of orders", "order value". A table as key is counted. */
export function readRankingKey(reader: Reader, at: number): RankingKey | null {
  const phrase = phraseAt(reader, at)
  const fn = phrase?.is === 'count' ? 'count' : phrase?.is === 'aggregate' ? phrase.fn : null
  const values = fn === 'count' ? (readValues(reader, at + 1)?.length ?? 0) : 0
  const head = headAt(reader, (fn === null ? at : at + 1) + values)
  if (head === null) return null
  if (fn !== null) {
    const noun = makeHeadNoun(reader, head, fn === 'count' ? 'counted' : 'measure')
    if (values > 0) {
      reader.focus = noun
      readValuesOf(reader, at + 1, values)
    }
    return { by: { fn, noun, distinct: false }, length: head.length + values + 1 }
  }
  const { metric } = head.item.mention
  if (metric !== undefined && fn === null) {
    const noun = makeHeadNoun(reader, head, 'measure')
    return { by: { fn: metric.fn, noun, distinct: metric.distinct }, length: head.length }
  }
  const by = isThing(head.item.mention)
    ? { fn: 'count' as const, noun: makeHeadNoun(reader, head, 'counted'), distinct: false }
    : makeHeadNoun(reader, head, 'order')
  return { by, length: head.length }
}

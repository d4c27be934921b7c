import { singular } from '../../catalog/word-forms.ts'
import type { Quality } from '../../language/phrase.ts'
import { ordinalOf } from '../../language/number-words.ts'
import { isCompound } from './counted-rules.ts'
import type { Mention, MetricReading } from '../linking/mention.ts'
import { isNoun } from './draft.ts'
import type { Draft, Measure, Ranking } from './draft.ts'
import { headAt, makeHeadNoun, readRankingKey } from './sort-rules.ts'
import type { Head } from './sort-rules.ts'
import { areLinked, isAmount, isThing, makeNoun, nounAt, numberAt, phraseAt, saysAt, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

interface Superlative {
  readonly descending: boolean
  readonly quality: Quality | null
  readonly counting: boolean
}

/** The limit for "top" and plural superlatives without a number. */
const usualLimit = 10

/** "the highest", "most", "top 10", "first"; after "with the" also "maximum" and "minimum". */
function superlativeAt(reader: Reader, at: number): Superlative | null {
  const phrase = phraseAt(reader, at)
  if (phrase?.is === 'superlative') return phrase
  if (phrase?.is === 'first' && numberAt(reader, at + 1) === null && nounAt(reader, at + 1) !== null) {
    return { descending: false, quality: 'time', counting: false }
  }
  const picks = phrase?.is === 'aggregate' && (phrase.fn === 'max' || phrase.fn === 'min') && reader.relating
  return picks ? { descending: phrase.fn === 'max', quality: null, counting: false } : null
}

/** A superlative with the noun it applies to. */
export const readSuperlative: Rule = (reader, at) => {
  const found = superlativeAt(reader, at)
  if (found === null) return 0
  const number = numberAt(reader, at + 1)
  if (number !== null && number > 0) reader.draft.limit = { count: number, skip: 0 }
  const start = at + (number === null ? 1 : 2)
  if (superlativeAt(reader, start) !== null) return start - at
  assumeLimit(reader, start, found)
  return start - at + readRanked(reader, start, found)
}

/** Plural without a number: "the oldest engineers" are all of the highest age, "top customers" and "the latest orders" as many as usual. */
function assumeLimit(reader: Reader, at: number, { quality }: Superlative): void {
  const head = headAt(reader, at)
  if (reader.draft.limit !== null || head === null || !isThing(head.item.mention)) return
  const word = head.item.mention.text.toLowerCase()
  const isMany = singular(word) !== word
  if (!isMany || (quality === null && !startsWithTop(reader, at))) return
  if (quality !== null && quality !== 'time') {
    reader.draft.ties = true
    reader.draft.notes.push(tiesNote)
    return
  }
  showUsual(reader.draft)
}

const tiesNote = 'All that share the first place are shown.'

function showUsual(draft: Draft): void {
  draft.limit = { count: usualLimit, skip: 0 }
  draft.notes.push(`How many was not said; the first ${usualLimit} are shown.`)
}

function readRanked(reader: Reader, at: number, { descending, quality, counting }: Superlative): number {
  const rank = (by: Ranking['by'], length: number): number => {
    const atHead = reader.asking && !reader.relating && reader.draft.asks.every((ask) => ask.kind === 'measure')
    if (reader.draft.ranking !== null && reader.draft.ranking.by !== null) reader.unspent.push(wordsOf(reader, at - 1))
    reader.draft.ranking = { by, of: null, descending, atHead }
    if (atHead && by !== null && 'mention' in by) reader.draft.asks.push({ kind: 'noun', noun: by, distinct: false })
    reader.relating = false
    return length
  }
  const byQuality = quality === null ? null : { quality }
  if (saysAt(reader, at, 'aggregate', 'count')) {
    const key = readRankingKey(reader, at)
    return key === null ? rank(byQuality, 0) : rank(key.by, key.length)
  }
  const head = headAt(reader, at)
  if (head === null) return rank(byQuality, 0)
  const { metric } = head.item.mention
  if (metric !== undefined) return rankByMetric(reader, head, metric, rank)
  const role = rankedRole(reader, at, head, { descending, quality, counting })
  const isOther = reader.draft.asks.some(
    (ask) => ask.kind === 'noun' && ask.noun.mention.text !== head.item.mention.text,
  )
  const isNamed = isThing(head.item.mention) && !reader.attaching
  if (role === null && byQuality !== null && isOther && isNamed && reader.draft.ranking === null) {
    // "Which customer placed the largest order?" ranks the orders and shows the customer.
    const length = rank(byQuality, head.length)
    if (reader.draft.ranking !== null)
      reader.draft.ranking = { ...(reader.draft.ranking as Ranking), of: makeHeadNoun(reader, head, 'entity') }
    return length
  }
  if (role === null) {
    if (byQuality !== null && isThing(head.item.mention)) reader.ranked = head.item.mention.from
    return rank(byQuality, 0)
  }
  const noun = makeHeadNoun(reader, head, role)
  return rank(role === 'counted' ? { fn: 'count', noun, distinct: false } : noun, head.length)
}

/** "the highest basket size" needs something to rank: a metric has no rows of its own. */
function rankByMetric(
  reader: Reader,
  head: Head,
  { fn, distinct }: MetricReading,
  rank: (by: Measure, length: number) => number,
): number {
  const noun = makeHeadNoun(reader, head, 'measure')
  if (reader.draft.asks.length === 0) reader.draft.unknown.push(noun.mention.text)
  return rank({ fn, noun, distinct }, head.length)
}

/** Whether the noun after a superlative is counted, is the value compared, or is the ranked entity itself (null). */
function rankedRole(reader: Reader, at: number, { item }: Head, found: Superlative): 'counted' | 'order' | null {
  const { mention } = item
  // The most common height is that of most rows, not the highest one.
  const isCompared = found.quality !== 'popularity' && (isAmount(mention) || isFurtherDate(reader, mention, found))
  const isAbout = !isThing(mention) && isCompared
  const isTop = startsWithTop(reader, at)
  if (found.counting && !isAbout) return 'counted'
  if (isThing(mention)) return found.quality === null && !isTop ? 'counted' : null
  return isAbout || (mention.candidates[0]?.kind === 'column' && found.quality === null && !isTop) ? 'order' : null
}

/** "How many orders are there and what is the latest order date?": the date is a second number of the same rows. */
function isFurtherDate({ draft }: Reader, { candidates: [best] }: Mention, { quality }: Superlative): boolean {
  const isDate = best?.kind === 'column' && (best.column.kind === 'date' || best.column.kind === 'timestamp')
  return isDate && quality === 'time' && draft.asks.length > 0 && draft.asks.every(({ kind }) => kind === 'measure')
}

/** "top customers" ranks customers by a measure given elsewhere; "most customers" counts them. */
function startsWithTop(reader: Reader, at: number): boolean {
  const before = reader.items[at - 1]
  const phrase = before?.type === 'phrase' ? before : reader.items[at - 2]
  const word = phrase === undefined ? '' : reader.tokens[phrase.to - 1]?.lower
  return word === 'top' || word === 'bottom'
}

/** "spent the most", "visited most": the superlative follows its noun. */
export const readRankedBefore: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  const found = superlativeAt(reader, at + 1)
  if (item === null || found === null || reader.functions.length > 0 || !areLinked(reader, at, at + 1)) return 0
  if (nounAt(reader, at + 2) !== null || saysAt(reader, at + 2, 'aggregate', 'count')) return 0
  if (numberAt(reader, at + 2) !== null || (found.quality !== null && !isAmount(item.mention))) return 0
  const counts = found.counting || isThing(item.mention)
  if (!counts && !isAmount(item.mention)) return 0
  const by = counts
    ? { fn: 'count' as const, noun: makeNoun(reader, item.mention, 'counted'), distinct: false }
    : makeNoun(reader, item.mention, 'order')
  reader.draft.ranking = { by, of: null, descending: found.descending, atHead: false }
  reader.relating = false
  return 2
}

/** "top 10 … by revenue": the measure of the ranking follows. */
export const readRankedBy: Rule = (reader, at) => {
  const { ranking, limit } = reader.draft
  if (!saysAt(reader, at, 'by') || ranking === null || !isOpenRank(reader, ranking, at)) return 0
  const noun = nounAt(reader, at + 1)
  if (limit === null && noun !== null && !isAmount(noun.mention) && !isThing(noun.mention)) return 0
  const key = readRankingKey(reader, at + 1)
  if (key === null) return 0
  reader.draft.ranking = { ...ranking, by: key.by, ofAll: true }
  if (reader.draft.ties) {
    // "The biggest clients by revenue" are a list as "top clients by revenue" are.
    reader.draft.ties = false
    reader.draft.notes = reader.draft.notes.filter((told) => told !== tiesNote)
    showUsual(reader.draft)
  }
  const owner = saysAt(reader, at + key.length + 1, 'of') ? nounAt(reader, at + key.length + 2) : null
  const measured = isNoun(key.by) ? key.by : key.by.noun
  if (owner === null || measured === null || measured.anchor !== null || !isThing(owner.mention)) return key.length + 1
  // "Customers by total price of orders": the orders own the price, not the customers.
  measured.anchor = makeNoun(reader, owner.mention, 'loose')
  reader.focus = measured.anchor
  return key.length + 3
}

/** Whether a measure may follow: "top customers by …" has none yet, "biggest customers by revenue" none but how large they are. */
function isOpenRank(reader: Reader, { by }: Ranking, at: number): boolean {
  if (by === null) return true
  const isVague = !isNoun(by) && 'quality' in by && (by.quality === 'size' || by.quality === 'rating')
  const behind = nounAt(reader, at + 1)
  return isVague && (saysAt(reader, at + 1, 'count', 'aggregate') || (behind !== null && isAmount(behind.mention)))
}

/** "five customers", "first 10", "5 most expensive", "second highest": the number of rows and the offset. */
export const readLimit: Rule = (reader, at) => {
  const item = reader.items[at]
  const place = item?.type === 'unknown' ? ordinalOf(item.word.toLowerCase()) : null
  if (place !== null && superlativeAt(reader, at + 1) !== null) {
    reader.draft.limit = { count: 1, skip: place - 1 }
    return 1
  }
  const first = saysAt(reader, at, 'first') ? 1 : 0
  const number = numberAt(reader, at + first)
  if (number === null || number < 1 || number > 10_000 || !Number.isInteger(number)) return 0
  const next = at + first + 1
  if (first === 0 && isCompound(reader, next)) return 0
  const isLimit =
    first === 1 ||
    superlativeAt(reader, next) !== null ||
    (reader.asking && nounAt(reader, next) !== null && reader.functions.length === 0)
  if (!isLimit) return 0
  reader.draft.limit = { count: number, skip: 0 }
  return first + 1
}

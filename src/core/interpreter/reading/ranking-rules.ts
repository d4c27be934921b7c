import { isCompound } from './demand-rules.ts'
import type { Quality } from '../language/phrase.ts'
import { ordinalOf } from '../language/number-words.ts'
import type { Measure, Noun, Ranking } from './draft.ts'
import { areLinked, best, isAmount, isThing, itemAt, makeNoun, nounAt, numberAt, phraseAt, saysAt } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

type Superlative = { readonly descending: boolean; readonly quality: Quality | null; readonly counting: boolean }

/** "the highest", "most", "top 10"; with "with the" before them also "maximum" and "minimum". */
function superlativeAt(reader: Reader, at: number): Superlative | null {
  const phrase = phraseAt(reader, at)
  if (phrase?.is === 'superlative') return phrase
  const picks = phrase?.is === 'aggregate' && (phrase.fn === 'max' || phrase.fn === 'min') && reader.relating
  return picks ? { descending: phrase.fn === 'max', quality: null, counting: false } : null
}

/** A superlative with what it is about. */
export const readSuperlative: Rule = (reader, at) => {
  const found = superlativeAt(reader, at)
  if (found === null) return 0
  const number = numberAt(reader, at + 1)
  if (number !== null && number > 0) reader.draft.limit = { count: number, skip: 0 }
  const start = at + (number === null ? 1 : 2)
  const nested = superlativeAt(reader, start)
  if (nested !== null) return start - at
  return start - at + readRanked(reader, start, found)
}

function readRanked(reader: Reader, at: number, { descending, quality, counting }: Superlative): number {
  const fn = phraseAt(reader, at)
  const rank = (by: Ranking['by'], of: Noun | null, length: number): number => {
    const atHead = reader.asking && !reader.relating && reader.draft.asks.every((ask) => ask.kind === 'measure')
    reader.draft.ranking = { by, of, descending, atHead }
    if (atHead && by !== null && 'mention' in by) reader.draft.asks.push({ kind: 'noun', noun: by, distinct: false })
    reader.relating = false
    return length
  }
  if (fn?.is === 'aggregate' || fn?.is === 'count') {
    const item = nounAt(reader, at + 1)
    if (item === null) return rank(quality === null ? null : { quality }, null, 0)
    const measure: Measure = {
      fn: fn.is === 'count' ? 'count' : fn.fn,
      noun: makeNoun(reader, item.mention, fn.is === 'count' ? 'counted' : 'measure'),
      distinct: false,
    }
    return rank(measure, null, 2)
  }
  const item = nounAt(reader, at)
  if (item === null) return rank(quality === null ? null : { quality }, null, 0)
  const isAbout = !isThing(item.mention) && isAmount(item.mention)
  if (counting || (isThing(item.mention) && quality === null && !startsWithTop(reader, at))) {
    return rank({ fn: 'count', noun: makeNoun(reader, item.mention, 'counted'), distinct: false }, null, 1)
  }
  if (isAbout || (best(item.mention)?.kind === 'column' && quality === null && !startsWithTop(reader, at))) {
    return rank(makeNoun(reader, item.mention, 'order'), null, 1)
  }
  return rank(quality === null ? null : { quality }, null, 0)
}

/** "top customers" ranks customers by something said elsewhere; "most customers" counts them. */
function startsWithTop(reader: Reader, at: number): boolean {
  const before = itemAt(reader, at - 1)
  const phrase = before?.type === 'phrase' ? before : itemAt(reader, at - 2)
  const word = phrase === undefined ? '' : reader.tokens[phrase.to - 1]?.lower
  return word === 'top' || word === 'bottom'
}

/** "spent the most", "visited most": the superlative stands behind what it is about. */
export const readRankedBefore: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  const found = superlativeAt(reader, at + 1)
  if (item === null || found === null || reader.functions.length > 0 || !areLinked(reader, at, at + 1)) return 0
  const behind = itemAt(reader, at + 2)
  if (behind?.type === 'noun' || (behind?.type === 'phrase' && ['aggregate', 'count'].includes(behind.phrase.is)))
    return 0
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

/** "top 10 … by revenue": what the ranking goes by, said behind. */
export const readRankedBy: Rule = (reader, at) => {
  const { ranking, limit } = reader.draft
  if (!saysAt(reader, at, 'by') || ranking === null || ranking.by !== null) return 0
  const fn = phraseAt(reader, at + 1)
  const noun = nounAt(reader, at + (fn?.is === 'count' || fn?.is === 'aggregate' ? 2 : 1))
  if (noun === null) return 0
  if (fn?.is === 'count' || fn?.is === 'aggregate') {
    const measure: Measure = {
      fn: fn.is === 'count' ? 'count' : fn.fn,
      noun: makeNoun(reader, noun.mention, fn.is === 'count' ? 'counted' : 'measure'),
      distinct: false,
    }
    reader.draft.ranking = { ...ranking, by: measure }
    return 3
  }
  if (limit === null && !isAmount(noun.mention) && !isThing(noun.mention)) return 0
  const by = isThing(noun.mention)
    ? { fn: 'count' as const, noun: makeNoun(reader, noun.mention, 'counted'), distinct: false }
    : makeNoun(reader, noun.mention, 'order')
  reader.draft.ranking = { ...ranking, by }
  return 2
}

/** "five customers", "first 10", "5 most expensive", "second highest": how many rows, and from which place. */
export const readLimit: Rule = (reader, at) => {
  const item = itemAt(reader, at)
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

/** "ordered by name and age descending", "in descending order of price", "alphabetically". */
export const readSort: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase?.is === 'direction') return readDirectionFirst(reader, at, phrase.descending)
  if (phrase?.is !== 'order') return 0
  const descendingWord = saysDescending(reader, at)
  let end = at + 1
  const before = phraseAt(reader, end)
  if (before?.is === 'direction') end += 1
  while (saysAt(reader, end, 'by', 'of', 'preposition', 'pronoun')) end += 1
  const keys = readKeys(reader, end)
  end += keys.length
  const after = phraseAt(reader, end)
  const descending =
    after?.is === 'direction' ? after.descending : before?.is === 'direction' ? before.descending : descendingWord
  if (after?.is === 'direction') end += 1
  reader.draft.sort = { by: keys.by, descending }
  return end - at
}

const saysDescending = (reader: Reader, at: number): boolean => {
  const item = itemAt(reader, at)
  return item !== undefined && reader.tokens.slice(item.from, item.to).some((t) => t.lower === 'descending')
}

function readDirectionFirst(reader: Reader, at: number, descending: boolean): number {
  let end = at + 1
  while (saysAt(reader, end, 'of', 'by', 'preposition')) end += 1
  const keys = end > at + 1 ? readKeys(reader, end) : { by: [], length: 0 }
  const by = keys.by.length > 0 ? keys.by : (reader.draft.sort?.by ?? [])
  reader.draft.sort = { by, descending }
  return keys.length > 0 ? end + keys.length - at : 1
}

/** The nouns to sort by, each perhaps counted or averaged. */
function readKeys(reader: Reader, at: number): { readonly by: readonly (Noun | Measure)[]; readonly length: number } {
  const by: (Noun | Measure)[] = []
  let end = at
  for (let next = at; ;) {
    const fn = phraseAt(reader, next)
    const isMeasured = fn?.is === 'count' || fn?.is === 'aggregate'
    const noun = nounAt(reader, next + (isMeasured ? 1 : 0))
    if (noun === null) break
    const owned = !isMeasured && saysAt(reader, next + 1, 'pronoun') ? nounAt(reader, next + 2) : null
    if (owned !== null) {
      by.push(makeNoun(reader, owned.mention, 'order', makeNoun(reader, noun.mention, 'loose')))
      end = next + 3
      if (!saysAt(reader, end, 'and', 'comma')) break
      next = end + 1
      continue
    }
    if (isMeasured)
      by.push({
        fn: fn.is === 'count' ? 'count' : fn.fn,
        noun: makeNoun(reader, noun.mention, fn.is === 'count' ? 'counted' : 'measure'),
        distinct: false,
      })
    else by.push(makeNoun(reader, noun.mention, 'order'))
    end = next + (isMeasured ? 2 : 1)
    if (!saysAt(reader, end, 'and', 'comma')) break
    next = end + 1
  }
  return { by, length: end - at }
}

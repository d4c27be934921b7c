import { areAlike, readValues } from './comparison.ts'
import { areAdjacent, isAmount, isThing, nounAt, phraseAt, saysAt, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** "how many", "number of", "average": opens an aggregate that the next noun completes. */
export const readFunction: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase === null) return 0
  const counted = readCount(reader, at, phrase)
  if (counted > 0) return counted
  const fn = asksHowMuch(reader, at)
    ? 'sum'
    : phrase.is === 'count'
      ? 'count'
      : phrase.is === 'aggregate'
        ? phrase.fn
        : null
  if (fn === null) return 0
  const continues = reader.functions.length > 0 && (saysAt(reader, at - 1, 'and', 'comma') || phrase.is === 'aggregate')
  const outer = reader.functions.at(-1)
  const overGroups = phraseAt(reader, at - 1)?.is === 'aggregate' && outer !== undefined && outer.fn !== 'count'
  if (overGroups) {
    reader.draft.over = outer.fn
    reader.heldFunctions = reader.functions
    reader.functions = []
  } else if (!continues) dropFunctions(reader)
  startList(reader)
  reader.functions.push({ fn, distinct: false, words: wordsOf(reader, at) })
  return 1
}

/** "how much tax did we collect": the total of an amount. */
function asksHowMuch(reader: Reader, at: number): boolean {
  const next = nounAt(reader, at + 1)
  const isAsked = next !== null && next.mention.metric === undefined && !isThing(next.mention) && isAmount(next.mention)
  return isAsked && wordsOf(reader, at).toLowerCase() === 'how much' && areAdjacent(reader.items[at], next)
}

/** Aggregates that no noun has completed are not understood. */
function dropFunctions(reader: Reader): void {
  reader.unspent.push(...reader.functions.map((open) => open.words))
  reader.functions = []
}

/** Counts that no following noun completes: of events, of the noun before, or of what was counted or ranked earlier; 0 for none. */
function readCount(reader: Reader, at: number, phrase: NonNullable<ReturnType<typeof phraseAt>>): number {
  if (phrase.is === 'times' || (phrase.is === 'count' && saysAt(reader, at + 1, 'times'))) {
    startList(reader)
    reader.draft.asks.push({ kind: 'measure', measure: { fn: 'count', noun: null, distinct: false } })
    return phrase.is === 'times' ? 1 : 2
  }
  if (phrase.is !== 'count') return 0
  if (
    nounAt(reader, at + 1) === null &&
    nounAt(reader, at - 1) !== null &&
    areAdjacent(reader.items[at - 1], reader.items[at])
  ) {
    return countBefore(reader)
  }
  const earlier = reader.earlierAsks?.filter((ask) => ask.kind === 'measure') ?? []
  const refers = reader.items[at + 1] === undefined || saysAt(reader, at + 1, 'and', 'comma', 'stop')
  if (refers && earlier.length > 0) {
    reader.draft.asks.push(...earlier)
    return 1
  }
  const ranked = reader.draft.ranking?.by ?? null
  if (ranked !== null && 'fn' in ranked && isBare(reader, at + 1)) {
    reader.draft.asks.push({ kind: 'measure', measure: ranked })
    return 1
  }
  if (isOfColumns(reader, at)) {
    reader.draft.asks.push({ kind: 'measure', measure: { fn: 'count', noun: null, distinct: false } })
    return 1
  }
  return readSecondValue(reader, at)
}

/** "the most common type and how many are there", "the types and the count": the rows of each value are counted. */
function isOfColumns(reader: Reader, at: number): boolean {
  const { asks, ranking, groups } = reader.draft
  const isCommon = ranking !== null && 'quality' in (ranking.by ?? {}) && ranking.atHead && ranking.of === null
  const isPlain = asks.every((ask) => ask.kind === 'noun' && !isThing(ask.noun.mention))
  if (!isPlain || asks.length + groups.length === 0 || !saysAt(reader, at - 1, 'and', 'comma')) return false
  if (isCommon) return isBare(reader, at + 1)
  const isLast = reader.items[at + 1] === undefined || saysAt(reader, at + 1, 'stop', 'order', 'direction')
  return ranking === null && isLast && /count$/i.test(wordsOf(reader, at))
}

/** "How many boats are tugs and how many are ferries?": one count for each of the values. */
function readSecondValue(reader: Reader, at: number): number {
  const { asks, filters, groups } = reader.draft
  const last = filters.at(-1)
  const more = readValues(reader, at + 1)
  if (more === null || last?.subject !== null || last.operand.kind !== 'values' || last.negated) return 0
  const [first] = last.operand.values
  const isCounted = asks.length === 1 && asks[0]?.kind === 'measure' && asks[0].measure.fn === 'count'
  const shares = first !== undefined && more.values.every((value) => areAlike(first, value))
  if (!shares || !isCounted || !saysAt(reader, at - 1, 'and', 'comma')) return 0
  const values = [...last.operand.values, ...more.values]
  filters.splice(-1, 1, { ...last, operand: { ...last.operand, values, joint: 'or' } })
  if (!groups.some(({ kind }) => kind === 'values'))
    groups.push({ kind: 'values', noun: null, value: first, each: false })
  return 1 + more.length
}

/** "and how many does it have?": a count whose noun is left out. */
function isBare(reader: Reader, at: number): boolean {
  const item = reader.items[at]
  if (item === undefined || saysAt(reader, at, 'stop')) return true
  return (saysAt(reader, at, 'pronoun', 'has', 'lead') || item.type === 'verb') && isBare(reader, at + 1)
}

/** "order count": the preceding noun is counted. */
function countBefore(reader: Reader): number {
  const last = reader.draft.asks.at(-1)
  if (last?.kind !== 'noun') return 1
  last.noun.role = 'counted'
  const measure = { fn: 'count' as const, noun: last.noun, distinct: false }
  reader.draft.asks.splice(-1, 1, { kind: 'measure', measure })
  return 1
}

/** Begins the list of what to show anew. */
export function startList(reader: Reader): void {
  reader.asking = true
  reader.attaching = false
  reader.relating = false
  reader.within = null
}

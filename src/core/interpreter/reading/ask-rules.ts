import type { MetricReading } from '../linking/mention.ts'
import type { Noun, ItemOf } from './draft.ts'
import { isNoun } from './draft.ts'
import {
  areAdjacent,
  isAmount,
  isThing,
  makeNoun,
  nounAt,
  ownGroup,
  phraseAt,
  saysAt,
  isDoing,
  isLead,
} from './reader.ts'
import { startList } from './function-rules.ts'
import type { OpenFunction, Reader, Rule } from './reader.ts'

/** A noun directly before another noun or before "'s" is the owner of the next noun. */
export const readQualifier: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  const next = reader.items[at + 1]
  if (item === null || next === undefined) return 0
  const owns = next.type === 'phrase' && next.phrase.is === 'pronoun' && reader.tokens[next.from]?.text === "'s"
  const compound =
    next.type === 'noun' &&
    areAdjacent(item, next) &&
    item.unit === null &&
    !/(?:ed|ing|aid)$/.test(next.mention.text) &&
    !isDoing(reader, at + 1)
  if (!(owns || compound) || reader.attaching) return 0
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = noun
  if (!owns && !isThing(item.mention)) {
    reader.draft.relations.push({ noun, negated: false, count: null, about: null, loose: true, with: false })
  }
  if (owns) reader.focus = noun
  return owns ? 2 : 1
}

/** A noun in the list of what to show. */
export const readAsk: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  if (item === null || !reader.asking || isDoing(reader, at)) return 0
  if (reader.functions.length > 0) return readMeasured(reader, item)
  if (reader.opening) return readOpening(reader, item)
  if (reader.attaching) return readOwner(reader, item, at)
  const again = functionsAgain(reader, item, at)
  if (again.length > 0) {
    reader.functions = [...again]
    return readMeasured(reader, item)
  }
  if (!continuesList(reader, at)) {
    reader.asking = false
    reader.relating = false
    return 0
  }
  if (item.mention.metric !== undefined) return readMetric(reader, item, item.mention.metric)
  const noun = makeNoun(reader, item.mention, 'ask', takeQualifier(reader) ?? reader.owner)
  // "The ids and texts of paragraphs": the ids are those of the paragraphs as well.
  if (/ of /i.test(item.mention.text))
    for (const ask of reader.draft.asks.slice(reader.openAsks)) if (ask.kind === 'noun') ask.noun.anchor ??= noun
  reader.draft.asks.push({ kind: 'noun', noun, distinct: takeDistinct(reader) })
  if (isThing(item.mention)) reader.focus = noun
  return 1
}

/** "For the orders of 2024, …": a noun of the opening phrase, which is not shown. */
function readOpening(reader: Reader, item: ItemOf<'noun'>): number {
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = null
  reader.draft.relations.push({ noun, negated: false, count: null, about: null, loose: true, with: false })
  reader.focus = noun
  return 1
}

/** A further noun continues the list only after a comma, "and" or a similar word: "How many prices do customers pay?" */
function continuesList(reader: Reader, at: number): boolean {
  // "get" and similar words in the middle of a clause do not open a list.
  const followsMidLead = at > 1 && saysAt(reader, at - 1, 'lead') && !isLead(reader, at - 1)
  return reader.negated === null && !followsMidLead && isListed(reader, at)
}

const isListed = (reader: Reader, at: number): boolean =>
  reader.draft.asks.length === 0 ||
  at === 0 ||
  saysAt(
    reader,
    at - 1,
    'and',
    'comma',
    'or',
    'lead',
    'which',
    'distinct',
    'pronoun',
    'with',
    'stop',
    'this',
    'superlative',
    'has',
  )

/** "average price and weight" averages both; "number of different A and B" counts both. */
function functionsAgain(reader: Reader, item: ItemOf<'noun'>, at: number): readonly OpenFunction[] {
  const follows = saysAt(reader, at - 1, 'and', 'comma') && reader.draft.asks.at(-1)?.kind === 'measure'
  if (!follows || reader.draft.asks.some((ask) => ask.kind !== 'measure')) return []
  const isDistinctCount = reader.lastFunctions.every((f) => f.fn === 'count' && f.distinct)
  const isCountOfThings = isThing(item.mention) && reader.lastFunctions.every((f) => f.fn === 'count' && !f.distinct)
  const isNumber =
    reader.lastFunctions.every((f) => f.fn !== 'count') && isAmount(item.mention) && !isThing(item.mention)
  return reader.lastFunctions.length > 0 && (isDistinctCount || isCountOfThings || isNumber) ? reader.lastFunctions : []
}

/** A metric is a complete measure; only "total" or "how many" may stand before one that adds up or counts. */
function readMetric(reader: Reader, item: ItemOf<'noun'>, { fn, distinct }: MetricReading): number {
  const repeats = reader.functions.every((open) => open.fn === fn || (open.fn === 'sum' && fn === 'count'))
  if (!repeats) reader.draft.unknown.push(item.mention.text)
  reader.functions = []
  const noun = makeNoun(reader, item.mention, 'measure', takeQualifier(reader))
  reader.draft.asks.push({ kind: 'measure', measure: { fn, noun, distinct } })
  return 1
}

function readMeasured(reader: Reader, item: ItemOf<'noun'>): number {
  if (item.mention.metric !== undefined) return readMetric(reader, item, item.mention.metric)
  const distinct = takeDistinct(reader)
  if (reader.heldFunctions.length > 0 && isAmount(item.mention) && !isThing(item.mention)) {
    reader.functions = [...reader.heldFunctions]
    reader.draft.over = null
  } else if (reader.heldFunctions.length > 1) reader.draft.unknown.push(item.mention.text)
  reader.heldFunctions = []
  const isCount = reader.functions.some((f) => f.fn === 'count')
  reader.owner = null
  const noun = makeNoun(reader, item.mention, isCount ? 'counted' : 'measure', takeQualifier(reader))
  reader.lastFunctions = reader.functions.map((f) => ({ ...f, fn: meantBy(f, item), distinct: f.distinct || distinct }))
  for (const { fn, distinct: own } of reader.lastFunctions) {
    reader.draft.asks.push({ kind: 'measure', measure: { fn, noun, distinct: own } })
  }
  reader.functions = []
  if (isThing(item.mention)) reader.focus = noun
  return 1
}

/** "the total number of points" adds up a column of points. */
const meantBy = ({ fn, words }: OpenFunction, { mention }: ItemOf<'noun'>): OpenFunction['fn'] =>
  fn === 'count' && /^total /i.test(words) && isAmount(mention) && !isThing(mention) ? 'sum' : fn

/** The noun after "of" becomes the owner of everything shown so far that has none. */
function readOwner(reader: Reader, item: ItemOf<'noun'>, at: number): number {
  const noun = makeNoun(reader, item.mention, 'entity', reader.qualifier)
  reader.qualifier = null
  if (ownGroup(reader, at, noun)) return 1
  const owned: Noun[] = []
  for (const ask of reader.draft.asks.slice(reader.openAsks)) {
    if (ask.kind === 'noun') owned.push(ask.noun)
    else if (ask.kind === 'measure' && isNoun(ask.measure.noun)) owned.push(ask.measure.noun)
    else if (ask.kind !== 'measure') ask.of ??= noun
  }
  for (const own of owned) own.anchor ??= noun
  if (owned.some((own) => own.role === 'counted') && !saysAt(reader, at - 1, 'of')) {
    reader.draft.relations.push({ noun, negated: false, count: null, about: null, loose: true, with: false })
  }
  if (item.mention.candidates[0]?.kind !== 'formula') reader.focus = noun
  reader.openAsks = reader.draft.asks.length
  reader.attaching = false
  reader.asking = continuesAsking(reader, at + 1)
  return 1
}

/** After "names of customers", "and numbers of orders" or "and how many …" continues the list of what to show. */
function continuesAsking(reader: Reader, at: number): boolean {
  if (!saysAt(reader, at, 'and', 'comma', 'with')) return false
  const next = saysAt(reader, at + 1, 'and', 'distinct') ? at + 2 : at + 1
  return nounAt(reader, next) !== null || saysAt(reader, next, 'count', 'aggregate', 'lead', 'pronoun')
}

function takeQualifier(reader: Reader): Noun | null {
  const { qualifier } = reader
  reader.qualifier = null
  return qualifier
}

function takeDistinct(reader: Reader): boolean {
  const { distinct } = reader
  reader.distinct = false
  return distinct
}

/** "how old" asks for a quality; before an amount ("how high is the salary") it only opens the list. */
export const readHow: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase?.is !== 'how') return 0
  const next = nounAt(reader, at + 1)
  startList(reader)
  if (next !== null && !isThing(next.mention) && isAmount(next.mention)) return 1
  const isHead = reader.draft.asks.length === 0
  reader.draft.asks.push({ kind: 'how', quality: phrase.quality, of: null })
  reader.attaching = isHead
  return 1
}

/** "when" and "where" ask for a date or a location of the next noun. */
export const readWhenWhere: Rule = (reader, at) => {
  if (reader.draft.asks.length > 0 || at > 1) return 0
  if (saysAt(reader, at, 'when')) reader.draft.asks.push({ kind: 'when', of: null })
  else if (saysAt(reader, at, 'where')) reader.draft.asks.push({ kind: 'where', of: null })
  else return 0
  reader.attaching = true
  return 1
}

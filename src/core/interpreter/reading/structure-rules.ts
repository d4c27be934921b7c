import { wholes } from '../../language/lexicon.ts'
import { endsAt } from './comparison.ts'
import type { Phrase, PlainRole } from '../../language/phrase.ts'
import {
  nounAt,
  numberAt,
  phraseAt,
  saysAt,
  isLead,
  areAdjacent,
  dropNegation,
  dropOr,
  openNegation,
  wordsOf,
  isThing,
  makeNoun,
  ownGroup,
  takeNegation,
  isDoing,
  areLinked,
} from './reader.ts'
import type { Reader, Rule } from './reader.ts'
import type { ItemOf, Relation } from './draft.ts'

/** How function words change the parser's state. Roles not listed change nothing. */
const effects: Readonly<Partial<Record<PlainRole, (reader: Reader, at: number) => void>>> = {
  lead: startAsking,
  which: (reader) => {
    reader.draft.which = true
    startAsking(reader)
  },
  pronoun: startOwned,
  who: startAsking,
  not: openNegation,
  or: (reader, at) => {
    reader.or = wordsOf(reader, at)
  },
  both: (reader, at) => {
    reader.both = wordsOf(reader, at)
  },
  distinct: (reader) => {
    reader.distinct = true
  },
  whole: (reader) => {
    reader.draft.whole = true
  },
  whose: startModifying,
  relative: startModifying,
  has: startRelating,
  with: startRelating,
  without: (reader, at) => {
    startRelating(reader)
    openNegation(reader, at)
  },
}

function startAsking(reader: Reader): void {
  reader.asking = true
  reader.attaching = false
  reader.relating = false
  reader.within = null
  reader.opening = false
}

/** "its id", "their names": continues the list of what to show with the antecedent as owner. */
function startOwned(reader: Reader): void {
  if (reader.draft.asks.length + reader.draft.groups.length === 0) return
  reader.owner = reader.focus
  if (reader.within === null) reader.asking = true
  reader.relating = false
}

function startModifying(reader: Reader): void {
  if (reader.draft.asks.length === 0 && reader.functions.length === 0) return
  reader.asking = false
  reader.attaching = false
}

function startRelating(reader: Reader): void {
  if (reader.draft.asks.length === 0 && reader.functions.length === 0) return
  reader.asking = false
  reader.attaching = false
  reader.relating = true
}

/** Function words that only change how the following words are read. */
export const readSmallWord: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase === null) return 0
  const isWho = phrase.is === 'who' || (phrase.is === 'lead' && /^who /i.test(wordsOf(reader, at)))
  if (isWho && at > 0 && !saysAt(reader, at - 1, 'stop', 'comma', 'and')) {
    startModifying(reader)
    reader.within = null
    return 1
  }
  if (isEffective(reader, at, phrase.is)) effects[phrase.is as PlainRole]?.(reader, at)
  if (phrase.is === 'comma') reader.opening = false
  if (phrase.is === 'relative' && at === 0) reader.draft.which = true
  if (phrase.is === 'relative') reader.within = null
  if (phrase.is === 'share') reader.draft.share = true
  const opensNoun = phrase.is === 'match' && (nounAt(reader, at + 1) !== null || numberAt(reader, at + 1) !== null)
  if (unfinished.has(phrase.is) && !opensNoun) reader.unspent.push(wordsOf(reader, at))
  return 1
}

/** Phrases that need a noun or a value around them. One that no rule has consumed is not understood. */
const unfinished: ReadonlySet<Phrase['is']> = new Set([
  'sign',
  'or-more',
  'than',
  'compare',
  'compare-open',
  'between',
  'match',
  'missing',
  'present',
  'average-value',
  'superlative',
  'instead',
])

/** "its" has an effect, "it" has none; "get" and "show" only have one at the start of a clause. */
function isEffective(reader: Reader, at: number, is: string): boolean {
  const words = wordsOf(reader, at).toLowerCase()
  if (is === 'pronoun') return /^(?:its|their|his|her)$/.test(words)
  return is !== 'lead' || isLead(reader, at)
}

/** Ends a sentence. A next sentence that begins with "List …" says what to show. */
export const readStop: Rule = (reader, at) => {
  if (!saysAt(reader, at, 'stop')) return 0
  const isFurther = saysAt(reader, at + 1, 'and')
  const opens = saysAt(reader, at + 1, 'lead') || (nounAt(reader, at + 1) === null && saysAt(reader, at + 2, 'lead'))
  if (isFurther) reader.openAsks = reader.draft.asks.length
  else if (opens && reader.draft.asks.length > 0) {
    reader.earlierAsks = reader.draft.asks
    reader.draft.asks = []
    reader.openAsks = 0
  }
  startAsking(reader)
  dropNegation(reader)
  dropOr(reader)
  return 1
}

/** "of", "for" and other prepositions attach the next noun to what came before. */
export const readLink: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase === null || !(phrase.is === 'of' || phrase.is === 'preposition')) return 0
  if (/^out of$/i.test(wordsOf(reader, at)) && isTrait(reader, at + 1)) {
    openNegation(reader, at)
    startRelating(reader)
    return 1
  }
  const behind = reader.items[at + 2]?.type
  if (saysAt(reader, at + 1, 'this', 'relative') && (behind === 'noun' || behind === 'unknown')) return 3
  if (at === 0) reader.opening = true
  if (reader.asking && reader.draft.asks.length > 0) reader.attaching = true
  if (phrase.is === 'preposition' && phrase.role !== 'place')
    reader.draft.verbs.push(phrase.role === 'source' ? 'from' : 'to')
  return 1
}

/** Whether a noun names what rows have or lack: a yes/no column, or a number of things ("out of stock"). */
function isTrait(reader: Reader, at: number): boolean {
  const [best] = nounAt(reader, at)?.mention.candidates ?? []
  return best?.kind === 'column' && best.column.kind !== 'date' && best.column.kind !== 'timestamp'
}

/** "those customers", "that country": a reference to something mentioned before. */
export const readReference: Rule = (reader, at) => {
  if (saysAt(reader, at, 'instead')) return nounAt(reader, at + 1) === null ? 1 : 2
  if (!saysAt(reader, at, 'this') || nounAt(reader, at + 1) === null) return 0
  if (saysAt(reader, at - 1, 'lead')) return 1
  return reader.draft.nouns.length > 0 ? 2 : 0
}

/** Keeps a verb as a hint for choosing dates and joins. */
export const readVerb: Rule = (reader, at) => {
  const item = reader.items[at]
  if (item?.type !== 'verb') return 0
  reader.draft.verbs.push(item.word)
  reader.draft.links.push({ word: item.word, at: item.from, unlisted: false })
  if (endsAt(reader.items[at + 1]) || saysAt(reader, at + 1, 'each')) reader.draft.finalVerbs.push(item.word)
  if (reader.draft.asks.length > 0 && reader.functions.length === 0) {
    reader.asking = false
    reader.attaching = false
    reader.relating = true
  }
  return 1
}

/** Recognises an unlisted verb by its position: "the clerk *handled* the most orders", "did each clerk *handle*?", "teams that *suffer* losses". */
function isLinkingVerb(reader: Reader, at: number, word: string): boolean {
  const [before, next] = [reader.items[at - 1], reader.items[at + 1]]
  if (!/^[a-z]{3,}$/.test(word) || next?.type === 'unknown') return false
  const follows = before?.type === 'noun' || before?.type === 'value'
  const hasDo = reader.tokens.slice(0, reader.items[at]?.from ?? 0).some((t) => /^(?:do|does|did)$/.test(t.lower))
  if (endsAt(next)) return hasDo && follows
  if (next?.type === 'noun' && word.endsWith('ed') && !saysAt(reader, at - 1, 'relative', 'has'))
    return follows && !areAdjacent(reader.items[at], next)
  if (/(?:ed|ing)$/.test(word)) return follows || saysAt(reader, at - 1, 'relative', 'has', 'not')
  return saysAt(reader, at - 1, 'relative') || (hasDo && (follows || saysAt(reader, at - 1, 'not')))
}

/** Words that could not be linked; any of them makes the interpreter decline. */
export const readUnknown: Rule = (reader, at) => {
  const item = reader.items[at]
  if (item?.type !== 'unknown') return 0
  if (isLinkingVerb(reader, at, item.word)) {
    reader.draft.verbs.push(item.word.toLowerCase())
    reader.draft.links.push({ word: item.word, at: item.from, unlisted: true })
    if (reader.draft.asks.length > 0 && reader.functions.length === 0 && nounAt(reader, at + 1) !== null) {
      reader.asking = false
      reader.attaching = false
      reader.relating = true
    }
    return 1
  }
  if (isWholeOfData(reader, at, item)) {
    reader.draft.frames.push({ from: item.from, to: item.to })
    reader.draft.notes.push(`"the ${item.word}" is taken to mean everything in this connection.`)
    return 1
  }
  reader.draft.unknown.push(item.word)
  return 1
}

/** "the oldest staff in the company": a word for the whole that the data describe, where nothing in them bears its name. */
function isWholeOfData(reader: Reader, at: number, { word, from, to }: ItemOf<'unknown'>): boolean {
  const { tokens, items, draft } = reader
  const [lead, article] = [tokens[from - 2]?.lower ?? '', tokens[from - 1]?.lower ?? '']
  const next = items[at + 1]
  const isCompound = next?.from === to && ['noun', 'unknown', 'value'].includes(next.type)
  if (isCompound || !wholes.has(word.toLowerCase()) || !/^(?:the|our)$/.test(article)) return false
  // Who left or joined it is a condition of its own, which a date must tell.
  const isDated = next?.type === 'period' || draft.asks.some(({ kind }) => kind === 'when')
  return places.has(lead) || (/^(?:le(?:ave|aves|ft|aving)|join(?:s|ed|ing)?)$/.test(lead) && isDated)
}

/** The words that may stand before such a noun and its article. */
const places = new Set(['in', 'of', 'at', 'from', 'within', 'inside', 'across'])

/** A noun in the part that restricts rows: related rows that must exist, must be absent, or are only mentioned. */
export const readRelation: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  if (item === null) return 0
  if (isDoing(reader, at)) {
    reader.draft.verbs.push(item.mention.text.toLowerCase())
    return 1
  }
  if (reader.asking) return 0
  const before = reader.items[at - 1]
  const asWhat =
    saysAt(reader, at - 1, 'preposition') &&
    reader.items[at - 2]?.type === 'value' &&
    reader.tokens[before?.from ?? 0]?.lower === 'as'
  if (asWhat || (before?.type === 'value' && areLinked(reader, at - 1, at))) return readValued(reader, item)
  const negated = takeNegation(reader)
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = null
  if (saysAt(reader, at - 1, 'of') && !negated && !reader.relating) {
    ownGroup(reader, at, noun)
    if (isThing(item.mention)) reader.focus = noun
    return 1
  }
  const relation: Relation = {
    noun,
    negated,
    count: null,
    about: reader.focus,
    loose: !reader.relating && !negated,
    with: saysAt(reader, at - 1, 'with'),
  }
  reader.draft.relations.push(relation)
  reader.relating = saysAt(reader, at + 1, 'and', 'or', 'comma') && reader.relating
  if (negated) reader.within = relation
  if (isThing(item.mention)) reader.focus = noun
  return 1
}

/** "card payments": the value is the filter already; the noun only names its owner. */
function readValued(reader: Reader, item: ItemOf<'noun'>): number {
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = null
  if (isThing(item.mention)) reader.focus = noun
  return 1
}

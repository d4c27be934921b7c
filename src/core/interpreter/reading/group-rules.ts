import type { PhraseUnit } from '../../language/phrase.ts'
import type { Item, Noun, ItemOf } from './draft.ts'
import {
  followsParticiple,
  isThing,
  makeNoun,
  nounAt,
  phraseAt,
  saysAt,
  isAmount,
  wordsBetween,
  wordsOf,
} from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** "for each region", "per month", "in each department and year". */
export const readEach: Rule = (reader, at) => {
  if (!saysAt(reader, at, 'each')) return 0
  const next = reader.items[at + 1]
  const unit = next?.type === 'period' ? /(day|week|month|quarter|year)s$/.exec(next.period.words)?.[1] : undefined
  if (unit !== undefined) reader.draft.groups.push({ kind: 'time', unit: unit as PhraseUnit, noun: null, each: true })
  const taken = readGroups(reader, at + 1, true)
  if (/^across/i.test(wordsOf(reader, at))) mark(reader, at, { across: true })
  if (/^per$/i.test(wordsOf(reader, at))) mark(reader, at, { per: true })
  // "How many do they have each?" closes a list; before anything else, the word needs its group.
  if (
    taken === 0 &&
    unit === undefined &&
    next !== undefined &&
    !saysAt(reader, at + 1, 'stop', 'and', 'comma', 'pronoun', 'filler')
  )
    reader.unspent.push(wordsOf(reader, at))
  return 1 + taken
}

function mark({ draft, items }: Reader, at: number, word: { readonly across?: true; readonly per?: true }): void {
  const from = items[at]?.from ?? 0
  draft.groups = draft.groups.map((group) =>
    group.kind === 'noun' && group.noun.mention.from > from ? { ...group, ...word } : group,
  )
}

/** "by segment" groups; after a participle ("owned by customers") "by" introduces the agent. */
export const readBy: Rule = (reader, at) => {
  const item = reader.items[at]
  if (item === undefined) return 0
  if (saysAt(reader, at, 'order')) return 1 + readGroups(reader, at + 1, false)
  if (!saysAt(reader, at, 'by')) return 0
  const behind = reader.items[at + 1]
  if (behind?.type === 'value') {
    if (behind.mention === null) reader.draft.unknown.push(`by ${behind.text}`)
    return 1
  }
  if (introducesAgent(reader, item, at)) {
    reader.asking = false
    reader.attaching = false
    reader.relating = true
    return 1
  }
  const taken = readGroups(reader, at + 1, false)
  if (taken === 0 && !followsParticiple(reader, item)) reader.unspent.push(wordsOf(reader, at))
  return 1 + taken
}

/** Whether "by" names who did something ("owned by customers", "used by more than 3") rather than a group. */
function introducesAgent(reader: Reader, by: Item, at: number): boolean {
  if (saysAt(reader, at + 1, 'compare', 'between')) return true
  // "by sailor 3" names the one who did it.
  const one = nounAt(reader, at + 1)
  if (one !== null && isThing(one.mention) && reader.items[at + 2]?.type === 'number') return true
  if (!followsParticiple(reader, by)) return false
  const next = nounAt(reader, at + 1)
  if (next === null) return reader.items[at + 1]?.type === 'number'
  if (wordsBetween(reader, by, next).includes('any')) return true
  const isMany = /[^s]s$/.test(next.mention.text.toLowerCase())
  const isTold =
    reader.items[at + 2] !== undefined &&
    !saysAt(reader, at + 2, 'and', 'comma', 'stop', 'each', 'order', 'direction') &&
    reader.items[at + 2]?.type !== 'period'
  return isTold || reader.negated !== null || (isThing(next.mention) && isMany) || reader.draft.asks.length === 0
}

/** Parses nouns and time units joined by "and"; returns the number of items consumed. */
function readGroups(reader: Reader, at: number, each: boolean): number {
  let end = at
  for (let next = at; ;) {
    while (saysAt(reader, next, 'distinct', 'this', 'of') || (next === at && saysAt(reader, next, 'count'))) next += 1
    const unit = unitAt(reader, next)
    const noun = nounAt(reader, next)
    if (unit === null && noun === null) break
    if (noun !== null && end > at && startsOther(reader, next)) break
    next += addGroup(reader, unit, noun, next, each)
    end = next
    if (!saysAt(reader, next, 'and', 'comma')) break
    const skip = saysAt(reader, next + 1, 'and', 'each', 'by') ? 2 : 1
    next += saysAt(reader, next + skip, 'by', 'each') ? skip + 1 : skip
  }
  return end - at
}

/** A further noun continues the grouping only when the list of what to show is complete. */
const startsOther = (reader: Reader, at: number): boolean =>
  reader.draft.asks.length === 0 ||
  saysAt(reader, at + 1, 'compare', 'between') ||
  reader.items[at + 1]?.type === 'value'

function unitAt(reader: Reader, at: number): PhraseUnit | null {
  const phrase = phraseAt(reader, at)
  return phrase?.is === 'unit' ? phrase.unit : (nounAt(reader, at)?.unit ?? null)
}

function addGroup(
  reader: Reader,
  unit: PhraseUnit | null,
  item: ItemOf<'noun'> | null,
  at: number,
  each: boolean,
): number {
  const { draft } = reader
  const follower = nounAt(reader, at + 1)
  if (item !== null && unit === null && follower !== null && isThing(item.mention) && item.to === follower.from) {
    const owner = makeNoun(reader, item.mention, 'loose', null)
    draft.groups.push({ kind: 'noun', noun: makeNoun(reader, follower.mention, 'group', owner), each })
    return 2
  }
  const again = draft.groups.find((g) => g.kind === 'noun' && g.noun.mention.text === item?.mention.text)
  if (unit === null && again?.kind === 'noun') {
    attachAll(reader, again.noun)
    return 1
  }
  const noun = item === null ? null : makeNoun(reader, item.mention, 'group', null)
  if (unit !== null) draft.groups.push({ kind: 'time', unit, noun, each })
  else if (noun !== null) draft.groups.push({ kind: 'noun', noun, each })
  if (noun !== null && unit === null) {
    reader.focus = isThing(noun.mention) ? noun : reader.focus
    attach(reader, noun)
  }
  return 1
}

/** "names of each customer": what is shown belongs to the customer. */
function attach(reader: Reader, noun: Noun): void {
  if (isThing(noun.mention) || !isAmount(noun.mention)) attachAll(reader, noun)
  else reader.openAsks = reader.draft.asks.length
}

function attachAll(reader: Reader, noun: Noun): void {
  for (const ask of reader.draft.asks.slice(reader.openAsks))
    if (ask.kind === 'noun' && ask.noun.role === 'ask') ask.noun.anchor ??= noun
  reader.openAsks = reader.draft.asks.length
}

/** "monthly revenue", "orders over time". */
export const readTrend: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase?.is !== 'trend') return 0
  reader.draft.groups.push({ kind: 'time', unit: phrase.unit, noun: null, each: false })
  if (
    reader.asking &&
    nounAt(reader, at + 1) !== null &&
    reader.functions.length === 0 &&
    reader.draft.asks.length === 0
  ) {
    const amount = nounAt(reader, at + 1)
    if (amount !== null)
      reader.functions.push({
        fn: isThing(amount.mention) ? 'count' : 'sum',
        distinct: false,
        words: wordsOf(reader, at),
      })
  }
  return 1
}

/** "in which year …" asks for a time unit. */
export const readAskedUnit: Rule = (reader, at) => {
  const unit = unitAt(reader, at)
  if (unit === null || !reader.asking || reader.functions.length > 0) return 0
  const noun = nounAt(reader, at)
  if (noun !== null) return 0
  const asked = saysAt(reader, at - 1, 'which', 'lead', 'and', 'comma', 'distinct', 'relative')
  if (!asked) return 0
  reader.draft.groups.push({ kind: 'time', unit, noun: null, each: false, asked })
  return 1
}

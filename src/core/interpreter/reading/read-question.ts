import type { Token } from '../../language/tokenise.ts'
import { unitsSaid } from '../../language/units.ts'
import { readAsk, readHow, readQualifier, readWhenWhere } from './ask-rules.ts'
import { readFunction } from './function-rules.ts'
import { readNumberedNoun } from './counted-rules.ts'
import {
  readCountFilter,
  readLooseFilter,
  readCondition,
  readPeriodFilter,
  readSubjectFilter,
  readValueFilter,
} from './filter-rules.ts'
import { readChange } from './change-rules.ts'
import type { Draft, Item } from './draft.ts'
import { readAskedUnit, readBy, readEach, readTrend } from './group-rules.ts'
import { readLimit, readRankedBefore, readRankedBy, readSuperlative } from './ranking-rules.ts'
import { readColumnFilter, readComparedNumbers, readIncluded, readMatchBefore } from './noun-rules.ts'
import { readSort } from './sort-rules.ts'
import { dropNegation, dropOr, startReading, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'
import { readDeed, readTimes } from './verb-rules.ts'
import {
  readRelation,
  readVerb,
  readLink,
  readReference,
  readSmallWord,
  readStop,
  readUnknown,
} from './structure-rules.ts'

/** Tried in this order at every position; the first that applies consumes its items. */
const rules: readonly Rule[] = [
  readStop,
  readWhenWhere,
  readHow,
  readReference,
  readSort,
  readRankedBefore,
  readQualifier,
  readLimit,
  readSuperlative,
  readTimes,
  readComparedNumbers,
  readIncluded,
  readColumnFilter,
  readSubjectFilter,
  readCountFilter,
  readMatchBefore,
  readLooseFilter,
  readNumberedNoun,
  readRankedBy,
  readEach,
  readBy,
  readTrend,
  readAskedUnit,
  readChange,
  readFunction,
  readValueFilter,
  readPeriodFilter,
  readCondition,
  readAsk,
  readRelation,
  readLink,
  readDeed,
  readVerb,
  readSmallWord,
  readUnknown,
]

/** Parses the items from left to right into a draft. */
export function readQuestion(tokens: readonly Token[], items: readonly Item[]): Draft {
  const reader = startReading(tokens, items)
  reader.draft.units = unitsSaid(tokens)
  for (let at = 0; at < items.length;) at += takenAt(reader, at)
  closeReading(reader)
  return reader.draft
}

function takenAt(reader: Reader, at: number): number {
  for (const rule of rules) {
    const taken = rule(reader, at)
    if (taken > 0) return taken
  }
  const item = reader.items[at]
  if (item !== undefined) reader.draft.unknown.push(wordsOf(reader, at))
  return 1
}

/** A closing sentence lists what to show; measures asked for earlier are kept. */
function afterList(asks: Draft['asks'], earlier: Draft['asks'], groups: Draft['groups']): Draft['asks'] {
  if (asks.length === 0) return earlier
  anchorTo(asks, earlier, groups)
  return asks.some((ask) => ask.kind === 'measure')
    ? asks
    : [...asks, ...earlier.filter((ask) => ask.kind === 'measure')]
}

/** Columns of a closing list belong to the group or entity of the earlier sentence. */
function anchorTo(asks: Draft['asks'], earlier: Draft['asks'], groups: Draft['groups']): void {
  const grouped = groups.find((g) => g.noun !== null)?.noun
  const asked = earlier.flatMap((ask) => (ask.kind === 'noun' ? [ask.noun.anchor ?? ask.noun] : []))[0]
  const owner = grouped ?? asked ?? null
  for (const ask of asks) if (ask.kind === 'noun' && ask.noun !== owner) ask.noun.anchor ??= owner
}

function closeReading(reader: Reader): void {
  const { draft } = reader
  dropNegation(reader)
  dropOr(reader)
  if (reader.functions.length > 0) {
    if (draft.asks.length > 0) reader.unspent.push(...reader.functions.map((open) => open.words))
    for (const { fn, distinct } of reader.functions)
      draft.asks.push({ kind: 'measure', measure: { fn, noun: null, distinct } })
  }
  if (reader.earlierAsks !== null) draft.asks = afterList(draft.asks, reader.earlierAsks, draft.groups)
  draft.distinct ||= reader.distinct
  const ranked = draft.nouns.find((noun) => noun.mention.from === reader.ranked) ?? null
  if (draft.ranking !== null) draft.ranking = { ...draft.ranking, of: draft.ranking.of ?? ranked }
  if (draft.unknown.length === 0) draft.unknown.push(...reader.unspent)
  else draft.unknown.push(...draft.links.flatMap(({ word, unlisted }) => (unlisted ? [word] : [])))
}

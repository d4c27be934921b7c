import type { Measure, Noun, NounRole } from './draft.ts'
import type { ItemOf } from './item.ts'
import { areAdjacent, isDoing, isThing, makeNoun, nounAt, phraseAt } from './reader.ts'
import type { Reader } from './reader.ts'

/** The noun that counts among nouns side by side ("order value"), and the one before it that says whose it is. */
export interface Head {
  readonly item: ItemOf<'noun'>
  readonly qualifier: ItemOf<'noun'> | null
  /** How many items they took. */
  readonly length: number
}

/** Reads one noun or two side by side from an item on, or null. */
export function headAt(reader: Reader, at: number): Head | null {
  const [first, second] = [nounAt(reader, at), nounAt(reader, at + 1)]
  if (first === null) return null
  const isPair =
    second !== null &&
    areAdjacent(first, second) &&
    first.unit === null &&
    !isDoing(reader, at + 1) &&
    !/(?:ed|ing)$/.test(second.mention.text)
  return isPair ? { item: second, qualifier: first, length: 2 } : { item: first, qualifier: null, length: 1 }
}

export function makeHeadNoun(reader: Reader, { item, qualifier }: Head, role: NounRole): Noun {
  const anchor = qualifier === null ? null : makeNoun(reader, qualifier.mention, 'loose')
  return makeNoun(reader, item.mention, role, anchor)
}

export interface RankingKey {
  readonly by: Noun | Measure
  readonly length: number
}

/** Reads what rows can be put in order by: "average price", "number of orders", "order value"; a thing is counted. */
export function readRankingKey(reader: Reader, at: number): RankingKey | null {
  const phrase = phraseAt(reader, at)
  const fn = phrase?.is === 'count' ? 'count' : phrase?.is === 'aggregate' ? phrase.fn : null
  const head = headAt(reader, fn === null ? at : at + 1)
  if (head === null) return null
  if (fn !== null) {
    const noun = makeHeadNoun(reader, head, fn === 'count' ? 'counted' : 'measure')
    return { by: { fn, noun, distinct: false }, length: head.length + 1 }
  }
  const by = isThing(head.item.mention)
    ? { fn: 'count' as const, noun: makeHeadNoun(reader, head, 'counted'), distinct: false }
    : makeHeadNoun(reader, head, 'order')
  return { by, length: head.length }
}

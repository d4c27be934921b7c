import type { TableName } from '../../contract/turn-event.ts'
import type { WordLink } from '../ports/writer.ts'
import type { Obligation } from './obligation.ts'
import { contains, type PartKind, type QueryPart, type TextSpan } from './query-parts.ts'
import type { WordLinks } from './word-links.ts'

/** The state of accounting one query: what is answered so far, and what answers are looked for in. */
export interface Account {
  readonly obligations: readonly Obligation[]
  readonly parts: readonly QueryPart[]
  readonly links: WordLinks
  readonly given: readonly WordLink[]
  /** The tables that the query reads; null where that is not known. */
  readonly tables: readonly TableName[] | null
  /** The parts that answer an obligation; left out while it is open. */
  readonly answers: Map<Obligation, readonly QueryPart[]>
}

/** The parts that answer an obligation, or null when none does. */
export type Answer = readonly QueryPart[] | null

export const answerOf = (parts: readonly QueryPart[]): Answer => (parts.length === 0 ? null : parts)

export const partsOf = ({ parts }: Account, ...kinds: readonly PartKind[]): readonly QueryPart[] =>
  parts.filter(({ kind }) => kinds.includes(kind))

/** Calls and window functions of these names. */
export const callsOf = ({ parts }: Account, ...names: readonly string[]): readonly QueryPart[] =>
  parts.filter(({ kind, name }) => kind === 'call' && names.includes(name))

export const operatorsOf = ({ parts }: Account, ...names: readonly string[]): readonly QueryPart[] =>
  parts.filter(({ kind, name }) => kind === 'operator' && names.includes(name))

/** The next obligation after one, passing over words that only relate or ask; null at the end. */
export function nextOf({ obligations }: Account, obligation: Obligation): Obligation | null {
  const after = obligations.slice(obligations.indexOf(obligation) + 1)
  return after.find(({ need }) => need.kind !== 'relation' && need.kind !== 'request') ?? null
}

export function previousOf({ obligations }: Account, obligation: Obligation): Obligation | null {
  const before = obligations.slice(0, obligations.indexOf(obligation))
  return before.findLast(({ need }) => need.kind !== 'relation' && need.kind !== 'request') ?? null
}

/** The noun phrase after an obligation: the words up to the next one of another kind. */
export function nounAfter({ obligations }: Account, obligation: Obligation): readonly Obligation[] {
  const nouns: Obligation[] = []
  for (const one of obligations.slice(obligations.indexOf(obligation) + 1)) {
    const isSkipped = one.need.kind === 'distinct' || one.need.kind === 'ranking'
    if (one.need.kind === 'word' || one.need.kind === 'value') nouns.push(one)
    else if (nouns.length > 0 || !isSkipped) break
  }
  return nouns
}

/** The parts inside a span. */
export const inside = ({ parts }: Account, span: TextSpan): readonly QueryPart[] =>
  parts.filter((part) => contains(span, part))

/** The smallest part of some kinds around a part; null where there is none. */
export function around({ parts }: Account, part: TextSpan, ...kinds: readonly PartKind[]): QueryPart | null {
  const found = parts.filter((one) => one !== part && kinds.includes(one.kind) && contains(one, part))
  return found.toSorted((a, b) => a.to - a.from - (b.to - b.from))[0] ?? null
}

/** Functions that turn many rows into one value. */
export const aggregateCalls: ReadonlySet<string> = new Set([
  'COUNT',
  'COUNT_IF',
  'APPROX_COUNT_DISTINCT',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'MEDIAN',
  'LISTAGG',
  'ARRAY_AGG',
  'ANY_VALUE',
])

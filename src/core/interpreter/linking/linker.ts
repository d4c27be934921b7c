import { LRUCache } from 'lru-cache'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import type { Token } from '../../language/tokenise.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import { editDistance } from '../../edit-distance.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import { expansionOf } from '../../catalog/short-forms.ts'
import { singular } from '../../catalog/word-forms.ts'
import { makeDateLinker } from './link-dates.ts'
import type { DateLinker } from './link-dates.ts'
import { makeItemsOf } from './link-names.ts'
import type { NameLinker } from './link-names.ts'
import type { ValueLinker } from './link-values.ts'
import type { Candidate, Mention, PinnedCandidate } from './mention.ts'
import type { Metric } from './metrics.ts'
import { moneyOf, moneyWordOf } from './money.ts'
import { isForeign } from '../plan/table-roles.ts'
import { askedWords } from './schema-index.ts'
import type { SchemaIndex } from './schema-index.ts'

/** Links spans of one question to one catalog. */
export interface Linker {
  /** What a person tied a word to; null for any other word. */
  pinned(token: Token, at: number): Mention | null
  noun(span: readonly Token[], from: number, to: number): Mention | null
  value(text: string, from: number, to: number, quoted: boolean): Mention | null
  readonly dates: DateLinker
  /** Misspelt words with their corrections, filled while linking. */
  readonly respelt: ReadonlyMap<string, string>
}

/** The tables that questions are linked to, with what words name in them. */
export interface NameScope {
  readonly tables: ReadonlySet<NamedTable>
  /** The tables and columns that words name, best first; kept, because questions about the same data use the same words. */
  readonly link: (asked: readonly string[]) => readonly Candidate[]
}

/** Phrases whose candidates are kept, about a kilobyte each. */
const mostKnown = 1_000

/** Makes the scope of some tables of an index. */
export function makeNameScope(needs: {
  readonly names: NameLinker
  readonly synonyms: Synonyms
  readonly index: SchemaIndex
  readonly tables: ReadonlySet<NamedTable>
}): NameScope {
  const { names, synonyms, index, tables } = needs
  const known = new LRUCache<string, readonly Candidate[]>({ max: mostKnown })
  const itemsOf = makeItemsOf(index, tables, synonyms)
  const link = (asked: readonly string[]): readonly Candidate[] => {
    const key = asked.join(' ')
    const found = known.get(key) ?? withHead(asked, withMoney(asked, names(asked, itemsOf), tables), link)
    known.set(key, found)
    return found
  }
  return { tables, link }
}

/** Makes the linker of one question. `isCommon` recognises words that need no spelling correction. */
export function makeLinker(needs: {
  readonly synonyms: Synonyms
  readonly values: ValueLinker
  readonly index: SchemaIndex
  readonly metrics: readonly Metric[]
  readonly scope: NameScope
  /** What a person tied words to, by the words that stand in for it. */
  readonly pinned: ReadonlyMap<string, PinnedCandidate>
  readonly isCommon: (word: string) => boolean
}): Linker {
  const { synonyms, values, index, metrics, scope, pinned, isCommon } = needs
  const { tables, link: linkNames } = scope
  const respelt = new Map<string, string>()
  let wordsInScope: ReadonlySet<string> | null = null
  const respell = (token: Token): readonly Candidate[] => {
    const isName = /^\p{Lu}/u.test(token.text) || token.kind !== 'word'
    const word = isName || isCommon(token.lower) ? null : closestWord(token.lower, (wordsInScope ??= wordsOf(tables)))
    if (word === null) return []
    respelt.set(token.text, word)
    return linkNames(askedWords(word)).map((c) => ({ ...c, score: c.score * 0.9 }))
  }
  return {
    respelt,
    dates: makeDateLinker(index, tables, synonyms),
    pinned: (token, at) => {
      const candidate = pinned.get(token.lower)
      if (candidate === undefined) return null
      const text = candidate.kind === 'column' ? candidate.column.column.name : candidate.table.table.name
      return { from: at, to: at + 1, text, candidates: [candidate], isPinned: true }
    },
    noun: (span, from, to) => {
      if (span.some((token) => pinned.has(token.lower))) return null
      const text = span.map((token) => token.text).join(' ')
      const asked = askedWords(span.map((t) => (/\p{Ll}\p{Lu}\p{Ll}/u.test(t.text) ? t.text : t.lower)).join(' '))
      const metric = metrics.find(({ names: known, table }) => known.has(asked.join(' ')) && tables.has(table))
      if (metric !== undefined) return { from, to, text, candidates: [metric.candidate], metric }
      const total = asked[0] === 'total' && asked[1] === 'number' ? totalNumber(asked, linkNames) : []
      if (total.length > 0) return { from, to, text, candidates: total }
      const found =
        span.length > 1 && span.some((t) => t.lower === 'of')
          ? onlyColumns(asked, linkNames(asked.filter((w) => w !== 'of'))).filter((c) => !isKey(c, index))
          : withSpelledOut(asked, linkNames)
      const [only] = span
      const isWeak = span.length === 1 && (found[0]?.score ?? 0) < 0.6
      const respelt = isWeak && only !== undefined ? respell(only) : []
      const candidates = (respelt[0]?.score ?? 0) > (found[0]?.score ?? 0) ? respelt : found
      return candidates.length === 0 ? null : { from, to, text, candidates }
    },
    value: (text, from, to, quoted) => {
      const candidates = values(text, index, tables, { quoted })
      return candidates.length === 0 ? null : { from, to, text, candidates }
    },
  }
}

/** Short forms that people write for a word. What tables write is read in many more ways. */
const shortWords = new Set(['qty', 'amt', 'cust', 'dept', 'acct', 'mgr', 'emp'])

/** "total qty" means a quantity, however the columns write it: the best of both spellings comes first. */
function withSpelledOut(
  asked: readonly string[],
  link: (asked: readonly string[]) => readonly Candidate[],
): readonly Candidate[] {
  if (!asked.some((word) => shortWords.has(word))) return link(asked)
  const spelled = asked.flatMap((word) => (shortWords.has(word) ? (expansionOf(word) ?? [word]) : [word]))
  const found = [...link(spelled), ...link(asked)].toSorted((a, b) => b.score - a.score)
  return found.filter((one, at) => found.findIndex((other) => itemOf(other) === itemOf(one)) === at)
}

const itemOf = (candidate: Candidate): unknown => {
  if (candidate.kind === 'table') return candidate.table
  return candidate.kind === 'formula' ? candidate.formula : candidate.column
}

const shortestRespelt = 5

/** The catalog word that a misspelt word probably means: one edit away, two for long words; null when several qualify or none. */
function closestWord(word: string, names: ReadonlySet<string>): string | null {
  const asked = singular(word)
  if (asked.length < shortestRespelt) return null
  const allowed = asked.length >= 9 ? 2 : 1
  const found = [...names].filter(
    (known) =>
      known.length >= shortestRespelt &&
      known[0] === asked[0] &&
      Math.abs(known.length - asked.length) <= allowed &&
      editDistance(asked, known, allowed) <= allowed,
  )
  return found.length === 1 ? (found[0] ?? null) : null
}

const wordsOf = (scope: ReadonlySet<NamedTable>): ReadonlySet<string> =>
  new Set([...scope].flatMap((table) => [...table.ways.flat(), ...table.columns.flatMap((c) => c.ways.flat())]))

/** "total number of units": a column that stores this number. */
function totalNumber(
  asked: readonly string[],
  link: (asked: readonly string[]) => readonly Candidate[],
): readonly Candidate[] {
  const rest = asked.slice(2).filter((word) => word !== 'of')
  if (rest.length === 0) return []
  return [...link(['total', ...rest]), ...link(['number', ...rest])].filter(
    (c) => c.kind === 'column' && c.score >= 0.99,
  )
}

/** Adds candidates for the head word alone: "sales regions" may just mean the regions. */
function withHead(
  asked: readonly string[],
  found: readonly Candidate[],
  link: (asked: readonly string[]) => readonly Candidate[],
): readonly Candidate[] {
  const [best] = found
  if (asked.length < 2 || best === undefined || best.score >= 0.99) return found
  const heads = link(asked.slice(-1)).filter((c) => c.kind === 'table' && c.score >= 0.95)
  return [...found, ...heads.map((c) => ({ ...c, score: c.score * 0.96 }))].sort((a, b) => b.score - a.score)
}

/** Keeps full column matches of a phrase with "of": "number of staff" may be one column, "names of staff" are two nouns. */
const onlyColumns = (asked: readonly string[], candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter(
    (c) =>
      c.kind === 'column' &&
      c.score >= 0.99 &&
      (!counts.has(asked[0] ?? '') || c.column.ways.some((way) => counts.has(way[0] ?? ''))),
  )
const counts = new Set(['number', 'count', 'total'])

/** Whether a column is a key: "number of employees" counts employees, EMP_NO tells them apart. */
const isKey = (c: Candidate, { graph }: SchemaIndex): boolean =>
  c.kind === 'column' && (keyColumnOf(c.column.table) === c.column || isForeign(c.column, graph))

/** Whether a formula computes revenue per line, which is preferred to a stored total. */
const isLine = (c: Candidate): boolean =>
  c.kind === 'formula' && (c.formula.factors.length > 1 || c.formula.discount !== null)

function withMoney(
  asked: readonly string[],
  found: readonly Candidate[],
  scope: ReadonlySet<NamedTable>,
): readonly Candidate[] {
  const [word] = asked
  const money = asked.length === 1 && word !== undefined ? moneyWordOf(word) : null
  const isColumn = found.some((c) => c.kind === 'column' && c.score >= 0.99 && c.column.kind === 'number')
  if (money === null || isColumn) return found
  const all = [...scope].flatMap((table) => moneyOf(table, money))
  const lines = all.filter((c) => isLine(c))
  const sums = money === 'revenue' && lines.length > 0 ? lines : all
  return [...found, ...sums].sort((a, b) => b.score - a.score)
}

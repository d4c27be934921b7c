import type { LedgerEntry } from '../../contract/ledger.ts'
import type { TableName } from '../../contract/turn-event.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { answerOf, callsOf, operatorsOf, partsOf, previousOf, type Account, type Answer } from './account.ts'
import { answerComparison, answerMonth, answerNumber, answerPeriod } from './answer-amounts.ts'
import {
  answerAggregate,
  answerChange,
  answerDistinct,
  answerGroup,
  answerMissing,
  answerNegation,
  answerOrder,
  answerQuantifier,
  answerRanking,
  answerRelation,
  answerShare,
} from './answer-structure.ts'
import type { PinnedName } from '../catalog/pinned-names.ts'
import type { WordLink } from '../ports/writer.ts'
import type { Need, Obligation } from './obligation.ts'
import { contains, type QueryPart, type TextSpan } from './query-parts.ts'
import { readObligations } from './read-obligations.ts'
import { makeWordLinker } from './word-links.ts'

/** A question and the query that should answer it. */
export interface LedgerRequest {
  readonly question: string
  /** The day meant by "today", `YYYY-MM-DD`. */
  readonly today: string
  readonly parts: readonly QueryPart[]
  readonly catalog: Catalog
  /** Where the writer read words of the question. */
  readonly links: readonly WordLink[]
  /** Sentences by a writer that name a word of the question and what it is read as. */
  readonly assumptions: readonly string[]
  /** What places of the question stand for, which nothing else answers; left out for none. */
  readonly pinned?: readonly PinnedName[]
  /** The tables that the query reads; null or left out where that is not known. */
  readonly tables?: readonly TableName[] | null
}

/** Accounts for every obligation of a question in its query, in the order of the question. */
export type ReadLedger = (request: LedgerRequest) => readonly LedgerEntry[]

/** Makes the ledger. Pure; its synonyms are read once. */
export function makeLedger(): ReadLedger {
  const linkWords = makeWordLinker()
  return ({ question, today, parts, catalog, links, assumptions, pinned = [], tables = null }) => {
    const obligations = withPinned(readObligations(question, today), pinned, question)
    const account: Account = {
      obligations,
      parts,
      links: linkWords(parts, catalog),
      given: links,
      tables,
      answers: new Map(),
    }
    // Nouns and amounts first: constructs are judged by the nouns beside them.
    for (const group of ['names', 'constructs', 'relations'] as const)
      for (const obligation of obligations) {
        if (stageOf(obligation) !== group) continue
        const answer = answerFor(account, obligation, question)
        if (answer !== null) account.answers.set(obligation, answer)
      }
    return obligations.map((obligation) => entryOf(account, obligation, assumptions))
  }
}

function stageOf({ need }: Obligation): 'names' | 'constructs' | 'relations' {
  if (need.kind === 'relation' || need.kind === 'unit') return 'relations'
  return ['word', 'value', 'number', 'period', 'month', 'request'].includes(need.kind) ? 'names' : 'constructs'
}

function answerFor(account: Account, obligation: Obligation, question: string): Answer {
  const word = obligation.text.toLowerCase()
  const { kind } = obligation.need
  if (obligation.pinned !== undefined) return answerPinned(account, obligation.pinned)
  if (kind === 'request') return answerOf(account.parts.filter(isShown))
  if (kind === 'value')
    return answerOf([...account.links.literalsFor(unquoted(obligation.text)), ...answerGiven(account, obligation)])
  if (kind === 'word')
    return answerOf([
      ...answerGiven(account, obligation),
      ...account.links.partsFor(word, besideOf(question, obligation)),
    ])
  const answer = constructs[kind]?.(account, obligation) ?? null
  if (answer !== null) return answer
  // A construct's word may be a name or a value as well: a column RANK, the value "Not Available".
  if (kind === 'relation' || kind === 'unit') return null
  const given = answerGiven(account, obligation)
  const words = word.split(' ').filter((one) => one.length > 2 || kind === 'negation')
  return answerOf([
    ...given,
    ...(words.length > 1 || kind === 'negation' || kind === 'number' || kind === 'group'
      ? account.links.literalsFor(obligation.text)
      : account.links.partsFor(word, [])),
  ])
}

/** A place that a person tied to a name is one word with one answer, whatever its letters say. */
function withPinned(
  obligations: readonly Obligation[],
  pinned: readonly PinnedName[],
  question: string,
): readonly Obligation[] {
  if (pinned.length === 0) return obligations
  const free = obligations.filter((one) => !pinned.some(({ from, to }) => one.from < to && from < one.to))
  const tied = pinned.map((name): Obligation => {
    const { from, to } = name
    return { from, to, text: question.slice(from, to), role: 'word', need: { kind: 'word' }, pinned: name }
  })
  return [...free, ...tied].toSorted((a, b) => a.from - b.from)
}

/** The parts of a query that are the pinned table or column; a table of the same name in another schema is none. */
function answerPinned({ parts, links, tables }: Account, { table, column }: PinnedName): Answer {
  const isSame = (other: TableName): boolean =>
    other.name === table.name && other.schema === table.schema && other.database === table.database
  if (tables !== null && !tables.some(isSame)) return null
  if (column === null) return answerOf(parts.filter(({ kind, name }) => kind === 'table' && name === table.name))
  const isItsOwn = (part: QueryPart): boolean => {
    const owner = links.tableOf(part)
    return owner === null || owner.table.name === table.name
  }
  const named = parts.filter((part) => part.kind === 'column' && part.name === column && isItsOwn(part))
  return answerOf(named.length > 0 ? named : parts.filter(({ kind, level }) => kind === 'star' && level <= 1))
}

const textTests = 'CONTAINS STARTSWITH ENDSWITH LEFT RIGHT SUBSTR SUBSTRING LENGTH REGEXP_LIKE POSITION'.split(' ')

const constructs: Readonly<Partial<Record<Need['kind'], (account: Account, obligation: Obligation) => Answer>>> = {
  number: answerNumber,
  period: answerPeriod,
  month: answerMonth,
  negation: answerNegation,
  missing: answerMissing,
  comparison: answerComparison,
  match: (account) => answerOf([...operatorsOf(account, 'Like'), ...callsOf(account, ...textTests)]),
  ranking: answerRanking,
  group: answerGroup,
  quantifier: answerQuantifier,
  share: answerShare,
  change: answerChange,
  aggregate: answerAggregate,
  distinct: answerDistinct,
  order: answerOrder,
  relation: answerRelation,
  unit: (account, obligation) => {
    const amount = previousOf(account, obligation)
    return amount === null ? null : (account.answers.get(amount) ?? null)
  },
}

/** What the outermost SELECT shows. */
const isShown = ({ clause, kind, level }: QueryPart): boolean =>
  clause === 'select' && level <= 1 && ['column', 'call', 'star', 'window', 'case', 'number', 'text'].includes(kind)

const unquoted = (text: string): string => text.replaceAll(/^["'“‘`]|["'”’`]$/g, '')

/** The words joined with their neighbours, as names may be written together: "birth day" for BIRTHDAY. */
function besideOf(question: string, { from, to, text }: TextSpan & { readonly text: string }): readonly string[] {
  const word = text.toLowerCase()
  const [before] = /[\p{L}\p{N}]+(?=[ -]$)/u.exec(question.slice(0, from).toLowerCase()) ?? []
  const [after] = /(?<=^[ -])[\p{L}\p{N}]+/u.exec(question.slice(to).toLowerCase()) ?? []
  return [...(before === undefined ? [] : [before + word]), ...(after === undefined ? [] : [word + after])]
}

/** The parts that bear the names or hold the values a writer read the words as. */
function answerGiven({ given, parts }: Account, obligation: Obligation): readonly QueryPart[] {
  const links = given.filter((link) => contains(link, obligation) || contains(obligation, link))
  return links.flatMap(({ names, values }) =>
    parts.filter(
      ({ kind, name }) =>
        ((kind === 'table' || kind === 'column') && names.includes(name)) || (kind === 'text' && values.includes(name)),
    ),
  )
}

function entryOf(account: Account, obligation: Obligation, assumptions: readonly string[]): LedgerEntry {
  const { from, to, text, role } = obligation
  const answer = account.answers.get(obligation)
  const spans = (answer ?? []).map((part) => ({ from: part.from, to: part.to }))
  const outer = spans.filter(
    (span, index) =>
      !spans.some((other, at) => at !== index && contains(other, span) && (at < index || !contains(span, other))),
  )
  return { from, to, text, role, answeredBy: answer === undefined ? assumed(account, obligation, assumptions) : outer }
}

/** The assumption that quotes a word and names what it is read as in the query; null when there is none. */
function assumed(account: Account, { text, need, pinned }: Obligation, assumptions: readonly string[]): string | null {
  if (pinned !== undefined || !['word', 'value', 'period', 'share', 'comparison'].includes(need.kind)) return null
  const names = partsOf(account, 'table', 'column', 'text').map(({ name }) => name.toLowerCase())
  return (
    assumptions.find((sentence) => {
      const said = sentence.toLowerCase()
      const isQuoted = [...said.matchAll(/["“'‘]([^"”'’]+)["”'’]/g)].some(([, quoted = '']) =>
        ` ${quoted} `.includes(` ${text.toLowerCase()} `),
      )
      return isQuoted && names.some((name) => name !== '' && said.includes(name))
    }) ?? null
  )
}

import { keyColumnOf } from '../../catalog/key-column.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import type { EarlierQuestion, Interpretation, PlanReading, ReadWords, Reading, Scope } from '../interpretation.ts'
import { columnExpression, isAggregated, sameExpression } from '../plan/query.ts'
import type { Query } from '../plan/query.ts'
import { withoutChartWords } from '../../language/chart-words.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { mainNoun } from '../plan/resolve-nouns.ts'
import type { EarlierRows, Noun } from '../reading/draft.ts'
import { readCues, stripCourtesy } from './cues.ts'
import type { Cues } from './cues.ts'
import { editDraft } from './edit-draft.ts'
import { copyOf } from './followed.ts'
import type { Followed } from './followed.ts'
import { inheritedParts, withoutParts } from './inherited-parts.ts'

type Planned = Extract<Interpretation, { kind: 'query' }>
type NeedsValues = Extract<Interpretation, { kind: 'needs-values' }>

/** A question of the thread that was read, with its query. */
interface Read {
  readonly reading: Reading
  readonly planned: Planned
}

/** The state of a conversation before a question. */
interface Thread {
  readonly kind: 'thread'
  /** The last question that was read; null when there is none. */
  readonly base: Read | null
  /** A later question about the data that could not be read: words that point back may mean its rows. */
  readonly unread: string | null
  /** True when a person changed the last query, whose reading is then unknown. */
  readonly isForeign: boolean
}

const noThread: Thread = { kind: 'thread', base: null, unread: null, isForeign: false }

interface Tools {
  readonly read: ReadWords
  readonly plan: PlanReading
}

/** Reads a question that may follow others: as an edit of the last one that was read, or by itself. */
export function interpretInThread(
  tools: Tools,
  question: string,
  earlier: readonly EarlierQuestion[],
  leftOut: readonly string[],
  scope: Scope,
): Interpretation {
  const before = foldThread(tools, earlier, scope)
  // The question before is read anew: its values are looked up once more.
  if (before.kind === 'needs-values') return before
  return readTurn(tools, question, leftOut, before, scope).interpretation
}

/** Reads the earlier questions in order. One that cannot be read leaves the thread as it was. */
function foldThread(tools: Tools, earlier: readonly EarlierQuestion[], scope: Scope): Thread | NeedsValues {
  let thread = noThread
  for (const { question, leftOut, origin } of earlier) {
    const { read, interpretation } = readTurn(tools, question, leftOut, thread, scope)
    if (interpretation.kind === 'needs-values') return interpretation
    if (origin === 'person') thread = { ...noThread, isForeign: true }
    else if (interpretation.kind === 'query' && read !== null)
      thread = { ...noThread, base: { reading: noted(read, origin), planned: interpretation } }
    else if (origin === 'model') thread = { ...noThread, isForeign: true }
    else if (hidesRows(tools, question, read, scope)) thread = { ...thread, unread: question }
  }
  return thread
}

const noted = (reading: Reading, origin: EarlierQuestion['origin']): Reading =>
  origin === 'model'
    ? { ...reading, draft: { ...reading.draft, notes: [...reading.draft.notes, rereadNote] } }
    : reading
const rereadNote = 'A model wrote the query before; its question is read anew.'

/** Whether a question that could not be read spoke of rows of its own, which later words may point back to. */
function hidesRows({ read }: Tools, question: string, reading: Reading | null, scope: Scope): boolean {
  const cues = readCues(question, 'rows')
  const { draft } = reading ?? read(cues.rest, scope)
  const narrows =
    draft.filters.length + draft.relations.filter((r) => !r.loose).length + draft.unknown.length > 0 ||
    draft.ranking !== null
  return pointsBack(cues) ? narrows : draft.nouns.length + draft.filters.length + draft.asks.length > 0
}

interface ReadTurn {
  readonly interpretation: Interpretation
  /** Null when the words only make sense together with a question before that they do not fit. */
  readonly read: Reading | null
}

function readTurn(tools: Tools, question: string, leftOut: readonly string[], thread: Thread, scope: Scope): ReadTurn {
  const { base, unread, isForeign } = thread
  if (base !== null && asksOnlyToDraw(question)) {
    const inherited = inheritedParts(base.reading.draft, base.reading.draft, leftOut)
    return { read: base.reading, interpretation: { ...base.planned, inherited, links: null } }
  }
  const reading = tools.read(stripCourtesy(question), scope)
  const fresh: ReadTurn = { read: reading, interpretation: planCopy(tools, reading, scope) }
  const isComplete = fresh.interpretation.kind === 'query' && reading.draft.asks.length > 0
  if (base === null) return isForeign || unread !== null ? withoutBase(question, thread, fresh, isComplete) : fresh
  const followed = followedBy(base, leftOut)
  const cues = readCues(withoutChartWords(question), displayRows(followed.entity))
  const needsThread = pointsBack(cues) || cues.adds
  if (needsThread && unread !== null) return declined(unreadReason(unread))
  if (severalBefore.test(question)) return declined(unfitReason(base))
  if (!mayFollow(cues, isComplete, question)) return fresh
  const edited = editedTurn(tools, base, followed, cues, leftOut, scope)
  if (edited !== null && isReached(edited)) return edited
  if (needsThread) return edited ?? declined(unfitReason(base))
  return isComplete ? fresh : (edited ?? fresh)
}

/** Whether nothing is asked but that the answer before is drawn in another way: "now as a pie". */
function asksOnlyToDraw(question: string): boolean {
  const left = withoutChartWords(question)
  return left !== question && saysNothing.test(left)
}
const saysNothing =
  /^(?:(?:and|but|now|then|so|ok|okay|no|please|thanks|can|could|you|i|want|need|show|draw|plot|give|make|put|me|us|it|that|this|them|those|these|the|same|result|results|answer|again|instead|rather|just|only|data)\b|[\s,.;:!?-])*$/i

/** A question after a query that cannot be edited, or after one that could not be read. */
function withoutBase(question: string, { unread, isForeign }: Thread, fresh: ReadTurn, isComplete: boolean): ReadTurn {
  const cues = readCues(question, 'rows')
  const needsThread = pointsBack(cues) || cues.adds
  if (isForeign) return needsThread || !isComplete ? declined(foreignReason) : fresh
  const isFragment = fresh.interpretation.kind === 'query' && !isComplete
  return (needsThread || isFragment) && unread !== null ? declined(unreadReason(unread)) : fresh
}

/** The question before, edited; words that may take a condition away are tried as such first. */
function editedTurn(
  tools: Tools,
  base: Read,
  followed: Followed,
  cues: Cues,
  leftOut: readonly string[],
  scope: Scope,
): ReadTurn | null {
  const dropped =
    cues.drops === null ? null : edit(tools, base, followed, { ...cues, rest: cues.drops }, leftOut, scope)
  if (dropped !== null && isReached(dropped)) return dropped
  return edit(tools, base, followed, { ...cues, drops: null }, leftOut, scope)
}

/** Whether a reading is complete, or lacks only what the data or the person tell of a value. */
const isReached = ({ interpretation: { kind } }: ReadTurn): boolean => kind === 'query' || kind === 'needs-values'

/** Whether a question means nothing without the one before. */
const pointsBack = (cues: Cues): boolean =>
  cues.refers ||
  cues.each ||
  cues.counts ||
  cues.lists ||
  cues.complement ||
  cues.samePeriod ||
  cues.shift !== null ||
  cues.drops !== null ||
  cues.limit !== null

/** Two results before at once. */
const severalBefore = /^(?:and |now |show )*both(?: (?:of )?(?:them|those|these))?\b(?!.*\band\b)(?! \w+$)/i

const opensQuestion =
  /^(?:and |but |now |then |so )*(?:what|which|who|where|when|how (?!about)|show|list|give|find|tell|count|display|return)\b/i

/** Whether a question should be tried as an edit before it is read by itself. */
function mayFollow(cues: Cues, isComplete: boolean, question: string): boolean {
  if (pointsBack(cues) || cues.adds || cues.swaps || cues.corrects || cues.narrows) return true
  if (!isComplete) return cues.joins || wordsOf(question) <= mostFragmentWords || !opensQuestion.test(question.trim())
  return cues.joins && !opensQuestion.test(stripCourtesy(question))
}

/** A question without its own verb is rarely longer. */
const mostFragmentWords = 5
const wordsOf = (question: string): number => question.trim().split(/\s+/).length

function edit(
  tools: Tools,
  base: Read,
  followed: Followed,
  cues: Cues,
  leftOut: readonly string[],
  scope: Scope,
): ReadTurn | null {
  const said = tools.read(cues.rest, scope)
  if (said.draft.unknown.length > 0 || isEmptyEdit(cues, said)) return null
  const namedAt = cues.namedAt === null ? null : said.tokens.findIndex((token) => token.end > (cues.namedAt ?? 0))
  const draft = editDraft(followed, { ...cues, namedAt }, said.draft)
  if (draft === null) return null
  const { reading } = base
  const words = [...reading.words, ...said.words]
  const notes = [...new Set([...draft.notes, ...said.notes])]
  const merged: Reading = {
    ...said,
    words,
    notes,
    draft: {
      ...draft,
      nouns: nounsOf(draft),
      verbs: [...new Set([...followed.draft.verbs, ...said.draft.verbs])],
      finalVerbs: said.draft.finalVerbs,
      links: said.draft.links,
    },
  }
  const interpretation = planCopy(tools, merged, scope)
  if (interpretation.kind === 'needs-values') return { read: null, interpretation }
  if (interpretation.kind !== 'query' || changesNothing(base, cues, said, interpretation))
    return { read: null, interpretation: unfit(base, interpretation) }
  return {
    read: merged,
    interpretation: {
      ...interpretation,
      inherited: inheritedParts(followed.draft, merged.draft, leftOut),
      links: null,
    },
  }
}

/** "top 3" of a single number: an edit that leaves the query as it was was not understood. */
const changesNothing = (base: Read, cues: Cues, said: Reading, { sql }: Planned): boolean =>
  sql === base.planned.sql && !cues.lists && said.draft.asks.length === 0

const unfit = (base: Read, interpretation: Interpretation): Interpretation =>
  interpretation.kind === 'declined' ? interpretation : { kind: 'declined', reason: unfitReason(base) }

/** Whether nothing is left to change once the cues are taken out. */
const isEmptyEdit = (cues: Cues, { draft }: Reading): boolean =>
  !(
    cues.counts ||
    cues.lists ||
    cues.complement ||
    cues.limit !== null ||
    cues.drops !== null ||
    cues.shift !== null
  ) &&
  draft.asks.length + draft.filters.length + draft.relations.length + draft.groups.length === 0 &&
  draft.ranking === null &&
  draft.sort === null &&
  draft.limit === null &&
  !draft.share &&
  !draft.distinct

function planCopy({ plan }: Tools, reading: Reading, scope: Scope): Interpretation {
  return plan({ ...reading, draft: copyOf(reading.draft) }, scope)
}

/** What a follow-up may edit: the draft without the parts that the person took off. */
function followedBy({ reading, planned }: Read, leftOut: readonly string[]): Followed {
  const draft = withoutParts(copyOf(reading.draft), leftOut)
  const { resolution, query } = planned
  const group = draft.groups.flatMap((g) => (g.kind === 'noun' ? [g.noun] : []))[0] ?? null
  const noun = draft.ranking?.of ?? group ?? mainNoun(draft)
  const entity = (noun === null ? null : resolution.tableOf(noun)) ?? query.from
  return { draft, resolution, entity, entityNoun: noun, rows: rowsOf(query, entity) }
}

/** The key of the entity in every row of a result; null where it cannot be selected. */
function rowsOf(query: Query, entity: NamedTable): EarlierRows | null {
  const key = keyColumnOf(entity)
  if (key === null || query.over !== null) return null
  const expression = columnExpression(key)
  const isGrouped = query.groupBy.length > 0 || query.select.some((s) => isAggregated(s.expression))
  if (isGrouped && !query.groupBy.some((e) => sameExpression(e, expression))) return null
  const isReached = query.from === entity || query.joins.some(({ edge }) => edge.to === entity || edge.from === entity)
  if (!isReached) return null
  return { column: key, query: { ...query, select: [{ expression, alias: null }], distinct: false }, negated: false }
}

/** The nouns that the slots of a draft still use. */
function nounsOf(draft: Reading['draft']): Noun[] {
  const found = new Set<Noun>()
  const add = (thing: unknown): void => {
    if (typeof thing !== 'object' || thing === null || !('mention' in thing) || !('role' in thing)) return
    const noun = thing as Noun
    if (found.has(noun)) return
    add(noun.anchor)
    found.add(noun)
  }
  for (const ask of draft.asks) add(ask.kind === 'noun' ? ask.noun : ask.kind === 'measure' ? ask.measure.noun : ask.of)
  for (const { subject, about } of draft.filters) for (const thing of [subject, about]) add(thing)
  for (const { noun, about } of draft.relations) for (const thing of [noun, about]) add(thing)
  for (const group of draft.groups) add(group.noun)
  for (const by of [draft.ranking?.by ?? null, draft.ranking?.of ?? null, ...(draft.sort?.by ?? [])])
    add(by !== null && 'fn' in by ? by.noun : by)
  return [...found]
}

const declined = (reason: string): ReadTurn => ({ read: null, interpretation: { kind: 'declined', reason } })

const foreignReason =
  'The query before was not written by the built-in interpreter, so I cannot change it in words; ask the whole question.'
const unreadReason = (question: string): string =>
  `"${question}" could not be answered, so I cannot tell what this refers to; ask the whole question.`
const unfitReason = ({ reading }: Read): string =>
  `I could not tell how this changes "${reading.question}"; ask the whole question.`

import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { makeCatalogReader } from '../catalog/catalog-reader.ts'
import type { CatalogReader } from '../catalog/catalog-reader.ts'
import type { PinnedName } from '../catalog/pinned-names.ts'
import type { WordLink } from '../ports/writer.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { makeSynonyms } from '../catalog/synonyms.ts'
import type { Synonyms } from '../catalog/synonyms.ts'
import { rootOf, singular } from '../catalog/word-forms.ts'
import { parseDay } from '../language/calendar.ts'
import { withoutChartWords } from '../language/chart-words.ts'
import { stopWords, verbs } from '../language/lexicon.ts'
import { makePhraseBook } from '../language/phrase-book.ts'
import { spellOut, tokenise } from '../language/tokenise.ts'
import type { Token } from '../language/tokenise.ts'
import { interpretInThread } from './conversation/follow-thread.ts'
import type { Interpret, Interpretation, PlanReading, Reading, ReadWords } from './interpretation.ts'
import { tableOf } from './linking/mention.ts'
import type { Candidate, Mention, PinnedCandidate } from './linking/mention.ts'
import { standIn } from './linking/stand-ins.ts'
import { makeNameLinker } from './linking/link-names.ts'
import { makeValueLinker } from './linking/link-values.ts'
import { makeLinker, makeNameScope, type NameScope } from './linking/linker.ts'
import { readMetrics, type Metric } from './linking/metrics.ts'
import { indexSchema } from './linking/schema-index.ts'
import type { SchemaIndex } from './linking/schema-index.ts'
import { makeValueAliases } from '../language/value-aliases.ts'
import { buildQuery } from './plan/build-query.ts'
import { displayRows } from '../catalog/display-words.ts'
import { CannotRead, UnclearColumn, UnclearRank, UnplacedValue } from './plan/planning-context.ts'
import type { PlanningContext } from './plan/planning-context.ts'
import type { Query } from './plan/query.ts'
import { resolveNouns } from './plan/resolve-nouns.ts'
import type { Resolution } from './plan/resolve-nouns.ts'
import { cutItems } from './reading/cut-items.ts'
import { spellOutNames } from './reading/full-names.ts'
import { readQuestion } from './reading/read-question.ts'
import { renderQuery } from './sql/render-query.ts'

const saleWords = new Set(['revenue', 'revenues', 'sales', 'turnover', 'spent', 'spend', 'spending', 'sold'])

/** Catalogs up to this many tables are considered whole. */
const smallCatalog = 40

/** What is made of a catalog once. */
interface Indexed {
  readonly index: SchemaIndex
  readonly metrics: readonly Metric[]
  /** All tables of a small catalog; null where each question has a scope of its own. */
  readonly whole: NameScope | null
}

/** Makes the interpreter. It keeps one index per catalog object; table search may share its `readCatalog`. */
export function makeInterpret(readCatalog: CatalogReader = makeCatalogReader()): Interpret {
  const synonyms = makeSynonyms()
  const names = makeNameLinker(synonyms)
  const values = makeValueLinker(makeValueAliases())
  const phrases = makePhraseBook()
  const scopeOver = (index: SchemaIndex, tables: ReadonlySet<NamedTable>): NameScope =>
    makeNameScope({ names, synonyms, index, tables })
  const indexes = new WeakMap<Catalog, Indexed>()
  const indexOf = (catalog: Catalog): Indexed => {
    const known = indexes.get(catalog)
    if (known !== undefined) return known
    const read = readCatalog(catalog)
    const index = indexSchema(read)
    const { tables } = index.named
    const whole = tables.length <= smallCatalog ? scopeOver(index, new Set(tables)) : null
    const found = { index, metrics: readMetrics(read.named), whole }
    indexes.set(catalog, found)
    return found
  }
  const read: ReadWords = (asked, { catalog, tables, today, names: standIns }) => {
    const question = spellOut(asked)
    const { index, metrics, whole } = indexOf(catalog)
    const pinned = pinnedIn(index, standIns)
    const isCommon = (word: string): boolean =>
      stopWords.has(word) || verbs.has(word) || phrases(tokenise(word), 0).length > 0
    const wanted = [...[...pinned.values()].map((one) => tableOf(one).table), ...tables]
    const scope = whole ?? scopeOver(index, tablesAround(index, wanted))
    const linker = makeLinker({ synonyms, values, index, metrics, scope, pinned, isCommon })
    const plain = withoutChartWords(question)
    const tokens = spellOutNames(tokenise(plain), linker)
    const day = parseDay(today) ?? { year: 1970, month: 1, day: 1 }
    const items = cutItems(tokens, { phrases, linker, question: plain, today: day })
    const draft = readQuestion(tokens, items)
    const words = tokens.map((token) => (token.kind === 'word' ? token.lower : ''))
    const respelt = [...linker.respelt].map(([word, meant]) => `"${word}" is read as "${meant}".`)
    return { question, tokens, draft, words, notes: [...respelt, ...draft.notes] }
  }
  const plan: PlanReading = ({ question, tokens, draft, words, notes }, { catalog, knownValues: known = [] }) => {
    if (draft.unknown.length > 0) return { kind: 'declined', reason: unknownReason(draft.unknown) }
    const { graph } = indexOf(catalog).index
    const verbBoost = makeVerbBoost(draft.verbs, synonyms)
    const resolution = resolveNouns(draft, graph, verbBoost)
    if (resolution === null)
      return { kind: 'declined', reason: 'I found nothing in this connection that the question is about.' }
    if (resolution.rival !== null) return betweenTables(resolution.rival, tokens, question)
    const [unclear] = resolution.unclear
    if (unclear !== undefined) return betweenColumns(unclear, tokens, question)
    const hints = [...draft.verbs, ...words.map(singular)]
    const sales = words.some((word) => saleWords.has(word))
    const edgeBoosts = new Map()
    const context = {
      sales,
      draft,
      resolution,
      graph,
      synonyms,
      hints,
      verbBoost,
      edgeBoosts,
      known,
      notes: [...notes],
    }
    const built = build(context, question, tokens)
    return built.kind === 'query'
      ? { ...built, links: [...linksOf(draft, resolution, tokens), ...framesOf(draft, built.query, tokens)] }
      : built
  }
  return ({ pinned = [], ...request }) => {
    const { names: standIns, question, earlier, restore } = standIn({ ...request, pinned })
    const { leftOut = [] } = request
    return restore(interpretInThread({ read, plan }, question, earlier, leftOut, { ...request, names: standIns }))
  }
}

/** What each stand-in word names in a catalog. */
function pinnedIn(index: SchemaIndex, standIns: ReadonlyMap<string, PinnedName>): ReadonlyMap<string, PinnedCandidate> {
  const found = new Map<string, PinnedCandidate>()
  for (const [word, { table: wanted, column: name }] of standIns) {
    const table = index.named.tables.find(
      ({ table: one }) => one.name === wanted.name && one.schema === wanted.schema && one.database === wanted.database,
    )
    const column = table?.columns.find(({ column: one }) => one.name === name)
    if (column !== undefined) found.set(word, { kind: 'column', column, score: 1 })
    else if (table !== undefined) found.set(word, { kind: 'table', table, score: 1 })
  }
  return found
}

function build(context: PlanningContext, question: string, tokens: readonly Token[]): Interpretation {
  try {
    const query = buildQuery(context)
    const { resolution, notes } = context
    return { kind: 'query', query, sql: renderQuery(query), resolution, notes, inherited: [], links: [] }
  } catch (error) {
    if (error instanceof CannotRead) return { kind: 'declined', reason: error.message }
    if (error instanceof UnplacedValue) return placed(error, question)
    if (error instanceof UnclearRank) return rankedByWhat(error, context, question, tokens)
    if (error instanceof UnclearColumn) return whoseColumn(error, question, tokens)
    throw error
  }
}

/** "top customers": the question with each measure that may be meant; declined where nothing can be counted or added up. */
function rankedByWhat(
  { message, measures }: UnclearRank,
  { draft }: PlanningContext,
  question: string,
  tokens: readonly Token[],
): Interpretation {
  const [ask] = draft.asks
  const ranked = draft.ranking?.of ?? (ask?.kind === 'noun' ? ask.noun : null)
  if (ranked === null || measures.length < 2) return { kind: 'declined', reason: message }
  const end = tokens[ranked.mention.to - 1]?.end ?? 0
  const options = measures
    .slice(0, mostOptions)
    .map((measure) => `${question.slice(0, end)} by ${measure}${question.slice(end)}`)
  return { kind: 'ambiguous', words: question.slice(0, end), options }
}

/** "orders above 500", where an order has several amounts: the question with each of them. */
function whoseColumn({ mention, columns }: UnclearColumn, question: string, tokens: readonly Token[]): Interpretation {
  const end = tokens[mention.to - 1]?.end ?? 0
  const options = columns
    .slice(0, mostOptions)
    .map((column) => `${question.slice(0, end)} whose ${(column.ways[0] ?? []).join(' ')} is${question.slice(end)}`)
  return { kind: 'ambiguous', words: mention.text, options }
}

/** Has a value looked up, or asks the person which column holds it. */
function placed({ text, columns, isLookedUp }: UnplacedValue, question: string): Interpretation {
  if (isLookedUp) {
    const options = columns
      .slice(0, mostOptions)
      .map((column) => question.replace(text, () => `${sayColumn(column)} "${text}"`))
    return { kind: 'ambiguous', words: text, options }
  }
  const names = columns.map(({ table: { table }, column }) => ({
    database: table.database,
    schema: table.schema,
    name: table.name,
    column: column.name,
  }))
  return { kind: 'needs-values', lookups: [{ text, columns: names }] }
}

/** A column by the words of its table and its own. */
function sayColumn({ table, ways: [words = []] }: NamedColumn): string {
  const own = table.ways[0] ?? []
  return [...own.filter((word) => !words.includes(word)), ...words].join(' ')
}

/** What nouns and values were resolved to, with their places in the question. */
function linksOf(draft: Reading['draft'], resolution: Resolution, tokens: readonly Token[]): readonly WordLink[] {
  const at = ({ from, to }: Mention) => ({ from: tokens[from]?.start ?? 0, to: tokens[to - 1]?.end ?? 0 })
  const nouns = draft.nouns.flatMap((noun): readonly WordLink[] => {
    const target = resolution.targetOf(noun)
    return target === null ? [] : [{ ...at(noun.mention), names: namesOf(target), values: [] }]
  })
  const values = draft.filters.flatMap(({ operand }) => (operand.kind === 'values' ? operand.values : []))
  const stored = values.flatMap((value): readonly WordLink[] => {
    const found = resolution.valueOf(value)
    return found === null || value.mention === null ? [] : [{ ...at(value.mention), names: [], values: [found.value] }]
  })
  return [...nouns, ...stored]
}

/** Words for the whole that the data describe stand for the table that the query is about. */
const framesOf = ({ frames }: Reading['draft'], query: Query, tokens: readonly Token[]): readonly WordLink[] =>
  frames.map(({ from, to }) => ({
    from: tokens[from]?.start ?? 0,
    to: tokens[to - 1]?.end ?? 0,
    names: [query.from.table.name],
    values: [],
  }))

function namesOf(target: Candidate): readonly string[] {
  if (target.kind === 'table') return [target.table.table.name]
  if (target.kind !== 'formula') return [target.column.column.name]
  const { factors, discount } = target.formula
  return [...factors, ...(discount === null ? [] : [discount])].map(({ column }) => column.name)
}

function betweenTables(
  { noun, target, chosen }: NonNullable<Resolution['rival']>,
  tokens: readonly Token[],
  question: string,
): Interpretation {
  const end = tokens[noun.mention.to - 1]?.end ?? 0
  const options = [chosen, target].map(
    (t) => `${question.slice(0, end)} of ${displayRows(tableOf(t))}${question.slice(end)}`,
  )
  return { kind: 'ambiguous', words: noun.mention.text, options }
}

function betweenColumns(
  { noun, columns }: Resolution['unclear'][number],
  tokens: readonly Token[],
  question: string,
): Interpretation {
  const [start, end] = [tokens[noun.mention.from]?.start ?? 0, tokens[noun.mention.to - 1]?.end ?? 0]
  const options = columns.map((c) => `${question.slice(0, start)}${(c.ways[0] ?? []).join(' ')}${question.slice(end)}`)
  return { kind: 'ambiguous', words: noun.mention.text, options: options.slice(0, mostOptions) }
}

const mostOptions = 5

function unknownReason(words: readonly string[]): string {
  const list = [...new Set(words)].map((word) => `"${word}"`).join(', ')
  return `I could not match ${list} with a table, a column or a value of this connection.`
}

/** The tables considered of a large catalog: those found and those they refer to. */
function tablesAround(index: SchemaIndex, tables: readonly CatalogTable[]): ReadonlySet<NamedTable> {
  const found = new Set<NamedTable>()
  for (const table of tables.slice(0, smallCatalog)) {
    const named = index.tableOf.get(table)
    if (named === undefined) continue
    found.add(named)
    if (found.size < smallCatalog)
      for (const step of index.graph.stepsFrom(named)) if (step.up) found.add(tableAfter(step))
  }
  return found
}

const directions: Readonly<Record<string, readonly string[]>> = {
  from: ['source', 'origin', 'departure', 'start'],
  to: ['destination', 'arrival', 'target', 'end'],
}

/** Makes the score by which verbs prefer columns: "shipped" prefers a ship date, "from" a source. */
function makeVerbBoost(verbs: readonly string[], synonyms: Synonyms): (words: readonly string[]) => number {
  const meant = new Set(
    verbs
      .flatMap((verb) => [verb, ...(directions[verb] ?? []), ...synonyms.of(verb), ...synonyms.of(rootOf(verb))])
      .map(rootOf),
  )
  const known = new Map<string, boolean>()
  const isMeant = (word: string): boolean => {
    const found = known.get(word) ?? meant.has(rootOf(word))
    known.set(word, found)
    return found
  }
  return (words) => (words.some(isMeant) ? 0.3 : 0)
}

import { makeCatalogQuestions, type AnswerCatalogQuestion } from '../talk/catalog-questions.ts'
import { answerSmallTalk } from '../talk/talk.ts'
import { countInWords } from '../../contract/words/amounts.ts'
import type { DataSpan } from '../chart/unfinished-periods.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { readDataSpan } from '../probe/data-span.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import { explainEmpty } from '../probe/explain-empty.ts'
import { catalogOf, pinKnownNames, pinNames, tableOfMention, withPlainNames } from '../catalog/pinned-names.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EarlierTurn } from '../ports/writer.ts'
import { makeProbes } from '../probe/make-probes.ts'
import { sayCause } from '../probe/say-cause.ts'
import { makeFormats, plainLocale } from '../../contract/words/formats.ts'
import { sentenceText } from '../../contract/words/sentence.ts'
import { awaitApproval } from './await-approval.ts'
import { draftOfPerson, type Journey, type JourneyNeeds, type JourneyOrder } from './journey.ts'
import type { ResultHead, RunningJourney } from './journey.ts'
import { lookOncePerSchema } from '../connections/judge-names.ts'
import type { OpenConnection } from '../ports/connections.ts'
import { demandExport, exporterOf, runQuery } from './run-query.ts'
import { runStep, tellWhile, type StepResult } from './run-step.ts'
import type { LiveFact } from './turn-facts.ts'
import { askerOf, dayOf, demandWriter, validateQuery, type ValidatedQuery } from './validate-query.ts'
import { answerVerified, writeQuery } from './write-query.ts'

/** The answer to a question about the tables themselves, without a query; null for any other question. */
function answerFromCatalog(
  { connection, catalog, pinned }: RunningJourney,
  question: string,
  answerCatalogQuestion: AnswerCatalogQuestion,
): Iterable<LiveFact> | null {
  const asked = withPlainNames(question, pinned)
  const answer = answerCatalogQuestion(asked, catalogOf(pinned, catalog), {
    showSamples: connection.policy.samplesToModel,
  })
  if (answer === null) return null
  const text: LiveFact = { kind: 'answer.delta', text: answer.text }
  if (answer.table === null) return [text]
  const { columns, rows } = answer.table
  const rowsJson = JSON.stringify(rows)
  const end = { rowCount: rows.length, truncated: false, elapsedMs: 0, bytes: rowsJson.length }
  return [
    { kind: 'result.columns', columns: [...columns] },
    { kind: 'result.rows', rowsJson },
    { kind: 'result.done', ...end },
    text,
  ]
}

/** Makes the journey of a question: understand, find tables, write, check, estimate, approve, run, sum up. */
export function makeJourney(needs: JourneyNeeds): Journey {
  const answerCatalogQuestion = makeCatalogQuestions()
  return async function* journey(order, decision, signal) {
    const { conversationId, question, connection, writer, sql } = order
    const given = question === null && sql !== null ? { sql } : {}
    yield { kind: 'turn.started', conversationId, question, connection, writer: writer?.id ?? 'sql', ...given }
    const talk = question === null || order.file !== null ? null : answerSmallTalk(question, order.history)
    if (talk !== null) return yield { kind: 'answer.delta', text: talk }
    const run = yield* runStep('understand', signal, () => openConnection(needs, order, signal))
    const known =
      question === null || order.file !== null ? null : answerFromCatalog(run, question, answerCatalogQuestion)
    if (known !== null) return yield* known
    const verified = question === null ? null : yield* answerVerified(run, question)
    const written =
      verified ??
      (question !== null && writer !== null
        ? yield* writeQuery(run, question, writer)
        : yield* validateQuery(run, draftOfPerson(sql ?? '')))
    if (written === null) return
    const approved = yield* awaitApproval(run, written, decision)
    const result = yield* runQuery(run, approved)
    if (result !== null) yield* runStep('sum-up', signal, () => sumUp(run, approved, result))
  }
}

/** Progress told faster than this is left out, because each fact is stored. */
const tellEveryMs = 500

async function* openConnection(
  needs: JourneyNeeds,
  order: JourneyOrder,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, StepResult<RunningJourney>> {
  let nextMs = 0
  const progress = (tell: (fact: LiveFact) => void) => (fact: string) => {
    const nowMs = needs.clock.monotonicMs()
    if (nowMs < nextMs) return
    nextMs = nowMs + tellEveryMs
    tell({ kind: 'step', name: 'understand', state: 'running', fact })
  }
  const connection = lookOncePerSchema(
    yield* tellWhile((tell) => needs.connections.open(order.caller, order.connection, signal, progress(tell))),
  )
  // Said before anything is read or asked about.
  demandAllowed(order, connection)
  if (order.file !== null) exporterOf(connection)
  const known = yield* tellWhile((tell) => connection.catalog(signal, progress(tell)))
  const { catalog, pinned } = await pinAsked(order, connection, known, signal)
  const kind = order.sql === null ? (order.history.length > 0 ? 'A further question' : 'A question') : 'A query'
  const unread = catalog.unread === undefined ? '' : `; ${catalog.unread}`
  const { guard, clock, onFault } = needs
  const probes = makeProbes({ guard, clock, connection, catalog, asker: askerOf(order), signal, onFault })
  return {
    fact: [`${kind} to ${connection.label}${unread}`, ...(connection.notices ?? []), ...(catalog.notices ?? [])].join(
      '. ',
    ),
    value: { needs, order, connection, catalog, pinned, history: historyOf(order, catalog), probes, signal },
  }
}

/** Ties the question's mentions to the catalog. Names that a stored catalog does not have are looked for in the source once. */
async function pinAsked(
  { question, mentions = [] }: JourneyOrder,
  { lookAgain }: OpenConnection,
  catalog: Catalog,
  signal: AbortSignal,
): Promise<Pick<RunningJourney, 'catalog' | 'pinned'>> {
  const asked = question ?? ''
  try {
    return { catalog, pinned: pinNames(asked, mentions, catalog) }
  } catch (error) {
    const tables = mentions.flatMap((mention) => tableOfMention(mention) ?? [])
    if (lookAgain === undefined || tables.length === 0) throw error
    const look = await lookAgain(tables, signal)
    return { catalog: look.catalog, pinned: pinNames(asked, mentions, look.catalog) }
  }
}

function historyOf({ history }: JourneyOrder, catalog: Catalog): readonly EarlierTurn[] {
  return history.map(({ mentions = [], ...turn }) => {
    const pinned = pinKnownNames(turn.question, mentions, catalog)
    return pinned.length === 0 ? turn : { ...turn, pinned }
  })
}

/** Throws `forbidden` for a writer or a file that the policy of the connection does not allow. */
function demandAllowed({ writer, file, rerun }: JourneyOrder, { label, policy }: OpenConnection): void {
  demandWriter(policy, label, writer?.id ?? rerun?.writer ?? 'sql')
  if (file !== null) demandExport({ label, policy })
}

async function* sumUp(
  run: RunningJourney,
  { draft, sql }: ValidatedQuery,
  result: ResultHead,
): AsyncGenerator<LiveFact, StepResult<null>> {
  const { needs, order, catalog, probes, signal } = run
  const { question } = order
  const isChecked = probes.probing !== 'off' && isBlank(result)
  if (isChecked)
    yield { kind: 'step', name: 'sum-up', state: 'running', fact: 'Checks in the data why nothing was found' }
  const before = probes.count()
  const cause = isChecked ? await findCause(run, sql, result) : null
  const outline = await needs.outline(sql, { catalog })
  const today = dayOf(needs.clock.now())
  const calendar = { today, span: await findSpan(run, sql, { outline, rowCount: result.rowCount }) }
  const { interpretation } = draft
  const parts = needs.describeResult({ ...result, question, interpretation, cause, outline, calendar })
  yield { kind: 'answer.delta', text: sentenceText(parts, makeFormats(plainLocale)), parts }
  const chart = needs.chooseChart({ ...result, question, wish: draft.chart, outline, calendar })
  yield { kind: 'chart', chart }
  const asked = { question: question ?? '', catalog, today, earlier: run.history, isEmpty: isBlank(result) }
  const questions = question === null ? [] : await needs.suggestFollowUps(asked, signal)
  if (questions.length > 0) yield { kind: 'follow-ups', questions: [...questions] }
  const checks = probes.count() - before
  const checked =
    checks === 0
      ? ''
      : `; ${isChecked ? 'why nothing was found' : 'where the data ends'} was checked with ${countInWords(checks, 'query', 'queries')}`
  return { fact: `${chart.reason}${checked}`, value: null }
}

/** Whether a result has no rows, or a single zero or NULL. */
function isBlank({ columns, rows, rowCount, truncated }: ResultHead): boolean {
  if (truncated || rowCount > 1) return false
  const cell = rows[0]?.[0] ?? null
  return rowCount === 0 || (columns.length === 1 && (cell === null || (cell !== '' && Number(cell) === 0)))
}

/** The span of the data behind a column of periods, by which unfinished ones are told; null where there is none or it may not be read. */
async function findSpan(
  { needs, catalog, probes, signal }: RunningJourney,
  sql: ReadOnlySql,
  { outline, rowCount }: { readonly outline: QueryOutline | null; readonly rowCount: number },
): Promise<DataSpan | null> {
  const output = outline?.outputs?.find(({ bucket, moment }) => bucket !== null && bucket !== 'day' && moment !== null)
  if (output === undefined || output.moment === null || rowCount < 2 || probes.probing !== 'read') return null
  try {
    const parts = await needs.partsOf(sql, { catalog })
    return parts === null ? null : await readDataSpan(probes, parts, output.moment)
  } catch (error) {
    signal.throwIfAborted()
    needs.onFault(error)
    return null
  }
}

/** Why nothing was found, one sentence; null where that could not be told. A check that fails never fails the turn. */
async function findCause(
  { needs, catalog, probes, signal }: RunningJourney,
  sql: ReadOnlySql,
  { rowCount }: ResultHead,
): Promise<string | null> {
  try {
    const parts = await needs.partsOf(sql, { catalog })
    const cause = parts === null ? null : await explainEmpty(probes, parts, rowCount === 1)
    return cause === null ? null : sayCause(cause, catalog)
  } catch (error) {
    signal.throwIfAborted()
    needs.onFault(error)
    return null
  }
}

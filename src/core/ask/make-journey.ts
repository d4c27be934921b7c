import { makeCatalogQuestions, type AnswerCatalogQuestion } from '../talk/catalog-questions.ts'
import { answerSmallTalk } from '../talk/small-talk.ts'
import { makeProbes } from '../probe/make-probes.ts'
import { awaitApproval } from './await-approval.ts'
import { draftOfPerson, type Journey, type JourneyNeeds, type JourneyOrder } from './journey.ts'
import type { ResultHead, RunningJourney } from './journey.ts'
import { exporterOf, runQuery } from './run-query.ts'
import { runStep, tellWhile, type StepResult } from './run-step.ts'
import type { LiveFact } from './turn-facts.ts'
import { askerOf, validateQuery, type ValidatedQuery } from './validate-query.ts'
import { dayOf, writeQuery } from './write-query.ts'

/** The answer to a question about the tables themselves, without a query; null for any other question. */
function answerFromCatalog(
  { connection, catalog }: RunningJourney,
  question: string,
  answerCatalogQuestion: AnswerCatalogQuestion,
): Iterable<LiveFact> | null {
  const answer = answerCatalogQuestion(question, catalog, { showSamples: connection.policy.samplesToModel })
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
    yield { kind: 'turn.started', conversationId, question, connection, writer: writer?.id ?? 'sql' }
    const talk = question === null || order.file !== null ? null : answerSmallTalk(question, order.history)
    if (talk !== null) return yield { kind: 'answer.delta', text: talk }
    const run = yield* runStep('understand', signal, () => openConnection(needs, order, signal))
    const known =
      question === null || order.file !== null ? null : answerFromCatalog(run, question, answerCatalogQuestion)
    if (known !== null) return yield* known
    const written =
      question !== null && writer !== null
        ? yield* writeQuery(run, question, writer)
        : yield* validateQuery(run, draftOfPerson(sql ?? ''))
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
  const connection = await needs.connections.open(order.caller, order.connection, signal)
  // Said before anything is read or asked about.
  if (order.file !== null) exporterOf(connection)
  const catalog = yield* tellWhile((tell) => {
    let nextMs = 0
    return connection.catalog(signal, (fact) => {
      const nowMs = needs.clock.monotonicMs()
      if (nowMs < nextMs) return
      nextMs = nowMs + tellEveryMs
      tell({ kind: 'step', name: 'understand', state: 'running', fact })
    })
  })
  const kind = order.sql === null ? (order.history.length > 0 ? 'A further question' : 'A question') : 'A query'
  const unread = catalog.unread === undefined ? '' : `; ${catalog.unread}`
  const { guard, clock, onFault } = needs
  const probes = makeProbes({ guard, clock, connection, catalog, asker: askerOf(order), signal, onFault })
  return {
    fact: `${kind} to ${connection.label}${unread}`,
    value: { needs, order, connection, catalog, probes, signal },
  }
}

async function* sumUp(
  { needs, order: { question }, catalog, signal }: RunningJourney,
  { draft }: ValidatedQuery,
  result: ResultHead,
): AsyncGenerator<LiveFact, StepResult<null>> {
  yield {
    kind: 'answer.delta',
    text: needs.describeResult({ ...result, question, interpretation: draft.interpretation }),
  }
  const chart = needs.chooseChart({ ...result, question, wish: draft.chart })
  yield { kind: 'chart', chart }
  const today = dayOf(needs.clock.now())
  const questions = question === null ? [] : await needs.suggestFollowUps({ question, catalog, today }, signal)
  if (questions.length > 0) yield { kind: 'follow-ups', questions: [...questions] }
  return { fact: chart.reason, value: null }
}

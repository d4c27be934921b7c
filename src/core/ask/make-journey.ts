import { awaitApproval } from './await-approval.ts'
import { checkQuery, type CheckedQuery } from './check-query.ts'
import { inStep, type StepResult } from './in-step.ts'
import type { JourneyNeeds, JourneyOrder, Place, ResultHead } from './journey.ts'
import type { LiveFact } from './live-event.ts'
import { runQuery } from './run-query.ts'
import type { Steering } from './steering.ts'
import { withProgress } from './with-progress.ts'
import { dayOf, writeQuery } from './write-query.ts'

/** One turn from question to answer. Yields facts as they become true; throws problems and the signal's reason. */
export type Journey = (order: JourneyOrder, steering: Steering, signal: AbortSignal) => AsyncGenerator<LiveFact, void>

/** Makes the journey of a question: understand, find tables, write, check, estimate, approve, run, sum up. */
export function makeJourney(needs: JourneyNeeds): Journey {
  return async function* journey(order, steering, signal) {
    yield {
      kind: 'turn.started',
      conversationId: order.conversationId,
      question: order.question,
      connection: order.connection,
      writer: order.writer?.id ?? 'sql',
    }
    const place = yield* inStep('understand', () => openPlace(needs, order, signal))
    const written = yield* draftQuery(needs, order, place, signal)
    if (written !== null) {
      const approved = yield* awaitApproval(needs, order, place, written, steering, signal)
      const result = yield* runQuery(needs, order, place, approved, signal)
      yield* sumUp(needs, order, place, approved, result, signal)
    }
    yield { kind: 'turn.done' }
  }
}

async function* openPlace(
  needs: JourneyNeeds,
  order: JourneyOrder,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, StepResult<Place>> {
  const connection = await needs.connections.open(order.caller, order.connection, signal)
  const catalog = yield* withProgress('understand', needs.clock, (tell) => connection.catalog(signal, tell))
  const kind = order.sql === null ? (order.history.length > 0 ? 'A further question' : 'A question') : 'A query'
  const unread = catalog.unread === undefined ? '' : `; ${catalog.unread}`
  return { fact: `${kind} to ${connection.label}${unread}`, value: { connection, catalog } }
}

async function* draftQuery(
  needs: JourneyNeeds,
  order: JourneyOrder,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, CheckedQuery | null> {
  const { question, writer, sql } = order
  if (question !== null && writer !== null)
    return yield* writeQuery(needs, { ...order, question, writer }, place, signal)
  const draft = { sql: sql ?? '', interpretation: null, assumptions: [], chart: null, edited: true }
  return yield* checkQuery(needs, order, place, draft, signal)
}

async function* sumUp(
  needs: JourneyNeeds,
  order: JourneyOrder,
  place: Place,
  { draft }: CheckedQuery,
  result: ResultHead,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, void> {
  const { question } = order
  yield* inStep('sum-up', async function* () {
    yield {
      kind: 'answer.delta',
      text: needs.describeResult({ ...result, question, interpretation: draft.interpretation }),
    }
    const chart = needs.chooseChart({ ...result, question, wish: draft.chart })
    yield { kind: 'chart', chart }
    const asked = { catalog: place.catalog, today: dayOf(needs.clock.now()) }
    const questions = question === null ? [] : await needs.suggestFollowUps({ question, ...asked }, signal)
    if (questions.length > 0) yield { kind: 'follow-ups', questions: [...questions] }
    return { fact: chart.reason, value: undefined }
  })
}

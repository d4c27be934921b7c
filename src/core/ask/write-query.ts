import type { Problem } from '../../contract/problem.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'
import type { FailedAttempt, WriteRequest, Writer, WriterOutcome } from '../ports/writer.ts'
import { checkQuery, type CheckedQuery } from './check-query.ts'
import { inStep, type StepResult } from './in-step.ts'
import type { Draft, JourneyNeeds, JourneyOrder, Place } from './journey.ts'
import type { LiveFact } from './live-event.ts'

/** How often a failed query goes back to its writer. */
const maxRepairs = 2
/** Faults in the text itself, which its writer can mend. */
const mendable: readonly Problem['code'][] = ['sql_refused', 'sql_invalid', 'sql_unsupported']

/** Has the question written as SQL and checked; null when the answer is a question back to the person. */
export async function* writeQuery(
  needs: JourneyNeeds,
  order: JourneyOrder & { readonly question: string; readonly writer: Writer },
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, CheckedQuery | null> {
  const tables = yield* inStep('find-tables', () => findTables(needs, order.question, place, signal))
  const failures: FailedAttempt[] = []
  for (;;) {
    const request = makeRequest(needs, order, place, tables, failures)
    const outcome = yield* inStep('write-query', () => write(order.writer, request, signal))
    if (outcome.kind === 'clarification') {
      yield { kind: 'clarification', question: outcome.question, options: [...outcome.options] }
      return null
    }
    const draft: Draft = { ...outcome, edited: false }
    try {
      return yield* checkQuery(needs, order, place, draft, signal)
    } catch (error) {
      if (signal.aborted || !(error instanceof ProblemError) || !mendable.includes(error.problem.code)) throw error
      if (failures.length === maxRepairs || failures.some((failed) => failed.sql === draft.sql)) throw error
      failures.push({ sql: draft.sql, problems: [presentProblem(error)] })
    }
  }
}

async function findTables(needs: JourneyNeeds, question: string, { catalog }: Place, signal: AbortSignal) {
  const tables = await needs.findTables(question, catalog, signal)
  const names = tables.slice(0, 3).map((table) => table.name)
  const more = tables.length > names.length ? ` and ${tables.length - names.length} more` : ''
  const total = catalog.tables.length
  return { fact: `${names.join(', ')}${more} · of ${total} ${total === 1 ? 'table' : 'tables'}`, value: tables }
}

const makeRequest = (
  needs: JourneyNeeds,
  order: JourneyOrder & { readonly question: string },
  { catalog }: Place,
  tables: WriteRequest['tables'],
  failures: readonly FailedAttempt[],
): WriteRequest => ({
  question: order.question,
  history: order.history,
  catalog,
  tables,
  today: dayOf(needs.clock.now()),
  failures: [...failures],
})

/** The UTC day of a moment, `YYYY-MM-DD`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)

type Written = Exclude<WriterOutcome, { readonly kind: 'declined' }>

async function* write(
  writer: Writer,
  request: WriteRequest,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, StepResult<Written>> {
  const writing = writer.write(request, { signal })
  for (;;) {
    const next = await writing.next()
    if (next.done !== true) {
      yield { kind: 'sql.delta', text: next.value.sql }
      continue
    }
    const outcome = next.value
    if (outcome.kind === 'declined') {
      if (outcome.suggestions.length > 0) yield { kind: 'follow-ups', questions: [...outcome.suggestions] }
      throw problem('writer_declined', outcome.reason, 'Say it in other words, or ask one of the suggested questions.')
    }
    return { fact: outcome.kind === 'query' ? outcome.interpretation : outcome.question, value: outcome }
  }
}

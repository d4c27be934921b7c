import type { Problem } from '../../contract/problem.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import type { FailedAttempt, WriteRequest, Writer, WriterOutcome } from '../ports/writer.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'
import type { RunningJourney } from './journey.ts'
import { runStep, type StepResult } from './run-step.ts'
import type { LiveFact } from './turn-facts.ts'
import { validateQuery, type ValidatedQuery } from './validate-query.ts'

/** How often a failed query goes back to its writer. */
const maxRepairs = 2
/** Faults in the text itself, which its writer can repair. */
const repairable: readonly Problem['code'][] = ['sql_refused', 'sql_invalid', 'sql_unsupported']

/** Has the question written as SQL and validated; null when the answer is a question back to the person. */
export async function* writeQuery(
  run: RunningJourney,
  question: string,
  writer: Writer,
): AsyncGenerator<LiveFact, ValidatedQuery | null> {
  const { needs, order, connection, catalog, signal } = run
  const tables = yield* runStep('find-tables', signal, () => findTables(run, question))
  const failures: FailedAttempt[] = []
  for (;;) {
    const request: WriteRequest = {
      question,
      history: order.history,
      catalog,
      tables,
      showSamples: connection.policy.samplesToModel,
      today: dayOf(needs.clock.now()),
      failures: [...failures],
    }
    const outcome = yield* runStep('write-query', signal, () => write(writer, request, signal))
    if (outcome.kind === 'clarification') {
      yield { kind: 'clarification', question: outcome.question, options: [...outcome.options] }
      return null
    }
    try {
      return yield* validateQuery(run, { ...outcome, edited: false })
    } catch (error) {
      if (signal.aborted || !(error instanceof ProblemError) || !repairable.includes(error.problem.code)) throw error
      if (failures.length === maxRepairs || failures.some(({ sql }) => sql === outcome.sql)) throw error
      failures.push({ sql: outcome.sql, problems: [presentProblem(error)] })
    }
  }
}

async function findTables(
  { needs, catalog, signal }: RunningJourney,
  question: string,
): Promise<StepResult<readonly CatalogTable[]>> {
  const tables = await needs.findTables(question, catalog, signal)
  const names = tables.slice(0, 3).map((table) => table.name)
  const more = tables.length > names.length ? ` and ${tables.length - names.length} more` : ''
  const total = catalog.tables.length
  const of = `of ${total} ${total === 1 ? 'table' : 'tables'}`
  return { fact: names.length === 0 ? `None ${of}` : `${names.join(', ')}${more} · ${of}`, value: tables }
}

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

import { notFoundInQuery, wordsLeftOver } from '../../contract/ledger.ts'
import type { Problem } from '../../contract/problem.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import type { FailedAttempt, KnownValue, ValueLookup, WriteRequest, Writer, WriterOutcome } from '../ports/writer.ts'
import { catalogOf, withPlainNames } from '../catalog/pinned-names.ts'
import type { VerifiedAnswer } from '../favorites/verified-queries.ts'
import { findValues } from '../probe/find-values.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'
import { looksOfTexts } from './file-notes.ts'
import type { RunningJourney } from './journey.ts'
import { listed } from '../sentences.ts'
import { runStep, type StepResult } from './run-step.ts'
import type { LiveFact } from './turn-facts.ts'
import { accountFor, dayOf, validateQuery, type ValidatedQuery } from './validate-query.ts'

/** How often a failed query goes back to its writer. */
const maxRepairs = 2
/** How often a writer may have values looked up for one query. */
const mostLooks = 4
/** Faults in the text itself, which its writer can repair. */
const repairable: readonly Problem['code'][] = ['sql_refused', 'sql_invalid', 'sql_unsupported']

/**
 * The query that somebody vouches for as the answer to the question, validated as any other. Null where nobody does, and where it does not pass any
 * more, as when a column is gone: the question then goes to its writer.
 */
export async function* answerVerified(
  run: RunningJourney,
  question: string,
): AsyncGenerator<LiveFact, ValidatedQuery | null> {
  const found = await findVerified(run, question)
  if (found === null) return null
  const { sql, by, at, isOwn } = found
  const name = isOwn || by === '' ? 'you' : by
  yield { kind: 'step', name: 'write-query', state: 'running', fact: null }
  yield { kind: 'step', name: 'write-query', state: 'done', fact: `Verified by ${name}` }
  const interpretation = `Answered with the query that ${isOwn ? 'you vouch' : `${by} vouches`} for.`
  // Who vouches for a query answers for every word of its question, so there is no account of them.
  const draft = {
    sql,
    interpretation,
    assumptions: [],
    chart: null,
    isEdit: true,
    edited: false,
    verified: { by: name, at },
  }
  try {
    return yield* validateQuery(run, draft)
  } catch (error) {
    if (run.signal.aborted || !(error instanceof ProblemError) || !repairable.includes(error.problem.code)) throw error
    return null
  }
}

/** A store that is away does not keep a question from its writer. */
async function findVerified(
  { needs, order: { caller, leftOut = [] }, connection: { ref, policy } }: RunningJourney,
  question: string,
): Promise<VerifiedAnswer | null> {
  if (needs.findVerified === null || leftOut.length > 0) return null
  try {
    const found = await needs.findVerified(caller, ref, question)
    // Vouching for a query of one's own is no way around a connection that takes none.
    return found?.isOwn === true && policy.writers?.includes('sql') === false ? null : found
  } catch (error) {
    needs.onFault(error)
    return null
  }
}

/** Has the question written as SQL and validated; null when the answer is a question back to the person. */
export async function* writeQuery(
  run: RunningJourney,
  question: string,
  writer: Writer,
): AsyncGenerator<LiveFact, ValidatedQuery | null> {
  const { needs, order, connection, catalog, signal } = run
  const tables = yield* runStep('find-tables', signal, () => findTables(run, question))
  const failures: FailedAttempt[] = []
  let knownValues: readonly KnownValue[] | null = null
  for (;;) {
    const request: WriteRequest = {
      question,
      history: run.history,
      ...(run.pinned.length === 0 ? {} : { pinned: run.pinned }),
      leftOut: order.leftOut ?? [],
      catalog,
      tables,
      showSamples: connection.policy.samplesToModel,
      today: dayOf(needs.clock.now()),
      failures: [...failures],
      ...(knownValues === null ? {} : { knownValues }),
    }
    const written = yield* runStep('write-query', signal, () => write(run, writer, request))
    knownValues = written.knownValues
    const { outcome } = written
    if (outcome.kind === 'clarification') {
      yield { kind: 'clarification', question: outcome.question, options: [...outcome.options] }
      return null
    }
    const draft = { ...outcome, edited: false }
    const isFirstLook = !failures.some(({ unanswered }) => unanswered !== undefined) && failures.length < maxRepairs
    try {
      return yield* validateQuery(run, draft, isFirstLook ? refuseLeftOver : undefined)
    } catch (error) {
      if (signal.aborted || !(error instanceof ProblemError) || !repairable.includes(error.problem.code)) throw error
      if (failures.length === maxRepairs || failures.some(({ sql }) => sql === outcome.sql)) throw error
      const unanswered = wordsLeftOver((await accountFor(run, draft)) ?? [])
      failures.push({
        sql: outcome.sql,
        problems: [presentProblem(error)],
        ...(unanswered.length === 0 ? {} : { unanswered }),
      })
    }
  }
}

/** Words without an answer go back to the writer once, with the other faults of the attempt. */
function refuseLeftOver(words: readonly string[]): void {
  if (words.length === 0) return
  throw problem('sql_invalid', notFoundInQuery(words), 'Write a query that answers every word of the question.')
}

async function findTables(
  { needs, catalog, pinned, signal }: RunningJourney,
  question: string,
): Promise<StepResult<readonly CatalogTable[]>> {
  const named = catalogOf(pinned, catalog).tables
  const chosen = pinned.length === 0 ? [] : named
  const found = await needs.findTables(withPlainNames(question, pinned), catalog, signal)
  const tables = [...chosen, ...found.filter((table) => !chosen.includes(table))]
  const names = tables.slice(0, 3).map((table) => table.name)
  const more = tables.length > names.length ? ` and ${tables.length - names.length} more` : ''
  const total = catalog.tables.length
  const of = `of ${total} ${total === 1 ? 'table' : 'tables'}`
  return { fact: names.length === 0 ? `None ${of}` : `${names.join(', ')}${more} · ${of}`, value: tables }
}

/** What a writer came to. */
interface Written {
  readonly outcome: Exclude<WriterOutcome, { readonly kind: 'declined' | 'needs-values' }>
  /** What was looked up in the data for it; null for nothing. */
  readonly knownValues: readonly KnownValue[] | null
}

/** Has a writer write. What it needs to know of the data is looked up, for one text of the conversation after the other. */
async function* write(
  run: RunningJourney,
  writer: Writer,
  request: WriteRequest,
): AsyncGenerator<LiveFact, StepResult<Written>> {
  let knownValues = request.knownValues ?? null
  let outcome = yield* writeOnce(writer, request, run.signal)
  for (let look = 0; outcome.kind === 'needs-values' && look < mostLooks; look += 1) {
    if (outcome.lookups.every(({ text }) => knownValues?.some((known) => known.text === text))) break
    yield { kind: 'step', name: 'write-query', state: 'running', fact: lookingFor(run, outcome.lookups) }
    knownValues = [...(knownValues ?? []), ...(await findValues(run.probes, outcome.lookups))]
    outcome = yield* writeOnce(writer, { ...request, knownValues }, run.signal)
  }
  if (outcome.kind !== 'needs-values') return endOf(outcome, knownValues)
  throw problem(
    'writer_declined',
    `It is not known which column holds ${texts(outcome.lookups)}.`,
    'Say in the question which column is meant.',
  )
}

async function* writeOnce(
  writer: Writer,
  request: WriteRequest,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, Exclude<WriterOutcome, { readonly kind: 'declined' }>> {
  const writing = writer.write(request, { signal })
  for (;;) {
    const next = await writing.next()
    if (next.done !== true) {
      yield { kind: 'sql.delta', text: next.value.sql }
      continue
    }
    const outcome = next.value
    if (outcome.kind !== 'declined') return outcome
    if (outcome.suggestions.length > 0) yield { kind: 'follow-ups', questions: [...outcome.suggestions] }
    const looks = looksOfTexts(outcome.reason, request.tables)
    throw problem(
      'writer_declined',
      [outcome.reason, ...looks].join(' '),
      looks.length > 0
        ? 'Write the values alike in the file, or convert them in SQL.'
        : 'Say it in other words, or ask one of the suggested questions.',
    )
  }
}

const endOf = (outcome: Written['outcome'], knownValues: Written['knownValues']): StepResult<Written> => ({
  fact: outcome.kind === 'query' ? outcome.interpretation : outcome.question,
  value: { outcome, knownValues },
})

const lookingFor = ({ probes: { probing } }: RunningJourney, lookups: readonly ValueLookup[]): string =>
  probing === 'off'
    ? `This connection does not allow to look for ${texts(lookups)} in the data`
    : `Looks for ${texts(lookups)} in the data`

const texts = (lookups: readonly ValueLookup[]): string => listed(lookups.map(({ text }) => `"${text}"`))

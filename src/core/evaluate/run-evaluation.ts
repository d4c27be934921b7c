import type { Cell } from '../../contract/result.ts'
import type { Problem } from '../../contract/problem.ts'
import { makeJourney } from '../ask/make-journey.ts'
import type { JourneyNeeds, JourneyOrder } from '../ask/journey.ts'
import type { Caller } from '../caller.ts'
import type { Writers } from '../ports/writers.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'
import { compareResults, type ComparedResult, type ComparisonVerdict } from './compare-results.ts'
import { describeConnections, type SchemaDescription } from './describe-connections.ts'

/** A result that counts as right. `isAlternative` marks a second fair reading of the question. */
export interface ExpectedResult {
  readonly rows: readonly (readonly Cell[])[]
  readonly isAlternative: boolean
}

/** One question with what is known to be right. */
export interface EvaluationTurn {
  readonly id: string
  readonly question: string
  readonly results: readonly ExpectedResult[]
  /** Verified SQL, run when there are no `results`; null where there is none. */
  readonly sql: string | null
  readonly isUnanswerable: boolean
  /** Whether the order of rows matters; null to tell it from the SQL. */
  readonly isOrdered: boolean | null
  /** The day meant by "today", `YYYY-MM-DD`; null for the current one. */
  readonly today: string | null
  /** What the summary counts it under; null for nothing. */
  readonly group: string | null
}

/** What is evaluated: one conversation of one turn or more. */
export interface EvaluationOrder {
  readonly turns: readonly EvaluationTurn[]
  readonly connection: string
  /** A writer's id; left out for the default one. */
  readonly model?: string
  /** Comments and keys to add to the connection's catalog. */
  readonly schema: SchemaDescription | null
  /** Whether the writer may see sampled values. */
  readonly withSamples: boolean
}

export type EvaluationVerdict = ComparisonVerdict | 'right_alt' | 'error' | 'declined'

export interface EvaluatedTurn {
  readonly id: string
  readonly question: string
  readonly verdict: EvaluationVerdict
  /** Whether this is what was wanted: a right result, or a decline of a question the data cannot answer. */
  readonly isRight: boolean
  readonly isUnanswerable: boolean
  readonly group: string | null
  /** The query written; null where none was. */
  readonly sql: string | null
  readonly interpretation: string | null
  /** What is wrong, or why it was declined, one sentence; null for a right result. */
  readonly note: string | null
}

/** Asks the questions of one conversation on the same path as any question, without storing them, and compares the results. */
export type Evaluate = (caller: Caller, order: EvaluationOrder, signal: AbortSignal) => AsyncGenerator<EvaluatedTurn>

/** Rows fetched at most; a longer result is not compared. */
const maxRows = 100_000
/** Earlier turns that a writer is told of, as in a conversation. */
const turnsTold = 4

export function makeEvaluate(needs: JourneyNeeds & { readonly writers: Writers }): Evaluate {
  return async function* evaluate(caller, { turns, connection, model, schema, withSamples }, signal) {
    const connections = describeConnections(needs.connections, { schema, withSamples })
    const conversationId = needs.identity.uuid()
    const history: { question: string; sql: string | null }[] = []
    for (const turn of turns) {
      const journey = makeJourney({
        ...needs,
        connections,
        clock: turn.today === null ? needs.clock : onDay(turn.today, needs),
      })
      const base = { caller, conversationId, connection, maxRows, autoRun: true, file: null } as const
      const run = (more: Pick<JourneyOrder, 'question' | 'sql' | 'writer' | 'history'>): Promise<Answer> =>
        answer(journey({ ...base, ...more, turnId: needs.identity.uuid() }, nobodyDecides, signal), signal)
      const told = history.slice(-turnsTold)
      const writer = await needs.writers.pick(caller, model)
      const given = await run({ question: turn.question, sql: null, writer, history: told })
      history.push({ question: turn.question, sql: given.sql })
      const expected =
        turn.results.length > 0 || turn.sql === null || turn.isUnanswerable
          ? turn.results
          : await verifiedResult(turn.sql, (sql) => run({ question: null, sql, writer: null, history: [] }))
      yield judge(turn, given, expected)
    }
  }
}

/** What a turn came to. */
interface Answer {
  readonly sql: string | null
  readonly interpretation: string | null
  readonly result: ComparedResult | null
  /** A question back to the person. */
  readonly clarification: string | null
  readonly problem: Problem | null
}

/** Nobody is there to approve: a query that is held back for its size fails. */
const nobodyDecides = {
  next: () => Promise.reject(problem('query_too_large', 'The query is held back for a person.', 'Run it on the page.')),
}

const onDay = (today: string, { clock }: Pick<JourneyNeeds, 'clock'>): JourneyNeeds['clock'] => ({
  ...clock,
  now: () => Date.parse(`${today}T12:00:00Z`),
})

/** Follows a journey until its result is complete. */
async function answer(journey: ReturnType<ReturnType<typeof makeJourney>>, signal: AbortSignal): Promise<Answer> {
  let [sql, interpretation, clarification]: [string | null, string | null, string | null] = [null, null, null]
  const rows: (readonly Cell[])[] = []
  try {
    for await (const fact of journey) {
      if (fact.kind === 'query.proposed') [sql, interpretation] = [fact.sql, fact.interpretation]
      else if (fact.kind === 'clarification') clarification = fact.question
      else if (fact.kind === 'result.rows') rows.push(...(JSON.parse(fact.rowsJson) as (readonly Cell[])[]))
      else if (fact.kind === 'result.done')
        return { sql, interpretation, clarification, result: { rows, truncated: fact.truncated }, problem: null }
    }
    return { sql, interpretation, clarification, result: null, problem: null }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ProblemError)) throw error
    return { sql, interpretation, clarification, result: null, problem: presentProblem(error) }
  }
}

async function verifiedResult(
  sql: string,
  run: (sql: string) => Promise<Answer>,
): Promise<readonly ExpectedResult[] | string> {
  const { result, problem: failure } = await run(sql)
  if (result !== null) return [{ rows: result.rows, isAlternative: false }]
  return `The verified SQL failed: ${failure?.message ?? 'it gave no result.'}`
}

/** Codes by which a writer says that it will not answer, rather than that something broke. */
const declines = new Set<Problem['code']>(['writer_declined'])

function judge(turn: EvaluationTurn, given: Answer, expected: readonly ExpectedResult[] | string): EvaluatedTurn {
  const { id, question, isUnanswerable, group } = turn
  const { sql, interpretation } = given
  const base = { id, question, isUnanswerable, group, sql, interpretation }
  if (given.clarification !== null || (given.problem !== null && declines.has(given.problem.code))) {
    const note = given.clarification ?? given.problem?.message ?? null
    return { ...base, verdict: 'declined', isRight: isUnanswerable, note }
  }
  // It was answered as talk or from the catalog, without a query.
  if (sql === null && given.problem === null)
    return { ...base, verdict: 'declined', isRight: isUnanswerable, note: null }
  if (given.result === null) {
    const note = given.problem?.message ?? 'The question came to no result.'
    return { ...base, verdict: 'error', isRight: false, note }
  }
  if (isUnanswerable)
    return { ...base, verdict: 'different', isRight: false, note: 'It was answered, though the data cannot answer it.' }
  if (typeof expected === 'string') return { ...base, verdict: 'error', isRight: false, note: expected }
  const { verdict, note } = bestOf(given.result, expected, turn.isOrdered ?? hasOrder(turn.sql))
  return { ...base, verdict, isRight: verdict.startsWith('right'), note }
}

const ranks: readonly ComparisonVerdict[] = [
  'right',
  'right_extra_columns',
  'other_order',
  'different',
  'no_evidence',
  'shape',
]

/** The kindest comparison with any of the expected results; right by an alternative only is told apart. */
function bestOf(
  actual: ComparedResult,
  expected: readonly ExpectedResult[],
  ordered: boolean,
): { readonly verdict: EvaluationVerdict; readonly note: string | null } {
  const compared = expected
    .map((one) => ({ ...compareResults(one, actual, ordered), isAlternative: one.isAlternative }))
    .sort(
      (a, b) =>
        Number(a.isAlternative) - Number(b.isAlternative) || ranks.indexOf(a.verdict) - ranks.indexOf(b.verdict),
    )
  const right = compared.find(({ verdict }) => verdict === 'right' || verdict === 'right_extra_columns')
  const best = right ?? compared[0]
  if (best === undefined) return { verdict: 'no_evidence', note: 'There is nothing to compare the result with.' }
  return best.isAlternative && right !== undefined ? { verdict: 'right_alt', note: null } : best
}

/** Whether SQL orders its rows at the top level. */
function hasOrder(sql: string | null): boolean {
  let text = sql ?? ''
  for (let before = ''; before !== text;) [before, text] = [text, text.replaceAll(/\([^()]*\)/g, '')]
  return /\border\s+by\b/i.test(text)
}

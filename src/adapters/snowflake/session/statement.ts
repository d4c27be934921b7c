import { randomUUID } from 'node:crypto'
import { problem } from '../../../core/problem.ts'
import type { StatementTag } from '../snowflake-link.ts'
import { cancelStatement, type CancelOutcome } from './cancel-statement.ts'
import { followStatement, isWorking, type Working } from './follow-statement.ts'
import { pause } from './pause.ts'
import { isPassing, mayHaveArrived, type RawSession, type WireAnswer } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'

/** A statement and how it is to be run. */
export interface StatementOrder {
  readonly sql: string
  readonly tag: StatementTag
  readonly timeoutMs: number
  /** `describe`: only its columns. `detached`: answered with an id at once and followed until it is done. `direct`: answered when done. */
  readonly mode: 'describe' | 'detached' | 'direct'
  readonly signal: AbortSignal
}

/** A statement under way. */
export interface Statement {
  /** Its result as Snowflake answers it. Throws `SnowflakeFailure`, `HttpFault` and the signal's reason. */
  readonly answer: Promise<WireAnswer>
  /** Stops it in Snowflake; resolves once Snowflake has confirmed that it does not run, or when the time for that is over. */
  cancel(): Promise<CancelOutcome>
  /** How it is named in Snowflake, for a later cancel. */
  name(): { readonly queryId: string } | { readonly requestId: string }
}

/**
 * Runs a statement once. It is submitted again after a passing fault under the same `requestId`, by which Snowflake recognises it.
 * `onWorking` hears its id and its state while it works.
 */
export function startStatement(
  session: RawSession,
  limits: SnowflakeLimits,
  order: StatementOrder,
  onWorking: (working: Working) => void,
): Statement {
  refuseTransfer(order.sql)
  const requestId = randomUUID()
  let queryId: string | null = null
  let isOver = false
  const run = async (): Promise<WireAnswer> => {
    const first = await submit(session, limits, order, requestId)
    queryId = readQueryId(first)
    let last = first
    if (isWorking(first)) {
      if (queryId === null) throw garbled()
      onWorking({ queryId, state: 'running' })
      last = await followStatement(session, limits, queryId, order.signal, onWorking)
    }
    // Only an answer of Snowflake ends it; a caller that stops waiting leaves it running.
    isOver = true
    return succeed(last)
  }
  const answer = run()
  answer.catch(() => undefined)
  const name = () => (queryId === null ? { requestId } : { queryId })
  return {
    answer,
    name,
    cancel: async () => {
      if (isOver) return 'confirmed'
      // Before the sign-in nothing of it can run in Snowflake.
      return queryId === null && !session.isOpen() ? 'not-begun' : await cancelStatement(session, limits, name())
    },
  }
}

/** Waits for a result by its query id, from any session of the same user; nothing runs again. */
export async function readResult(
  session: RawSession,
  limits: SnowflakeLimits,
  queryId: string,
  signal: AbortSignal,
): Promise<WireAnswer> {
  return succeed(await followStatement(session, limits, queryId, signal, () => undefined))
}

/** The pauses before a statement is submitted again, as many as Snowflake's drivers allow. */
const pausesMs: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]

async function submit(session: RawSession, limits: SnowflakeLimits, order: StatementOrder, requestId: string) {
  const { mode, timeoutMs, signal } = order
  const startedAt = Date.now()
  const giveUpAt = startedAt + (mode === 'detached' ? Math.min(limits.retryForMs, timeoutMs) : timeoutMs)
  // Snowflake holds a direct statement for up to a minute before it answers that the statement still runs.
  const attemptMs = mode === 'direct' ? Math.max(limits.submitMs, timeoutMs / 2) : limits.submitMs
  const body = bodyOf(order)
  let inDoubt: unknown = null
  let search: Readonly<Record<string, string>> = {}
  for (let retries = 0; ; retries += 1) {
    try {
      return await session.request({
        method: 'POST',
        path: '/queries/v1/query-request',
        requestId,
        search,
        body,
        isRepeat: inDoubt !== null,
        deadlineMs: Math.max(1, Math.min(attemptMs, giveUpAt - Date.now())),
        signal,
      })
    } catch (error) {
      const pauseMs = pausesMs[retries]
      // Without the session that knew the request nobody can tell whether it ran, so the first fault is reported.
      if (inDoubt !== null && error instanceof SnowflakeFailure && error.facts.code === 'gone') throw inDoubt
      if (!isPassing(error) || pauseMs === undefined || Date.now() + pauseMs >= giveUpAt) throw error
      if (mayHaveArrived(error)) inDoubt = error
      await pause(pauseMs, signal)
      search = { clientStartTime: String(startedAt), retryCount: String(retries + 1), retryReason: '0' }
    }
  }
}

const bodyOf = ({ sql, tag, timeoutMs, mode }: StatementOrder) => ({
  sqlText: sql,
  asyncExec: mode === 'detached',
  describeOnly: mode === 'describe',
  disableOfflineChunks: false,
  querySubmissionTime: Date.now(),
  parameters: {
    MULTI_STATEMENT_COUNT: 1,
    QUERY_TAG: queryTag(tag),
    STATEMENT_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(timeoutMs / 1_000)),
  },
})

const longestTag = 2_000

/** The query tag, which names Floe, the user and the turn in the account's query history. */
const queryTag = ({ purpose, userId, turnId }: StatementTag): string =>
  JSON.stringify({ app: 'floe', user: userId, turn: turnId, purpose }).slice(0, longestTag)

export function readQueryId({ data }: WireAnswer): string | null {
  const id = data['queryId']
  return typeof id === 'string' && id !== '' ? id : null
}

function succeed(answer: WireAnswer): WireAnswer {
  if (answer.success) return answer
  const { sqlState } = answer.data
  throw new SnowflakeFailure({
    during: 'statement',
    code: answer.code ?? '',
    words: answer.message,
    sqlState: typeof sqlState === 'string' ? sqlState : null,
    queryId: readQueryId(answer),
  })
}

const garbled = (): SnowflakeFailure =>
  new SnowflakeFailure({ during: 'statement', code: 'garbage', words: '', sqlState: null, queryId: null })

/** Blanks, semicolons, brackets and the three kinds of comment, which may precede a statement's first word. */
const leading = /^(?:[\s;(\uFEFF]+|--[^\n\r]*|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)+/

/** Statements that move files or that a driver carries out itself. */
const transfers = /^(?:put|get|list|ls|remove|rm)\b/i

/** Refuses PUT and GET, which move files, just before a statement is sent; the guard has refused them before. Throws `sql_refused`. */
function refuseTransfer(sql: string): void {
  const text = sql.replace(leading, '')
  if (!transfers.test(text) && !text.startsWith('/*')) return
  throw problem('sql_refused', 'Statements that move files are never run.', 'Send a single SELECT.')
}

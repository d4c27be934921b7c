import { randomUUID } from 'node:crypto'
import { problem } from '../../../core/problem.ts'
import type { StatementTag } from '../snowflake-link.ts'
import { followStatement, isWorking, pausesMs, type Working } from './follow-statement.ts'
import { pause } from './pause.ts'
import { neverArrived, type RawSession, type WireAnswer } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'

/** One statement on its way. */
export interface StatementOrder {
  readonly sql: string
  readonly tag: StatementTag
  readonly timeoutMs: number
  /** `describe`: only its columns. `detached`: answered with an id at once, looked after until it is done. `direct`: answered when done. */
  readonly mode: 'describe' | 'detached' | 'direct'
  readonly signal: AbortSignal
}

/** A statement under way. */
export interface Statement {
  /** Its result as Snowflake answers it. Throws `SnowflakeFailure`, `HttpFault` and the signal's reason. */
  readonly answer: Promise<WireAnswer>
  /** Cancels it in Snowflake; resolves once Snowflake has taken the cancel or could not be told. */
  cancel(): Promise<void>
}

/** Hands a statement over exactly once. `onWorking` hears its id and its state while it works. */
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
  const answer = submit(session, limits, order, requestId)
    .then((first) => {
      queryId = readQueryId(first)
      if (!isWorking(first)) return first
      if (queryId === null) throw garbled()
      onWorking({ queryId, state: 'running' })
      return followStatement(session, limits, queryId, order.signal, onWorking)
    })
    .then((last) => {
      // Only an answer of Snowflake says so: whoever stopped waiting leaves it running.
      isOver = true
      return succeed(last)
    })
  answer.catch(() => undefined)
  return {
    answer,
    cancel: () =>
      isOver
        ? Promise.resolve()
        : queryId === null
          ? cancelRequest(session, limits, requestId)
          : cancelQuery(session, limits, queryId),
  }
}

/** Waits for a result by its id, from whatever session of the same user: asking again runs nothing again. */
export async function readResult(
  session: RawSession,
  limits: SnowflakeLimits,
  queryId: string,
  signal: AbortSignal,
): Promise<WireAnswer> {
  return succeed(await followStatement(session, limits, queryId, signal, () => undefined))
}

/** Cancels a query by its id; harmless when it is over. */
export async function cancelQuery(session: RawSession, limits: SnowflakeLimits, queryId: string): Promise<void> {
  await session.request({
    method: 'POST',
    path: `/queries/${encodeURIComponent(queryId)}/abort-request`,
    requestId: randomUUID(),
    body: {},
    deadlineMs: limits.requestMs,
    signal: unstoppable(),
  })
}

async function cancelRequest(session: RawSession, limits: SnowflakeLimits, requestId: string): Promise<void> {
  if (!session.isOpen()) return
  await session.request({
    method: 'POST',
    path: '/queries/v1/abort-request',
    requestId: randomUUID(),
    body: { requestId },
    deadlineMs: limits.requestMs,
    signal: unstoppable(),
  })
}

const unstoppable = (): AbortSignal => new AbortController().signal

/** Sends it; again only when it certainly was not taken. */
async function submit(session: RawSession, limits: SnowflakeLimits, order: StatementOrder, requestId: string) {
  const { mode, timeoutMs, signal } = order
  const deadlineMs = mode === 'detached' ? Math.min(limits.submitMs, timeoutMs) : timeoutMs
  const request = {
    method: 'POST',
    path: '/queries/v1/query-request',
    requestId,
    body: bodyOf(order),
    deadlineMs,
    signal,
  } as const
  for (const pauseMs of pausesMs) {
    try {
      return await session.request(request)
    } catch (error) {
      if (!neverArrived(error)) throw error
      await pause(pauseMs, signal)
    }
  }
  return await session.request(request)
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

/** Who a query is for, in the account's own history. */
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

/** What may stand before a statement's first word: blanks, semicolons, brackets and the three kinds of comment. */
const leading = /^(?:[\s;(\uFEFF]+|--[^\n\r]*|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)+/

/** Statements that move files or speak to the driver, not to the warehouse. */
const transfers = /^(?:put|get|list|ls|remove|rm)\b/i

/**
 * The last look before a statement leaves: PUT and GET move files. The guard has refused them long before; this holds whatever led here.
 * Throws `sql_refused`.
 */
function refuseTransfer(sql: string): void {
  const text = sql.replace(leading, '')
  if (!transfers.test(text) && !text.startsWith('/*')) return
  throw problem('sql_refused', 'Statements that move files are never run.', 'Send a single SELECT.')
}

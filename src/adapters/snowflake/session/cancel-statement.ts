import { randomUUID } from 'node:crypto'
import { ProblemError } from '../../../core/problem.ts'
import { HttpFault } from '../../http-client/http-client.ts'
import { lookAtQuery } from './follow-statement.ts'
import { pause } from './pause.ts'
import type { RawSession } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'

/** Whether Snowflake has said that a statement does not run any more; `not-begun` when it was never sent. */
export type CancelOutcome = 'confirmed' | 'unconfirmed' | 'not-begun'

/** A statement by the id that Snowflake gave it, or by ours until there is one. */
export type StatementName = { readonly queryId: string } | { readonly requestId: string }

/** Snowflake's answer for a statement that is over or has not begun. */
const notRunningCode = '000605'
/** A statement that has not begun may still begin, so that answer counts once it was given this often. */
const notRunningTimes = 5
const pausesMs: readonly number[] = [200, 400, 800, 1_500]
/** The pauses between looks at a cancelled query, which takes a moment to end. */
const endingPausesMs: readonly number[] = [50, 150, 400, 800]

/** Stops a statement in Snowflake: asks until Snowflake confirms that it does not run, or until `limits.cancelMs` has passed. */
export async function cancelStatement(
  session: RawSession,
  limits: SnowflakeLimits,
  name: StatementName,
): Promise<CancelOutcome> {
  const late = AbortSignal.timeout(limits.cancelMs)
  const queryId = 'queryId' in name ? name.queryId : null
  let notRunning = 0

  const hasStopped = async (): Promise<boolean> => {
    const answer = await session.request({
      method: 'POST',
      path: queryId === null ? '/queries/v1/abort-request' : `/queries/${encodeURIComponent(queryId)}/abort-request`,
      requestId: randomUUID(),
      body: queryId === null ? name : {},
      deadlineMs: limits.requestMs,
      signal: late,
    })
    if (answer.success) return await hasEnded(session, limits, queryId, late)
    if (answer.code !== notRunningCode) return false
    notRunning += 1
    return notRunning === notRunningTimes || (queryId !== null && (await isOver(session, limits, queryId, late)))
  }
  for (let tries = 0; ; tries += 1) {
    try {
      if (await hasStopped()) return 'confirmed'
      await pause(pausesMs[tries] ?? 1_500, late)
    } catch (error) {
      if (late.aborted) return 'unconfirmed'
      const isFault = error instanceof SnowflakeFailure || error instanceof HttpFault || error instanceof ProblemError
      if (!isFault) throw error
      if (
        !(await pause(pausesMs[tries] ?? 1_500, late).then(
          () => true,
          () => false,
        ))
      )
        return 'unconfirmed'
    }
  }
}

/** Whether a query whose cancel Snowflake has taken is over. Where its state cannot be read, the taken cancel is believed. */
async function hasEnded(
  session: RawSession,
  limits: SnowflakeLimits,
  queryId: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (queryId === null) return true
  for (const pauseMs of endingPausesMs) {
    const look = await lookAtQuery(session, limits, queryId, signal)
    if (look === 'over' || look === 'unknown' || look === 'silent') return true
    await pause(pauseMs, signal)
  }
  return false
}

const isOver = async (session: RawSession, limits: SnowflakeLimits, queryId: string, signal: AbortSignal) =>
  (await lookAtQuery(session, limits, queryId, signal)) === 'over'

import type { RunProgress } from '../../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { cancelStatement, type CancelOutcome, type StatementName } from '../session/cancel-statement.ts'
import { pause } from '../session/pause.ts'
import type { SessionPool } from '../session/session-pool.ts'
import type { Session, WireAnswer } from '../session/session.ts'
import type { SnowflakeLimits } from '../session/snowflake-limits.ts'
import { snowflakeProblem } from '../session/snowflake-problem.ts'
import { startStatement, type StatementOrder } from '../session/statement.ts'

/** Runs statements so that none stays behind in Snowflake. */
export interface Statements {
  /**
   * Runs a statement to its end. One whose answer is not read any more is stopped in Snowflake first. Throws `UnconfirmedCancel` around a
   * failure after which that was not confirmed, `query_timeout`, what the statement throws, and the signal's reason.
   */
  carryOut(session: Session, order: StatementOrder, onProgress?: (progress: RunProgress) => void): Promise<WireAnswer>
  /** Stops a query that a process which is gone left running. Throws `warehouse_unreachable` until Snowflake has confirmed it. */
  abandon(session: Session, queryId: string, withinMs: number): Promise<void>
}

interface StatementsNeeds {
  readonly limits: SnowflakeLimits
  readonly pool: SessionPool
  /** Ends the cancels that go on in the background. */
  readonly closing: AbortSignal
  readonly onFault: (error: unknown) => void
}

export function makeStatements({ limits, pool, closing, onFault }: StatementsNeeds): Statements {
  /** Goes on in the background until Snowflake confirms the cancel. */
  const repeatCancel = async (name: StatementName, withinMs: number): Promise<void> => {
    // Past its own time limit Snowflake has ended the statement by itself.
    for (const endsAt = Date.now() + withinMs; Date.now() < endsAt && !closing.aborted;) {
      try {
        await pause(limits.cancelAgainMs, closing)
        if ((await pool.use(closing, (session) => cancelStatement(session, limits, name))) === 'confirmed') return
      } catch (error) {
        if (closing.aborted) return
        if (snowflakeProblem(error) === error && !(error instanceof ProblemError)) throw error
      }
    }
  }
  const cancelLater = (name: StatementName, withinMs: number): void => {
    repeatCancel(name, withinMs).catch(onFault)
  }
  const carryOut: Statements['carryOut'] = async (session, order, onProgress = () => undefined) => {
    const statement = startStatement(session, limits, order, onProgress)
    try {
      return await statement.answer
    } catch (error) {
      // Nothing may go on running in Snowflake whose answer is not read.
      const outcome = await statement.cancel()
      const name = statement.name()
      if (outcome === 'unconfirmed') cancelLater(name, order.timeoutMs)
      if (order.signal.aborted && outcome !== 'not-begun') {
        const queryId = 'queryId' in name ? name.queryId : null
        onProgress({ queryId, state: outcome === 'confirmed' ? 'cancelled' : 'unconfirmed' })
      }
      const reason: unknown = order.signal.aborted ? order.signal.reason : error
      if (reason instanceof TimeLimitReached) throw outOfTime(order.timeoutMs, outcome)
      throw outcome !== 'unconfirmed' || reason instanceof StoppedError ? reason : new UnconfirmedCancel(reason)
    }
  }
  return {
    carryOut,
    async abandon(session, queryId, withinMs) {
      if ((await cancelStatement(session, limits, { queryId })) !== 'unconfirmed') return
      cancelLater({ queryId }, withinMs)
      throw problem(
        'warehouse_unreachable',
        'Snowflake has not confirmed that the query was stopped.',
        'Try again in a moment.',
      )
    },
  }
}

/** Thrown inside a request that its caller has cancelled. */
export class StoppedError extends Error {
  constructor() {
    super('The request was stopped.')
    this.name = 'StoppedError'
  }
}

/** Thrown inside a request that has reached its time limit. */
export class TimeLimitReached extends Error {
  readonly timeoutMs: number
  constructor(timeoutMs: number) {
    super(`The time limit of ${timeoutMs} ms was reached.`)
    this.name = 'TimeLimitReached'
    this.timeoutMs = timeoutMs
  }
}

/** A failure after which Snowflake has not confirmed that the statement was stopped. */
export class UnconfirmedCancel extends Error {
  constructor(cause: unknown) {
    super('The cancel was not confirmed.', { cause })
    this.name = 'UnconfirmedCancel'
  }
}

/** What is added to the problem of an `UnconfirmedCancel`. */
export const unconfirmedNote = 'Asked Snowflake to stop the query; not confirmed. It may run until its time limit.'

/** The problem of a query that reached its time limit. */
export function outOfTime(timeoutMs: number, outcome: CancelOutcome): ProblemError {
  const seconds = (timeoutMs / 1_000).toLocaleString('en-US')
  if (outcome === 'not-begun')
    return problem(
      'query_timeout',
      `The query could not begin within ${seconds} s: this connection is busy or still signing in.`,
      'Wait for other queries to end, then try again.',
    )
  const isStopped = outcome === 'confirmed'
  return problem(
    'query_timeout',
    `The query took longer than ${seconds} s${isStopped ? ' and was cancelled in Snowflake' : '; Snowflake was asked to stop it'}.`,
    'Ask for less at once, or raise the limit.',
    isStopped ? {} : { details: [unconfirmedNote] },
  )
}

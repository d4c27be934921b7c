import type { RunProgress } from '../../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import type { HttpClient } from '../../http-client/http-client.ts'
import type { ChunkSourceNeeds } from '../results/chunk-source.ts'
import { presentColumn } from '../results/result-columns.ts'
import { readResultHead, type ResultHead } from '../results/result-head.ts'
import { readSmall, streamResult } from '../results/stream-result.ts'
import { cancelStatement, type CancelOutcome, type StatementName } from '../session/cancel-statement.ts'
import { pause } from '../session/pause.ts'
import type { SessionPool } from '../session/session-pool.ts'
import type { Session, WireAnswer } from '../session/session.ts'
import { snowflakeProblem } from '../session/snowflake-problem.ts'
import { readResult, startStatement, type Statement, type StatementOrder } from '../session/statement.ts'
import type { ChildRequest, ChildSettings, FromChild, RowLimits } from './child-protocol.ts'

/** Does one request and sends what comes of it. Throws problems, failures of Snowflake, and what stopped the control. */
export type AnswerRequest = (request: ChildRequest, control: RequestControl) => Promise<void>

interface AnswerNeeds {
  readonly settings: ChildSettings
  readonly http: HttpClient
  readonly pool: SessionPool
  readonly send: (message: FromChild) => void
  /** Ends the cancels that go on in the background. */
  readonly closing: AbortSignal
  readonly onFault: (error: unknown) => void
}

type Kind<K extends ChildRequest['kind']> = Extract<ChildRequest, { readonly kind: K }>

export function makeAnswerRequest({ settings, http, pool, send, closing, onFault }: AnswerNeeds): AnswerRequest {
  const { limits, target, resultOrigins } = settings

  const chunksOf = (session: Session, queryId: string): ChunkSourceNeeds => ({
    http,
    limits,
    accountUrl: target.accessUrl,
    allowedOrigins: resultOrigins,
    reread: async (signal) => readResultHead(await readResult(session, limits, queryId, signal)),
  })
  /** Stops a statement whose answer is not awaited any more, and goes on in the background until Snowflake confirms it. */
  const stop = async (statement: Statement, { timeoutMs }: StatementOrder): Promise<CancelOutcome> => {
    const outcome = await statement.cancel()
    if (outcome === 'unconfirmed') void cancelLater(statement.name(), timeoutMs).catch(onFault)
    return outcome
  }
  const cancelLater = async (name: StatementName, withinMs: number): Promise<void> => {
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
  const carryOut = async (
    session: Session,
    order: StatementOrder,
    onProgress: (progress: RunProgress) => void = () => undefined,
  ): Promise<WireAnswer> => {
    const statement = startStatement(session, limits, order, onProgress)
    try {
      return await statement.answer
    } catch (error) {
      // Nothing may go on running in Snowflake whose answer is not read.
      const outcome = await stop(statement, order)
      const name = statement.name()
      if (order.signal.aborted && 'queryId' in name)
        onProgress({ queryId: name.queryId, state: outcome === 'unconfirmed' ? 'unconfirmed' : 'cancelled' })
      const reason: unknown = order.signal.aborted ? order.signal.reason : error
      if (reason instanceof TimeLimitReached) throw outOfTime(order.timeoutMs, outcome)
      throw outcome !== 'unconfirmed' || reason instanceof StoppedError ? reason : new UnconfirmedCancel(reason)
    }
  }
  const query = async ({ id, sql, tag, timeoutMs }: Kind<'query'>, { signal }: RequestControl): Promise<void> => {
    const result = await pool.use(signal, async (session) => {
      const head = readResultHead(await carryOut(session, { sql, tag, timeoutMs, mode: 'direct', signal }))
      return await readSmall(chunksOf(session, head.queryId), head, signal)
    })
    send({ kind: 'answer', id, answer: { kind: 'small', result } })
  }
  const describe = async ({ id, sql, tag, timeoutMs }: Kind<'describe'>, { signal }: RequestControl): Promise<void> => {
    const answer = await pool.use(signal, (session) =>
      carryOut(session, { sql, tag, timeoutMs, mode: 'describe', signal }),
    )
    const columns = readResultHead(answer).columns.map(presentColumn)
    send({ kind: 'answer', id, answer: { kind: 'columns', columns } })
  }
  const stream = async (
    session: Session,
    head: ResultHead,
    { id, maxRows, maxBytes, fromRow }: { readonly id: number; readonly fromRow: number } & RowLimits,
    control: RequestControl,
  ): Promise<void> => {
    send({ kind: 'columns', id, columns: head.columns.map(presentColumn) })
    const options = { fromRow, maxRows, maxBytes, signal: control.signal }
    const truncated = await streamResult(chunksOf(session, head.queryId), head, options, async ({ rowCount, json }) => {
      await control.turn()
      send({ kind: 'batch', id, rowCount, json })
    })
    send({ kind: 'end', id, truncated })
  }
  const run = async (request: Kind<'run'>, control: RequestControl): Promise<void> => {
    const { id, sql, tag, timeoutMs } = request
    const { signal } = control
    const onProgress = (progress: RunProgress): void => send({ kind: 'working', id, ...progress })
    await pool.use(
      signal,
      async (session) => {
        const order = { sql, tag, timeoutMs, mode: 'detached', signal } as const
        const head = readResultHead(await carryOut(session, order, onProgress))
        // The time limit is for the query; its reader sets the pace from here.
        control.done()
        await stream(session, head, { ...request, fromRow: 0 }, control)
      },
      () => onProgress({ queryId: null, state: 'waiting' }),
    )
  }
  const reread = async (request: Kind<'reread'>, control: RequestControl): Promise<void> => {
    await pool.use(control.signal, async (session) => {
      const head = readResultHead(await readResult(session, limits, request.queryId, control.signal))
      control.done()
      await stream(session, head, request, control)
    })
  }
  const abandon = async ({ id, queryId, timeoutMs }: Kind<'abandon'>, { signal }: RequestControl): Promise<void> => {
    const outcome = await pool.use(signal, (session) => cancelStatement(session, limits, { queryId }))
    if (outcome === 'unconfirmed') {
      void cancelLater({ queryId }, timeoutMs).catch(onFault)
      throw stillRunning()
    }
    send({ kind: 'answer', id, answer: { kind: 'abandoned' } })
  }

  return async (request, control) => {
    if (request.kind === 'query') await query(request, control)
    else if (request.kind === 'describe') await describe(request, control)
    else if (request.kind === 'run') await run(request, control)
    else if (request.kind === 'reread') await reread(request, control)
    else await abandon(request, control)
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

const stillRunning = () =>
  problem('warehouse_unreachable', 'Snowflake has not confirmed that the query was stopped.', 'Try again in a moment.')

/** Stops a request and paces its rows: batches go out only as the reader asks for them. */
export interface RequestControl {
  /** Aborted with `StoppedError` or `TimeLimitReached`. */
  readonly signal: AbortSignal
  /** Asks for `count` more batches. */
  allow(count: number): void
  /** Resolves once a batch may go out; rejects with the signal's reason. */
  turn(): Promise<void>
  /** Ends the time limit. */
  done(): void
  stop(): void
}

/** `timeoutMs` is the time until `done`. */
export function makeRequestControl(timeoutMs: number): RequestControl {
  const stopping = new AbortController()
  const { signal } = stopping
  let allowed = 0
  let wake: () => void = () => undefined
  signal.addEventListener('abort', () => wake(), { once: true })
  const watchdog = setTimeout(() => stopping.abort(new TimeLimitReached(timeoutMs)), timeoutMs)
  return {
    signal,
    allow(count) {
      allowed += count
      wake()
    },
    async turn() {
      for (;;) {
        signal.throwIfAborted()
        if (allowed > 0) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      allowed -= 1
    },
    done: () => clearTimeout(watchdog),
    stop() {
      stopping.abort(new StoppedError())
    },
  }
}

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

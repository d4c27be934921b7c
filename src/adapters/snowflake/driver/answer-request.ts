import { problem } from '../../../core/problem.ts'
import type { HttpClient } from '../../http-client/http-client.ts'
import type { ChunkSourceNeeds } from '../results/chunk-source.ts'
import { presentColumn } from '../results/result-columns.ts'
import { readResultHead, type ResultHead } from '../results/result-head.ts'
import { readSmall, streamResult } from '../results/stream-result.ts'
import type { Working } from '../session/follow-statement.ts'
import type { SessionPool } from '../session/session-pool.ts'
import type { Session, WireAnswer } from '../session/session.ts'
import { cancelQuery, readResult, startStatement, type StatementOrder } from '../session/statement.ts'
import type { ChildRequest, ChildSettings, FromChild, RowLimits } from './child-protocol.ts'

/** Does one request and sends what comes of it. Throws problems, failures of Snowflake, and what stopped the control. */
export type AnswerRequest = (request: ChildRequest, control: RequestControl) => Promise<void>

interface AnswerNeeds {
  readonly settings: ChildSettings
  readonly http: HttpClient
  readonly pool: SessionPool
  readonly send: (message: FromChild) => void
}

type Kind<K extends ChildRequest['kind']> = Extract<ChildRequest, { readonly kind: K }>

export function makeAnswerRequest({ settings, http, pool, send }: AnswerNeeds): AnswerRequest {
  const { limits, target, resultOrigins } = settings

  const chunksOf = (session: Session, queryId: string): ChunkSourceNeeds => ({
    http,
    limits,
    accountUrl: target.accessUrl,
    allowedOrigins: resultOrigins,
    reread: async (signal) => readResultHead(await readResult(session, limits, queryId, signal)),
  })
  const carryOut = async (
    session: Session,
    order: StatementOrder,
    onWorking: (working: Working) => void = () => undefined,
  ): Promise<WireAnswer> => {
    const statement = startStatement(session, limits, order, onWorking)
    try {
      return await statement.answer
    } catch (error) {
      // Whatever went wrong here, nothing may go on running there.
      await statement.cancel().catch(() => undefined)
      throw order.signal.aborted ? order.signal.reason : error
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
    await pool.use(signal, async (session) => {
      const order = { sql, tag, timeoutMs, mode: 'detached', signal } as const
      const answer = await carryOut(session, order, (working) => send({ kind: 'working', id, ...working }))
      const head = readResultHead(answer)
      // The query is done: how long its reader takes is the reader's.
      control.done()
      await stream(session, head, { ...request, fromRow: 0 }, control)
    })
  }
  const reread = async (request: Kind<'reread'>, control: RequestControl): Promise<void> => {
    await pool.use(control.signal, async (session) => {
      const head = readResultHead(await readResult(session, limits, request.queryId, control.signal))
      control.done()
      await stream(session, head, request, control)
    })
  }
  const abandon = async ({ id, queryId }: Kind<'abandon'>, { signal }: RequestControl): Promise<void> => {
    await pool.use(signal, (session) => cancelQuery(session, limits, queryId))
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

/** Thrown inside a request that nobody wants any more. */
export class StoppedError extends Error {
  constructor() {
    super('The request was stopped.')
    this.name = 'StoppedError'
  }
}

/** Stops a request and paces its rows: batches go out only as the reader asks for them. */
export interface RequestControl {
  /** Aborted with `StoppedError`, or with the problem of a request that took too long. */
  readonly signal: AbortSignal
  /** Asks for `count` more batches. */
  allow(count: number): void
  /** Resolves once a batch may go out; rejects with the signal's reason. */
  turn(): Promise<void>
  /** The part that the time limit is for is over. */
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
  const watchdog = setTimeout(() => stopping.abort(outOfTime(timeoutMs)), timeoutMs)
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

/** The problem of a query that took longer than it may. */
export const outOfTime = (timeoutMs: number): Error =>
  problem(
    'query_timeout',
    `The query took longer than ${(timeoutMs / 1_000).toLocaleString('en-US')} s and was cancelled in Snowflake.`,
    'Ask for less at once, or raise the limit.',
  )

import type { RunProgress } from '../../../core/ports/warehouse.ts'
import type { HttpClient } from '../../http-client/http-client.ts'
import type { ChunkSourceNeeds } from '../results/chunk-source.ts'
import { presentColumn } from '../results/result-columns.ts'
import { readResultHead, type ResultHead } from '../results/result-head.ts'
import { batchLayout } from '../results/row-layouts.ts'
import { saveResult } from '../results/save-result.ts'
import { readSmall, streamResult } from '../results/stream-result.ts'
import type { SessionPool } from '../session/session-pool.ts'
import type { Session } from '../session/session.ts'
import { readResult } from '../session/statement.ts'
import { StoppedError, type Statements, TimeLimitReached } from './carry-out.ts'
import type { ChildRequest, ChildSettings, FromChild } from './child-protocol.ts'

/** Runs one request and sends its messages. Throws problems, failures of Snowflake, and the reason of the control's signal. */
export type AnswerRequest = (request: ChildRequest, control: RequestControl) => Promise<void>

interface AnswerNeeds {
  readonly settings: ChildSettings
  readonly http: HttpClient
  readonly pool: SessionPool
  readonly send: (message: FromChild) => void
  readonly statements: Statements
}

type Kind<K extends ChildRequest['kind']> = Extract<ChildRequest, { readonly kind: K }>

export function makeAnswerRequest({ settings, http, pool, statements, send }: AnswerNeeds): AnswerRequest {
  const { limits, target, resultOrigins } = settings

  const chunksOf = (session: Session, queryId: string): ChunkSourceNeeds => ({
    http,
    limits,
    accountUrl: target.accessUrl,
    allowedOrigins: resultOrigins,
    reread: async (signal) => readResultHead(await readResult(session, limits, queryId, signal)),
  })
  const query = async ({ id, sql, tag, timeoutMs }: Kind<'query'>, { signal }: RequestControl): Promise<void> => {
    const result = await pool.use(signal, async (session) => {
      const head = readResultHead(await statements.carryOut(session, { sql, tag, timeoutMs, mode: 'direct', signal }))
      return await readSmall(chunksOf(session, head.queryId), head, signal)
    })
    send({ kind: 'answer', id, answer: { kind: 'small', result } })
  }
  const describe = async ({ id, sql, tag, timeoutMs }: Kind<'describe'>, { signal }: RequestControl): Promise<void> => {
    const answer = await pool.use(signal, (session) =>
      statements.carryOut(session, { sql, tag, timeoutMs, mode: 'describe', signal }),
    )
    const columns = readResultHead(answer).columns.map(presentColumn)
    send({ kind: 'answer', id, answer: { kind: 'columns', columns } })
  }
  const stream = async (
    session: Session,
    head: ResultHead,
    { id, maxRows, maxBytes, fromRow = 0 }: Kind<'run' | 'reread'> & { readonly fromRow?: number },
    control: RequestControl,
  ): Promise<void> => {
    send({ kind: 'columns', id, columns: head.columns.map(presentColumn) })
    const options = { layout: batchLayout(head.columns), fromRow, maxRows, maxBytes, signal: control.signal }
    const truncated = await streamResult(
      chunksOf(session, head.queryId),
      head,
      options,
      async ({ rowCount, bytes: json }) => {
        await control.turn()
        send({ kind: 'batch', id, rowCount, json })
      },
    )
    send({ kind: 'end', id, truncated })
  }
  /** Hands the rows over as they are asked for, or writes them into the file. */
  const deliver: typeof stream = async (session, head, request, control) => {
    const { id, file, maxRows } = request
    if (file === undefined) return await stream(session, head, request, control)
    send({ kind: 'columns', id, columns: head.columns.map(presentColumn) })
    const saved = await saveResult(chunksOf(session, head.queryId), head, {
      file,
      maxRows,
      // A query that was run for a file has its limit in its text and no row beyond it.
      isCutAt: request.kind === 'run' ? maxRows : null,
      signal: control.signal,
    })
    send({ kind: 'answer', id, answer: { kind: 'saved', saved } })
  }
  const run = async (request: Kind<'run'>, control: RequestControl): Promise<void> => {
    const { id, sql, tag, timeoutMs } = request
    const { signal } = control
    const onProgress = (progress: RunProgress): void => send({ kind: 'working', id, ...progress })
    await pool.use(
      signal,
      async (session) => {
        const order = { sql, tag, timeoutMs, mode: 'detached', signal } as const
        const head = readResultHead(await statements.carryOut(session, order, onProgress))
        // The time limit is for the query; its reader sets the pace from here.
        control.done()
        await deliver(session, head, request, control)
      },
      () => onProgress({ queryId: null, state: 'waiting' }),
    )
  }
  const reread = async (request: Kind<'reread'>, control: RequestControl): Promise<void> => {
    await pool.use(control.signal, async (session) => {
      const head = readResultHead(await readResult(session, limits, request.queryId, control.signal))
      control.done()
      await deliver(session, head, request, control)
    })
  }
  const abandon = async ({ id, queryId, timeoutMs }: Kind<'abandon'>, { signal }: RequestControl): Promise<void> => {
    await pool.use(signal, (session) => statements.abandon(session, queryId, timeoutMs))
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

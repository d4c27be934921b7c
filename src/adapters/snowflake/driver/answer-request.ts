import { type ChunkSourceNeeds } from '../results/chunk-source.ts'
import { readSmall } from '../results/read-small.ts'
import { readResultHead } from '../results/result-head.ts'
import type { Wire } from '../session/exchange.ts'
import type { SessionPool } from '../session/session-pool.ts'
import type { Working } from '../session/follow-statement.ts'
import type { Session, WireAnswer } from '../session/session.ts'
import { cancelQuery, readResult, startStatement, type StatementOrder } from '../session/statement.ts'
import type { ChildRequest, ChildSettings, FromChild } from './child-protocol.ts'
import type { RequestControl } from './request-control.ts'

/** Does one request and sends what comes of it. Throws problems, failures of Snowflake, and what stopped the control. */
export type AnswerRequest = (request: ChildRequest, control: RequestControl) => Promise<void>

export interface AnswerNeeds {
  readonly settings: ChildSettings
  readonly wire: Wire
  readonly pool: SessionPool
  readonly send: (message: FromChild) => void
}

type Kind<K extends ChildRequest['kind']> = Extract<ChildRequest, { readonly kind: K }>

export function makeAnswerRequest({ settings, wire, pool, send }: AnswerNeeds): AnswerRequest {
  const { limits, target, resultOrigins } = settings

  const chunksOf = (session: Session, queryId: string): ChunkSourceNeeds => ({
    wire,
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
  const abandon = async ({ id, queryId }: Kind<'abandon'>, { signal }: RequestControl): Promise<void> => {
    await pool.use(signal, (session) => cancelQuery(session, limits, queryId))
    send({ kind: 'answer', id, answer: { kind: 'abandoned' } })
  }

  return async (request, control) => {
    if (request.kind === 'query') await query(request, control)
    else if (request.kind === 'abandon') await abandon(request, control)
  }
}

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HttpFault } from '../../http-client/http-client.ts'
import { cancelStatement, type StatementName } from './cancel-statement.ts'
import type { RawSession, WireAnswer } from './session.ts'
import { defaultLimits } from './snowflake-limits.ts'

// The pauses between attempts pass at once.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const answered = (success: boolean, code: string | null = null, status?: string): WireAnswer => ({
  success,
  code,
  message: '',
  data: status === undefined ? {} : { queries: [{ status }] },
})
const taken = answered(true)
const notRunning = answered(false, '000605')
const refused = answered(false, '000604')
const cut = new HttpFault('cut', new Error('ECONNRESET'), true)

/** Cancels a statement; aborts and looks are answered from the lists, the last answer again and again. */
async function cancel(
  name: StatementName,
  aborts: readonly (WireAnswer | Error)[],
  looks: readonly string[] = ['ABORTED'],
  cancelMs = 60_000,
) {
  const sent: { readonly path: string; readonly body: unknown }[] = []
  const seen = { aborts: 0, looks: 0 }
  const session: RawSession = {
    isOpen: () => true,
    request: ({ path, body, signal }) => {
      signal.throwIfAborted()
      const isAbort = path.includes('abort-request')
      if (isAbort) sent.push({ path, body })
      const at = isAbort ? seen.aborts++ : seen.looks++
      const answer = isAbort
        ? (aborts[Math.min(at, aborts.length - 1)] ?? taken)
        : answered(true, null, looks[Math.min(at, looks.length - 1)])
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
  }
  const cancelling = cancelStatement(session, { ...defaultLimits, cancelMs }, name)
  let outcome: string | null = null
  const ended = cancelling.then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = String(error)),
  )
  for (let step = 0; outcome === null && step < 1_000; step += 1) await vi.advanceTimersByTimeAsync(2_000)
  await ended
  return { outcome, sent, aborts: seen.aborts, looks: seen.looks }
}

const byQuery = { queryId: 'q/1' }
const byRequest = { requestId: 'r' }

describe('a cancel of a statement', () => {
  test.each<readonly [string, StatementName, { readonly path: string; readonly body: unknown }]>([
    ['by the id that Snowflake gave it', byQuery, { path: '/queries/q%2F1/abort-request', body: {} }],
    ['by ours until there is one', byRequest, { path: '/queries/v1/abort-request', body: byRequest }],
  ])('asks %s', async (_, name, request) => {
    const { outcome, sent } = await cancel(name, [taken])
    expect([outcome, sent]).toEqual(['confirmed', [request]])
  })

  test('that Snowflake takes is confirmed once the query has ended', async () => {
    expect(await cancel(byQuery, [taken], ['RUNNING', 'RUNNING', 'ABORTED'])).toMatchObject({
      outcome: 'confirmed',
      aborts: 1,
      looks: 3,
    })
  })

  test('is asked for again while the query goes on', async () => {
    const looks = [...Array.from({ length: 4 }, () => 'RUNNING'), 'ABORTED']
    expect(await cancel(byQuery, [taken], looks)).toMatchObject({ outcome: 'confirmed', aborts: 2, looks: 5 })
  })

  test.each<readonly [string, WireAnswer | Error]>([
    ['Snowflake refuses it', refused],
    ['its answer is lost', cut],
  ])('is asked for again where %s', async (_, first) => {
    expect(await cancel(byQuery, [first, taken])).toMatchObject({ outcome: 'confirmed', aborts: 2 })
  })

  test('of a statement that does not run counts once a look shows that it is over', async () => {
    expect(await cancel(byQuery, [notRunning], ['RUNNING', 'SUCCESS'])).toMatchObject({
      outcome: 'confirmed',
      aborts: 2,
      looks: 2,
    })
  })

  test('of a statement that may still begin counts after five such answers', async () => {
    expect(await cancel(byRequest, [notRunning])).toMatchObject({ outcome: 'confirmed', aborts: 5, looks: 0 })
  })

  test('that is never taken is said to be unconfirmed once its time is over', async () => {
    const { outcome, aborts } = await cancel(byQuery, [refused], ['RUNNING'], 30)
    expect(outcome).toBe('unconfirmed')
    expect(aborts).toBeGreaterThan(0)
  })

  test('that meets a defect throws it', async () => {
    expect(await cancel(byQuery, [new TypeError('a defect')])).toMatchObject({ outcome: 'TypeError: a defect' })
  })
})

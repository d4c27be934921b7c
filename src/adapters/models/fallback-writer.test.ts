import { describe, expect, test } from 'vitest'
import { startGeminiServer, type GeminiReply } from '../../../test/support/gemini-server.ts'
import { jsonPieces } from '../../../test/support/gemini-wire.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Writer, WriterOutcome } from '../../core/ports/writer.ts'
import { answer, apiKey, good, outcome, request } from './gemini-asking.test-support.ts'
import { makeWriters } from './make-writers.ts'

const interpreted: WriterOutcome = {
  kind: 'query',
  sql: 'SELECT 1 AS N',
  interpretation: 'One.',
  assumptions: ['All years.'],
  chart: null,
}

const makeInterpreter = (result: WriterOutcome): Writer => ({
  id: 'offline',
  label: 'Built in',
  async *write() {
    yield await Promise.resolve({ sql: 'SELECT 1 AS N' })
    return result
  },
})

interface Ask {
  /** Null where the model must not be asked. */
  readonly reply: GeminiReply | null
  /** Milliseconds that the clock is set forward before. */
  readonly after?: number
}

/** Waits of this length are over at once; longer ones only where the model is silent. */
const shortMs = 5_000

/** Asks the default writer several times, one after the other. */
async function askAll(asks: readonly Ask[], result = interpreted) {
  const replies = asks.flatMap(({ reply }) => reply ?? [])
  const server = await startGeminiServer({ apiKey, replies: replies.length === 0 ? [good] : replies })
  let now = 0
  let overMs = 0
  const waits: number[] = []
  const logged: string[] = []
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => now,
    after: (ms, callback) => {
      waits.push(ms)
      if (ms > shortMs && ms !== overMs) return () => undefined
      const timer = setTimeout(callback, 100)
      return () => clearTimeout(timer)
    },
  }
  const writers = makeWriters({
    offline: makeInterpreter(result),
    geminiApiKey: apiKey,
    geminiBaseUrl: server.url,
    clock,
    log: (message) => logged.push(message),
  })
  const answers: { shown: string; told: WriterOutcome | Error }[] = []
  for (const { reply, after = 0 } of asks) {
    now += after
    overMs = reply?.silent === true ? 15_000 : reply?.ending === 'hang' ? 10_000 : 0
    let shown = ''
    const writing = writers.pick(undefined).write(request, { signal: new AbortController().signal })
    const run = async (): Promise<WriterOutcome> => {
      for (;;) {
        const next = await writing.next()
        if (next.done === true) return next.value
        shown += next.value.sql
      }
    }
    const told = await run().catch((error: unknown) => error as Error)
    answers.push({ shown, told })
  }
  await server.close()
  return { answers, logged, waits, requests: server.requests.length }
}

const silent: GeminiReply = { silent: true }
const late = 'The model did not answer in time; the built-in interpreter wrote this query.'
const away = 'The model is not available; the built-in interpreter wrote this query.'

describe('a model that is not available', () => {
  const stuck: GeminiReply = { pieces: jsonPieces(answer), stopAfterBytes: 2_500, ending: 'hang' }
  test.each<[string, GeminiReply, number, string]>([
    ['says nothing', silent, 15_000, late],
    ['falls silent in the middle', stuck, 10_000, late],
    ['answers with server errors', { status: 503, body: 'busy' }, 15_000, away],
  ])('and %s is stood in for by the interpreter', async (_, reply, waitedMs, notice) => {
    const { answers, logged, waits } = await askAll([{ reply }])
    expect(answers[0]?.told).toEqual({ ...interpreted, assumptions: [notice, 'All years.'] })
    expect(answers[0]?.shown).not.toContain('SELECT 1 AS N')
    expect(waits).toContain(waitedMs)
    expect(logged).toEqual(['Gemini (gemini-3.8-flash) is not available'])
  })

  const three = [{ reply: silent }, { reply: silent }, { reply: silent }]

  test('is not asked for a minute after three outages in a row', async () => {
    const asks = [
      ...three,
      { reply: null },
      { reply: null, after: 59_000 },
      { reply: good, after: 1_000 },
      { reply: good },
    ]
    const { answers, requests, logged } = await askAll(asks)
    expect(requests).toBe(5)
    expect(answers.map(({ told }) => told)).toEqual([
      ...Array.from({ length: 5 }, () => ({ ...interpreted, assumptions: [late, 'All years.'] })),
      outcome,
      outcome,
    ])
    expect(logged.at(-1)).toBe('Gemini (gemini-3.8-flash) is not asked for a while')
  })

  test('is not asked for another minute after one outage at the end of the first', async () => {
    const { requests } = await askAll([...three, { reply: silent, after: 60_000 }, { reply: null }])
    expect(requests).toBe(4)
  })

  test('is asked on when its outages are not in a row', async () => {
    const { requests } = await askAll([...three.slice(1), { reply: good }, ...three.slice(1), { reply: good }])
    expect(requests).toBe(6)
  })

  test('is told about when the interpreter cannot write the query either', async () => {
    const { answers } = await askAll([{ reply: silent }], { kind: 'declined', reason: 'No.', suggestions: [] })
    expect(answers[0]?.told).toMatchObject({ problem: { code: 'model_unavailable' } })
  })
})

test('a refused key is told and not covered up', async () => {
  const { answers, logged } = await askAll([{ reply: { status: 403, body: '{}' } }])
  expect(answers[0]?.told).toMatchObject({ problem: { code: 'model_unauthorized' } })
  expect(logged).toEqual([])
})

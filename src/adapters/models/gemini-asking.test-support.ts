import { startGeminiServer, type GeminiReply, type GeminiServer } from '../../../test/support/gemini-server.ts'
import { jsonPieces } from '../../../test/support/gemini-wire.ts'
import type { Problem } from '../../contract/problem.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { WriteRequest, WriterOutcome } from '../../core/ports/writer.ts'
import { ProblemError } from '../../core/problem.ts'
import { makeHttpClient } from '../http-client/http-client.ts'
import { googleService } from './provider-services.ts'
import { geminiVoice } from './make-writers.ts'
import { makeModelWriter, type ModelWriterNeeds } from './model-writer.ts'

export const apiKey = 'AIzaSy-not-a-real-key-0123456789'

/** A structured answer with all that escaping can go wrong with, and what is to come of it. */
export const answer = {
  interpretation: 'Customers by name.',
  assumptions: ['All years.'],
  sql: 'SELECT c.C_NAME AS "Näme 😀", 1 < 2\nFROM SHOP.PUBLIC.CUSTOMER AS c\nWHERE c.NOTE = \'\\\\ "x"\'',
  chart: 'bar',
  clarification: null,
  declined: null,
} as const
export const outcome: WriterOutcome = {
  kind: 'query',
  sql: answer.sql,
  interpretation: answer.interpretation,
  assumptions: answer.assumptions,
  chart: answer.chart,
}
export const good: GeminiReply = { pieces: jsonPieces(answer) }

export const request: WriteRequest = {
  question: 'Which customers are there?',
  history: [],
  catalog: { tables: [], defaultDatabase: null, defaultSchema: null },
  tables: [],
  today: '2026-11-22',
  failures: [],
  showSamples: true,
}

/** Real time, with waits fifty times shorter; notes what was to be waited for and what is still waited for. */
export function makeQuickClock(): Clock & { readonly waits: number[]; readonly pending: Set<unknown> } {
  const waits: number[] = []
  const pending = new Set<unknown>()
  return {
    waits,
    pending,
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    after: (ms, callback) => {
      waits.push(ms)
      const timer = setTimeout(() => {
        pending.delete(timer)
        callback()
      }, ms / 50)
      pending.add(timer)
      return () => {
        pending.delete(timer)
        clearTimeout(timer)
      }
    },
  }
}

/** A server that gives these replies while `use` runs. */
export async function serving<T>(
  replies: readonly GeminiReply[],
  use: (server: GeminiServer) => Promise<T>,
): Promise<T> {
  const server = await startGeminiServer({ apiKey, replies })
  try {
    return await use(server)
  } finally {
    await server.close()
  }
}

/** Time that stands still: whatever ends then, ends for another reason. */
export const stoppedClock: Clock = { now: () => 0, monotonicMs: () => 0, after: () => () => {} }

export const makeAskedWriter = (url: string, more: Partial<ModelWriterNeeds> = {}) =>
  makeModelWriter({
    service: googleService,
    voice: geminiVoice,
    apiKey,
    model: 'gemini-3.8-flash',
    baseUrl: url,
    http: makeHttpClient(),
    clock: makeQuickClock(),
    // Far enough away for a busy machine.
    firstTokenMs: 60_000,
    betweenTokensMs: 30_000,
    ...more,
  })

export interface Told {
  readonly outcome: WriterOutcome | null
  readonly problem: Problem | null
  readonly error: unknown
  /** All SQL that was shown while it grew, and in how many pieces. */
  readonly shown: string
  readonly pieces: number
}

export async function ask(
  url: string,
  more: Partial<ModelWriterNeeds> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Told> {
  const writing = makeAskedWriter(url, more).write(request, { signal })
  let [shown, pieces] = ['', 0]
  try {
    for (;;) {
      const next = await writing.next()
      if (next.done === true) return { outcome: next.value, problem: null, error: null, shown, pieces }
      shown += next.value.sql
      pieces += 1
    }
  } catch (error) {
    return { outcome: null, problem: error instanceof ProblemError ? error.problem : null, error, shown, pieces }
  }
}

/** What one question comes to when the server gives these replies, with the number of requests it took. */
export const askServed = (replies: readonly GeminiReply[], more: Partial<ModelWriterNeeds> = {}) =>
  serving(replies, async ({ url, requests }) => ({ ...(await ask(url, more)), requests }))

/** A reply that is an event stream of exactly this text. */
export const eventStream = (body: string): GeminiReply => ({ body, headers: { 'content-type': 'text/event-stream' } })

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json as readJson } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { readEvents, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { startGeminiServer, type GeminiServer } from '../support/gemini-server.ts'
import { jsonPieces } from '../support/gemini-wire.ts'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../support/postgres-server.ts'
import { redisMissing, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { openSocket } from '../support/started-server.ts'

/** In the question, the query and what the model says; in no span. */
const marker = 'zq7x'

interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}
interface Sent {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[]
}

/** A collector that takes OTLP as JSON and wants a key; it keeps what it was sent. */
async function startCollector(port = 0) {
  const spans: SentSpan[] = []
  const bodies: string[] = []
  const server: Server = createServer((request, response) => {
    const take = async (): Promise<number> => {
      if (request.url !== '/v1/traces' || request.method !== 'POST') return 404
      if (request.headers['x-key'] !== 'a key, of ours') return 401
      const sent = (await readJson(request)) as Sent
      bodies.push(JSON.stringify(sent))
      spans.push(...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
      return 200
    }
    void take().then((status) => response.writeHead(status, { 'content-type': 'application/json' }).end('{}'))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as AddressInfo
  return {
    port: own,
    url: `http://127.0.0.1:${own}`,
    spans,
    text: () => bodies.join('\n'),
    stop: async () => {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

let folder: string
let collector: Awaited<ReturnType<typeof startCollector>>
let models: GeminiServer
let postgres: PostgresServer | null = null
let redis: RedisServer | null = null
let server: ServedFloe

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-traces-'))
  collector = await startCollector()
  const sql = `SELECT COUNT(*) AS N FROM REGION AS R WHERE R.R_NAME <> '${marker}'`
  const answer = { interpretation: marker, assumptions: [], sql, chart: null, clarification: null, declined: null }
  models = await startGeminiServer({ replies: [{ pieces: jsonPieces(answer) }] })
  if (postgresMissing() === null) postgres = await startPostgresServer()
  if (redisMissing() === null) redis = await startRedisServer()
  server = await serveFloe({
    DATA_DIR: folder,
    SAMPLE_SCALE: '0.001',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20key%2C%20of%20ours',
    GEMINI_API_KEY: 'AIzaSy-not-a-real-key',
    GEMINI_BASE_URL: models.url,
    GEMINI_MODEL: 'some-model',
    ...(postgres === null ? {} : { DATABASE_URL: postgres.url }),
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
  })
}, 120_000)
afterAll(async () => {
  if (server.process.exitCode === null) await server.kill()
  await collector.stop()
  await models.close()
  await postgres?.remove()
  await redis?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** The names of a span and of those around it, from the outermost on. */
function pathOf(span: SentSpan): string {
  const around = collector.spans.find(({ spanId }) => spanId === span.parentSpanId)
  return around === undefined ? span.name : `${pathOf(around)} > ${span.name}`
}

const valueOf = (span: SentSpan | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((attribute) => attribute.key === key)?.value ?? {})[0]

/** The paths of a trace once the span of its turn was sent. */
async function traceOf(turnId: string): Promise<readonly SentSpan[]> {
  const turnSpan = () => collector.spans.find((span) => valueOf(span, 'floe.turn.id') === turnId)
  await vi.waitFor(() => expect(turnSpan()).toBeDefined(), { timeout: 30_000 })
  return collector.spans.filter(({ traceId }) => traceId === turnSpan()?.traceId)
}

test('one trace goes from the request over the model and the warehouse to the store, and joins the one of whoever asked', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const answer = await fetch(`${server.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    body: JSON.stringify({
      question: `how many regions but ${marker}`,
      model: 'google:some-model',
      autoRun: true,
    }),
  })
  expect(answer.status, answer.ok ? '' : await answer.text()).toBe(200)
  const events: TurnEvent[] = []
  for await (const event of readEvents(answer)) events.push(event)
  expect(events.at(-1)?.kind).toBe('turn.done')
  await vi.waitFor(() => expect(collector.spans.some(({ name }) => name === 'request')).toBe(true), { timeout: 30_000 })
  const spans = await traceOf(events[0]?.turnId ?? '')
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
  const paths = spans.map(pathOf)
  for (const expected of [
    'request > turn',
    'request > turn > step write-query > model',
    'request > turn > step check-query',
    'request > turn > step run-query > warehouse',
  ])
    expect(paths).toContain(expected)
  expect(paths.some((path) => path.startsWith('request > ') && path.includes('store '))).toBe(true)
  const request = spans.find(({ name }) => name === 'request')
  expect(valueOf(request, 'http.route')).toBe('/api/v1/turns')
  expect(collector.text()).not.toContain(marker)
})

test('a turn that is asked over a socket is a trace of its own, and lines of the log name the trace', async () => {
  const page = await openSocket(`${server.url.replace('http:', 'ws:')}/api/v1/socket`)
  const turnId = '018f2f6e-0000-4000-8000-0000000000aa'
  page.say({ command: 'ask', id: '1', ask: { turnId, sql: `DELETE FROM REGION WHERE R_NAME = '${marker}'` } })
  await page.until((frames) => frames.some(({ kind }) => kind === 'turn.failed'))
  page.socket.close()
  const spans = await traceOf(turnId)
  const turn = spans.find(({ name }) => name === 'turn')
  expect(turn?.parentSpanId ?? '').toBe('')
  expect(valueOf(turn, 'error.type')).toBe('sql_refused')
  expect(collector.text()).not.toContain(marker)
})

test('a collector that is away costs nothing but its spans, and is told of once', async () => {
  await collector.stop()
  const ask = async (): Promise<string> => {
    const body = JSON.stringify({ sql: 'SELECT COUNT(*) AS N FROM REGION', autoRun: true })
    const headers = { 'content-type': 'application/json' }
    return await (await fetch(`${server.url}/api/v1/turns`, { method: 'POST', headers, body })).text()
  }
  expect(await ask()).toContain('turn.done')
  await vi.waitFor(() => expect(server.log()).toContain('takes no spans'), { timeout: 60_000 })
  expect(await ask()).toContain('turn.done')
  expect(server.log().match(/takes no spans/g)).toHaveLength(1)
  expect(await server.stop()).toBe(0)
})

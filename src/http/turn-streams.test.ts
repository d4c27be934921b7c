import { describe, expect, test } from 'vitest'
import {
  answeredFacts,
  encodeFacts,
  playEvents,
  scriptServices,
  someTurnId,
} from '../../test/support/scripted-services.ts'
import { readFrames, startServer } from '../../test/support/started-server.ts'
import type { Turns } from '../core/ask/turns.ts'
import { problem } from '../core/problem.ts'

const encoded = encodeFacts(answeredFacts)
const turns: Partial<Turns> = {
  ask: () => Promise.resolve({ turnId: someTurnId }),
  events: (_caller, _turnId, afterSeq) => playEvents(encoded, afterSeq),
}

const ask = (
  url: string,
  body: unknown = { question: 'How many orders?' },
  headers: Record<string, string> = {},
  signal?: AbortSignal,
) =>
  fetch(`${url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })

describe('POST /api/v1/turns', () => {
  test('takes one place among the streams, and gives it back at its end', async () => {
    const open = Promise.withResolvers<void>()
    const server = await startServer(
      scriptServices({
        turns: {
          ...turns,
          async *events() {
            yield* encoded.slice(0, 1)
            await open.promise
            yield* encoded.slice(1)
          },
        },
      }),
      { maxStreams: 1 },
    )
    const first = await ask(server.url)
    expect([first.status, (await ask(server.url)).status]).toEqual([200, 503])
    open.resolve()
    await first.text()
    await expect.poll(async () => (await ask(server.url)).status).toBe(200)
    await server.stop()
  })

  test('streams the events as they were encoded, with their numbers as ids', async () => {
    const odd = [{ seq: 1, kind: 'turn.done' as const, json: '{"kind":"turn.done",  "exact": 1.500}' }]
    const server = await startServer(scriptServices({ turns: { ...turns, events: () => playEvents(odd) } }))
    const response = await ask(server.url)
    const text = await response.text()
    await server.stop()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toContain('no-store')
    expect(response.headers.get('floe-turn-id')).toBe(someTurnId)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(text).toBe('retry: 1000\n\nid: 1\ndata: {"kind":"turn.done",  "exact": 1.500}\n\n')
  })

  test.each([
    [undefined, {}, 1],
    [{ 'last-event-id': '4' }, { turnId: someTurnId }, 5],
    [{ 'last-event-id': '' }, { turnId: someTurnId }, 1],
  ])('with %o it begins in the right place', async (headers, more, firstSeq) => {
    const server = await startServer(scriptServices({ turns }))
    const frames = readFrames(await (await ask(server.url, { question: 'q', ...more }, headers)).text())
    await server.stop()
    const ids = frames.slice(1).map(({ id }) => Number(id))
    expect(ids).toEqual(encoded.map(({ seq }) => seq).filter((seq) => seq >= firstSeq))
  })

  test.each([
    ['an event id without a turn', { question: 'q' }, { 'last-event-id': '4' }, /turnId/],
    [
      'an event id that is none',
      { question: 'q', turnId: someTurnId },
      { 'last-event-id': '4; drop' },
      /Last-Event-ID/,
    ],
    ['neither question nor sql', {}, {}, /right shape/],
    ['both question and sql', { question: 'q', sql: 'SELECT 1' }, {}, /right shape/],
  ])('refuses %s', async (_name, body, headers, message) => {
    const server = await startServer(scriptServices({ turns }))
    const response = await ask(server.url, body, headers)
    const document = (await response.json()) as { code: string; detail: string }
    await server.stop()
    expect([response.status, document.code]).toEqual([400, 'bad_request'])
    expect(document.detail).toMatch(message)
  })

  test('names each faulty field', async () => {
    const server = await startServer(scriptServices({ turns }))
    const response = await ask(server.url, { question: 7, maxRows: -1, turnId: 'x' })
    const { details } = (await response.json()) as { details: string[] }
    await server.stop()
    expect(details.map((detail) => detail.replace(/:.*/, '')).toSorted()).toEqual(['maxRows', 'question', 'turnId'])
  })

  test('a turn that cannot start is a problem, not a stream', async () => {
    const refused = () => Promise.reject(problem('bad_question', 'The question is empty.', 'Ask something.'))
    const server = await startServer(scriptServices({ turns: { ask: refused } }))
    const response = await ask(server.url)
    await server.stop()
    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([
      400,
      'application/problem+json',
    ])
  })

  test('a reading that breaks midway says so in the stream, without the inner words', async () => {
    async function* broken() {
      yield* playEvents(encoded.slice(0, 2))
      await Promise.resolve()
      throw new Error('connection to 10.0.0.7 lost')
    }
    const server = await startServer(scriptServices({ turns: { ...turns, events: broken } }))
    const text = await (await ask(server.url)).text()
    await server.stop()
    const last = readFrames(text).at(-1)
    expect(last?.event).toBe('problem')
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ code: 'internal' })
    expect(text).not.toContain('10.0.0.7')
    expect(server.log()).toContain('10.0.0.7')
  })

  test('a client that leaves ends the reading', async () => {
    const ended = Promise.withResolvers<void>()
    const services = scriptServices({
      turns: {
        ...turns,
        events: (_caller, _turnId, _afterSeq, signal) => {
          signal.addEventListener('abort', () => ended.resolve())
          return playEvents(encoded.slice(0, 3), 0, signal)
        },
      },
    })
    const server = await startServer(services)
    const client = new AbortController()
    const response = await ask(server.url, undefined, {}, client.signal)
    await response.body?.getReader().read()
    client.abort()
    await expect(ended.promise).resolves.toBeUndefined()
    await server.stop()
  })

  test('a silent stream opens at once and shows signs of life', async () => {
    const services = scriptServices({
      turns: { ...turns, events: (_caller, _turnId, _afterSeq, signal) => playEvents([], 0, signal) },
    })
    const server = await startServer(services, { heartbeatMs: 5 })
    const client = new AbortController()
    const response = await ask(server.url, undefined, {}, client.signal)
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array)
      if (text.includes(':\n\n:\n\n')) break
    }
    await server.stop(50)
    expect(text).toMatch(/^retry: 1000\n\n(:\n\n)+$/)
  })

  test('more streams than the server carries are refused with a time to come back', async () => {
    const services = scriptServices({
      turns: { ...turns, events: (_caller, _turnId, _afterSeq, signal) => playEvents(encoded.slice(0, 1), 0, signal) },
    })
    const server = await startServer(services, { maxStreams: 1 })
    const first = await ask(server.url)
    const second = await ask(server.url)
    expect([first.status, second.status, second.headers.get('retry-after')]).toEqual([200, 503, '2'])
    expect(((await second.json()) as { code: string }).code).toBe('too_busy')
    await server.stop(20)
  })
})

describe('GET /api/v1/turns/{turnId}/events', () => {
  test.each([
    ['', {}, 1],
    ['?afterSeq=3', {}, 4],
    ['', { 'last-event-id': '8' }, 9],
    ['?afterSeq=3', { 'last-event-id': '8' }, 9],
  ])('%s %o begins in the right place', async (query, headers, firstSeq) => {
    const server = await startServer(scriptServices({ turns }))
    const response = await fetch(`${server.url}/api/v1/turns/${someTurnId}/events${query}`, { headers })
    const frames = readFrames(await response.text())
    await server.stop()
    expect(frames.slice(1).map(({ id }) => Number(id))).toEqual(
      encoded.map(({ seq }) => seq).filter((seq) => seq >= firstSeq),
    )
  })

  test('nothing more to come is 204, so that an EventSource stays away', async () => {
    const server = await startServer(scriptServices({ turns }))
    const response = await fetch(`${server.url}/api/v1/turns/${someTurnId}/events?afterSeq=${encoded.length}`)
    await server.stop()
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  test('an unknown turn is not found', async () => {
    async function* none() {
      await Promise.reject(problem('not_found', 'There is no such turn.', 'Look in the history.'))
      yield* playEvents([])
    }
    const server = await startServer(scriptServices({ turns: { events: none } }))
    const response = await fetch(`${server.url}/api/v1/turns/${someTurnId}/events`)
    await server.stop()
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'not_found'])
  })
})

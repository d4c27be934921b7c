import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import type { GeminiReply } from '../../../test/support/gemini-server.ts'
import {
  countedTokens,
  modelErrors,
  startModelServer,
  type ModelReply,
  type ModelScript,
  type ModelServer,
} from '../../../test/support/model-server.ts'
import type { ModelProvider } from '../../contract/models.ts'
import type { ModelAccess } from '../../core/ports/model-providers.ts'
import type { TokenUse, Writer } from '../../core/ports/writer.ts'
import { ProblemError } from '../../core/problem.ts'
import { answer, makeQuickClock, outcome, request } from './gemini-asking.test-support.ts'
import { makeModelProviders } from './make-model-providers.ts'

const key = 'sk-sentinel-0123456789-own-key'
const models = { anthropic: 'claude-sonnet-4-5', openai: 'qwen3-coder:30b' } as const
const good: ModelReply = { answer }

const offline: Writer = {
  id: 'offline',
  label: 'Built in',
  // oxlint-disable-next-line require-yield
  async *write() {
    return { kind: 'declined', reason: '', suggestions: [] }
  },
}

let open: ModelServer[] = []
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()))
  open = []
})

type Wire = keyof typeof models
const providerOf: Readonly<Record<Wire, ModelProvider>> = { anthropic: 'anthropic', openai: 'openai-compatible' }

/** A provider's server with this script, and how it is reached. */
async function serve(wire: Wire, script: Partial<ModelScript> = {}, access: Partial<ModelAccess> = {}) {
  const server = await startModelServer({ wire, keys: [key], models: [models[wire]], replies: [good], ...script })
  open.push(server)
  const providers = makeModelProviders({
    offline,
    clock: makeQuickClock(),
    log: () => undefined,
    baseUrls: { anthropic: server.url },
    proxy: {},
    writing: { firstTokenMs: 60_000, betweenTokensMs: 30_000 },
    listMs: 2_000,
  })
  const given: ModelAccess = {
    provider: providerOf[wire],
    key,
    baseUrl: wire === 'openai' ? server.url : null,
    reach: 'trusted',
    ...access,
  }
  return { server, providers, access: given }
}

async function ask(wire: Wire, script: Partial<ModelScript> = {}, access: Partial<ModelAccess> = {}, model?: string) {
  const { server, providers, access: given } = await serve(wire, script, access)
  const counted: TokenUse[] = []
  let shown = ''
  try {
    const writing = providers.makeWriter(given, model ?? models[wire]).write(request, {
      signal: new AbortController().signal,
      onTokens: (tokens) => void counted.push(tokens),
    })
    for (;;) {
      const next = await writing.next()
      if (next.done === true)
        return { outcome: next.value, error: null, problem: null, counted, shown, requests: server.requests }
      shown += next.value.sql
    }
  } catch (error) {
    const problem = error instanceof ProblemError ? error.problem : null
    return { outcome: null, error, problem, counted, shown, requests: server.requests }
  }
}

const wires = ['anthropic', 'openai'] as const

describe.each(wires)('%s', (wire) => {
  const errors = modelErrors[wire]

  test('writes a query, shows it as it grows and tells its tokens', async () => {
    const told = await ask(wire)
    expect([told.outcome, told.shown, told.counted]).toEqual([outcome, answer.sql, [countedTokens]])
    expect(told.requests.map((each) => each.key)).toEqual([key])
    expect(JSON.stringify(told.requests[0]?.body)).toContain('Which customers are there?')
  })

  const failures: readonly (readonly [string, ModelReply, string, RegExp, number])[] = [
    ['a forbidden key', errors.forbidden, 'model_unauthorized', / was refused.*Settings → Models/, 1],
    ['a limit far away', errors.limited(34), 'model_limited', /in 34 s/, 1],
    ['a limit that lasts', errors.limited(2), 'model_limited', /in 2 s/, 2],
    ['an account without credit', errors.usedUp, 'model_limited', /has nothing left/, 1],
    ['overload', errors.overloaded, 'model_unavailable', /not available/, 2],
    ['overload within the stream', errors.overloadedInStream, 'model_unavailable', /not available/, 1],
    ['a request that is not taken', errors.invalid('too long'), 'model_failed', /did not accept/, 1],
    ['prose', { answer: 'Sure! SELECT 1' }, 'model_failed', /twice/, 2],
    ['a sign-in page', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'model_failed', /is not/, 1],
  ]
  test.each(failures)('%s is said plainly', async (_, reply, code, says, requests) => {
    const told = await ask(wire, { replies: [reply] })
    expect(told.problem).toMatchObject({ code })
    expect(`${told.problem?.message} ${told.problem?.action}`).toMatch(says)
    expect(told.requests).toHaveLength(requests)
  })

  test('a wrong key is whose turn it is: the person’s', async () => {
    const told = await ask(wire, {}, { key: 'sk-of-nobody-at-all' })
    expect(told.problem).toMatchObject({ code: 'model_unauthorized', whoseTurn: 'person' })
  })

  test('an unknown model is told by its name', async () => {
    const told = await ask(wire, {}, {}, 'no-such-model')
    expect(told.problem).toMatchObject({
      code: 'model_unknown',
      message: expect.stringContaining('no-such-model') as string,
    })
  })

  test('a line that is swallowed or cut gives no SQL', async () => {
    for (const ending of ['reset', 'end'] as const) {
      const told = await ask(wire, { replies: [{ answer, stopAfterBytes: 700, ending }] })
      expect([ending, told.outcome, told.problem?.code]).toEqual([ending, null, 'model_failed'])
    }
    const silent = await ask(wire, { replies: [{ silent: true }] })
    expect(silent.problem).toMatchObject({ code: 'model_unavailable' })
  }, 20_000)

  test.each([
    ['end', 9],
    ['reset', 31],
  ] as const)('an answer that is cut in many places (%s) gives no SQL but the whole', async (ending, every) => {
    const cuts = Array.from({ length: Math.ceil(2_500 / every) }, (_, at) => at * every)
    const replies = [...cuts.map((stopAfterBytes) => ({ answer, stopAfterBytes, ending })), good]
    const { providers, access } = await serve(wire, { replies })
    const writer = providers.makeWriter(access, models[wire])
    const ends: unknown[] = []
    for (const _reply of replies) {
      const writing = writer.write(request, { signal: new AbortController().signal })
      const run = async (shown = ''): Promise<unknown> => {
        const next = await writing.next()
        expect(answer.sql.startsWith(shown)).toBe(true)
        return next.done === true ? next.value : await run(shown + next.value.sql)
      }
      ends.push(await run().catch((error: unknown) => (error instanceof ProblemError ? error.problem.code : error)))
    }
    const firstWhole = ends.findIndex((end) => typeof end === 'object')
    expect(firstWhole).toBeGreaterThan(500 / every)
    expect(ends.slice(0, firstWhole)).toEqual(Array.from({ length: firstWhole }, () => 'model_failed'))
    expect(ends.slice(firstWhole)).toEqual(ends.slice(firstWhole).map(() => outcome))
  })

  test.each([1, 7])('an answer in slices of %i bytes is the same', async (sliceBytes) => {
    const told = await ask(wire, { replies: [{ answer, sliceBytes }] })
    expect([told.outcome, told.shown]).toEqual([outcome, answer.sql])
  })

  test('the models of a key are listed', async () => {
    const { providers, access } = await serve(wire, { models: [models[wire], 'text-embedding-3'] })
    const listed = await providers.listModels(access, new AbortController().signal)
    expect(listed.map(({ id }) => id)).toContain(models[wire])
    expect(providers.usualModel(access.provider, listed)).toBe(models[wire])
  })

  const lists: readonly (readonly [string, GeminiReply, string])[] = [
    ['a page', { body: '<html>hello</html>', headers: { 'content-type': 'text/html' } }, 'model_failed'],
    ['another JSON', { body: '{"ok":true}' }, 'model_failed'],
    ['no such address', { status: 404, body: 'Not Found' }, 'model_failed'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'model_failed'],
    ['a limit', errors.limited(7), 'model_limited'],
    ['overload', errors.overloaded, 'model_unavailable'],
    ['silence', { silent: true }, 'model_unavailable'],
    ['half a list', { body: '{"data":[{"id":"abc"}', stopAfterBytes: 10, ending: 'reset' }, 'model_unavailable'],
  ]
  test.each(lists)('%s in place of the list is said plainly', async (_, listReply, code) => {
    const { providers, access } = await serve(wire, { listReply })
    await expect(providers.listModels(access, new AbortController().signal)).rejects.toMatchObject({
      problem: { code },
    })
  })

  const echoes: readonly ModelReply[] = [
    ...[400, 401, 403, 404, 429, 500].map((status) => ({
      status,
      body: JSON.stringify({ error: { type: key, code: key, message: `Bad key ${key}` } }),
    })),
    { headers: { 'content-type': 'text/event-stream' }, body: `data: ${key}\n\n` },
    { answer: key },
    { answer, stop: key },
  ]
  test.each(echoes)('a key that the provider repeats is in nothing that is told (%#)', async (reply) => {
    const told = await ask(wire, { replies: [reply] })
    expect(told.problem).not.toBeNull()
    expect(inspect(told.error, { depth: 20, showHidden: true, maxStringLength: null })).not.toContain(key)
    if (reply.answer !== undefined) return
    const { providers, access } = await serve(wire, { listReply: reply })
    const error: unknown = await providers.listModels(access, new AbortController().signal).catch((e: unknown) => e)
    expect(inspect(error, { depth: 20, showHidden: true, maxStringLength: null })).not.toContain(key)
  })
})

test.each(['', 'sk two words', 'sk-\nx: y', 'sk-ключ'])('what can be no key is sent nowhere: %j', async (pasted) => {
  const { providers, access } = await serve('anthropic')
  await expect(providers.listModels({ ...access, key: pasted }, new AbortController().signal)).rejects.toMatchObject({
    problem: { code: 'bad_request', message: expect.stringContaining('This is no Claude key') as string },
  })
})

test('a server without keys is asked without one', async () => {
  const told = await ask('openai', { keys: null }, { key: '' })
  expect(told.outcome).toEqual(outcome)
  expect(told.requests.map((each) => each.key)).toEqual([null])
})

test('Claude that knows no formats is given a tool in place of one', async () => {
  const model = 'claude-3-haiku-20240307'
  const told = await ask('anthropic', { models: [model] }, {}, model)
  expect(told.outcome).toEqual(outcome)
  expect(told.requests[0]?.body).toMatchObject({ tools: [{ name: 'json' }] })
})

test.each([
  'http://127.0.0.1:1/v1',
  'https://localhost/v1',
  'https://10.0.0.7/v1',
  'https://llm.example.com:8443/v1',
  'https://[::1]/v1',
  'http://llm.example.com/v1',
])('an address that nobody approved is not connected to inside the network: %s', async (baseUrl) => {
  const { providers } = await serve('openai')
  const access: ModelAccess = { provider: 'openai-compatible', key, baseUrl, reach: 'public' }
  await expect(providers.listModels(access, new AbortController().signal)).rejects.toMatchObject({
    problem: { code: 'bad_request', action: expect.stringContaining('MODEL_ADDRESSES') as string },
  })
  expect(() => providers.makeWriter(access, 'm')).toThrow(/not an address of the public internet/)
})

test('the outage of one server pauses nobody else’s', async () => {
  const away = await serve('openai', { replies: [modelErrors.openai.overloaded] })
  const other = await startModelServer({ wire: 'openai', keys: null, models: ['m'], replies: [good] })
  open.push(other)
  for (let asked = 0; asked < 4; asked += 1)
    await expect(
      away.providers
        .makeWriter(away.access, models.openai)
        .write(request, { signal: AbortSignal.any([]) })
        .next(),
    ).rejects.toMatchObject({ problem: { code: 'model_unavailable' } })
  const writing = away.providers
    .makeWriter({ ...away.access, key: '', baseUrl: other.url }, 'm')
    .write(request, { signal: AbortSignal.any([]) })
  expect((await writing.next()).done).toBe(false)
  await writing.return({ kind: 'declined', reason: '', suggestions: [] })
})

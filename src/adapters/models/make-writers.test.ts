import { describe, expect, test } from 'vitest'
import { startGeminiServer } from '../../../test/support/gemini-server.ts'
import type { Problem } from '../../contract/problem.ts'
import type { Writer } from '../../core/ports/writer.ts'
import { ProblemError } from '../../core/problem.ts'
import { apiKey, good, outcome, request, stoppedClock } from './gemini-asking.test-support.ts'
import { defaultGeminiModel, makeWriters } from './make-writers.ts'

const offline: Writer = {
  id: 'offline',
  label: 'Built in',
  // oxlint-disable-next-line require-yield
  async *write() {
    return { kind: 'declined', reason: '', suggestions: [] }
  },
}
const make = (geminiApiKey: string | null, geminiBaseUrl: string | null = null, geminiModel: string | null = null) =>
  makeWriters({ offline, geminiApiKey, geminiBaseUrl, geminiModel, clock: stoppedClock, log: () => undefined })

const problemOf = (act: () => unknown): Problem | null => {
  try {
    act()
    return null
  } catch (error) {
    return error instanceof ProblemError ? error.problem : null
  }
}

describe('without a key', () => {
  test.each([null, ''])('(%o) the built-in writer is all there is', (key) => {
    const writers = make(key)
    expect(writers.defaultId).toBe('offline')
    expect(writers.list()).toEqual([{ id: 'offline', label: 'Built in' }])
    expect(writers.pick(undefined)).toBe(offline)
    expect(writers.pick('offline')).toBe(offline)
  })
  test('a Gemini model says which key is missing', () => {
    expect(problemOf(() => make(null).pick('google:gemini-3.8-flash'))).toMatchObject({
      code: 'model_unauthorized',
      action: expect.stringContaining('GEMINI_API_KEY') as string,
    })
  })
})

describe('with a key', () => {
  test('Gemini answers unless the built-in writer is chosen', () => {
    const writers = make(apiKey)
    expect(writers.defaultId).toBe(`google:${defaultGeminiModel}`)
    expect(writers.list().map(({ id }) => id)).toEqual([`google:${defaultGeminiModel}`, 'offline'])
    expect(writers.pick(undefined).id).toBe(writers.defaultId)
    expect(writers.pick('offline')).toBe(offline)
  })
  test('another model may be the default', () => {
    expect(make(apiKey, null, 'gemini-2.5-pro').pick(undefined).id).toBe('google:gemini-2.5-pro')
  })
  test('any model may be picked by name, and is asked where the address says', async () => {
    for (const path of ['', '/', '/v1beta', '/v1beta/']) {
      const server = await startGeminiServer({ apiKey, replies: [good] })
      const writer = make(apiKey, `${server.url}${path}`).pick('google:gemini-2.5-flash-lite')
      const writing = writer.write(request, { signal: new AbortController().signal })
      let next = await writing.next()
      while (next.done !== true) next = await writing.next()
      expect(next.value).toEqual(outcome)
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/v1beta/models/gemini-2.5-flash-lite:streamGenerateContent',
      ])
      await server.close()
    }
  })
})

test.each([
  'google:',
  'google:../../x',
  'google:a b',
  'google:a:b',
  'google:a?b',
  'google:tunedModels/../x',
  'openai:gpt',
  'gemini',
  '',
])('%o is no model', (id) => {
  expect(problemOf(() => make(apiKey).pick(id))).toMatchObject({ code: 'model_unknown' })
})

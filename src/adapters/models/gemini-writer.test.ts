import { describe, expect, test } from 'vitest'
import type { TokenUse } from '../../core/ports/writer.ts'
import { answerPieces, geminiErrors, jsonPieces } from '../../../test/support/gemini-wire.ts'
import {
  answer,
  apiKey,
  ask,
  askServed,
  good,
  makeAskedWriter,
  makeQuickClock,
  outcome,
  request,
  serving,
  stoppedClock,
} from './gemini-asking.test-support.ts'

describe('an answer', () => {
  test('is asked for once, with the key in its header and the fields it must have', async () => {
    const clock = makeQuickClock()
    const told = await askServed([good], { clock })
    expect(told.outcome).toEqual(outcome)
    expect(told.requests).toHaveLength(1)
    expect(clock.pending.size).toBe(0)
    expect(told.requests[0]).toMatchObject({
      path: '/v1beta/models/gemini-3.8-flash:streamGenerateContent',
      key: apiKey,
      keyIn: 'header',
      body: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } } },
    })
    const body = JSON.stringify(told.requests[0]?.body)
    expect(body).toContain('Which customers are there?')
    expect(body).not.toContain(apiKey)
  })

  test('tells what its tokens were, thoughts included', async () => {
    const counted: TokenUse[] = []
    await serving([good], async ({ url }) => {
      const writing = makeAskedWriter(url).write(request, {
        signal: new AbortController().signal,
        onTokens: (tokens) => void counted.push(tokens),
      })
      while ((await writing.next()).done !== true);
    })
    // The prompt's 512, the answer's 60 and the 96 of its thoughts.
    expect(counted).toEqual([{ inputTokens: 512, outputTokens: 156 }])
  })

  test('may be a question back', async () => {
    const clarification = { question: 'Which year?', options: ['1995', '1996'] }
    const told = await askServed([{ pieces: jsonPieces({ ...answer, sql: null, clarification }) }])
    expect(told.outcome).toEqual({ kind: 'clarification', ...clarification })
  })

  test('may decline', async () => {
    const declined = { reason: 'There is no weather here.', suggestions: ['How many orders?'] }
    const told = await askServed([{ pieces: jsonPieces({ ...answer, sql: null, declined }) }])
    expect(told.outcome).toEqual({ kind: 'declined', ...declined })
  })

  test('with a chart nobody knows is an answer all the same', async () => {
    const told = await askServed([{ pieces: jsonPieces({ ...answer, chart: 'hologram' }) }])
    expect(told.outcome).toEqual({ ...outcome, chart: null })
  })
})

describe('a second chance', () => {
  const inHeader = { status: 429, body: '{}', headers: { 'retry-after': '3' } }
  test.each([
    { after: 'a limit that ends', first: geminiErrors.limited('2.5s'), least: 2_500, most: 2_500 },
    { after: 'a limit told in a header', first: inHeader, least: 3_000, most: 3_000 },
    { after: 'an overload that ends', first: geminiErrors.unavailable, least: 250, most: 1_000 },
  ])('after $after', async ({ first, least, most }) => {
    const clock = makeQuickClock()
    const told = await askServed([first, good], { clock })
    expect(told.outcome).toEqual(outcome)
    expect(told.requests).toHaveLength(2)
    expect(clock.waits.filter((ms) => ms >= least && ms <= most)).toHaveLength(1)
  })

  test('after an unusable answer, told what was wrong, and shown once', async () => {
    const told = await askServed([{ pieces: jsonPieces({ ...answer, sql: 'SELECT 1\0' }) }, good])
    expect(told.outcome).toEqual(outcome)
    expect(told.shown).toBe('SELECT 1\0')
    expect(JSON.stringify(told.requests[1]?.body)).toContain('NUL character')
    expect(JSON.stringify(told.requests[1]?.body)).toContain('"role":"model"')
  })

  test('once a question: its repair turn has none of its own', async () => {
    const told = await askServed([
      geminiErrors.unavailable,
      { pieces: answerPieces('prose') },
      geminiErrors.unavailable,
    ])
    expect(told.problem).toMatchObject({ code: 'model_unavailable' })
    expect(told.requests).toHaveLength(3)
  })

  test('once a question: its later calls have none of their own', async () => {
    await serving([geminiErrors.unavailable, good, geminiErrors.unavailable], async ({ url, requests }) => {
      const writer = makeAskedWriter(url)
      const { signal } = new AbortController()
      await drain(writer.write(request, { signal }))
      await expect(drain(writer.write(request, { signal }))).rejects.toThrow('503')
      expect(requests).toHaveLength(3)
      await expect(drain(writer.write(request, { signal: new AbortController().signal }))).rejects.toThrow('503')
      expect(requests).toHaveLength(5)
    })
  })
})

const drain = async (writing: AsyncIterable<unknown>) => {
  for await (const _ of writing);
}

describe('waiting ends', () => {
  const stuck = { pieces: jsonPieces(answer), stopAfterBytes: 2_500, ending: 'hang' } as const

  test('before the first piece', async () => {
    await serving([{ silent: true }], async ({ url, requests }) => {
      const { problem } = await ask(url, { firstTokenMs: 2_000 })
      expect(problem?.code).toBe('model_unavailable')
      expect(problem?.message).toBe('Gemini did not begin to answer within 2 s.')
      await requests[0]?.abandoned
    })
  })

  test('between pieces', async () => {
    await serving([stuck], async ({ url, requests }) => {
      const { problem } = await ask(url, { betweenTokensMs: 5_000 })
      expect(problem?.code).toBe('model_unavailable')
      expect(problem?.message).toBe('Gemini did not go on within 5 s.')
      await requests[0]?.abandoned
    })
  })

  test.each([
    { when: 'before the answer', reply: { silent: true } },
    { when: 'in the middle of it', reply: stuck },
  ])('when the person cancels $when, and the server sees it', async ({ reply }) => {
    await serving([reply], async ({ url, requests }) => {
      const cancel = new AbortController()
      const asking = ask(url, { clock: stoppedClock }, cancel.signal)
      await expect.poll(() => requests.length, { interval: 2 }).toBe(1)
      cancel.abort(new Error('cancelled by the person'))
      expect((await asking).error).toBe(cancel.signal.reason)
      await requests[0]?.abandoned
    })
  })

  test('when the person cancels between two tries', async () => {
    await serving([geminiErrors.limited('4s'), good], async ({ url, requests }) => {
      const cancel = new AbortController()
      const asking = ask(url, { clock: stoppedClock }, cancel.signal)
      await expect.poll(() => requests.length, { interval: 2 }).toBe(1)
      cancel.abort(new Error('cancelled by the person'))
      expect((await asking).error).toBe(cancel.signal.reason)
      expect(requests).toHaveLength(1)
    })
  })

  test('when nobody reads any more, and the server sees it', async () => {
    const reply = { ...stuck, pieces: jsonPieces(answer, { pieceLength: 9 }), stopAfterBytes: 9_000 }
    await serving([reply], async ({ url, requests }) => {
      const writing = makeAskedWriter(url).write(request, { signal: new AbortController().signal })
      expect((await writing.next()).done).toBe(false)
      await writing.return({ kind: 'clarification', question: '', options: [] })
      await requests[0]?.abandoned
    })
  })
})

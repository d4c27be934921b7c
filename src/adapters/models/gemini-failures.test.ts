import { maxSqlLength } from '../../contract/command.ts'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { GeminiReply } from '../../../test/support/gemini-server.ts'
import { answerPieces, blockedPrompt, geminiErrors, jsonPieces } from '../../../test/support/gemini-wire.ts'
import type { Problem } from '../../contract/problem.ts'
import {
  answer,
  apiKey,
  ask,
  askServed,
  eventStream,
  good,
  makeQuickClock,
  serving,
} from './gemini-asking.test-support.ts'

interface Failure {
  readonly fault: string
  readonly reply: GeminiReply
  readonly code: Problem['code']
  readonly says: RegExp
  readonly requests: number
}

const html = { 'content-type': 'text/html' }

// One case a line reads as the table it is.
// prettier-ignore
const failures: readonly Failure[] = [
  { fault: 'a wrong key', reply: geminiErrors.invalidKey, code: 'model_unauthorized', says: /key was refused.*GEMINI_API_KEY/, requests: 1 },
  { fault: 'a forbidden key', reply: geminiErrors.noKey, code: 'model_unauthorized', says: /GEMINI_API_KEY/, requests: 1 },
  { fault: 'an unknown model', reply: geminiErrors.unknownModel('gemini-3.8-flash'), code: 'model_unknown', says: /gemini-3\.8-flash/, requests: 1 },
  { fault: 'a limit far away', reply: geminiErrors.limited('34s'), code: 'model_limited', says: /in 34 s/, requests: 1 },
  { fault: 'a limit that lasts', reply: geminiErrors.limited('1.5s'), code: 'model_limited', says: /in 2 s/, requests: 2 },
  { fault: 'a limit without a time', reply: geminiErrors.limited(null), code: 'model_limited', says: /in a minute/, requests: 2 },
  { fault: 'overload that lasts', reply: geminiErrors.unavailable, code: 'model_unavailable', says: /503/, requests: 2 },
  { fault: 'an internal error that lasts', reply: geminiErrors.internal, code: 'model_unavailable', says: /500/, requests: 2 },
  { fault: 'a gateway that gives up', reply: geminiErrors.tooLate, code: 'model_unavailable', says: /504/, requests: 2 },
  { fault: 'a request too large', reply: geminiErrors.invalidArgument('The input token count exceeds the maximum.'), code: 'model_failed', says: /did not accept/, requests: 1 },
  { fault: 'an error page of 5 MB', reply: { status: 502, body: `<html>${'x'.repeat(5_000_000)}`, headers: html }, code: 'model_unavailable', says: /502/, requests: 2 },
  { fault: 'a sign-in page', reply: { body: '<html>Sign in</html>', headers: html }, code: 'model_failed', says: /not Gemini.*GEMINI_BASE_URL/, requests: 1 },
  { fault: 'wrong JSON', reply: eventStream('data: {"candidates": [}\r\n\r\n'), code: 'model_failed', says: /could not be read/, requests: 1 },
  { fault: 'JSON of another kind', reply: eventStream('data: {"candidates": "many"}\r\n\r\n'), code: 'model_failed', says: /could not be read/, requests: 1 },
  { fault: 'an error inside the stream', reply: eventStream(`data: ${geminiErrors.unavailable.body.replaceAll('\n', '')}\r\n\r\n`), code: 'model_unavailable', says: /503/, requests: 1 },
  { fault: 'an empty stream', reply: eventStream(''), code: 'model_failed', says: /stream broke/, requests: 1 },
  { fault: '5 MB of answer', reply: { pieces: answerPieces('x'.repeat(5_000_000), { pieceLength: 50_000 }) }, code: 'model_failed', says: /larger than/, requests: 1 },
  { fault: 'prose', reply: { pieces: answerPieces('Sure! Here is your query: SELECT 1') }, code: 'model_failed', says: /could not be used, twice/, requests: 2 },
  { fault: 'no SQL', reply: { pieces: jsonPieces({ ...answer, sql: '  ' }) }, code: 'model_failed', says: /twice/, requests: 2 },
  { fault: 'SQL of another type', reply: { pieces: jsonPieces({ ...answer, sql: 7 }) }, code: 'model_failed', says: /twice/, requests: 2 },
  { fault: 'a NUL in the SQL', reply: { pieces: jsonPieces({ ...answer, sql: 'SELECT 1\0' }) }, code: 'model_failed', says: /twice/, requests: 2 },
  { fault: 'SQL without end', reply: { pieces: jsonPieces({ ...answer, sql: 'x'.repeat(maxSqlLength + 1) }, { pieceLength: 20_000 }) }, code: 'model_failed', says: /twice/, requests: 2 },
  { fault: 'an answer cut at its length limit', reply: { pieces: jsonPieces(answer, { finishReason: 'MAX_TOKENS' }) }, code: 'model_failed', says: /twice/, requests: 2 },
  { fault: 'a blocked prompt', reply: { pieces: blockedPrompt() }, code: 'model_failed', says: /refused to answer/, requests: 1 },
  { fault: 'an answer stopped for safety', reply: { pieces: jsonPieces(answer, { finishReason: 'SAFETY' }) }, code: 'model_failed', says: /refused to answer/, requests: 1 },
  { fault: 'a stop for another reason', reply: { pieces: jsonPieces(answer, { finishReason: 'MALFORMED_FUNCTION_CALL' }) }, code: 'model_failed', says: /stopped without an answer/, requests: 1 },
]

describe('what goes wrong is said plainly', () => {
  test.each(failures)('$fault', async ({ reply, code, says, requests }) => {
    const told = await askServed([reply])
    expect(told.problem).toMatchObject({ code })
    expect(`${told.problem?.message} ${told.problem?.action}`).toMatch(says)
    expect(told.requests).toHaveLength(requests)
  })

  test('nobody there', async () => {
    const url = await serving([good], async (server) => server.url)
    const clock = makeQuickClock()
    expect((await ask(url, { clock })).problem).toMatchObject({ code: 'model_unavailable' })
    expect(clock.waits.filter((ms) => ms <= 1_000)).toHaveLength(1)
  })
})

describe('the key', () => {
  test('that cannot be sent is not sent', async () => {
    const told = await askServed([good], { apiKey: 'AIza secret\n' })
    expect(told.problem).toMatchObject({ code: 'model_unauthorized' })
    expect(inspect(told.error, { depth: 10 })).not.toContain('AIza secret')
    expect(told.requests).toHaveLength(0)
  })

  test('follows no redirect', async () => {
    await serving([good], async (elsewhere) => {
      const told = await askServed([
        { status: 307, headers: { location: `${elsewhere.url}/v1beta/models/m:streamGenerateContent` } },
      ])
      expect(told.problem).toMatchObject({ code: 'model_unavailable' })
      expect(elsewhere.requests).toHaveLength(0)
    })
  })

  const echoes: readonly GeminiReply[] = [
    ...[400, 401, 403, 404, 429, 500].map((status) => ({
      status,
      body: JSON.stringify({
        error: { code: status, message: `Bad key ${apiKey}`, status: apiKey, details: [{ reason: apiKey }] },
      }),
    })),
    { status: 400, body: `<html>${apiKey}</html>` },
    eventStream(`data: ${apiKey}\r\n\r\n`),
    { pieces: answerPieces(apiKey) },
    { pieces: answerPieces(apiKey, { finishReason: apiKey }) },
  ]
  test.each(echoes)('is in nothing that is told, though the provider repeats it (%#)', async (reply) => {
    const told = await askServed([reply])
    expect(told.problem).not.toBeNull()
    expect(inspect(told.error, { depth: 20, showHidden: true, maxStringLength: null })).not.toContain(apiKey)
    expect((told.error as Error).stack).not.toContain(apiKey)
  })
})

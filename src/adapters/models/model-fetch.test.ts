import { expect, test } from 'vitest'
import { startGeminiServer } from '../../../test/support/gemini-server.ts'
import { answerPieces } from '../../../test/support/gemini-wire.ts'
import { makeHttpClient } from '../http-client/http-client.ts'
import { geminiVoice } from './make-writers.ts'
import { makeModelFetch } from './model-call.ts'

test('a long answer that arrives at once is handed on piece by piece, whole and in order', async () => {
  const text = Array.from({ length: 10_000 }, (_, n) => n).join(' ')
  const server = await startGeminiServer({ replies: [{ pieces: answerPieces(text) }] })
  const get = makeModelFetch({
    http: makeHttpClient(),
    voice: geminiVoice,
    maxBytes: 1e7,
    onAnswer: () => {},
    onUnfit: () => {},
  })
  const address = `${server.url}/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse`
  const answer = await get(address, { method: 'POST', headers: { 'x-goog-api-key': 'any' }, body: '{}' })
  const pieces: Uint8Array[] = []
  for await (const piece of answer.body ?? []) pieces.push(piece)
  await server.close()
  expect(Math.max(...pieces.map((piece) => piece.byteLength))).toBeLessThanOrEqual(4_096)
  const said = [
    ...Buffer.concat(pieces)
      .toString('utf8')
      .matchAll(/"text":"([^"]*)"/g),
  ].map((match) => match[1])
  expect(said.join('')).toBe(text)
})

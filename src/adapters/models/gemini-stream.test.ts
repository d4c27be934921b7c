import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonPieces } from '../../../test/support/gemini-wire.ts'
import type { GeminiReply } from '../../../test/support/gemini-server.ts'
import {
  answer,
  ask as askTimed,
  askServed as askServedTimed,
  eventStream,
  outcome,
  serving,
  stoppedClock,
} from './gemini-asking.test-support.ts'

// How long a stream takes is not under test here: no deadline passes, however busy the machine is.
const ask: typeof askTimed = (url, more, signal) => askTimed(url, { clock: stoppedClock, ...more }, signal)
const askServed = (replies: readonly GeminiReply[]) => askServedTimed(replies, { clock: stoppedClock })

describe('a stream', () => {
  test('shows the SQL as it grows', async () => {
    const told = await askServed([{ pieces: jsonPieces(answer, { pieceLength: 9 }) }])
    expect(told.outcome).toEqual(outcome)
    expect(told.shown).toBe(answer.sql)
    expect(told.pieces).toBeGreaterThan(5)
  })

  test('is read past thoughts and comment lines', async () => {
    const thought = { candidates: [{ content: { parts: [{ text: 'hm', thought: true }], role: 'model' }, index: 0 }] }
    const frames = [thought, ...jsonPieces(answer)].map(
      (piece) => `: alive\r\n\r\ndata: ${JSON.stringify(piece)}\r\n\r\n`,
    )
    expect((await askServed([eventStream(frames.join(''))])).outcome).toEqual(outcome)
  })

  test('comes to the same however it is sliced', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: 300 }),
        fc.integer({ min: 5, max: 200 }),
        async (pieceLength, sliceBytes) => {
          const told = await askServed([{ pieces: jsonPieces(answer, { pieceLength }), sliceBytes }])
          expect(told.outcome).toEqual(outcome)
          expect(told.shown).toBe(answer.sql)
        },
      ),
      {
        numRuns: 25,
        examples: [
          [80, 1],
          [1, 400],
        ],
      },
    )
  })
})

describe('a broken stream', () => {
  const short = { ...answer, assumptions: [], sql: 'SELECT 1 AS "é"' }
  const whole = { ...outcome, assumptions: [], sql: short.sql }
  const pieces = jsonPieces(short, { pieceLength: 90 })
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(`data: ${JSON.stringify(piece)}\r\n\r\n`), 0)

  test.each([
    { ending: 'end', every: 1 },
    { ending: 'reset', every: 7 },
  ] as const)('cut at any byte ($ending) gives no SQL but the whole', async ({ ending, every }) => {
    const cuts = Array.from({ length: Math.ceil(bytes / every) }, (_, at) => at * every)
    await serving(
      cuts.map((stopAfterBytes) => ({ pieces, stopAfterBytes, ending })),
      async ({ url, requests }) => {
        for (const at of cuts) {
          const told = await ask(url)
          if (told.outcome !== null) expect(told.outcome, `cut at ${at}`).toEqual(whole)
          else expect(told.problem, `cut at ${at}`).toMatchObject({ code: 'model_failed', whoseTurn: 'provider' })
          // Only the line end that closes the last event may be missing.
          if (at < bytes - 4) expect(told.outcome, `cut at ${at}`).toBeNull()
          expect(short.sql.startsWith(told.shown)).toBe(true)
        }
        expect(requests).toHaveLength(cuts.length)
      },
    )
  })

  test('says so', async () => {
    const told = await askServed([{ pieces, stopAfterBytes: 400, ending: 'reset' }])
    expect(told.problem?.message).toContain('The stream broke')
    expect(told.requests).toHaveLength(1)
  })
})

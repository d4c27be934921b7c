import { describe, expect, test } from 'vitest'
import {
  answeredFacts,
  encodeFacts,
  otherTurnId,
  playEvents,
  scriptServices,
  someTurn,
  someTurnId,
} from '../../test/support/scripted-services.ts'
import { openSocket, startServer } from '../../test/support/started-server.ts'
import type { Turns } from '../core/ask/turns.ts'
import { problem } from '../core/problem.ts'
import type { Caller } from '../core/caller.ts'

type Frames = readonly Record<string, unknown>[]
const eventsIn = (frames: Frames, turnId = someTurnId): Frames =>
  frames.filter((frame) => frame.turnId === turnId && 'seq' in frame)
const isOver =
  (turnId = someTurnId) =>
  (frames: Frames) =>
    eventsIn(frames, turnId).some(({ kind }) => kind === 'turn.done')

const turns: Partial<Turns> = {
  ask: (_caller, ask) => Promise.resolve({ turnId: ask.turnId ?? someTurnId }),
  events: (_caller, turnId, afterSeq) => playEvents(encodeFacts(answeredFacts, turnId), afterSeq),
}

/** Every turn exists and has nothing stored. */
const history = { readTurn: () => Promise.resolve({ turn: someTurn, events: [] }) }

const refused = problem('stale_approval', 'The query has changed.', 'Look at it again.')

describe('commands', () => {
  test('ask: the reply names the turn, then its events follow', async () => {
    const server = await startServer(scriptServices({ turns }))
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a1', ask: { question: 'How many orders?' } })
    const frames = await client.until(isOver())
    await server.stop()
    expect(frames[0]).toEqual({ reply: 'a1', ok: true, turnId: someTurnId })
    expect(frames.slice(1)).toEqual(encodeFacts(answeredFacts).map(({ json }) => JSON.parse(json) as unknown))
  })

  test('two turns run on one socket, each gapless', async () => {
    const server = await startServer(scriptServices({ turns }))
    const client = await openSocket(server.socketUrl)
    for (const turnId of [someTurnId, otherTurnId])
      client.say({ command: 'ask', id: turnId, ask: { question: 'q', turnId } })
    await client.until((frames) => isOver(someTurnId)(frames) && isOver(otherTurnId)(frames))
    await server.stop()
    for (const turnId of [someTurnId, otherTurnId])
      expect(eventsIn(client.frames, turnId).map(({ seq }) => seq)).toEqual(answeredFacts.map((_, index) => index + 1))
  })

  test('a cancel waits for the question that was asked before it; a ping does not', async () => {
    const asked = Promise.withResolvers<{ readonly turnId: string }>()
    const order: string[] = []
    const server = await startServer(
      scriptServices({
        turns: {
          ...turns,
          ask: () => asked.promise.finally(() => order.push('asked')),
          cancel: () => Promise.resolve(void order.push('cancelled')),
        },
      }),
    )
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { question: 'q', turnId: someTurnId } })
    client.say({ command: 'cancel', id: 'c', cancel: { turnId: someTurnId } })
    client.say({ command: 'ping', id: 'p' })
    expect(await client.until((frames) => frames.length > 0)).toEqual([{ reply: 'p', ok: true }])
    asked.resolve({ turnId: someTurnId })
    await client.until((frames) => frames.some(({ reply }) => reply === 'c'))
    await server.stop()
    expect(order).toEqual(['asked', 'cancelled'])
  })

  test('resume goes on after the event named', async () => {
    const server = await startServer(scriptServices({ turns, history }))
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'resume', id: 'r', resume: { turnId: someTurnId, afterSeq: 7 } })
    const frames = await client.until(isOver())
    await server.stop()
    expect(frames.map(({ seq }) => seq)).toEqual([undefined, 8, 9, 10])
  })

  test('resuming an unknown turn is refused', async () => {
    const unknown = problem('not_found', 'There is no such turn.', 'Look in the history.')
    const server = await startServer(scriptServices({ turns, history: { readTurn: () => Promise.reject(unknown) } }))
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'resume', id: 'r', resume: { turnId: someTurnId } })
    const frames = await client.until((frames) => frames.length === 1)
    await server.stop()
    expect(frames).toEqual([{ reply: 'r', problem: unknown.problem }])
  })

  test.each([
    ['approve', { turnId: someTurnId, digest: 'ab' }],
    ['edit', { turnId: someTurnId, sql: 'SELECT 1' }],
    ['cancel', { turnId: someTurnId }],
  ] as const)('%s reaches the turn and is answered, a refusal with its problem', async (command, body) => {
    const seen: unknown[] = []
    let isRefused = false
    const steer = (caller: Caller, given: unknown) => {
      seen.push([caller.userId, given])
      return isRefused ? Promise.reject(refused) : Promise.resolve()
    }
    const server = await startServer(scriptServices({ turns: { [command]: steer } }))
    const client = await openSocket(server.socketUrl)
    client.say({ command, id: '1', [command]: body })
    await client.until((frames) => frames.length === 1)
    isRefused = true
    client.say({ command, id: '2', [command]: body })
    await client.until((frames) => frames.length === 2)
    await server.stop()
    expect(client.frames).toEqual([
      { reply: '1', ok: true },
      { reply: '2', problem: refused.problem },
    ])
    expect(seen).toEqual([
      ['someone', body],
      ['someone', body],
    ])
  })

  test('a cancel sent in one breath with its ask comes after it', async () => {
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    const server = await startServer(
      scriptServices({
        turns: {
          ask: async () => {
            await gate.promise
            order.push('ask')
            return { turnId: someTurnId }
          },
          cancel: () => {
            order.push('cancel')
            return Promise.resolve()
          },
        },
      }),
    )
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { question: 'q', turnId: someTurnId } })
    client.say({ command: 'cancel', id: 'c', cancel: { turnId: someTurnId } })
    gate.resolve()
    await client.until((frames) => frames.length === 2)
    await server.stop()
    expect(order).toEqual(['ask', 'cancel'])
  })

  test('a slow cancel of one turn does not hold back another', async () => {
    const server = await startServer(
      scriptServices({ turns: { cancel: () => new Promise(() => {}), approve: () => Promise.resolve() } }),
    )
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'cancel', id: 'c', cancel: { turnId: someTurnId } })
    client.say({ command: 'approve', id: 'p', approve: { turnId: otherTurnId, digest: 'ab' } })
    const frames = await client.until((frames) => frames.length === 1)
    await server.stop(20)
    expect(frames).toEqual([{ reply: 'p', ok: true }])
  })

  test('reading a turn anew replaces the reading there was', async () => {
    const signals: AbortSignal[] = []
    const server = await startServer(
      scriptServices({
        history,
        turns: {
          ...turns,
          events: (_caller, _turnId, _afterSeq, signal) => {
            signals.push(signal)
            return playEvents(encodeFacts(answeredFacts.slice(0, 2)), 0, signal)
          },
        },
      }),
    )
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'resume', id: '1', resume: { turnId: someTurnId } })
    await client.until((frames) => frames.some(({ seq }) => seq === 2))
    client.say({ command: 'resume', id: '2', resume: { turnId: someTurnId } })
    await client.until((frames) => frames.filter(({ seq }) => seq === 2).length === 2)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    client.socket.close()
    await client.closed
    await server.stop()
  })
})

describe('a socket', () => {
  test('that closes ends its readings, not its turns', async () => {
    const ended = Promise.withResolvers<void>()
    const server = await startServer(
      scriptServices({
        turns: {
          ...turns,
          events: (_caller, _turnId, _afterSeq, signal) => {
            signal.addEventListener('abort', () => ended.resolve())
            return playEvents(encodeFacts(answeredFacts.slice(0, 2)), 0, signal)
          },
        },
      }),
    )
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { question: 'q' } })
    await client.until((frames) => frames.length === 3)
    client.socket.close()
    await expect(ended.promise).resolves.toBeUndefined()
    await server.stop()
  })

  test('whose reading breaks tells the one who asked', async () => {
    async function* broken() {
      yield* playEvents(encodeFacts(answeredFacts.slice(0, 1)))
      throw problem('store_unavailable', 'The database does not answer.', 'Start it.')
    }
    const server = await startServer(scriptServices({ turns: { ...turns, events: broken } }))
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { question: 'q' } })
    const frames = await client.until((frames) => frames.length === 3)
    expect(frames[2]).toMatchObject({ reply: 'a', problem: { code: 'store_unavailable' } })
    expect(await client.closed).toBe(1011)
    await server.stop()
  })

  test('hears of conversations of its person that change; of one that changes often, the latest is enough', async () => {
    const watching: ((conversationId: string) => void)[] = []
    const conversationNews = {
      tell: () => undefined,
      watch: (_ownerId: string, onChange: (conversationId: string) => void) => {
        watching.push(onChange)
        return () => void watching.splice(0)
      },
    }
    const server = await startServer(scriptServices({ turns, conversationNews }))
    const client = await openSocket(server.socketUrl)
    for (const conversation of [someTurnId, otherTurnId, otherTurnId]) watching[0]?.(conversation)
    expect(await client.until((frames) => frames.length === 2)).toEqual([
      { reply: null, conversation: someTurnId },
      { reply: null, conversation: otherTurnId },
    ])
    client.socket.close()
    await client.closed
    await expect.poll(() => watching.length).toBe(0)
    await server.stop()
  })

  test('that does not answer pings is closed', async () => {
    const server = await startServer(scriptServices({ turns }), { heartbeatMs: 20 })
    const client = await openSocket(server.socketUrl, { autoPong: false })
    expect(await client.closed).toBe(1006)
    await server.stop()
  })

  test('one too many is told so and closed', async () => {
    const server = await startServer(scriptServices({ turns }), { maxStreams: 1 })
    const first = await openSocket(server.socketUrl)
    const second = await openSocket(server.socketUrl)
    expect(await second.closed).toBe(1013)
    expect(second.frames).toMatchObject([{ reply: null, problem: { code: 'too_busy' } }])
    expect(first.socket.readyState).toBe(first.socket.OPEN)
    await server.stop()
  })

  test('reads at most 32 turns at once', async () => {
    const server = await startServer(
      scriptServices({
        history,
        turns: {
          ...turns,
          events: (_caller, turnId, _afterSeq, signal) =>
            playEvents(encodeFacts(answeredFacts.slice(0, 1), turnId), 0, signal),
        },
      }),
    )
    const client = await openSocket(server.socketUrl)
    const turnIds = Array.from({ length: 33 }, (_, index) => `00000000-0000-4000-8000-0000000000${10 + index}`)
    for (const turnId of turnIds) client.say({ command: 'resume', id: turnId, resume: { turnId } })
    const frames = await client.until((frames) => frames.filter((frame) => 'reply' in frame).length === 33)
    await server.stop(20)
    const refusals = frames.filter((frame) => 'problem' in frame)
    expect(refusals).toMatchObject([{ reply: turnIds[32], problem: { code: 'too_busy' } }])
  })

  test('is not what a plain GET opens', async () => {
    const server = await startServer(scriptServices())
    const response = await fetch(`${server.url}/api/v1/socket`)
    await server.stop()
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'bad_request'])
  })
})

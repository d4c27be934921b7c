import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { scriptServices, someTurnId } from '../../test/support/scripted-services.ts'
import { openSocket, startServer, type StartedServer } from '../../test/support/started-server.ts'
import type { EncodedEvent } from '../core/ask/turns.ts'
import type { Caller } from '../core/caller.ts'

const eventBytes = 100_000
const eventCount = 2_000
/** What the operating system may hold on both sides of the connection, and what we may. Far below the 200 MB on offer. */
const allowedBytes = 24_000_000

/** A turn of 200 MB that counts how much was taken from it. */
function makeLargeTurn() {
  let taken = 0
  const settled = Promise.withResolvers<void>()
  async function* events(
    _caller: Caller,
    _turn: string,
    _after: number,
    signal: AbortSignal,
  ): AsyncGenerator<EncodedEvent> {
    signal.addEventListener('abort', () => settled.resolve())
    const text = 'x'.repeat(eventBytes)
    for (let seq = 1; seq <= eventCount && !signal.aborted; seq += 1) {
      taken = seq
      yield { seq, kind: 'answer.delta', json: JSON.stringify({ seq, text }) }
      await Promise.resolve()
    }
  }
  return { events, taken: () => taken, ended: settled.promise }
}

/** Waits until the number stops growing: twenty looks in a row without change. */
async function restingValue(read: () => number): Promise<number> {
  for (let before = -1, calm = 0; calm < 20;) {
    const now = read()
    calm = now > 0 && now === before ? calm + 1 : 0
    before = now
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return read()
}

/** Opens a connection that says `request` and never reads. */
const openDeafConnection = async (server: StartedServer, request: string) => {
  const { hostname, port, host } = new URL(server.url)
  const connection = connect({ host: hostname, port: Number(port) })
  connection.pause()
  await new Promise<void>((resolve) => connection.once('connect', () => resolve()))
  connection.write(request.replace('HOST', host))
  return connection
}

describe('a client that does not read', () => {
  test('holds back the turn over SSE, and leaving ends its reading', async () => {
    const turn = makeLargeTurn()
    const server = await startServer(
      scriptServices({ turns: { ask: () => Promise.resolve({ turnId: someTurnId }), events: turn.events } }),
    )
    const connection = await openDeafConnection(
      server,
      `GET /api/v1/turns/${someTurnId}/events HTTP/1.1\r\nHost: HOST\r\n\r\n`,
    )
    const taken = await restingValue(turn.taken)
    expect(taken * eventBytes).toBeLessThan(allowedBytes)
    connection.destroy()
    await turn.ended
    await server.stop()
  })

  test('holds back the turn over the socket, and leaving ends its reading', async () => {
    const turn = makeLargeTurn()
    const server = await startServer(
      scriptServices({ turns: { ask: () => Promise.resolve({ turnId: someTurnId }), events: turn.events } }),
    )
    const { socket, say } = await openSocket(server.socketUrl)
    socket.pause()
    say({ command: 'ask', id: 'a', ask: { question: 'q' } })
    const taken = await restingValue(turn.taken)
    const buffered = [...server.app.websocketServer.clients].map((client) => client.bufferedAmount)
    expect(taken * eventBytes).toBeLessThan(allowedBytes)
    expect(buffered[0]).toBeLessThan(1_000_000)
    socket.terminate()
    await turn.ended
    await server.stop()
  })

  test('that floods the socket with commands is read no further', async () => {
    let calls = 0
    const gate = Promise.withResolvers<void>()
    const server = await startServer(
      scriptServices({
        turns: {
          edit: () => {
            calls += 1
            return gate.promise
          },
        },
      }),
    )
    const { say, until } = await openSocket(server.socketUrl)
    const sql = 'x'.repeat(20_000)
    for (let id = 0; id < 500; id += 1) say({ command: 'edit', id: String(id), edit: { turnId: someTurnId, sql } })
    expect(await restingValue(() => calls)).toBeLessThan(100)
    gate.resolve()
    await until((frames) => frames.length === 500)
    expect(calls).toBe(500)
    await server.stop()
  })
})

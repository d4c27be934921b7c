import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import {
  emptyAppInfo,
  eventText,
  makeWitness,
  openChannelTo,
  problemText,
  someTurnId,
  startPeer,
} from './channel.test-server.ts'

const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A channel to a server that refuses sockets. */
async function connect(answers: Record<string, Answer>, witness = makeWitness()) {
  const heard: string[] = []
  const peer = await startPeer({
    onRequest: (request, response) => {
      const what = `${request.method ?? ''} ${request.url ?? ''}`
      if (what === 'GET /api/v1/app') {
        response.end(JSON.stringify(emptyAppInfo))
        return
      }
      heard.push(what)
      const answer = answers[what]
      if (answer === undefined) response.writeHead(404).end()
      else answer(request, response)
    },
  })
  const channel = openChannelTo(peer.origin, witness.owner)
  stops.push(peer.stop, () => channel.close())
  return { peer, channel, heard, ...witness }
}

const stream = (response: ServerResponse, ...texts: string[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(texts.map((text) => `data: ${text}\n\n`).join(''))
}

test('where no socket gets through, a question is asked over HTTP and its stream is read', async () => {
  const witness = makeWitness(() => [{ turnId: someTurnId, afterSeq: 0 }])
  const answers = {
    'POST /api/v1/turns': (_request: unknown, response: ServerResponse) => stream(response, eventText(1)),
  }
  const { channel, events, heard, until } = await connect(answers, witness)
  await channel.send({ command: 'ask', ask: { turnId: someTurnId, question: 'How many?' } })
  await until(() => events.length === 1)
  expect(heard).toEqual(['POST /api/v1/turns'])
})

test('a stream that breaks off is taken up after the last event seen', async () => {
  const from: unknown[] = []
  const witness = makeWitness(() => [{ turnId: someTurnId, afterSeq: witness.events.length }])
  const rows = JSON.stringify({ kind: 'turn.nearly', turnId: someTurnId, seq: 1, at: '2026-01-01T00:00:00.000Z' })
  const { events, until } = await connect(
    {
      [`GET /api/v1/turns/${someTurnId}/events`]: (request, response) => {
        from.push(request.headers['last-event-id'])
        stream(response, from.length === 1 ? rows : eventText(2))
      },
    },
    witness,
  )
  await until(() => events.length === 2)
  expect(from).toEqual(['0', '1'])
})

test('commands go as JSON and a refusal is the problem the server sent', async () => {
  const bodies: string[] = []
  const { channel } = await connect({
    [`POST /api/v1/turns/${someTurnId}/approve`]: (request, response) => {
      request.on('data', (data: Buffer) => bodies.push(data.toString()))
      request.on('end', () => response.end('{"ok":true}'))
    },
    [`POST /api/v1/turns/${someTurnId}/edit`]: (_request, response) =>
      void response
        .writeHead(422, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ type: '/x', title: 'X', status: 422, ...problemText('sql_refused') })),
  })
  await channel.send({ command: 'approve', approve: { turnId: someTurnId, digest: 'd' } })
  expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([{ digest: 'd' }])
  await expect(channel.send({ command: 'edit', edit: { turnId: someTurnId, sql: 'DELETE' } })).rejects.toMatchObject({
    problem: { code: 'sql_refused' },
  })
})

test('a turn that is not there is reported instead of being asked for ever', async () => {
  const witness = makeWitness(() => [{ turnId: someTurnId, afterSeq: 0 }])
  const { lost, heard, until } = await connect({}, witness)
  await until(() => lost.length === 1)
  expect([lost, heard]).toEqual([[`${someTurnId}: not_found`], [`GET /api/v1/turns/${someTurnId}/events`]])
})

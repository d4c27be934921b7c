import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { answerPieces } from '../../../test/support/gemini-wire.ts'
import { answer, ask } from './gemini-asking.test-support.ts'

/** A server that answers every request with these bytes and ends the connection, which is how the end of the answer is told. */
async function serveClosing(status: number, type: string, body: string) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(`HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n`)
      socket.end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

const events = (text: string): string =>
  answerPieces(text)
    .map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`)
    .join('')

// A client that pauses its parser for a slow reader has ended the process here, which the runner reports as an unhandled error.
test.each([
  [
    'an answer of 150 kB',
    200,
    'text/event-stream',
    events(JSON.stringify({ ...answer, interpretation: 'x'.repeat(150_000) })),
  ],
  ['an answer of 600 kB', 200, 'text/event-stream', events('x'.repeat(600_000))],
  ['50 kB of brackets', 200, 'text/event-stream', events('['.repeat(50_000))],
  ['an error page of 400 kB', 500, 'text/html', 'x'.repeat(400_000)],
  ['an error page of 1 MB', 502, 'text/html', 'x'.repeat(1_000_000)],
])('%s on a connection that closes ends in a result or a problem', async (_, status, type, body) => {
  const server = await serveClosing(status, type, body)
  for (let round = 0; round < 3; round += 1) {
    const told = await ask(server.url)
    expect(told.outcome ?? told.problem).not.toBeNull()
    if (told.outcome === null) expect(told.problem?.code).toMatch(/^model_/)
  }
  server.close()
})

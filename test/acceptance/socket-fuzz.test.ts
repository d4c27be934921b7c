import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { fuzzRuns } from '../support/fuzz-runs.ts'
import { openSocket } from '../support/started-server.ts'

let folder: string
let server: ServedFloe
let socketUrl: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-fuzz-'))
  server = await serveFloe({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'warn' })
  socketUrl = `${server.url.replace('http:', 'ws:')}/api/v1/socket`
}, 60_000)
afterAll(async () => {
  await server.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** Whoever else uses the server is served: a socket of their own is answered. */
async function expectUnharmed(): Promise<void> {
  const other = await openSocket(socketUrl)
  other.say({ command: 'ping', id: 'still there' })
  await other.until((frames) => frames.some(({ reply }) => reply === 'still there'))
  other.socket.terminate()
  expect(server.log()).not.toMatch(/"level":(?:50|60)/)
}

const uuid = fc.uuid()
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('__proto__', 'constructor', '\u0000', '\u202E', '1e999', 'SELECT 1; DROP TABLE x', '9'.repeat(400)),
)
const anything = fc.oneof(fc.jsonValue({ maxDepth: 4 }), hostile, uuid, fc.constant(1e308), fc.constant(-0))
const names = ['ask', 'approve', 'edit', 'cancel', 'resume', 'ping'] as const
const fields = [
  'turnId',
  'conversationId',
  'question',
  'sql',
  'connection',
  'model',
  'autoRun',
  'maxRows',
  'digest',
  'afterSeq',
  'follows',
  'leaveOut',
  'mentions',
  '__proto__',
] as const

/** Commands of which each part may be right, wrong or left out. */
const command = fc
  .tuple(
    fc.oneof(fc.constantFrom(...names), hostile),
    fc.oneof(uuid, anything),
    fc.dictionary(fc.constantFrom(...fields), anything, { maxKeys: 6 }),
  )
  .map(([name, id, body]) => JSON.stringify({ command: name, id, [name]: body }))
const frame = fc.oneof(
  { weight: 5, arbitrary: command },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
)

test('no frame breaks the socket or anybody else: each is answered, and never with a defect of the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 12 }), async (frames) => {
      const client = await openSocket(socketUrl)
      for (const text of frames) client.say(text)
      client.say({ command: 'ping', id: 'end' })
      // A question that is stored first is answered after the sign of life that came behind it.
      const heard = await client.until(
        (read) =>
          read.some(({ reply }) => reply === 'end') &&
          read.filter(({ reply }) => reply !== undefined).length >= frames.length,
      )
      client.socket.terminate()
      const codes = heard.map(({ problem }) => (problem as { code?: string } | undefined)?.code)
      expect(codes).not.toContain('internal')
    }),
    { numRuns: fuzzRuns(100) },
  )
  await expectUnharmed()
}, 300_000)

/** Bytes as a client that breaks the protocol of sockets sends them: heads of frames with any bits and lengths, then anything. */
const bytes = fc
  .tuple(
    fc.integer({ min: 0, max: 255 }),
    fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(126, 127, 254, 255)),
    fc.uint8Array({ maxLength: 64 }),
  )
  .map(([first, second, rest]) => Buffer.concat([Buffer.from([first, second]), rest]))

test('no bytes after the handshake break anything but their own connection', async () => {
  const { hostname, port } = new URL(server.url)
  const key = Buffer.from(randomUUID().slice(0, 16)).toString('base64')
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 6 }), async (parts) => {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      socket.write(
        `GET /api/v1/socket HTTP/1.1\r\nhost: ${hostname}:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
      )
      const [head] = (await once(socket, 'data')) as [Buffer]
      expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
      for (const part of parts) socket.write(part)
      socket.end()
      await once(socket, 'close')
    }),
    { numRuns: fuzzRuns(100) },
  )
  await expectUnharmed()
}, 300_000)

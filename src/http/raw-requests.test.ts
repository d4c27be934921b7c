import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { playEvents, scriptServices, someTurnId } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'

const patience = { headersMs: 400, requestMs: 800, checkMs: 100, stallMs: 400 }
const megabyte = 'x'.repeat(1_000_000)

let server: StartedServer
let asked = 0
let taken = 0
beforeAll(async () => {
  const services = scriptServices({
    turns: {
      ask: () => {
        asked += 1
        return Promise.resolve({ turnId: someTurnId })
      },
      events: () => playEvents([{ seq: 1, kind: 'turn.done', json: '{}' }]),
    },
    people: {
      ...scriptServices().people,
      audit: {
        ...scriptServices().people.audit,
        export: () => Promise.resolve(endlessText()),
      },
    },
  })
  server = await startServer(services, { patience })
})
afterAll(() => server.stop())

/** 2 GB, of which a reader that takes nothing gets a small part. */
async function* endlessText(): AsyncGenerator<string> {
  for (taken = 0; taken < 2_000; taken += 1) {
    yield megabyte
    await Promise.resolve()
  }
}

const host = (): string => new URL(server.url).host

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(server.url)
  const connection = connect(Number(port), hostname)
  connection.on('error', () => undefined)
  await once(connection, 'connect')
  return connection
}

/** Sends the text as it is and reads until the connection is closed, of which this side closes its half once an answer has begun. */
async function say(text: string): Promise<string> {
  const connection = await open()
  let answer = ''
  connection.setEncoding('utf8')
  connection.on('data', (chunk: string) => {
    answer += chunk
    if (!answer.startsWith('HTTP/1.1 100') || answer.length > 50) connection.end()
  })
  connection.write(text.replaceAll('HOST', host()), 'latin1')
  if (!connection.destroyed) await once(connection, 'close')
  return answer
}

const statusesIn = (answer: string): readonly number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

const post = (headers: string, body: string) =>
  `POST /api/v1/turns HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`
const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\nHost: HOST\r\n${headers}\r\n`
const smuggled = 'GET /api/v1/app HTTP/1.1\r\nHost: HOST\r\n\r\n'
const zeros = gzipSync(JSON.stringify({ question: 'x'.repeat(50_000_000) }), { level: 9 }).toString('latin1')

/** What arrives, and the status of each answer to it: one that is smuggled would have an answer of its own. */
const shapes: readonly (readonly [name: string, text: string, statuses: readonly number[]])[] = [
  [
    'two lengths and a chunked body',
    post('Content-Length: 6\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
    [400],
  ],
  ['an unknown encoding', post('Transfer-Encoding: xchunked', `0\r\n\r\n${smuggled}`), [400]],
  ['chunked that is not last', post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${smuggled}`), [400]],
  ['chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`), [400]],
  ['two lengths', post('Content-Length: 5\r\nContent-Length: 60', `{"a":${smuggled}`), [400]],
  ['a length with a sign', post('Content-Length: +2', `{}${smuggled}`), [400]],
  ['a blank before the colon', post('Content-Length : 2', `{}${smuggled}`), [400]],
  ['a folded header', get('/healthz', 'X: a\r\n Content-Length: 9\r\n'), [400]],
  ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: HOST\n\n', [400]],
  ['a bare carriage return', get('/healthz', 'X: a\rY: b\r\n'), [400]],
  ['a NUL in a header', get('/healthz', 'X: a\0b\r\n'), [400]],
  ['a chunk that has no size', post('Transfer-Encoding: chunked', `zz\r\n{}\r\n0\r\n\r\n${smuggled}`), [400]],
  [
    'a chunk extension of 20 kB',
    post('Transfer-Encoding: chunked', `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    [413],
  ],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', [400]],
  ['two Hosts', get('/healthz', 'Host: evil.example\r\n'), [400]],
  ['an empty Host', 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n', [403]],
  ['a whole address of ours', get('http://HOST/api/v1/app'), [400]],
  ['a whole address of another', get('http://evil.example/api/v1/app'), [400]],
  ['a whole address as a navigation', get('http://evil.example/', 'Accept: text/html\r\n'), [400]],
  ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n', [404]],
  ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n', []],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: HOST\r\n\r\n', [404]],
  ['an unknown method', 'FOO / HTTP/1.1\r\nHost: HOST\r\n\r\n', [400]],
  ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\nHost: HOST\r\n\r\n', [200]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', [400]],
  ['3,000 headers', get('/healthz', 'X: y\r\n'.repeat(3_000)), [431]],
  ['a header of 20 kB', get('/healthz', `X: ${'y'.repeat(20_000)}\r\n`), [431]],
  ['an address of 20 kB', get(`/${'a'.repeat(20_000)}`), [431]],
  ['names of the prototype', get('/api/v1/turns/__proto__?__proto__=1', '__proto__: x\r\nconstructor: y\r\n'), [400]],
  ['line breaks in the address', get('/api/docs%0d%0aSet-Cookie:x=y'), [404]],
  ['a body where none belongs', get('/healthz', 'Content-Length: 2\r\n').replace(/$/, '{}'), [200]],
  ['a promise of 100 MB', post('Expect: 100-continue\r\nContent-Length: 99999999', ''), [100, 413]],
  ['another expectation', post('Expect: 200-ok\r\nContent-Length: 2', '{}'), [400]],
  ['a compressed body', post(`Content-Encoding: gzip\r\nContent-Length: ${zeros.length}`, zeros), [415]],
  ['a doubly compressed body', post('Content-Encoding: gzip, gzip\r\nContent-Length: 2', '{}'), [415]],
  ['HTTP/2 by upgrade', get('/healthz', 'Connection: Upgrade\r\nUpgrade: h2c\r\n'), [400]],
  ['a socket elsewhere', get('/healthz', webSocket('13')), [400]],
  ['a socket of an old version', get('/api/v1/socket', webSocket('1')), [400]],
]

function webSocket(version: string): string {
  return `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: ${version}\r\n`
}

describe('bytes on a connection', () => {
  test.each(shapes)('%s', async (_name, text, statuses) => {
    const before = asked
    const answer = await say(text)
    expect(statusesIn(answer)).toEqual(statuses)
    expect(asked).toBe(before)
    expect(answer).not.toMatch(/node_modules|\.ts:|HPE_|FST_/)
    if (statuses.some((status) => status >= 400))
      expect(answer).toMatch(
        /content-security-policy: default-src 'none'[\s\S]*nosniff[\s\S]*"code":"(?:bad_request|forbidden|not_found)"/i,
      )
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })

  test('a second request for another host, sent ahead', async () => {
    const connection = await open()
    let answer = ''
    connection.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    const last = get('/healthz', 'Connection: close\r\n').replace('HOST', 'evil.example')
    connection.write((get('/healthz') + last).replace('HOST', host()))
    await once(connection, 'close')
    expect(statusesIn(answer)).toEqual([200, 403])
  })

  test('none of it is a fault of ours', () => {
    expect(server.log()).not.toContain('"level":50')
  })
})

describe('a client that is slow', () => {
  test.each([
    ['with its headers', 'GET /healthz HTTP/1.1\r\nHost: HOST\r\n', 'X: y\r\n', [408]],
    ['with the first line', 'GET /', 'a', [408]],
    ['with its body', post('Content-Length: 500', '{"question":"'), 'x', [408]],
    ['with the chunks of its body', post('Transfer-Encoding: chunked', ''), '1\r\nx\r\n', [408]],
  ])('%s is cut off', async (_name, begin, more, statuses) => {
    const connection = await open()
    let answer = ''
    connection.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    const closed = once(connection, 'close')
    connection.write(begin.replaceAll('HOST', host()))
    const drip = setInterval(() => connection.write(more), 50)
    await closed
    clearInterval(drip)
    expect(statusesIn(answer)).toEqual(statuses)
  })

  test('to read a download is cut off, and nothing more is made for it', async () => {
    const connection = await open()
    connection.pause()
    const gone = new Promise((resolve) =>
      server.app.server.once('request', (request) => request.socket.once('close', resolve)),
    )
    connection.write(get('/api/v1/audit/export').replaceAll('HOST', host()))
    await gone
    expect(taken).toBeLessThan(100)
    connection.destroy()
  })

  test('and 600 of them leave the server to others', async () => {
    const slow = await Promise.all(Array.from({ length: 600 }, open))
    const ends = slow.map((connection) => once(connection, 'close'))
    for (const connection of slow) connection.write('GET /healthz HTTP/1.1\r\nX: ')
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    for (const connection of slow) connection.resume()
    await Promise.all(ends)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })
})

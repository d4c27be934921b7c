import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type HttpClient, HttpFault, type HttpRequest, makeHttpClient } from './http-client.ts'
import { makeFetch } from './make-fetch.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server of raw bytes: every connection is handed over with the first bytes that came on it. */
async function serve(answer: (socket: Socket, asked: string) => void): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', (data) => answer(socket, data.toString('latin1')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function client(...needs: Parameters<typeof makeHttpClient>): HttpClient {
  const made = makeHttpClient(...needs)
  closing.push(() => made.close())
  return made
}

const get = { method: 'GET', headers: {}, maxBytes: 1e6, deadlineMs: 5_000 } satisfies HttpRequest
const failure = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'an answer',
    (error: unknown) => (error instanceof HttpFault ? [error.reason, error.mayHaveArrived] : error),
  )
const head = (length: string): string => `HTTP/1.1 200 OK\r\nconnection: close\r\n${length}\r\n`

describe('a whole answer', () => {
  test('comes with its status, headers and bytes; the body of the request is sent', async () => {
    let asked = ''
    const url = await serve((socket, text) => {
      asked = text
      socket.end('HTTP/1.1 409 No\r\nx-name: value\r\ncontent-length: 3\r\n\r\nabc')
    })
    const answer = await client().request(new URL(url), { ...get, method: 'POST', body: 'übung' })
    expect({ ...answer, headers: answer.headers['x-name'], body: answer.body.toString() }).toEqual({
      status: 409,
      headers: 'value',
      body: 'abc',
    })
    expect(asked).toMatch(/^POST \/ HTTP\/1\.1[\s\S]*content-length: 6/i)
  })

  test('follows no redirect', async () => {
    const url = await serve((socket) =>
      socket.end('HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'),
    )
    expect((await client().request(new URL(url), get)).status).toBe(307)
  })
})

describe('without a whole answer', () => {
  test('a port where nothing listens: it cannot have arrived', async () => {
    const url = await serve(() => undefined)
    for (const close of closing.splice(0)) close()
    expect(await failure(client().request(new URL(url), get))).toEqual(['unreachable', false])
  })

  test.each([
    ['a reset before the answer', (socket: Socket) => socket.resetAndDestroy(), 'cut'],
    [
      'a reset in the answer',
      (socket: Socket) => socket.write(`${head('content-length: 9\r\n')}abc`, () => socket.resetAndDestroy()),
      'cut',
    ],
    ['an end in the answer', (socket: Socket) => socket.end(`${head('content-length: 9\r\n')}abc`), 'cut'],
    ['an end without an answer', (socket: Socket) => socket.end(), 'cut'],
    [
      'a switch of protocols',
      (socket: Socket) => socket.write('HTTP/1.1 101 S\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      'cut',
    ],
    ['what is not HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'), 'cut'],
    ['headers without end', (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1e6)}`), 'cut'],
    ['a chunk that is none', (socket: Socket) => socket.end(`${head('transfer-encoding: chunked\r\n')}zz\r\n`), 'cut'],
    ['more than is read', (socket: Socket) => socket.end(`${head('')}${'x'.repeat(2e6)}`), 'too_large'],
  ])('%s: it may have arrived', async (_, answer, reason) => {
    const url = await serve(answer)
    expect(await failure(client().request(new URL(url), get))).toEqual([reason, true])
  })

  test.each([
    ['nothing at all', '', { deadlineMs: 60 }],
    ['no answer in its time', '', { firstByteMs: 60 }],
    ['no whole answer in its time', `${head('content-length: 9\r\n')}abc`, { deadlineMs: 60 }],
    ['bytes that drip', `${head('content-length: 9\r\n')}abc`, { idleMs: 60 }],
  ])('%s is silence', async (_, said, limits) => {
    const url = await serve((socket) => socket.write(said))
    expect(await failure(client().request(new URL(url), { ...get, ...limits }))).toEqual(['silent', true])
  })

  test('aborting rejects with the reason of the signal, before, while and after it is asked', async () => {
    const leaving = new AbortController()
    const url = await serve((socket) => {
      socket.write(head('content-length: 9\r\n'))
      leaving.abort(new Error('left'))
    })
    const http = client()
    await expect(http.request(new URL(url), { ...get, signal: leaving.signal })).rejects.toThrow('left')
    await expect(http.request(new URL(url), { ...get, signal: leaving.signal })).rejects.toThrow('left')
  })
})

describe('a stream', () => {
  test.each([
    ['of a known length', (length: number) => `content-length: ${length}\r\n`],
    ['that the end of the connection ends', () => ''],
  ])('%s, read slower than it comes on a connection that closes, comes whole', async (_, length) => {
    const body = Buffer.alloc(400_000, 'x')
    const ended = Promise.withResolvers<void>()
    const url = await serve((socket) => {
      socket.write(head(length(body.length)))
      socket.end(body)
      socket.on('close', () => ended.resolve())
    })
    const answer = await client().stream(new URL(url), get)
    let bytes = 0
    for await (const part of answer.body) {
      bytes += part.length
      // The peer has gone before the second part is read.
      await ended.promise
    }
    expect(bytes).toBe(body.length)
  })

  test('that is left closes the connection', async () => {
    const gone = Promise.withResolvers<void>()
    const url = await serve((socket) => {
      socket.write(`${head('')}abc`)
      for (const event of ['end', 'close']) socket.on(event, () => gone.resolve())
    })
    const answer = await client().stream(new URL(url), get)
    await answer.body.cancel()
    await expect(gone.promise).resolves.toBeUndefined()
  })

  test('that breaks errors with what happened', async () => {
    const url = await serve((socket) => socket.end(`${head('content-length: 9\r\n')}abc`))
    const answer = await client().stream(new URL(url), get)
    expect(await failure(new Response(answer.body).text())).toEqual(['cut', true])
  })
})

describe('as fetch', () => {
  test.each([
    [204, ''],
    [304, ''],
    [500, 'x'],
  ])('an answer with status %i', async (status, body) => {
    const url = await serve((socket) =>
      socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
    )
    const answer = await makeFetch(client(), { maxBytes: 10 })(url)
    expect([answer.status, await answer.text()]).toEqual([status, body])
  })

  test('a status that no answer has is a fault', async () => {
    const url = await serve((socket) => socket.end('HTTP/1.1 999 X\r\ncontent-length: 0\r\n\r\n'))
    expect(await failure(makeFetch(client(), { maxBytes: 10 })(url))).toEqual(['cut', true])
  })
})

describe('by a proxy', () => {
  const address = new URL('https://myorg-acme.snowflakecomputing.com/')
  const connect = 'CONNECT myorg-acme.snowflakecomputing.com:443 HTTP/1.1'

  test('the host is asked for there; a refusal is told, and nothing can have arrived', async () => {
    const asked: string[] = []
    const proxy = await serve((socket, text) => {
      asked.push(text.split('\r\n')[0] ?? '')
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
    })
    const refused = await client({ proxy: { https_proxy: proxy } })
      .request(address, get)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ reason: 'unreachable', mayHaveArrived: false, code: 'ERR_PROXY_TUNNEL' })
    expect((refused as Error).cause).toMatchObject({ message: expect.stringContaining('502') as unknown })
    expect(asked).toEqual([connect])
  })

  test('leaving ends the wait for one that hangs', async () => {
    const leaving = new AbortController()
    const proxy = await serve(() => leaving.abort(new Error('left')))
    const answer = client({ proxy: { HTTPS_PROXY: proxy } }).request(address, { ...get, signal: leaving.signal })
    await expect(answer).rejects.toThrow('left')
  })

  test('the names of NO_PROXY, and loopback where that is wanted, are reached without it', async () => {
    const proxy = await serve((socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
    const url = await serve((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    const settings = { HTTP_PROXY: proxy, NO_PROXY: 'elsewhere.test' }
    expect((await client({ proxy: settings }).request(new URL(url), get)).status).toBe(502)
    const http = client({ proxy: settings, isLoopbackDirect: true })
    expect((await http.request(new URL(url), get)).status).toBe(200)
    expect((await http.request(new URL('http://myorg-acme.test/'), get)).status).toBe(502)
    const direct = await http.request(new URL('http://elsewhere.test:1/'), get).catch((error: unknown) => error)
    expect(direct).toMatchObject({ reason: 'unreachable' })
  })
})

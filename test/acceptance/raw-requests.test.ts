import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SignIn } from '../../src/core/people/sign-in.ts'
import { scriptServices } from '../support/scripted-services.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

let server: StartedServer
let proxied: StartedServer
const addresses: string[] = []
let asked = 0

beforeAll(async () => {
  const services = scriptServices({
    turns: {
      ask: () => {
        asked += 1
        return Promise.reject(new Error('nothing may ask here'))
      },
    },
  })
  /** Counts nothing, and remembers whom it should have counted. */
  const makeRateLimiter = ((name: string) => ({
    consume: (key: string) => {
      if (name === 'address') addresses.push(key)
      return Promise.resolve()
    },
  })) as never
  server = await startServer(services, { makeRateLimiter })
  proxied = await startServer(services, { makeRateLimiter, trustedProxies: ['127.0.0.1'] })
})
afterAll(() => Promise.all([server.stop(), proxied.stop()]))

/** Everything that the server answers to these bytes, until it closes the connection. */
async function answersTo(lines: readonly string[], to = server): Promise<string> {
  const { port, host } = new URL(to.url)
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(lines.map((line) => line.replace('HOST', host)).join('\r\n'))
  return await text(socket)
}
const statusesOf = (answers: string): readonly string[] =>
  [...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => match[1] ?? '')

const head = ['POST /api/v1/turns HTTP/1.1', 'Host: HOST', 'Content-Type: application/json']
const hidden = ['GET /api/v1/openapi.json HTTP/1.1', 'Host: HOST', 'Connection: close', '', '']

test.each([
  ['a length beside chunks', [...head, 'Content-Length: 4', 'Transfer-Encoding: chunked', '', '0', '', ...hidden]],
  ['two lengths', [...head, 'Content-Length: 2', 'Content-Length: 40', '', `{}${hidden.join('\r\n')}`]],
  ['chunks by another name', [...head, 'Transfer-Encoding: xchunked', '', '0', '', ...hidden]],
  ['a blank before the colon', [...head, 'Transfer-Encoding : chunked', '', '0', '', ...hidden]],
  ['a head that is folded', [...head, 'Content-Length: 4', ' 0', '', '{}{}', ...hidden]],
])('a request whose end is not certain is refused, and nothing after it is read: %s', async (_name, lines) => {
  expect(statusesOf(await answersTo(lines))).toEqual(['400'])
})

test('TRACE repeats nothing, and CONNECT leads nowhere', async () => {
  const traced = await answersTo(['TRACE / HTTP/1.1', 'Host: HOST', 'X-Mark: seen', 'Connection: close', '', ''])
  expect([statusesOf(traced), traced.includes('seen')]).toEqual([['404'], false])
  expect(await answersTo(['CONNECT evil.example:443 HTTP/1.1', 'Host: HOST', '', ''])).toBe('')
})

test('no answer lets a page of another origin read it', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/openapi.json'],
    ['GET', '/healthz'],
    ['OPTIONS', '/api/v1/turns'],
    ['POST', '/api/v1/turns'],
  ] as const) {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const answer = await fetch(server.url + path, { method, headers })
    await answer.text()
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
})

test.each([
  '{"question":"q","__proto__":{"role":"admin"}}',
  '{"question":"q","constructor":{"prototype":{"role":"admin"}}}',
])('keys that would reach a prototype are refused: %s', async (body) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/api/v1/turns`, { method: 'POST', headers, body })
  await answer.text()
  expect([answer.status, asked, Reflect.get({}, 'role')]).toEqual([400, 0, undefined])
})

test.each(['q=a&q=b', 'limit=1&limit=1000', 'q[]=a', 'q[__proto__][role]=admin'])(
  'a parameter that is given twice is refused: %s',
  async (query) => {
    const answer = await fetch(`${server.url}/api/v1/history?${query}`)
    await answer.text()
    expect(answer.status).toBe(400)
  },
)

test('every answer says what it is, and none leads elsewhere', async () => {
  for (const [path, type] of [
    ['/healthz', 'application/json; charset=utf-8'],
    ['/api/v1/openapi.json', 'application/json'],
    ['/api/docs', 'text/html'],
    ['/api/v1/nothing', 'application/problem+json'],
  ] as const) {
    const answer = await fetch(server.url + path, { redirect: 'manual' })
    await answer.text()
    expect([path, answer.headers.get('content-type'), answer.headers.get('location')]).toEqual([
      path,
      expect.stringContaining(type),
      null,
    ])
  }
})

test('a sign-in comes back to the host that was asked, whatever host is forwarded', async () => {
  const redirectUris: string[] = []
  const signIn: SignIn = {
    providers: [{ id: 'main', label: 'Somewhere' }],
    begin: (_provider, redirectUri) => {
      redirectUris.push(redirectUri)
      return Promise.resolve({ url: 'https://issuer.example/', ticket: 'a ticket', patienceMs: 1_000 })
    },
    finish: () => Promise.reject(new Error('nobody comes back here')),
  }
  const services = scriptServices({ people: { ...scriptServices().people, signIn } })
  const behind = await startServer(services, { trustedProxies: ['127.0.0.1'] })
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }
  const { status } = await fetch(`${behind.url}/auth/sign-in`, { redirect: 'manual', headers })
  await behind.stop()
  expect([status, redirectUris]).toEqual([303, [`${behind.url}/auth/callback`]])
})

test('forwarded addresses and hosts of somebody who is no proxy count for nothing', async () => {
  const forwarded = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
  }
  addresses.length = 0
  for (const { url } of [server, proxied]) {
    const answer = await fetch(`${url}/api/v1/openapi.json`, { headers: forwarded })
    await answer.text()
    expect(answer.status).toBe(200)
  }
  expect(addresses).toEqual(['127.0.0.1', '203.0.113.7'])
  const lines = [
    'GET /api/v1/openapi.json HTTP/1.1',
    'Host: evil.example',
    'X-Forwarded-Host: HOST',
    'Connection: close',
  ]
  expect(statusesOf(await answersTo([...lines, '', ''], proxied))).toEqual(['403'])
})

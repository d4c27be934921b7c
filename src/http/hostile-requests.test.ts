import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { playEvents, scriptServices, someTurnId } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'
import { problem } from '../core/problem.ts'

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

let server: StartedServer
let published: StartedServer
let folder: string
let asked = 0

const services = scriptServices({
  turns: {
    ask: (_caller, { question = '' }) => {
      asked += 1
      return question.length > 8_000
        ? Promise.reject(problem('bad_question', 'The question is too long.', 'Ask in fewer words.'))
        : Promise.resolve({ turnId: someTurnId })
    },
    events: () => playEvents([{ seq: 1, kind: 'turn.done', json: '{}' }]),
    cancel: () => Promise.reject(problem('not_found', 'There is no such turn.', 'Look in the history.')),
  },
  history: { readTurn: () => Promise.reject(problem('not_found', 'There is no such turn.', 'Look in the history.')) },
  appInfo: () =>
    Promise.resolve({
      version: '1',
      connections: [],
      connectionsProblem: null,
      writers: [],
      defaultWriter: 'offline',
      starters: [],
    }),
})

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-site-'))
  const webRoot = join(folder, 'web')
  mkdirSync(webRoot)
  writeFileSync(join(webRoot, 'index.html'), 'the page')
  writeFileSync(join(webRoot, '.secret'), 'TOP SECRET')
  writeFileSync(join(folder, 'secret.txt'), 'TOP SECRET')
  server = await startServer(services, { webRoot })
  published = await startServer(services, { publicUrl: 'https://floe.example.com' })
})
afterAll(async () => {
  await server.stop()
  await published.stop()
  rmSync(folder, { recursive: true })
})

const portOf = ({ url }: StartedServer): string => new URL(url).port
/** Fills in the port of the server under test. */
const filled = (text: string, to: StartedServer) => text.replace('PORT', portOf(to))

/** Sends a request exactly as given: path, Host and all. */
function send(
  method: string,
  path: string,
  {
    headers = {},
    body = null,
    to = server,
  }: { headers?: Record<string, string>; body?: string | null; to?: StartedServer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: portOf(to),
        method,
        path,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value, to)])),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body ?? undefined)
  })
}

const json = { 'content-type': 'application/json' }
const question = JSON.stringify({ question: 'How many orders?' })

describe('Host', () => {
  test.each([
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['LOCALHOST:PORT', 200],
    ['[::1]:PORT', 200],
    ['evil.example:PORT', 403],
    ['localhost.evil.example:PORT', 403],
    ['localhost', 403],
    ['localhost:1', 403],
    ['127.0.0.1.nip.io:PORT', 403],
    ['user@localhost:PORT', 403],
    ['localhost:PORT/../x', 403],
    ['0.0.0.0:PORT', 403],
    ['floe.example.com', 403],
  ])('%s is answered %i', async (host, status) => {
    for (const path of ['/api/v1/app', '/'])
      expect((await send('GET', path, { headers: { host } })).status).toBe(status)
  })

  test.each([
    ['floe.example.com', 200],
    ['floe.example.com:443', 200],
    ['127.0.0.1:PORT', 200],
    ['floe.example.com:8443', 403],
    ['floe.example.com.evil.example', 403],
  ])('with a public address %s is answered %i', async (host, status) => {
    expect((await send('GET', '/api/v1/app', { headers: { host }, to: published })).status).toBe(status)
  })

  test.each([
    ['/healthz', '10.1.2.3:8080', 200],
    ['/readyz', '[fd00::1]', 200],
    ['/healthz', 'evil.example', 403],
    ['/api/v1/app', '10.1.2.3:8080', 403],
  ])('a probe of %s by the address %s is answered %i', async (path, host, status) => {
    expect((await send('GET', path, { headers: { host } })).status).toBe(status)
  })
})

/** Origin, Sec-Fetch-Site, Host and whether the server takes it. */
const origins: readonly (readonly [Record<string, string>, boolean])[] = [
  [{}, true],
  [{ origin: 'http://127.0.0.1:PORT' }, true],
  [{ origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }, true],
  [{ origin: 'http://localhost:PORT', host: 'localhost:PORT' }, true],
  [{ origin: 'http://localhost:PORT' }, false],
  [{ origin: 'https://127.0.0.1:PORT' }, false],
  [{ origin: 'http://127.0.0.1:1' }, false],
  [{ origin: 'http://127.0.0.1' }, false],
  [{ origin: 'http://evil.example' }, false],
  [{ origin: 'http://127.0.0.1:PORT.evil.example' }, false],
  [{ origin: 'http://evil.example', host: 'evil.example' }, false],
  [{ origin: 'null' }, false],
  [{ origin: '' }, false],
  [{ 'sec-fetch-site': 'cross-site' }, false],
  [{ 'sec-fetch-site': 'same-site' }, false],
]

describe('Origin', () => {
  const works = ['/turns/a/export?format=csv', '/turns/a/rows', '/turns/a/%72ows?from=0', '/me/export', '/audit/export']
  test.each(works)(
    'GET %s, which makes the warehouse work or is audited, is not taken from another site',
    async (path) => {
      const statusWith = async (headers: Record<string, string>) =>
        (await send('GET', `/api/v1${path}`, { headers })).status
      for (const site of ['cross-site', 'same-site'])
        expect([site, await statusWith({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })]).toEqual([site, 403])
      expect(await statusWith({ origin: 'https://evil.example' })).toBe(403)
      for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])
        expect([headers, await statusWith(headers)]).not.toEqual([headers, 403])
      expect((await send('GET', '/api/v1/app', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(200)
    },
  )

  test.each(origins)('a question with %o is taken: %s', async (headers, isTaken) => {
    const before = asked
    const { status } = await send('POST', '/api/v1/turns', { headers: { ...json, ...headers }, body: question })
    expect([status, asked - before]).toEqual(isTaken ? [200, 1] : [403, 0])
  })

  test.each([
    [{ origin: 'https://floe.example.com', host: 'floe.example.com' }, 200],
    [{ origin: 'https://floe.example.com', host: '127.0.0.1:PORT' }, 200],
    [{ origin: 'http://floe.example.com', host: 'floe.example.com' }, 403],
    [{ origin: 'https://evil.example', host: 'floe.example.com' }, 403],
  ])('with a public address %o is answered %i', async (headers, status) => {
    const sent = await send('POST', '/api/v1/turns', {
      headers: { ...json, ...headers },
      body: question,
      to: published,
    })
    expect(sent.status).toBe(status)
  })

  test.each([
    ...origins,
    [{ 'sec-fetch-site': 'same-origin' }, false] as const,
    [{ 'sec-fetch-mode': 'websocket' }, false] as const,
  ])('a socket with %o opens: %s', async (headers, isTaken) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value, server)]))
    const socket = new WebSocket(server.socketUrl, { headers: given })
    const outcome = await new Promise((resolve) => {
      socket.once('open', () => resolve(true))
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
    })
    socket.once('error', () => undefined)
    socket.terminate()
    expect(outcome).toBe(isTaken ? true : 403)
  })
})

describe('bodies', () => {
  test.each([
    ['malformed', '{"question":', json, 400],
    ['empty', '', json, 400],
    ['an array', '[1]', json, 400],
    ['a text', '"How many?"', json, 400],
    ['of wrong types', '{"question":{"$ne":1}}', json, 400],
    ['with a prototype', '{"question":"q","__proto__":{"autoRun":true}}', json, 400],
    ['with a constructor', '{"question":"q","constructor":{"prototype":{"x":1}}}', json, 400],
    ['a form', 'question=q', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', question, { 'content-type': 'text/plain' }, 415],
    ['multipart', question, { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['without a type', question, {}, 415],
    ['2 MB', JSON.stringify({ question: 'x'.repeat(2_000_000) }), json, 413],
    ['a question of 50 kB', JSON.stringify({ question: 'x'.repeat(50_000) }), json, 400],
    ['nested deeply', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, json, 400],
  ])('%s: a problem and nothing else', async (_name, body, headers, status) => {
    const answer = await send('POST', '/api/v1/turns', { headers, body })
    expect(answer.status).toBe(status)
    expect(answer.type).toContain('application/problem+json')
    expect(JSON.parse(answer.text)).toMatchObject({ status, whoseTurn: 'person' })
    expect(answer.text).not.toMatch(/node_modules|\.ts:|at Object|FST_/)
    expect(({} as { autoRun?: boolean }).autoRun).toBeUndefined()
  })

  test.each([
    ['text/plain', question, 415],
    ['application/json', '{"digest":', 400],
    ['application/json', '{"digest":7}', 400],
    ['application/json', '[]', 400],
  ])('%s %s on a REST route: a problem', async (type, body, status) => {
    const answer = await send('POST', `/api/v1/turns/${someTurnId}/approve`, {
      headers: { 'content-type': type },
      body,
    })
    expect([answer.status, answer.type.split(';')[0]]).toEqual([status, 'application/problem+json'])
  })
})

describe('addresses', () => {
  test.each([
    ['GET', `/api/v1/turns/${someTurnId}`, 404],
    ['POST', `/api/v1/turns/${someTurnId}/cancel`, 404],
    ['GET', '/api/v1/turns/not-a-uuid', 400],
    ['GET', '/api/v1/turns/not-a-uuid/events', 400],
    ['GET', `/api/v1/turns/${someTurnId}/events?afterSeq=-1`, 400],
    ['GET', `/api/v1/turns/${someTurnId}/events?afterSeq=99999999999999999999`, 400],
    ['GET', '/api/v1/conversations?limit=1000000', 400],
    ['GET', '/api/v1/conversations?limit=x', 400],
    ['GET', '/api/v1/turns', 405],
    ['PUT', '/api/v1/turns', 405],
    ['DELETE', `/api/v1/turns/${someTurnId}`, 405],
    ['PATCH', `/api/v1/turns/${someTurnId}/approve`, 405],
    ['POST', '/api/v1/app', 405],
    ['POST', '/', 404],
    ['OPTIONS', '/api/v1/nothing', 404],
    ['GET', '/api/v1/%2e%2e/%2e%2e/secret.txt', 404],
    ['GET', `/api/v1/turns/${'x'.repeat(5_000)}`, 404],
    ['GET', '/%zz', 400],
    ['GET', '/.secret', 404],
    ['GET', '/%00', 403],
  ])('%s %s is answered %i with a problem', async (method, path, status) => {
    const answer = await send(method, path)
    expect([answer.status, answer.type.split(';')[0]]).toEqual([status, 'application/problem+json'])
    expect(answer.text).not.toMatch(/node_modules|\.ts:|FST_|\/tmp\//)
  })

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/....//secret.txt',
    '/.secret',
    '/%2esecret',
    '/index.html/../.secret',
    '/secret.txt%00.html',
  ])('%s reads nothing beside the page', async (path) => {
    for (const accept of ['*/*', 'text/html']) {
      const answer = await send('GET', path, { headers: { accept } })
      expect(answer.text).not.toContain('TOP SECRET')
      expect([200, 400, 403, 404]).toContain(answer.status)
      if (answer.status === 200) expect(answer.text).toBe('the page')
    }
  })
})

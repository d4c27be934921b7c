import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answeredFacts,
  encodeFacts,
  eventsOf,
  scriptServices,
  someConversationId,
  someTurn,
  someTurnId,
} from '../../test/support/scripted-services.ts'
import { someone } from '../../test/support/callers.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'
import { problemCodes } from '../contract/problem.ts'
import { ProblemDocument } from '../contract/problem-document.ts'
import { problem } from '../core/problem.ts'
import { statusOfProblem } from './problem-response.ts'
import type { Caller } from '../core/caller.ts'

const conversation = {
  id: someConversationId,
  title: 'How many orders?',
  createdAt: someTurn.createdAt,
  updatedAt: someTurn.createdAt,
}
const appInfo = {
  version: '1.2.3',
  connections: [],
  connectionsProblem: null,
  writers: [],
  defaultWriter: 'offline',
  starters: ['How many orders?'],
}
const done: unknown[] = []
const note = (name: string) => (caller: Caller, command: unknown) => {
  done.push([name, caller.userId, command])
  return Promise.resolve()
}

const services = scriptServices({
  appInfo: () => Promise.resolve(appInfo),
  health: () =>
    Promise.resolve([{ name: 'store', state: 'starting' as const, detail: 'The database is opening.', action: null }]),
  turns: { approve: note('approve'), edit: note('edit'), cancel: note('cancel') },
  history: {
    list: (caller, limit) => Promise.resolve([{ ...conversation, title: `${caller.userId} ${limit}` }]),
    read: () => Promise.resolve({ conversation, turns: [someTurn] }),
    readTurn: (_caller, _turnId, afterSeq) =>
      Promise.resolve({ turn: someTurn, events: encodeFacts(answeredFacts).filter(({ seq }) => seq > afterSeq) }),
  },
})

let server: StartedServer
let webRoot: string
const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })
const post = (path: string, body: unknown) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

beforeAll(async () => {
  webRoot = mkdtempSync(join(tmpdir(), 'floe-web-'))
  mkdirSync(join(webRoot, 'assets'))
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Floe</title>')
  writeFileSync(join(webRoot, 'assets/main-BX3kq9Zt.js'), 'export {}')
  writeFileSync(join(webRoot, 'assets/main-BX3kq9Zt.js.gz'), gzipSync('export {}'))
  writeFileSync(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(webRoot, 'large.js'), 'export {}\n'.repeat(1_000))
  server = await startServer(services, { webRoot })
})
afterAll(async () => {
  await server.stop()
  rmSync(webRoot, { recursive: true })
})

describe('REST', () => {
  test.each([
    ['/api/v1/app', appInfo],
    ['/api/v1/conversations', [{ ...conversation, title: 'someone 30' }]],
    ['/api/v1/conversations?limit=5', [{ ...conversation, title: 'someone 5' }]],
    [`/api/v1/conversations/${someConversationId}`, { conversation, turns: [someTurn] }],
    [`/api/v1/turns/${someTurnId}`, { turn: someTurn, events: eventsOf(answeredFacts) }],
    [`/api/v1/turns/${someTurnId}?afterSeq=9`, { turn: someTurn, events: eventsOf(answeredFacts).slice(9) }],
  ])('GET %s', async (path, body) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual(body)
  })

  test.each([
    ['approve', { digest: 'ab' }],
    ['edit', { sql: 'SELECT 1' }],
    ['cancel', {}],
  ])('POST …/%s steers the turn that the address names, whatever the body says', async (name, body) => {
    const other = '11111111-1111-4111-8111-111111111111'
    const response = await post(`/api/v1/turns/${someTurnId}/${name}`, { ...body, turnId: other })
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
    expect(done.at(-1)).toEqual([name, 'someone', { ...body, turnId: someTurnId }])
  })

  test('a cancel needs no body', async () => {
    const response = await fetch(`${server.url}/api/v1/turns/${someTurnId}/cancel`, { method: 'POST' })
    expect(response.status).toBe(200)
  })
})

describe('problems', () => {
  test.each(problemCodes.map((code) => [code]))('%s has a status and travels as an RFC 9457 document', async (code) => {
    const failing = await startServer(
      scriptServices({
        appInfo: () => Promise.reject(problem(code, 'It went wrong.', 'Do this.', { details: ['why'] })),
      }),
    )
    const response = await fetch(`${failing.url}/api/v1/app`)
    await failing.stop()
    expect(response.status).toBe(statusOfProblem[code])
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    const document = ProblemDocument.parse(await response.json())
    expect(document).toMatchObject({
      type: `/api/docs#${code}`,
      status: statusOfProblem[code],
      detail: 'It went wrong.',
      code,
      message: 'It went wrong.',
      action: 'Do this.',
      details: ['why'],
    })
    const waits: Readonly<Record<string, string>> = { too_busy: '2', model_limited: '60', budget_used: '3600' }
    expect(response.headers.get('retry-after')).toBe(waits[code] ?? null)
    expect(document.instance).toBe(`urn:uuid:${response.headers.get('x-request-id')}`)
  })

  test('an unintended error tells nothing and is logged under the request', async () => {
    const failing = await startServer(
      scriptServices({ appInfo: () => Promise.reject(new Error('password=hunter2 at /srv/secret.ts')) }),
    )
    const response = await fetch(`${failing.url}/api/v1/app`)
    const text = await response.text()
    await failing.stop()
    expect(response.status).toBe(500)
    expect(ProblemDocument.parse(JSON.parse(text)).code).toBe('internal')
    expect(text).not.toMatch(/hunter2|secret|\.ts/)
    expect(failing.log()).toContain('hunter2')
    expect(failing.log()).toContain(response.headers.get('x-request-id'))
  })

  test('an answer that breaks the contract is our fault, not the person’s', async () => {
    const failing = await startServer(scriptServices({ appInfo: () => Promise.resolve({} as typeof appInfo) }))
    const response = await fetch(`${failing.url}/api/v1/app`)
    await failing.stop()
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([500, 'internal'])
  })
})

describe('the page', () => {
  test.each([
    ['/', 200, 'no-cache', 'text/html'],
    ['/conversations/17', 200, 'no-cache', 'text/html'],
    ['/favicon.svg', 200, 'no-cache', 'image/svg+xml'],
    ['/assets/main-BX3kq9Zt.js', 200, 'public, max-age=31536000, immutable', 'javascript'],
    ['/assets/main-gone1234.js', 404, null, 'application/problem+json'],
    ['/api/nothing', 404, 'no-store', 'application/problem+json'],
    ['/api/v1/nothing', 404, 'no-store', 'application/problem+json'],
  ])('a browser that navigates to %s gets %i', async (path, status, cacheControl, type) => {
    const response = await get(path, { accept: 'text/html,*/*;q=0.8' })
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe(cacheControl)
    expect(response.headers.get('content-type')).toContain(type)
  })

  test('what was compressed by the build is sent as it is', async () => {
    const response = await get('/assets/main-BX3kq9Zt.js', { 'accept-encoding': 'gzip' })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.text()).toBe('export {}')
  })

  test.each(['/large.js', '/api/v1/openapi.json'])('%s is compressed on the way', async (path) => {
    const response = await get(path, { 'accept-encoding': 'br' })
    expect(response.headers.get('content-encoding')).toBe('br')
    expect((await response.text()).length).toBeGreaterThan(5_000)
  })

  test('an address that is no file and no navigation is not found', async () => {
    expect((await get('/nothing', { accept: 'application/json' })).status).toBe(404)
  })
})

describe('headers', () => {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join(';')

  test.each(['/', '/api/v1/app', '/api/docs', '/api/v1/nothing', '/healthz'])(
    '%s carries the whole policy',
    async (path) => {
      const { headers } = await get(path, { accept: 'text/html' })
      expect(headers.get('content-security-policy')).toBe(policy)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    },
  )

  test('a public https address adds HSTS and names its socket', async () => {
    const published = await startServer(services, { publicUrl: 'https://floe.example.com' })
    const { headers } = await fetch(`${published.url}/healthz`)
    await published.stop()
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect(headers.get('content-security-policy')).toContain("connect-src 'self' wss://floe.example.com;")
  })
})

describe('health', () => {
  test('alive, and not ready while anything is starting', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
    const ready = await get('/readyz')
    expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([503, 'starting'])
  })

  test.each<[string, Caller | null, boolean]>([
    ['the person of the machine', { ...someone, isLocal: true }, true],
    ['an admin', { ...someone, isLocal: false, rights: ['manage_people'] }, true],
    ['a member', { ...someone, isLocal: false, rights: ['ask'] }, false],
    ['nobody', null, false],
  ])('to %s (%o) it tells what was seen: %s', async (_who, caller, tells) => {
    const check = { name: 'redis', state: 'degraded' as const, detail: 'Redis at 10.0.0.7 is away.', action: 'Look.' }
    const asked = await startServer(scriptServices({ health: () => Promise.resolve([check]) }), {
      identify: () => caller,
    })
    const response = await fetch(`${asked.url}/readyz`)
    const told = await response.json()
    await asked.stop()
    expect([response.status, told]).toEqual([
      200,
      { status: 'degraded', checks: [tells ? check : { name: 'redis', state: 'degraded' }] },
    ])
  })

  test('a failed dependency is named and answers 503', async () => {
    const checks = [
      { name: 'guard', state: 'ok' as const, detail: 'Answers.', action: null },
      { name: 'store', state: 'failed' as const, detail: 'No answer.', action: 'Start PostgreSQL.' },
    ]
    const failing = await startServer(scriptServices({ health: () => Promise.resolve(checks) }), {
      identify: () => ({ ...someone, isLocal: true }),
    })
    const response = await fetch(`${failing.url}/readyz`)
    await failing.stop()
    expect([response.status, await response.json()]).toEqual([503, { status: 'failed', checks }])
  })
})

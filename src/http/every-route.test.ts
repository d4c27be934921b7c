import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { someone } from '../../test/support/callers.ts'
import { playEvents, scriptServices, someTurnId } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'

const guest = 'https://app.example.com'
const webRoot = mkdtempSync(join(tmpdir(), 'floe-routes-'))
writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Floe</title>')
writeFileSync(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')

const ready = {
  fileName: 'Answer.csv',
  form: { format: 'csv' },
  file: {
    bytes: 3,
    content: [Buffer.from('a\n1')],
    read: () => [Buffer.from('a\n1')],
  },
}
const services = scriptServices({
  health: () => Promise.resolve([{ name: 'store', state: 'starting', detail: 'It opens.', action: null }]),
  turns: {
    ask: () => Promise.resolve({ turnId: someTurnId }),
    events: () => playEvents([{ seq: 1, kind: 'turn.done', json: '{}' }]),
  },
  exportPerson: () => Promise.resolve([{ name: 'a.json', text: ['{}'] }]) as never,
  exports: {
    make: () => Promise.resolve(ready),
    open: () => Promise.resolve(ready),
    end: () => Promise.resolve(),
  } as never,
})

let server: StartedServer
/** Every address of the OpenAPI document with its methods, and those that are beside it. */
let routes: readonly (readonly [path: string, methods: readonly string[]])[]

beforeAll(async () => {
  server = await startServer(services, { webRoot, guestOrigins: [guest], identify: () => someone })
  const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
    readonly paths: Record<string, object>
  }
  const beside = ['/api/docs', '/api/docs/style.css', '/api/v1/openapi.json', '/healthz', '/readyz']
  routes = [
    ...Object.entries(document.paths).map(
      ([path, item]) => [`/api/v1${path}`, Object.keys(item).map((method) => method.toUpperCase())] as const,
    ),
    ...beside.map((path) => [path, ['GET']] as const),
  ]
})
afterAll(async () => {
  await server.stop()
  rmSync(webRoot, { recursive: true })
})

const addressOf = (path: string): string =>
  server.url + path.replace('{name}', 'DB.SCHEMA.T').replaceAll(/\{\w+\}/g, someTurnId)
const hasBody = (method: string): boolean => ['POST', 'PUT', 'PATCH'].includes(method)
const send = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(addressOf(path), {
    method,
    redirect: 'manual',
    headers: { ...(hasBody(method) ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(hasBody(method) ? { body: '{"question":"q"}' } : {}),
  })

/** The methods of an address, with those of another one of the document that it is an example of. */
const methodsOf = (path: string): readonly string[] => {
  const isExampleOf = (other: string) => new RegExp(`^${other.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
  return [...new Set(routes.flatMap(([other, methods]) => (isExampleOf(other) ? methods : [])))]
}
/** A HEAD would wait for the end of a turn, or make a file for nobody. */
const withoutHead = [
  ...['events', 'export'].map((name) => `/api/v1/turns/{turnId}/${name}`),
  '/api/v1/exports/{exportId}/file',
]
const hasHead = (path: string): boolean => methodsOf(path).includes('GET') && !withoutHead.includes(path)

/** Headers that an answer lacks. */
const missingIn = ({ headers }: Response): readonly string[] =>
  Object.entries({
    'content-security-policy': /default-src 'none';.*frame-ancestors 'none';require-trusted-types-for 'script';/,
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^DENY$/i,
    'referrer-policy': /^no-referrer$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-resource-policy': /^same-origin$/,
    'x-request-id': /^[\da-f-]{36}$/,
  }).flatMap(([name, pattern]) => (pattern.test(headers.get(name) ?? '') ? [] : [name]))

describe('every route of the document', () => {
  test('answers with the security headers: results, faults, streams and downloads; nothing of it is stored', async () => {
    const found: string[] = []
    const types = new Set<string>()
    for (const [path, methods] of routes)
      for (const method of methods) {
        const response = await send(method, path)
        await response.arrayBuffer()
        types.add(`${response.status} ${response.headers.get('content-type')?.split(';')[0] ?? ''}`)
        // Event streams are UTF-8 by definition.
        if (/^text\/(?!event-stream|.*; charset=utf-8)/.test(response.headers.get('content-type') ?? ''))
          found.push(`${method} ${path} names no charset`)
        const missing = missingIn(response)
        if (missing.length > 0) found.push(`${method} ${path} ${response.status}: ${missing.join(' ')}`)
        const stored = path.startsWith('/api/v1') && !/no-store/.test(response.headers.get('cache-control') ?? '')
        if (stored) found.push(`${method} ${path} may be stored`)
      }
    expect(found).toEqual([])
    expect([...types]).toEqual(
      expect.arrayContaining([
        '200 text/event-stream',
        '200 text/csv',
        '200 application/zip',
        '200 text/html',
        '400 application/problem+json',
        '500 application/problem+json',
        '503 application/json',
      ]),
    )
  })

  test.each([
    ['GET', '/', 200],
    ['GET', '/favicon.svg', 200],
    ['GET', '/nothing', 404],
    ['GET', '/api/v1/nothing', 404],
    ['PUT', '/api/v1/app', 405],
    ['GET', '/%zz', 400],
    ['OPTIONS', '/api/v1/app', 204],
  ])('%s %s (%i) has them, too', async (method, path, status) => {
    const response = await send(method, path)
    expect([response.status, missingIn(response)]).toEqual([status, []])
  })

  test('refuses other methods with those that are allowed, and tells them when asked', async () => {
    const found: string[] = []
    for (const [path] of routes) {
      const methods = methodsOf(path)
      const allowed = [...methods, 'OPTIONS', ...(hasHead(path) ? ['HEAD'] : [])].toSorted().join(', ')
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !methods.includes(each))) {
        const response = await send(method, path)
        const { status } = (await response.json()) as { status: number }
        if (response.status !== 405 || status !== 405 || response.headers.get('allow') !== allowed)
          found.push(`${method} ${path}: ${response.status}, ${response.headers.get('allow')} and not ${allowed}`)
      }
      const options = await send('OPTIONS', path)
      if (options.status !== 204 || options.headers.get('allow') !== allowed)
        found.push(`OPTIONS ${path}: ${options.status}, ${options.headers.get('allow')} and not ${allowed}`)
    }
    expect(found).toEqual([])
  })

  test('answers HEAD as GET, without a body', async () => {
    const readOnly = ['/api/v1/connections', '/api/v1/models', '/api/docs', '/healthz']
    for (const path of readOnly) {
      const [head, get] = [await send('HEAD', path), await send('GET', path)]
      expect([path, head.status, head.headers.get('content-type')]).toEqual([
        path,
        get.status,
        get.headers.get('content-type'),
      ])
      expect(await head.text()).toBe('')
      await get.arrayBuffer()
    }
    expect((await send('HEAD', '/api/v1/turns/{turnId}/events')).status).toBe(405)
  })
})

describe('pages of other sites', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
  const grants = (response: Response) =>
    [...response.headers].filter(([name]) => name.startsWith('access-control-')).map(([name]) => name)

  test('that are named may use the API: the preflight says how', async () => {
    const response = await send('OPTIONS', '/api/v1/turns', { origin: guest, ...preflight })
    expect([response.status, response.headers.get('vary')]).toEqual([204, 'Origin'])
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': guest,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'authorization, content-type, last-event-id',
      'access-control-max-age': '7200',
    })
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('that are named read answers, streams and faults', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/models'],
      ['POST', '/api/v1/turns'],
      ['GET', '/api/v1/nothing'],
    ] as const) {
      const response = await send(method, path, { origin: guest })
      await response.arrayBuffer()
      expect(response.headers.get('access-control-allow-origin')).toBe(guest)
      expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id')
    }
  })

  test.each([
    ['OPTIONS', '/api/v1/turns', 'https://evil.example', 204],
    ['OPTIONS', '/api/v1/turns', `${guest}.evil.example`, 204],
    ['OPTIONS', '/api/v1/turns', 'null', 204],
    ['POST', '/api/v1/turns', 'https://evil.example', 403],
    ['GET', '/api/v1/models', 'https://evil.example', 200],
    ['GET', '/', guest, 200],
    ['POST', '/auth/sign-out', guest, 403],
  ])('get no leave otherwise: %s %s from %s (%i)', async (method, path, origin, status) => {
    const response = await send(method, path, { origin, ...(method === 'OPTIONS' ? preflight : {}) })
    await response.arrayBuffer()
    expect([response.status, grants(response)]).toEqual([status, []])
  })

  test('never act with the session or the token that the browser keeps', async () => {
    const seen: unknown[] = []
    const watched = await startServer(services, {
      guestOrigins: [guest],
      identify: (_door, credential) => {
        seen.push(credential)
        return someone
      },
    })
    const headers = { cookie: 'floe-session=secret' }
    for (const more of [{}, { origin: guest }, { origin: guest, authorization: 'Bearer floe_x' }])
      await (await fetch(`${watched.url}/api/v1/models`, { headers: { ...headers, ...more } })).arrayBuffer()
    await watched.stop()
    expect(seen).toEqual([{ kind: 'session', value: 'secret' }, null, { kind: 'token', value: 'floe_x' }])

    const token = 'a'.repeat(43)
    const local = await startServer(services, { guestOrigins: [guest], localAccess: { token, demand: 'other-users' } })
    const ask = async (given: Record<string, string>) =>
      (await fetch(`${local.url}/api/v1/models`, { headers: { origin: guest, ...given } })).status
    const statuses = [
      await ask({}),
      await ask({ cookie: `floe-token=${token}` }),
      await ask({ authorization: `Bearer ${token}` }),
    ]
    await local.stop()
    expect(statuses).toEqual([401, 401, 200])
  })
})

import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'
import { announceAddress, openLocalAccess, type LocalAccess } from './local-access.ts'

const token = 'a-token-of-a-good-length-for-tests-0123456789'
const services = scriptServices({
  history: { list: () => Promise.resolve([]) },
  appInfo: () => Promise.reject(new Error('unused')),
})
const path = '/api/v1/conversations'

const serve = (demand: LocalAccess['demand']) => startServer(services, { localAccess: { token, demand } })

describe('a server that asks everybody for the token', () => {
  let server: StartedServer
  beforeAll(async () => {
    server = await serve('always')
  })
  afterAll(() => server.stop())
  const get = (address: string, headers: Record<string, string> = {}) =>
    fetch(server.url + address, { headers, redirect: 'manual' })

  test('answers 401 with what to do, and how to authenticate', async () => {
    const answer = await get(path)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await answer.json()).toMatchObject({ code: 'token_needed', status: 401 })
  })

  test.each(['/api/v1/conversations', '/api', '/mcp', '/mcp/tools', '/metrics?x=1'])(
    'asks for it at %s, there or not',
    async (address) => {
      expect((await get(address)).status).toBe(401)
    },
  )

  test.each([
    ['the token as a bearer', { authorization: `Bearer ${token}` }, 200],
    ['the token in its cookie, among others', { cookie: `a=b; floe-token=${token}` }, 200],
    ['another token', { authorization: 'Bearer nonsense' }, 401],
    ['the beginning of the token', { authorization: `Bearer ${token.slice(0, -1)}` }, 401],
    ['the token under another name', { cookie: `floe=${token}` }, 401],
    ['another way to authenticate', { authorization: `Basic ${token}` }, 401],
  ])('%s', async (_why, headers, status) => {
    expect((await get(path, headers)).status).toBe(status)
  })

  test('the printed address sets the cookie and leads on without the token', async () => {
    const answer = await get(`/c/1?x=2&token=${token}`)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/c/1?x=2'])
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect((await get(path, { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200)
  })

  test.each([['/?token=wrong'], [`//evil.example/?token=${token}`]])('%s leads nowhere else', async (address) => {
    const location = (await get(address)).headers.get('location')
    expect(location === null || /^\/(?!\/)/.test(location)).toBe(true)
  })

  test.each(['/healthz', '/'])('%s needs no token', async (address) => {
    expect((await get(address)).status).not.toBe(401)
  })

  test('a socket needs it as well', async () => {
    const status = (headers: Record<string, string>) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(server.socketUrl, { headers })
        socket.once('open', () => {
          socket.terminate()
          resolve(101)
        })
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
        socket.once('error', () => undefined)
      })
    expect(await status({})).toBe(401)
    expect(await status({ cookie: `floe-token=${token}` })).toBe(101)
  })
})

const bash = '/bin/bash'
const lacking = !existsSync('/proc/net/tcp')
  ? 'this system does not show whose a connection is'
  : process.getuid?.() !== 0
    ? 'only root can act as a second user'
    : spawnSync('setpriv', ['--version']).error !== undefined || !existsSync(bash)
      ? 'setpriv and bash are needed to act as a second user'
      : null

describe.skipIf(lacking !== null)(
  `a server that asks other users for the token${lacking === null ? '' : ` (${lacking})`}`,
  () => {
    let server: StartedServer
    beforeAll(async () => {
      server = await serve('other-users')
    })
    afterAll(() => server.stop())

    /** Makes one request as the user `nobody`; the beginning of the answer. */
    const asNobody = async (headers: string): Promise<string> => {
      const { hostname, port } = new URL(server.url)
      const request = String.raw`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n${headers}\r\n`
      const script = `exec 3<>/dev/tcp/${hostname}/${port}; printf '${request}' >&3; head -c 12 <&3`
      const other = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
      return (await promisify(execFile)('setpriv', [...other, bash, '-c', script])).stdout
    }

    test('lets its own user in without it', async () => {
      expect((await fetch(server.url + path)).status).toBe(200)
    })

    test('asks another user for it, and takes it', async () => {
      expect(await asNobody('')).toBe('HTTP/1.1 401')
      expect(await asNobody(String.raw`Authorization: Bearer ${token}\r\n`)).toBe('HTTP/1.1 200')
    })
  },
)

describe('the token of a data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floe-token-'))
  const file = join(folder, 'data', 'local-token')
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is made once, kept from others, and the same after a restart', async () => {
    const first = await openLocalAccess(join(folder, 'data'), 'true')
    expect(first?.token).toMatch(/^[\w-]{43}$/)
    expect([readFileSync(file, 'utf8').trim(), statSync(file).mode & 0o777]).toEqual([first?.token, 0o600])
    chmodSync(file, 0o644)
    expect((await openLocalAccess(join(folder, 'data'), 'true'))?.token).toBe(first?.token)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is not needed where the operator says so, and asked of others where the system shows whose a connection is', async () => {
    expect(await openLocalAccess(folder, 'false')).toBeNull()
    const byDefault = await openLocalAccess(folder, undefined)
    expect(byDefault?.demand ?? null).toBe(existsSync('/proc/net/tcp') ? 'other-users' : null)
  })
})

test.each<[LocalAccess['demand'] | null, string]>([
  [null, 'Floe is ready on http://x\n'],
  ['always', 'Floe is ready on http://x/?token=t\n'],
  ['other-users', 'Floe is ready on http://x\nFor programs of another user of this machine: http://x/?token=t\n'],
])('what is printed where %s need a token', (demand, printed) => {
  expect(announceAddress('http://x', demand === null ? null : { token: 't', demand })).toBe(printed)
})

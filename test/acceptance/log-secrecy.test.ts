import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrowserClient } from '../support/browser-client.ts'
import { postTurn, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { serve } from '../support/gemini-server.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { person, startIssuer, type OpenidIssuer } from '../support/openid-issuer.ts'
import { openSocket } from '../support/started-server.ts'

/** In everything that belongs in no line of the log: the person, questions, literals, keys, words of others. No text of Floe's own holds it. */
const marker = 'zq7x'
const literal = `${marker}-literal`
const writer = 'openai-compatible:some-model'

interface Line {
  readonly msg: string
  readonly requestId?: string
  readonly turnId?: string
  readonly personId?: string
  readonly connectionId?: string
  readonly outcome?: string
}

const linesOf = (server: ServedFloe): readonly Line[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

/** Resolves once a line of the log holds all of these. */
async function logged(server: ServedFloe, ...words: readonly string[]): Promise<void> {
  const isThere = (): boolean =>
    server
      .log()
      .split('\n')
      .some((line) => words.every((word) => line.includes(word)))
  while (!isThere()) await once(server.process.stderr ?? process.stdin, 'data')
}

describe('the log of a server that people sign in to, with every level written', () => {
  let folder: string
  let issuer: OpenidIssuer
  let models: ModelServer
  /** An account that refuses every sign-in with words of its own. */
  let refusing: { readonly url: string; readonly close: () => Promise<void> }
  let server: ServedFloe
  let browser: BrowserClient
  const secrets: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'floe-log-'))
    issuer = await startIssuer()
    refusing = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ success: false, code: '390100', message: `no '${marker}'`, data: {} }))
      return Promise.resolve()
    })
    const sql = `SELECT COUNT(*) AS N FROM REGION AS r WHERE r.r_name = '${literal}'`
    const answer = { interpretation: marker, assumptions: [marker], sql, chart: null, clarification: null }
    models = await startModelServer({
      wire: 'openai',
      keys: [`sk-${marker}-key-of-a-person`],
      models: ['some-model'],
      replies: [
        { answer: { ...answer, declined: null } },
        { status: 500, body: JSON.stringify({ error: { message: `no ${marker}`, code: marker } }) },
        { status: 400, body: marker },
        { answer: marker },
      ],
    })
    server = await serveFloe({
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'trace',
      SAMPLE_SCALE: '0.001',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: 'floe',
      OIDC_CLIENT_SECRET: `${marker}-secret-of-the-client`,
      ALLOWED_EMAIL_DOMAINS: 'example.com',
      SNOWFLAKE_ALLOW_LOOPBACK: 'true',
      MODEL_ADDRESSES: models.url,
    })
    browser = new BrowserClient(server.url)
    issuer.says = person(marker)
    expect((await browser.signIn()).status).toBe(303)
    secrets.push(...browser.cookies.values())
  }, 120_000)
  afterAll(async () => {
    await server.kill()
    await models.close()
    await refusing.close()
    await issuer.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const api = (method: string, path: string, body?: unknown) => browser.json(method, `/api/v1${path}`, body)
  const ask = async (body: Readonly<Record<string, unknown>>): Promise<string> => {
    const response = await browser.request('/api/v1/turns', {
      method: 'POST',
      headers: { origin: server.url, 'content-type': 'application/json' },
      body: JSON.stringify({ connection: 'sample', autoRun: true, ...body }),
    })
    return await response.text()
  }

  test('holds nothing personal, no secret and no text of a question or query, whatever fails', async () => {
    const run = await ask({ sql: `SELECT COUNT(*) AS n FROM region WHERE r_name = '${literal}'` })
    expect(run).toContain('turn.done')
    for (const sql of [
      `SELECT TO_NUMBER('${literal}') AS n`,
      `SELECT ${marker} FROM region`,
      `SELECT * FROM "${marker}"`,
      `SELECT '${literal}`,
      `DELETE FROM region WHERE r_name = '${literal}'`,
      `SELECT 1; DROP TABLE "${literal}"`,
    ])
      expect(await ask({ sql }), sql).toContain('turn.failed')
    await ask({ question: `How many orders are there of ${marker}?` })
    await ask({ question: `How many orders has "${marker}"\u0000?` })

    const key = { provider: 'openai-compatible', baseUrl: models.url, key: `sk-${marker}-key-of-a-person` }
    expect((await api('PUT', '/models', key)).status).toBe(200)
    expect((await api('PUT', '/models', { ...key, key: `sk-${marker}-wrong` })).status).toBeGreaterThan(399)
    for (let asked = 0; asked < 4; asked += 1) await ask({ question: `How many regions ${marker}?`, model: writer })

    const account = { name: marker, account: refusing.url, role: marker }
    const signIn = { method: 'access_token', user: marker, token: `pat-${marker}-secret` }
    const added = await api('POST', '/connections', { ...account, signIn })
    expect(added.status).toBe(201)
    const { id } = added.body as { readonly id: string }
    await api('POST', `/connections/${id}/test`, {})
    await ask({ sql: `SELECT '${literal}'`, connection: id })
    await ask({ sql: 'SELECT 1', connection: `folder:/${marker}` })
    await ask({ sql: 'SELECT 1', connection: marker })

    const made = await api('POST', '/me/tokens', { name: marker, scopes: ['ask'], days: 1 })
    expect(made.status).toBe(201)
    const { token } = made.body as { readonly token: string }
    secrets.push(token)
    for (const given of [token, `${token}x`, marker])
      await fetch(`${server.url}/api/v1/conversations`, { headers: { authorization: `Bearer ${given}` } })
    for (const path of [`/history?q=${marker}`, `/audit?q=${marker}`, `/${marker}`, '/me/export', `/turns/${marker}`])
      await api('GET', path).catch(() => null)
    await api('POST', '/turns', { question: { [marker]: marker } })
    await fetch(`${server.url}/api/v1/app`, { headers: { origin: `https://${marker}.example` } })
    await fetch(`${server.url}/auth/callback?code=${marker}&state=${marker}`)
    const socket = await openSocket(`${server.url.replace('http', 'ws')}/api/v1/socket`, {
      headers: {
        cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        origin: server.url,
      },
    })
    socket.say(`{"command":"${marker}"}`)
    socket.say({
      command: 'ask',
      id: marker,
      ask: { sql: `SELECT '${literal}' AS n`, connection: 'sample', autoRun: true },
    })
    await socket.until((frames) => frames.some(({ kind }) => kind === 'turn.done'))
    socket.socket.close()
    await socket.closed
    issuer.says = person(`stranger-${marker}`, { email: `${marker}@elsewhere.example` })
    await new BrowserClient(server.url).signIn()

    const all = server.said() + server.log()
    expect(
      all
        .toLowerCase()
        .split('\n')
        .filter((line) => line.includes(marker)),
    ).toEqual([])
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
  }, 120_000)

  test('names the request, the turn, the person and the connection on every line of a turn', async () => {
    const turnId = crypto.randomUUID()
    const response = await browser.request('/api/v1/turns', {
      method: 'POST',
      headers: { origin: server.url, 'content-type': 'application/json' },
      body: JSON.stringify({ turnId, sql: 'SELECT 1 AS n', connection: 'sample', autoRun: true }),
    })
    await response.text()
    const requestId = response.headers.get('x-request-id')
    await logged(server, String(requestId), '"answered"')
    const lines = linesOf(server)
    const me = (await api('GET', '/me')).body as { readonly id: string }
    const ids = { requestId, turnId, personId: me.id }
    expect(lines.filter((line) => line.turnId === turnId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...ids, connectionId: 'sample', msg: 'a turn ended', outcome: 'done' }),
        expect.objectContaining({ ...ids, msg: 'answered' }),
      ]),
    )
    const ofTurns = lines.filter((line) => line.msg === 'a turn ended' || line.msg === 'a turn failed')
    expect(ofTurns.length).toBeGreaterThan(12)
    for (const line of ofTurns)
      expect(line).toMatchObject({
        requestId: expect.any(String),
        turnId: expect.any(String),
        personId: me.id,
        connectionId: expect.stringMatching(/^(?:sample|folder|unknown|[\da-f-]{36})$/),
      })
  })

  test('names for a problem that an operator looks into the turn that its lines carry', async () => {
    const failed = linesOf(server).find(({ msg }) => msg === 'a turn failed')
    const told = await api('GET', `/turns/${failed?.turnId ?? ''}`)
    expect(JSON.stringify(told.body)).toContain(`The server's log knows more under ${failed?.turnId ?? ''}.`)
  })
})

test('queries are in the log where they are asked for, and debug lines between two signals', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floe-log-'))
  const server = await serveFloe({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'info', LOG_SQL: 'on' })
  await (await postTurn(server.url, { sql: `SELECT '${literal}' AS n`, connection: 'sample', autoRun: true })).text()
  expect(server.log()).toContain(literal)
  expect(server.log()).not.toContain('"answered"')
  server.process.kill('SIGUSR2')
  await logged(server, 'debug lines begin')
  await fetch(`${server.url}/healthz`)
  await logged(server, '"answered"')
  server.process.kill('SIGUSR2')
  await logged(server, 'debug lines end; the level is info again')
  expect(await server.stop()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

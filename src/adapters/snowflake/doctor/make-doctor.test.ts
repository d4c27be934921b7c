import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problem } from '../../../core/problem.ts'
import { methods } from '../credentials/sign-in-methods.test-support.ts'
import { makeScriptedLink } from '../scripted-link.test-support.ts'
import type { DoctorNeeds } from './doctor.ts'
import { makeDoctor } from './make-doctor.ts'
import { clock, examine, healthy, instead, keyPair, never, target, token } from './patient.test-support.ts'

describe('the doctor (scripted link, a host of our own)', () => {
  const fetch = () => Promise.resolve(new Response('page'))
  test('a connection as the script sets it up is well, step by step', async () => {
    const { steps, report } = await examine(healthy)
    expect(report.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'reach ok',
      'sign-in ok',
      'role ok',
      'warehouse ok',
      'databases ok',
      'can-write ok',
      'read-only-ceiling ok',
      'statement-timeout ok',
    ])
    expect(report.warning).toBeNull()
    expect(steps['warehouse']?.detail).toBe(
      'FLOE_WH (X-Small) is asleep and wakes with the first query; it goes to sleep 60 seconds after the last query.',
    )
  })

  test('nothing is sent that would wake the warehouse or change anything', async () => {
    const link = makeScriptedLink(healthy)
    const steps = makeDoctor({
      link,
      fetch,
      ...target(),
      signIn: token,
      methods,
      userId: 'u',
      egress: [],
      clock,
    }).examine(never)
    for await (const step of steps) expect(step.state).toBe('ok')
    expect(
      link.sent.filter((sql) => !/^(SHOW|SELECT (CURRENT_|SYS_CONTEXT\())/.test(sql) || / FROM /.test(sql)),
    ).toEqual([])
  })

  describe('reach', () => {
    const away = instead(/^SELECT CURRENT_USER/, problem('warehouse_unreachable', 'It cannot be reached.', 'Look.'))
    let server: Server
    let answer: { readonly status: number; readonly date: string | null }
    let host: Pick<DoctorNeeds, 'target'> & { readonly fetch: typeof globalThis.fetch }
    beforeAll(async () => {
      server = createServer((_request, response) => {
        response.sendDate = false
        response.writeHead(answer.status, answer.date === null ? {} : { date: answer.date }).end('page')
      }).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const { port } = server.address() as AddressInfo
      host = { ...target({ accessUrl: `http://127.0.0.1:${port}` }), fetch: globalThis.fetch }
    })
    afterAll(() => {
      server.closeAllConnections()
      server.close()
    })

    test('a host without an account', async () => {
      answer = { status: 404, date: null }
      const refused = problem('warehouse_unreachable', 'The Snowflake account answered with an error.', 'Try again.')
      const { steps } = await examine(instead(/^SELECT CURRENT_USER/, refused), host)
      expect(steps['reach']).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('no account lives there') as string,
      })
      expect(steps['role']?.state).toBe('skipped')
      expect((await examine(healthy, host)).steps['reach']?.state, 'unless the sign-in works').toBe('ok')
    })

    test('a host that is not there', async () => {
      const { steps } = await examine(away, { ...host, ...target({ accessUrl: 'http://127.0.0.1:9' }) })
      expect(steps['reach']).toMatchObject({ state: 'failed', action: expect.stringContaining('port 443') as string })
      expect(steps['sign-in']?.state).toBe('skipped')
    })

    test('a proxy that only the driver knows', async () => {
      const { steps } = await examine(healthy, { ...host, ...target({ accessUrl: 'http://127.0.0.1:9' }) })
      expect(steps['reach']).toMatchObject({ state: 'ok', detail: '127.0.0.1:9 answers through the proxy.' })
      const refused = problem('connection_broken', 'No.', 'Look.', { details: ["Snowflake's code 390101"] })
      const script = instead(/^SELECT CURRENT_USER/, refused)
      const { steps: others } = await examine(script, { ...host, ...target({ accessUrl: 'http://127.0.0.1:9' }) })
      expect([others['reach']?.state, others['sign-in']?.state]).toEqual(['ok', 'failed'])
    })

    test.each([
      ['ENOTFOUND', /not known to the network/, /private DNS/],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate/, /NODE_EXTRA_CA_CERTS/],
      ['UND_ERR_CONNECT_TIMEOUT', /did not answer within/, /firewall/],
    ])('%s is told apart', async (code, detail, action) => {
      const fetch = () =>
        Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }))
      const { steps } = await examine(away, { fetch })
      expect(steps['reach']?.detail).toMatch(detail)
      expect(steps['reach']?.action).toMatch(action)
    })

    test('a clock that is wrong, and what it does to a key', async () => {
      answer = { status: 200, date: new Date(clock.now() - 300_000).toUTCString() }
      const refused = problem('connection_broken', 'Snowflake did not accept the key.', 'Look.', {
        details: ["Snowflake's code 390144"],
      })
      const { steps } = await examine(instead(/^SELECT CURRENT_USER/, refused), host)
      expect(steps['reach']).toMatchObject({
        state: 'warning',
        detail: "This machine's clock is 300 seconds ahead of Snowflake's.",
      })
      expect(steps['sign-in']?.action).toMatch(/Set the clock first/)
    })
  })

  describe('sign-in: code → the fix for this user, role and network', () => {
    test.each([
      ['390144', keyPair, /SHA256:abc=/, `DESCRIBE USER "FLOE";\nALTER USER "FLOE" SET RSA_PUBLIC_KEY = 'MIIBIjAN';`],
      ['390101', keyPair, /390101/, 'ALTER USER "FLOE" SET DISABLED = FALSE;'],
      ['390102', keyPair, /390102/, 'ALTER USER "FLOE" SET MINS_TO_UNLOCK = 0;'],
      ['390189', keyPair, /FLOE_READER does not exist/, 'GRANT ROLE "FLOE_READER" TO USER "FLOE";'],
      ['390100', keyPair, /390100/, null],
      [
        '394400',
        token,
        /has expired/,
        /ADD PROGRAMMATIC ACCESS TOKEN IF NOT EXISTS FLOE_TOKEN ROLE_RESTRICTION = 'FLOE_READER'/,
      ],
      ['390432', token, /needs|network policy/, /VALUE_LIST = \('203\.0\.113\.0\/28'\)/],
    ] as const)('%s', async (code, signIn, detail, sql) => {
      const refused = problem('connection_broken', 'Refused.', 'Look.', { details: [`Snowflake's code ${code}`] })
      const { steps } = await examine(instead(/^SELECT CURRENT_USER/, refused), { signIn, egress: ['203.0.113.0/28'] })
      expect(steps['sign-in']?.state).toBe('failed')
      expect(steps['sign-in']?.detail).toMatch(detail)
      if (sql instanceof RegExp) expect(steps['sign-in']?.sql).toMatch(sql)
      else expect(steps['sign-in']?.sql).toBe(sql)
    })

    test('390422 allows the address that Snowflake saw', async () => {
      const words = 'Incoming request with IP/Token 198.51.100.4 is not allowed to access Snowflake.'
      const refused = problem('connection_broken', 'Refused.', 'Look.', { details: ["Snowflake's code 390422", words] })
      const { steps } = await examine(instead(/^SELECT CURRENT_USER/, refused))
      expect(steps['sign-in']?.detail).toContain('198.51.100.4')
      expect(steps['sign-in']?.sql).toContain("VALUE_LIST = ('198.51.100.4/32') MODE = INGRESS;")
      expect(steps['sign-in']?.sql).toContain('ALTER USER "FLOE" SET NETWORK_POLICY = "FLOE_NETWORK";')
    })

    test('a credential that cannot be made ready says so itself', async () => {
      const broken = problem('connection_broken', 'The private key is encrypted.', 'Give its passphrase.')
      const { steps } = await examine(instead(/^SELECT CURRENT_USER/, broken))
      expect(steps['sign-in']).toMatchObject({
        detail: 'The private key is encrypted.',
        action: 'Give its passphrase.',
      })
    })
  })

  test('a restricted session with other roles active is explained, with the statement for the user', async () => {
    const refused = problem('connection_broken', 'Other roles are active beside the one of this connection.', 'Look.', {
      details: ['secondary-roles: Current session is restricted. USE ROLE not allowed.'],
    })
    const { steps } = await examine(instead(/^SELECT CURRENT_USER/, refused))
    expect(steps['sign-in']).toMatchObject({
      state: 'failed',
      sql: 'ALTER USER "FLOE" SET DEFAULT_SECONDARY_ROLES = ();',
    })
  })

  test('an abort ends it', async () => {
    const stop = new AbortController()
    const link = makeScriptedLink(healthy)
    const steps = makeDoctor({
      link,
      fetch,
      ...target(),
      signIn: token,
      methods,
      userId: 'u',
      egress: [],
      clock,
    }).examine(stop.signal)
    await steps.next()
    stop.abort(new Error('left'))
    await expect(steps.next()).rejects.toThrow('left')
  })
})

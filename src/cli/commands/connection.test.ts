import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run, start } from '../../../test/support/cli-run.ts'
import { scriptServices } from '../../../test/support/scripted-services.ts'
import type { ConnectionReport, NewConnection, SavedConnection } from '../../contract/connection.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-cli-connection-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const saved: Extract<SavedConnection, { readonly kind: 'snowflake' }> = {
  id: '0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f',
  name: 'prod',
  kind: 'snowflake',
  account: 'myorg-myaccount',
  accessUrl: 'https://myorg-myaccount.snowflakecomputing.com',
  role: null,
  warehouse: null,
  database: null,
  schema: null,
  probing: 'off',
  signIn: { method: 'access_token', user: 'SVC' },
  needsSignIn: false,
  warning: null,
  setupSql: null,
  checkedAt: null,
  secretSavedAt: null,
  lastUsedAt: null,
  createdAt: '2026-11-22T12:00:00.000Z',
  updatedAt: '2026-11-22T12:00:00.000Z',
}
const step = { name: 'sign-in', state: 'ok', detail: 'Signed in.', action: null, sql: null } as const

/** Services that take a connection and report on it, with what they were given. */
function taking(report: ConnectionReport = { steps: [step], warning: null }, answer: Partial<typeof saved> = {}) {
  const given: NewConnection[] = []
  const services = scriptServices({
    connections: {
      add: (_caller, connection) => {
        given.push(connection)
        return Promise.resolve({ ...saved, ...answer })
      },
      find: () => Promise.resolve(saved),
      test: () => Promise.resolve(report),
    },
  })
  return { services, given }
}
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
const pem = privateKey.export(pkcs8).toString()
const locked = privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'open sesame' }).toString()
const at = ['--account', 'myorg-myaccount']

describe('connection add with options', () => {
  test.each([
    [
      ['--method', 'access-token', '--user', 'SVC', '--token-file', file('token', 'ey.J0\n')],
      { method: 'access_token', user: 'SVC', token: 'ey.J0\n' },
    ],
    [
      ['--method', 'key-pair', '--user', 'SVC', '--key-file', file('key', pem)],
      { method: 'key_pair', user: 'SVC', privateKey: pem },
    ],
    [
      [
        '--method',
        'key-pair',
        '--user',
        'SVC',
        '--key-file',
        file('locked', locked),
        '--passphrase-file',
        file('pass', 'open sesame\n'),
      ],
      { method: 'key_pair', user: 'SVC', privateKey: locked, passphrase: 'open sesame' },
    ],
    [['--method', 'key-pair', '--user', 'SVC', '--generate-key'], { method: 'key_pair', user: 'SVC' }],
    [
      ['--method', 'snowflake-oauth', '--client-id', 'c', '--client-secret-file', file('client', 's3cret\n')],
      { method: 'snowflake_oauth', clientId: 'c', clientSecret: 's3cret' },
    ],
    [
      ['--method', 'external-oauth', '--client-id', 'c', '--issuer', 'https://idp.example.com', '--scope', 'a b'],
      {
        method: 'external_oauth',
        clientId: 'c',
        issuer: 'https://idp.example.com',
        authorizationUrl: null,
        tokenUrl: null,
        scope: 'a b',
      },
    ],
    [['--method', 'workload-identity', '--provider', 'AWS'], { method: 'workload_identity', provider: 'AWS' }],
  ])('%j', async (options, signIn) => {
    const { services, given } = taking()
    const { code, err } = await run(['connection', 'add', 'prod', ...at, '--role', 'R', ...options], { services })
    expect([code, err]).toEqual([0, ''])
    const place = { role: 'R', warehouse: null, database: null, schema: null, probing: 'off' }
    expect(given).toEqual([{ kind: 'snowflake', name: 'prod', account: 'myorg-myaccount', ...place, signIn }])
  })

  const options = [...at, '--method', 'access-token', '--token-file', '-']
  test.each([
    [
      { steps: [step], warning: null },
      {},
      0,
      'Saved "prod" to myorg-myaccount.\nok        prod: sign-in: Signed in.\n',
    ],
    [
      { steps: [{ ...step, state: 'failed', detail: 'No.', action: 'Do this.' }], warning: null },
      {},
      6,
      'Saved "prod" to myorg-myaccount.\nFAILED    prod: sign-in: No.\n          Do this.\n',
    ],
    [
      { steps: [step], warning: null },
      { needsSignIn: true },
      0,
      'Saved "prod" to myorg-myaccount.\nOpen the page, choose "prod" and sign in.\n',
    ],
  ] satisfies readonly (readonly [ConnectionReport, Partial<SavedConnection>, number, string])[])(
    'what the test of it shows: %j, %j',
    async (report, answer, exitCode, text) => {
      const { services } = taking(report, answer)
      const { code, out } = await run(['connection', 'add', 'prod', ...options], { services, stdin: 'token' })
      expect([code, out]).toEqual([exitCode, text])
    },
  )

  test('--json prints the connection and then the steps, a line each', async () => {
    const { services } = taking()
    const { out } = await run(['connection', 'add', 'prod', ...options, '--json'], { services, stdin: 'token' })
    const lines = out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([saved, { connection: 'prod', ...step }])
  })
})

describe('connection add at a terminal', () => {
  test('asks for what is missing; what is secret is not echoed', async () => {
    const { services, given } = taking()
    const running = start(['connection', 'add', 'prod'], { services, isTerminal: true })
    const answers = ['myorg-myaccount', 'access-token', 'SVC', '', 'WH']
    for (const [index, answer] of answers.entries()) {
      await expect.poll(() => running.stderr().split(': ').length).toBe(index + 2)
      running.stdin.write(`${answer}\n`)
    }
    await expect.poll(() => running.stderr()).toContain('Programmatic access token: ')
    running.stdin.write('typed-5ecret\r')
    const { code, out, err } = await running.ended
    expect(code).toBe(0)
    expect(given).toMatchObject([
      { account: 'myorg-myaccount', role: null, warehouse: 'WH', signIn: { user: 'SVC', token: 'typed-5ecret' } },
    ])
    expect(out + err).not.toContain('5ecret')
  })

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['the end of input', '\u0004', 130],
  ])('%s at a secret ends the command', async (_, keys, exitCode) => {
    const { services, given } = taking()
    const argv = [
      'connection',
      'add',
      'prod',
      ...at,
      '--method',
      'access-token',
      '--user',
      'S',
      '--role',
      'R',
      '--warehouse',
      'W',
    ]
    const running = start(argv, { services, isTerminal: true })
    await expect.poll(() => running.stderr()).toContain('Programmatic access token: ')
    running.stdin.write(keys)
    expect((await running.ended).code).toBe(exitCode)
    expect(given).toEqual([])
  })
})

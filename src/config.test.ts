import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runFloe } from '../test/support/floe-process.ts'
import { ConfigError, configNames, isOneInContainer, readConfig, readDriverEnvironment } from './config.ts'

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

describe('configuration', () => {
  test('works with nothing set', () => {
    expect(readConfig({})).toMatchObject({ PORT: 3_000, HOST: '127.0.0.1', LOG_LEVEL: 'info', SAMPLE_SCALE: 0.05 })
  })

  test('an empty variable counts as unset', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3_000 })
  })

  test.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['PORT', '30.5'],
    ['HOST', '0.0.0.0'],
    ['HOST', 'example.org'],
    ['PUBLIC_URL', 'example.org'],
    ['DATABASE_URL', 'mysql://u:p@h/d'],
    ['REDIS_URL', 'redis://h:6379?sslrootcert=/ca.pem'],
    ['SECRET_KEYS', 'secret'],
    ['SECRET_KEYS', '1:c2hvcnQ='],
    ['SECRET_KEYS', `1:${'A'.repeat(43)}=,`],
    ['SECRET_KEYS', `1:${'A'.repeat(43)}=,1:${'B'.repeat(43)}=`],
    ['WORKLOAD_IDENTITY', 'OIDC'],
    ['WORKLOAD_IDENTITY', 'aws'],
    ['EGRESS_ADDRESSES', '203.0.113.7,example.org'],
    ['EGRESS_ADDRESSES', '203.0.113.0/33'],
    ['SNOWFLAKE_ALLOW_LOOPBACK', 'yes'],
    ['GEMINI_API_KEY', 'two words'],
    ['GEMINI_MODEL', 'models/x y'],
    ['GEMINI_BASE_URL', 'ftp://x'],
    ['CORS_ORIGINS', 'https://app.example.com/page'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://app.example.com,null'],
    ['SAMPLE', 'false'],
    ['FOLDERS', 'data'],
    ['FOLDERS', '/srv/data,off'],
    ['SAMPLE_SCALE', '5'],
    ['QUERY_TIMEOUT_SECONDS', '0'],
    ['MAX_RESULT_MEGABYTES', '-1'],
    ['CONNECTION_POLICIES', '{'],
    ['CONNECTION_POLICIES', '/nowhere/at-all.json'],
    ['CONNECTION_POLICIES', '{"sales": {"maxRows": 0}}'],
    ['CONNECTION_POLICIES', '{"sales": {"allowFunctions": ["PRICE"]}}'],
    ['CONNECTION_POLICIES', '{"sales": {"allowEverything": true}}'],
    ['METRICS_PORT', '70000'],
    ['METRICS_HOST', 'a b'],
    ['METRICS_TOKEN', 'short'],
    ['METRICS_TOKEN', 'with blanks in between'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is a fault that names the variable', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringContaining(name)])
  })

  test('all faults are listed at once, and no value is repeated', () => {
    const faults = faultsOf({ PORT: 'x', HOST: '0.0.0.0', DATABASE_URL: 'mysql://u:s3cret@h/d', LOG_LEVEL: 'loud' })
    expect(faults).toHaveLength(4)
    expect(faults.join('\n')).not.toContain('s3cret')
  })

  test('a container serves one person on its network, and then asks everybody for the token', () => {
    const inside = { HOST: '0.0.0.0', CONTAINER_NETWORK: 'true' }
    expect(isOneInContainer(readConfig(inside))).toBe(true)
    expect(isOneInContainer(readConfig({ CONTAINER_NETWORK: 'true' }))).toBe(false)
    expect(faultsOf({ ...inside, REQUIRE_LOCAL_TOKEN: 'false' }).join()).toMatch(/^REQUIRE_LOCAL_TOKEN/)
    const signedIn = { ...inside, OIDC_CLIENT_ID: 'floe', PUBLIC_URL: 'https://floe.example.com' }
    expect(isOneInContainer(readConfig(signedIn))).toBe(false)
    expect(faultsOf({ ...signedIn, PUBLIC_URL: '' }).join()).toMatch(/^PUBLIC_URL/)
  })

  test.each([
    { PUBLIC_URL: 'https://floe.example.com' },
    { HOST: '0.0.0.0', PUBLIC_URL: 'https://127.0.0.1', OIDC_CLIENT_ID: 'floe' },
    { HOST: '0.0.0.0', CONTAINER_NETWORK: 'true' },
  ])('where others reach the server no test’s account is taken: %o', (env) => {
    expect(faultsOf({ ...env, SNOWFLAKE_ALLOW_LOOPBACK: 'true' })).toEqual([
      expect.stringMatching(/^SNOWFLAKE_ALLOW_LOOPBACK must be false/),
    ])
    expect(readConfig(env).SNOWFLAKE_ALLOW_LOOPBACK).toBe('false')
  })

  test('secret keys are read newest first, and no fault repeats one', () => {
    const [one, two] = ['A', 'B'].map((letter) => `${letter.repeat(42)}A=`)
    const { SECRET_KEYS } = readConfig({ SECRET_KEYS: `new:${one}, old:${two}` })
    expect(SECRET_KEYS?.map(({ id, key }) => [id, key.length])).toEqual([
      ['new', 32],
      ['old', 32],
    ])
    expect(faultsOf({ SECRET_KEYS: `new:${one},${two}` }).join()).not.toMatch(/AAAA|BBBB/)
  })

  test('a workload identity names its provider and its token file', () => {
    expect(readConfig({ WORKLOAD_IDENTITY: 'OIDC:/run/token' }).WORKLOAD_IDENTITY).toEqual({
      provider: 'OIDC',
      tokenFile: '/run/token',
    })
    expect(readConfig({ WORKLOAD_IDENTITY: 'GCP' }).WORKLOAD_IDENTITY).toEqual({ provider: 'GCP', tokenFile: null })
  })

  test('a driver process sees the proxy, and the machine’s identity only where that is lent out', () => {
    const env = { HTTPS_PROXY: 'http://proxy:1', AWS_ROLE_ARN: 'arn', SECRET_KEYS: 'k', DATABASE_URL: 'd', HOME: 'h' }
    expect(readDriverEnvironment(false, env)).toEqual({ HTTPS_PROXY: 'http://proxy:1' })
    expect(readDriverEnvironment(true, env)).toEqual({ HTTPS_PROXY: 'http://proxy:1', AWS_ROLE_ARN: 'arn' })
  })

  test('a driver process trusts the certificate authorities that this one trusts', () => {
    const env = {
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      NODE_USE_SYSTEM_CA: '1',
      SSL_CERT_FILE: '/certs.pem',
      SSL_CERT_DIR: '/certs',
      NODE_OPTIONS: '--inspect=0.0.0.0 --use-openssl-ca --require=/evil.js',
    }
    expect(readDriverEnvironment(false, env, ['--use-system-ca', '--inspect'])).toEqual({
      ...env,
      NODE_OPTIONS: '--use-system-ca --use-openssl-ca',
    })
    expect(readDriverEnvironment(false, { NODE_OPTIONS: '--inspect' }, [])).toEqual({})
  })

  test('hosts of results become origins', () => {
    expect(readConfig({ SNOWFLAKE_RESULT_HOSTS: 'a.example.com, b.example.com:8443' }).SNOWFLAKE_RESULT_HOSTS).toEqual([
      'https://a.example.com',
      'https://b.example.com:8443',
    ])
    for (const bad of ['localhost', 'https://a.example.com', 'a.example.com/x', '*.example.com', 'u@a.example.com'])
      expect(faultsOf({ SNOWFLAKE_RESULT_HOSTS: bad }).join()).toContain('SNOWFLAKE_RESULT_HOSTS')
  })

  test('folders are whole paths, or none at all', () => {
    expect(readConfig({ FOLDERS: '/srv/data/, /srv/more' }).FOLDERS).toEqual(['/srv/data', '/srv/more'])
    expect([readConfig({ FOLDERS: 'off' }).FOLDERS, readConfig({}).FOLDERS]).toEqual([[], undefined])
  })

  describe('each variable', () => {
    const secret = 'zanzibar-4711'
    /** Those for which any text is a value. */
    const anyText = ['DATA_DIR', 'OIDC_LABEL', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OTEL_SERVICE_NAME']
    const wrong = `{"${secret}": [wrong value`
    const values = ['x', '9'].map((letter) => letter.repeat(100_000))
    const secrets = [
      secret,
      `https://u:${secret}@[`,
      `mysql://u:${secret}@h/d`,
      `["${secret}"]`,
      `{"a": "${secret}"}`,
      `1:${secret}, =`,
    ]

    test.each(configNames)(
      '%s: empty counts as unset; a wrong, a huge and a secret value are named by the variable alone',
      (name) => {
        expect(readConfig({ [name]: '' })).toEqual(readConfig({}))
        for (const value of [wrong, ...values, ...secrets]) {
          const faults = faultsOf({ [name]: value })
          // What one variable says may make another one necessary.
          expect(faults.filter((fault) => !/^[A-Z_]+[. ]/.test(fault) || fault.length > 1_000)).toEqual([])
          expect(faults.join()).not.toContain(secret)
        }
        expect(faultsOf({ [name]: wrong }).some((fault) => fault.startsWith(name))).toBe(!anyText.includes(name))
      },
    )

    test('a server with every variable wrong names them all at once, tells no value and does not start', async () => {
      const env = Object.fromEntries(configNames.filter((name) => !anyText.includes(name)).map((name) => [name, wrong]))
      const { code, out, err } = await runFloe(['serve'], env)
      expect([code, out]).toEqual([2, ''])
      const lines = err.split('\n').map((line) => line.trim().split(/[. ]/)[0])
      expect(Object.keys(env).filter((name) => !lines.includes(name))).toEqual([])
      expect(err).not.toMatch(/zanzibar|wrong value|at .*\.ts:/)
    })
  })

  test('is frozen', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })

  test.each(['.env.example', 'docs/configuration.md'])('%s names exactly the variables there are', (path) => {
    const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
    const named = path.endsWith('.md')
      ? [...text.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1])
      : [...text.matchAll(/^#?\s?([A-Z_]+)=/gm)].map((match) => match[1])
    expect(named).toEqual(configNames)
  })
})

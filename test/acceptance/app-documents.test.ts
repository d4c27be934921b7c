import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BrowserClient } from '../support/browser-client.ts'
import { freeOrigin, OauthApp, openConsent } from '../support/oauth-app.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

const host = 'apps.example.com'
const clientId = `https://${host}/weekly.json`
const redirectUri = 'http://127.0.0.1:7777/callback'

/** A certificate that signs itself, for the host on which apps publish what they are. */
function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'floe-app-host-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...names], { stdio: 'ignore' })
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(folder, { recursive: true })
  return made
}

const opensslMissing = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'openssl is not installed'
  }
})()

/** What the host answers next. */
let answer: { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
/** The paths that were asked for, and the hosts that the server went out to. */
const asked: string[] = []
const reached: string[] = []
let organisation: Organisation
let browser: BrowserClient
let app: OauthApp
const servers: Server[] = []

const listen = (started: Server): Promise<number> =>
  new Promise((resolve) => {
    servers.push(started)
    started.listen(0, '127.0.0.1', () => {
      const address = started.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })

const describeApp = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    client_id: clientId,
    client_name: 'Weekly report',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    ...changes,
  })

describe.skipIf(opensslMissing !== null)(`apps that publish what they are: ${opensslMissing ?? 'over TLS'}`, () => {
  const trusted = getCACertificates('default')
  beforeAll(async () => {
    const certificate = makeCertificate()
    setDefaultCACertificates([...trusted, certificate.cert])
    const hostPort = await listen(
      createHttpsServer(certificate, (request, response) => {
        asked.push(request.url ?? '')
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
        response.end(answer.body)
      }),
    )
    const proxy = createHttpServer().on('connect', (request, socket) => {
      reached.push(request.url ?? '')
      const tunnel = connect(hostPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        tunnel.pipe(socket).pipe(tunnel)
      })
      tunnel.on('error', () => socket.destroy())
      socket.on('error', () => tunnel.destroy())
    })
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${await listen(proxy)}`
    organisation = await startOrganisation({ PUBLIC_URL: await freeOrigin(), ALLOWED_EMAIL_DOMAINS: 'example.com' })
    delete process.env['HTTPS_PROXY']
    browser = await organisation.signedIn('ben')
    const { url } = organisation.server
    app = new OauthApp(url, await OauthApp.discover(url), { client_id: clientId }, redirectUri)
  }, 120_000)
  afterAll(async () => {
    await organisation.close()
    for (const started of servers) {
      started.closeAllConnections()
      started.close()
    }
    setDefaultCACertificates(trusted)
  })
  beforeEach(() => {
    asked.length = 0
    reached.length = 0
    answer = { body: describeApp() }
  })

  /** Asks as an app of this address; says what the person sees, and where the server went out to. */
  const open = async (id: string): Promise<{ status: number; text: string; isAsked: boolean }> => {
    const response = await browser.request((await app.request({ client_id: id })).url)
    return { status: response.status, text: await response.text(), isAsked: response.headers.has('location') }
  }
  let count = 0
  /** An address that no earlier test has asked for, because descriptions are kept for a while. */
  const another = (): string => `https://${host}/app-${(count += 1)}.json`

  test('need not register, and are shown with the host that vouches for their name', async () => {
    const { page } = await openConsent(browser, (await app.request()).url)
    const text = await page.text()
    expect(text).toContain(`described by its maker at <strong>${host}</strong>`)
    expect(text).toContain('a program on <strong>your computer</strong>')
    const { accessToken, refreshToken } = await app.connect(browser)
    expect((await app.api('GET', '/me', accessToken)).status).toBe(200)
    expect((await app.api('GET', '/me', (await app.refresh(refreshToken)).accessToken)).status).toBe(200)
    expect((await browser.json('GET', '/api/v1/me/apps')).body).toMatchObject([{ publisher: host, host: null }])
    expect([asked, reached]).toEqual([['/weekly.json'], [`${host}:443`]])
  })

  const unfit: readonly (readonly [string, (id: string) => typeof answer])[] = [
    ['is of another address', () => ({ body: describeApp() })],
    ['leads elsewhere', () => ({ status: 302, headers: { location: 'https://169.254.169.254/' }, body: '' })],
    ['is not there', () => ({ status: 404, body: '{}' })],
    ['is no JSON', () => ({ body: '<html>' })],
    [
      'is very large',
      (id) => ({ body: describeApp({ client_id: id, client_uri: `https://x.example/${'x'.repeat(9_000)}` }) }),
    ],
    [
      'takes answers over http',
      (id) => ({ body: describeApp({ client_id: id, redirect_uris: ['http://evil.example/'] }) }),
    ],
    [
      'takes answers as a script',
      (id) => ({ body: describeApp({ client_id: id, redirect_uris: ['javascript:alert(1)'] }) }),
    ],
    ['brings a secret', (id) => ({ body: describeApp({ client_id: id, client_secret: 's' }) })],
    [
      'wants to prove itself by a key that would have to be fetched',
      (id) => ({
        body: describeApp({
          client_id: id,
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: 'https://169.254.169.254/',
        }),
      }),
    ],
  ]
  test.each(unfit)('whose description %s are turned away', async (_name, make) => {
    const id = another()
    answer = make(id)
    expect(await open(id)).toMatchObject({
      status: 400,
      isAsked: false,
      text: expect.stringContaining('The app asked wrongly'),
    })
    expect(reached.filter((target) => target !== `${host}:443`)).toEqual([])
  })

  const inner = [
    'https://127.0.0.1/app.json',
    'https://[::1]/app.json',
    'https://localhost/app.json',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/app.json',
    'https://2130706433/app.json',
    'https://metadata/app.json',
    `https://${host}:8443/app.json`,
    `https://someone:secret@${host}/app.json`,
    `http://${host}/app.json`,
    `https://${host}/a/../app.json`,
  ]
  test.each(inner)('at %s are never asked for', async (id) => {
    expect(await open(id)).toMatchObject({ status: 400, isAsked: false })
    expect([asked, reached]).toEqual([[], []])
  })

  test('are not fetched without end for one address', async () => {
    for (let asks = 0; asks < 60; asks += 1) {
      const id = another()
      answer = { body: describeApp({ client_id: id }) }
      await open(id)
    }
    expect(asked.length).toBeLessThanOrEqual(30)
  })
})

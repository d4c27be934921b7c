import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { askAs, prepareCopies, type Copies, untilReady } from '../support/copies.ts'
import { postgresMissing } from '../support/postgres-server.ts'
import { openSocket } from '../support/started-server.ts'
import {
  choosePorts,
  makeCertificate,
  proxyMissing,
  proxyNames,
  startTlsProxy,
  type TlsProxy,
} from '../support/tls-proxy.ts'

const trusted = getCACertificates('default')

describe.each(proxyNames.map((name) => [name, postgresMissing() ?? proxyMissing(name)] as const))(
  'two copies behind %s',
  (name, missing) => {
    describe.skipIf(missing !== null)(missing ?? 'with the configuration of deploy/proxies', () => {
      let certificate: ReturnType<typeof makeCertificate>
      let proxy: TlsProxy
      let copies: Copies
      let restartFirst: () => Promise<void>

      beforeAll(async () => {
        certificate = makeCertificate()
        setDefaultCACertificates([...trusted, certificate.text])
        const { port, copies: ports } = await choosePorts()
        const url = `https://127.0.0.1:${port}`
        copies = await prepareCopies({ PUBLIC_URL: url, TRUSTED_PROXIES: '127.0.0.1' })
        const both = await Promise.all(ports.map((copyPort) => copies.start({ PORT: String(copyPort) })))
        await Promise.all(both.map(untilReady))
        restartFirst = async () => {
          expect(await both[0]?.stop()).toBe(0)
          await untilReady(await copies.start({ PORT: String(ports[0]) }))
        }
        proxy = await startTlsProxy(name, { port, copies: ports, certificatePath: certificate.path })
        // The proxy asks the copies for their health before it sends them anything.
        const answers = async () => expect((await fetch(`${url}/healthz`)).status).toBe(200)
        await vi.waitFor(answers, { timeout: 20_000, interval: 100 })
      }, 180_000)
      afterAll(async () => {
        await proxy.stop()
        await copies.close()
        certificate.remove()
        setDefaultCACertificates(trusted)
      })

      test('people sign in, ask, see events as they happen and approve, whichever copy answers', async () => {
        const browser = await copies.signIn(proxy, 'ada')
        expect([...browser.cookies.keys()].every((cookie) => cookie.startsWith('__Host-'))).toBe(true)
        for (let count = 0; count < 4; count += 1) {
          const turn = await askAs(browser, { sql: `SELECT ${count} AS N` })
          // The proposal arrives on a stream that is still open: nothing holds events back.
          const path = `/api/v1/turns/${turn.turnId}/approve`
          expect(await browser.json('POST', path, { digest: await turn.proposed })).toMatchObject({ status: 200 })
          await turn.over
          expect(turn.heard.map(({ seq }) => seq)).toEqual(turn.heard.map((_, place) => place + 1))
          expect(turn.heard.at(-1)?.kind).toBe('turn.done')
        }
      })

      test('sockets are opened, answer, and close with their session', async () => {
        const browser = await copies.signIn(proxy, 'ben')
        const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join('; ')
        const headers = { cookie, origin: proxy.url }
        const socket = await openSocket(`${proxy.url.replace('https:', 'wss:')}/api/v1/socket`, { headers })
        socket.say({ command: 'ask', id: 'a', ask: { sql: 'SELECT 1 AS N' } })
        await socket.until((frames) => frames.some(({ kind }) => kind === 'query.proposed'))
        expect(await browser.json('DELETE', '/api/v1/me/sessions')).toMatchObject({ status: 200 })
        expect(await socket.closed).toBe(4401)
      })

      test('a body of nearly a megabyte comes through, and a longer one is refused', async () => {
        const browser = await copies.signIn(proxy, 'dan')
        const send = async (length: number) => {
          const body = { sql: `SELECT 1 AS N -- ${'x'.repeat(length)}` }
          return (await browser.json('POST', '/api/v1/sql/check', body)).status
        }
        expect([await send(1_000_000), await send(1_100_000)]).toEqual([400, 413])
      })

      test('while a copy is restarted every request is answered by the other one', async () => {
        const browser = await copies.signIn(proxy, 'eve')
        const statuses = new Map<number, number>()
        let isOver = false
        const restarted = restartFirst().finally(() => (isOver = true))
        while (!isOver) {
          const { status } = await browser.request('/api/v1/me')
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
        await restarted
        expect([...statuses.keys()]).toEqual([200])
        const turn = await askAs(browser, { sql: 'SELECT 1 AS N', autoRun: true })
        await turn.over
        expect(turn.heard.at(-1)?.kind).toBe('turn.done')
      })

      test('what another site sends is refused', async () => {
        const browser = await copies.signIn(proxy, 'cleo')
        const foreign = { origin: 'https://evil.example', 'content-type': 'application/json' }
        const asked = await browser.request('/api/v1/turns', { method: 'POST', headers: foreign, body: '{}' })
        expect(asked.status).toBe(403)
      })
    })
  },
)

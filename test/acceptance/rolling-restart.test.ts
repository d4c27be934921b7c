import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { prepareCopies, type Copies, untilReady } from '../support/copies.ts'
import { readEvents, type ServedFloe } from '../support/floe-process.ts'
import { postgresMissing } from '../support/postgres-server.ts'
import { choosePorts, makeCertificate, proxyMissing, startTlsProxy, type TlsProxy } from '../support/tls-proxy.ts'

const missing = postgresMissing() ?? proxyMissing('haproxy')
const trusted = getCACertificates('default')
const people = 60

/** What a person met: turns that were answered, ones that a stopping copy ended, and what must not happen. */
interface Seen {
  answered: number
  interrupted: number
  readonly failures: string[]
}

/** Reads events into `heard`; a stream that breaks before the end leaves it as it is. */
async function readInto(heard: TurnEvent[], response: Response): Promise<void> {
  try {
    for await (const event of readEvents(response)) heard.push(event)
  } catch (error) {
    // The copy was stopped while it sent.
    if (!(error instanceof TypeError)) throw error
  }
}

const isOver = (heard: readonly TurnEvent[]): boolean =>
  /^turn\.(?:done|failed|cancelled)$/.test(heard.at(-1)?.kind ?? '')

/** An answer, or null where the connection ended without one: the proxy closes it when a stopping copy has closed its own. */
async function answerOf(request: Promise<Response>): Promise<Response | null> {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return null
  }
}

/** Asks as the page does: the same id again where no answer came, and on from the last event where a stream broke. */
async function askOnce(browser: BrowserClient, seen: Seen): Promise<void> {
  const turnId = randomUUID()
  const heard: TurnEvent[] = []
  const send = (): Promise<Response | null> =>
    answerOf(
      browser.request('/api/v1/turns', {
        method: 'POST',
        headers: { origin: browser.origin, 'content-type': 'application/json' },
        body: JSON.stringify({ turnId, sql: 'SELECT COUNT(*) AS N FROM REGION', autoRun: true }),
      }),
    )
  let response = await send()
  for (let attempt = 0; attempt < 10 && response?.status !== 200; attempt += 1) {
    const text = (await response?.text()) ?? ''
    const isBusy = response?.status === 503 && text.includes('too_busy')
    if (response !== null && !isBusy && response.status !== 502)
      return void seen.failures.push(`ask: ${response.status} ${text}`)
    await delay(1_000)
    response = await send()
  }
  if (response !== null) await readInto(heard, response)
  for (let attempt = 0; attempt < 20 && !isOver(heard); attempt += 1) {
    const path = `/api/v1/turns/${turnId}/events?afterSeq=${heard.length}`
    const followed = await answerOf(browser.request(path))
    if (followed !== null) await readInto(heard, followed)
    if (!isOver(heard)) await delay(500)
  }
  const last = heard.at(-1)
  if (heard.some(({ seq }, place) => seq !== place + 1))
    seen.failures.push(`gap: ${heard.map(({ seq }) => seq).join()}`)
  else if (last?.kind === 'turn.done') seen.answered += 1
  else if (last?.kind === 'turn.failed' && last.problem.code === 'interrupted') seen.interrupted += 1
  else seen.failures.push(`end: ${JSON.stringify(last)}`)
}

describe.skipIf(missing !== null)(
  `copies that are restarted one after the other${missing === null ? '' : `: ${missing}`}`,
  () => {
    let certificate: ReturnType<typeof makeCertificate>
    let proxy: TlsProxy
    let copies: Copies
    let ports: readonly [number, number]
    const running: ServedFloe[] = []

    beforeAll(async () => {
      certificate = makeCertificate()
      setDefaultCACertificates([...trusted, certificate.text])
      const chosen = await choosePorts()
      ports = chosen.copies
      const url = `https://127.0.0.1:${chosen.port}`
      copies = await prepareCopies({ PUBLIC_URL: url, TRUSTED_PROXIES: '127.0.0.1' })
      running.push(...(await Promise.all(ports.map((port) => copies.start({ PORT: String(port) })))))
      await Promise.all(running.map(untilReady))
      proxy = await startTlsProxy('haproxy', { port: chosen.port, copies: ports, certificatePath: certificate.path })
      const answers = async () => expect((await fetch(`${url}/healthz`)).status).toBe(200)
      await vi.waitFor(answers, { timeout: 20_000, interval: 100 })
    }, 180_000)
    afterAll(async () => {
      await proxy.stop()
      await copies.close()
      certificate.remove()
      setDefaultCACertificates(trusted)
    })

    test(`${people} people go on asking behind HAProxy: nothing fails, no event is missing`, async () => {
      const browsers: BrowserClient[] = []
      for (let place = 0; place < people; place += 1) browsers.push(await copies.signIn(proxy, `person${place}`))
      const seen: Seen = { answered: 0, interrupted: 0, failures: [] }
      let isStopping = false
      const begun = performance.now()
      const work = browsers.map(async (browser, place) => {
        await delay((place / people) * 2_000)
        while (!isStopping && performance.now() - begun < 60_000) {
          await askOnce(browser, seen)
          await delay(2_000)
        }
      })
      for (const [place, port] of ports.entries()) {
        const answeredBefore = seen.answered
        await vi.waitFor(() => expect(seen.answered).toBeGreaterThan(answeredBefore + 20), { timeout: 30_000 })
        expect(await running[place]?.stop()).toBe(0)
        const again = await copies.start({ PORT: String(port) })
        running[place] = again
        await untilReady(again)
      }
      isStopping = true
      await Promise.all(work)
      expect(seen.failures).toEqual([])
      expect(seen.answered).toBeGreaterThan(people)
      // Only what ran at the moment of a stop.
      expect(seen.interrupted).toBeLessThan(people / 2)
    }, 240_000)
  },
)

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { BrowserClient } from './browser-client.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { readEvents, serveFloe, type ServedFloe } from './floe-process.ts'
import { person, startIssuer, type OpenidIssuer } from './openid-issuer.ts'
import { startPostgresServer, type PostgresServer } from './postgres-server.ts'

/** Copies of the server with sign-in, each a process of its own, on one PostgreSQL server. */
export interface Copies {
  readonly database: PostgresServer
  readonly issuer: OpenidIssuer
  /** Starts one more. */
  readonly start: (env?: Readonly<Record<string, string>>) => Promise<ServedFloe>
  /** A browser in which this person has signed in at a copy. */
  readonly signIn: (copy: Pick<ServedFloe, 'url'>, name: string) => Promise<BrowserClient>
  readonly close: () => Promise<void>
}

/** Starts what copies share; `env` holds for all of them. */
export async function prepareCopies(env: Readonly<Record<string, string>> = {}): Promise<Copies> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-copies-'))
  const [database, issuer] = await Promise.all([startPostgresServer(), startIssuer()])
  const started: ServedFloe[] = []
  return {
    database,
    issuer,
    start: async (more = {}) => {
      const copy = await serveFloe({
        DATA_DIR: join(folder, String(started.length)),
        DATABASE_URL: database.url,
        SAMPLE_SCALE: '0.001',
        OIDC_ISSUER: issuer.url,
        OIDC_CLIENT_ID: 'floe',
        ALLOWED_EMAIL_DOMAINS: 'example.com',
        ...env,
        ...more,
      })
      started.push(copy)
      return copy
    },
    signIn: async (copy, name) => {
      issuer.says = person(name)
      const browser = new BrowserClient(copy.url)
      const response = await browser.signIn()
      if (response.status !== 303) throw new Error(`${response.status}: ${await response.text()}`)
      return browser
    },
    close: async () => {
      // A test that failed may have left its copy frozen.
      for (const { process: copy } of started)
        if (copy.exitCode === null && copy.signalCode === null) copy.kill('SIGKILL')
      await issuer.stop()
      await database.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves once a copy says that it is ready, before which a proxy sends it nothing. */
export const untilReady = (copy: Pick<ServedFloe, 'url'>): Promise<void> =>
  vi.waitFor(
    async () => {
      const { status } = await fetch(`${copy.url}/readyz`)
      if (status !== 200) throw new Error(`The copy is not ready: ${status}`)
    },
    { timeout: 60_000, interval: 200 },
  )

/** The same browser at another copy, as a proxy that spreads requests would have it. */
export function sameBrowserAt(copy: Pick<ServedFloe, 'url'>, browser: BrowserClient): BrowserClient {
  const elsewhere = new BrowserClient(copy.url)
  for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
  return elsewhere
}

/** A turn that a browser asked for, and what it has heard of it. `proposed` resolves with the digest to approve, `over` at its end. */
export interface AskedTurn {
  readonly turnId: string
  readonly heard: readonly TurnEvent[]
  readonly proposed: Promise<string>
  readonly over: Promise<void>
}

/** Asks as a browser does and follows until the end. */
export async function askAs(browser: BrowserClient, ask: Readonly<Record<string, unknown>>): Promise<AskedTurn> {
  const turnId = randomUUID()
  const response = await browser.request('/api/v1/turns', {
    method: 'POST',
    headers: { origin: browser.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ turnId, ...ask }),
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  const heard: TurnEvent[] = []
  const proposed = Promise.withResolvers<string>()
  const read = async (): Promise<void> => {
    for await (const event of readEvents(response)) {
      heard.push(event)
      if (event.kind === 'query.proposed') proposed.resolve(event.digest)
    }
    proposed.reject(new Error(`The turn ended with ${heard.at(-1)?.kind ?? 'nothing'}.`))
  }
  const over = read()
  // Not every test waits for both.
  for (const promise of [proposed.promise, over]) promise.catch(() => undefined)
  return { turnId, heard, proposed: proposed.promise, over }
}

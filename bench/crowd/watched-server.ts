import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { BrowserClient } from '../../test/support/browser-client.ts'
import { person, startIssuer } from '../../test/support/openid-issuer.ts'
import { freePort, postgresMissing, startPostgresServer } from '../../test/support/postgres-server.ts'
import { redisMissing, startRedisServer } from '../../test/support/redis-server.ts'
import { timed } from '../measure.ts'
import { residentMegabytes, serve } from '../served.ts'
import type { Record } from './record.ts'

/** What the server held at one moment. */
export interface Sample {
  /** Seconds since watching began. */
  readonly at: number
  /** Resident memory of all its processes in MB. */
  readonly memoryMb: number
  /** Open files and sockets of the process that serves. */
  readonly handles: number
}

/** The built server with sign-in, PostgreSQL and Redis where they are installed, and what is looked at while a crowd uses it. */
export interface WatchedServer {
  readonly url: string
  /** What it stores in: `PostgreSQL and Redis`, or what of it is here. */
  readonly store: string
  signedIn(name: string): Promise<BrowserClient>
  sample(): Sample
  /** Asks for its health four times a second until `signal` aborts. */
  probe(record: Record, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

export async function startWatchedServer(): Promise<WatchedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-crowd-'))
  const issuer = await startIssuer()
  const postgres = postgresMissing() === null ? await startPostgresServer() : null
  const redis = redisMissing() === null ? await startRedisServer() : null
  const port = String(await freePort())
  const server = await serve(folder, {
    env: {
      // As the image and the unit of systemd start it.
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '131072',
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: 'floe',
      ALLOWED_EMAIL_DOMAINS: 'example.com',
      SAMPLE_SCALE: '0.01',
      ...(postgres === null ? {} : { DATABASE_URL: postgres.url }),
      ...(redis === null ? {} : { REDIS_URL: redis.url }),
    },
  })
  const began = performance.now()
  return {
    url: server.url,
    store: `${postgres === null ? 'embedded store' : 'PostgreSQL'}, ${redis === null ? 'no Redis' : 'Redis'}`,
    signedIn: async (name) => {
      issuer.says = person(name)
      const browser = new BrowserClient(server.url)
      let answer = await browser.signIn()
      // All come from one address, which may sign in only so many people a minute.
      for (; answer.status === 503; answer = await browser.signIn())
        await delay(Number(answer.headers.get('retry-after')) * 1_000)
      if (answer.status !== 303) throw new Error(`${name} could not sign in: ${answer.status} ${await answer.text()}`)
      return browser
    },
    sample: () => ({
      at: (performance.now() - began) / 1_000,
      memoryMb: residentMegabytes(server.pid) ?? Number.NaN,
      handles: readdirSync(`/proc/${server.pid}/fd`).length,
    }),
    probe: async (record, signal) => {
      while (!signal.aborted) {
        await timed(async () => void (await (await fetch(`${server.url}/healthz`)).text()))
          .then((ms) => record.took('/healthz', ms))
          .catch((error: unknown) => record.failed('/healthz', String(error)))
        await delay(250)
      }
    },
    stop: async () => {
      await server.stop()
      await Promise.all([issuer.stop(), postgres?.remove(), redis?.remove()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

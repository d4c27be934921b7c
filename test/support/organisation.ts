import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { BrowserClient } from './browser-client.ts'
import { person, startIssuer, type OpenidIssuer } from './openid-issuer.ts'
import { startServer, type StartedServer } from './started-server.ts'

/** The wired program with sign-in, served, and the issuer that people sign in at. */
export interface Organisation {
  readonly issuer: OpenidIssuer
  readonly floe: Floe
  readonly server: StartedServer
  /** A browser in which this person has signed in. Throws what the page says where that fails. */
  readonly signedIn: (name: string) => Promise<BrowserClient>
  readonly close: () => Promise<void>
}

/** Starts one with a small sample; `env` says who may come, and with PUBLIC_URL on which port. */
export async function startOrganisation(env: Readonly<Record<string, string>>): Promise<Organisation> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-organisation-'))
  const issuer = await startIssuer()
  const floe = compose(
    readConfig({
      DATA_DIR: folder,
      SAMPLE_SCALE: '0.001',
      LOG_LEVEL: 'silent',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: 'floe',
      ...env,
    }),
  )
  const publicUrl = env['PUBLIC_URL'] ?? null
  const { identify, authorizationServer } = floe
  const port = publicUrl === null ? 0 : Number(new URL(publicUrl).port)
  const server = await startServer(
    floe.services,
    { identify, authorizationServer, publicUrl, audit: floe.services.people.audit, meter: floe.monitoring.meter },
    port,
  )
  return {
    issuer,
    floe,
    server,
    signedIn: async (name) => {
      issuer.says = person(name)
      const browser = new BrowserClient(server.url)
      const response = await browser.signIn()
      if (response.status !== 303) throw new Error(`${response.status}: ${await response.text()}`)
      return browser
    },
    close: async () => {
      await server.stop(10_000)
      await issuer.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

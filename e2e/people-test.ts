import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { person, startIssuer, type OpenidIssuer } from '../test/support/openid-issuer.ts'
import { freePort } from '../test/support/postgres-server.ts'
import { expectAccessible, makeFloePage, type FloePage } from './floe-test.ts'
import { startFloe, withStore, type StartedFloe } from './start-floe.ts'

export { expect } from '@playwright/test'
export { person }

/** A Floe that people sign in to, and the issuer they sign in at. The first to sign in is an admin: Ada. */
interface Organisation {
  readonly floe: StartedFloe
  readonly issuer: OpenidIssuer
}

/** Somebody's browser, with the page in it. */
export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  readonly floe: FloePage
  readonly heading: (name: string) => ReturnType<Page['getByRole']>
  /** Goes to an address of Floe without waiting for anything there. */
  readonly visit: (path: string) => Promise<void>
  /** Signs in as this person from the sign-in screen or the notice that shows now. */
  readonly signIn: (name: string) => Promise<void>
  readonly expectAccessible: () => Promise<void>
}

interface OwnFixtures {
  /** A browser in which nobody is signed in. */
  readonly visitor: Visitor
  /** Opens one more such browser. */
  readonly another: () => Promise<Visitor>
}

/** What browsers say of requests that are refused, which these tests bring about. */
const expected = /status of 4\d\d/

interface SharedFixtures {
  /** The path that Floe lies under, without a slash at its end. */
  readonly underPath: string
  readonly organisation: Organisation
}

export const test = base.extend<OwnFixtures, SharedFixtures>({
  underPath: ['', { option: true, scope: 'worker' }],
  organisation: [
    async ({ underPath }, use) => {
      const issuer = await startIssuer()
      // Apps need an address that is known before the server listens.
      const port = await freePort()
      // Organisations bring a server of their own to store on.
      await withStore('postgres', async (stored) => {
        const floe = await startFloe({
          port,
          env: {
            ...stored,
            PUBLIC_URL: `http://127.0.0.1:${port}${underPath}`,
            OIDC_ISSUER: issuer.url,
            OIDC_CLIENT_ID: 'floe',
            OIDC_CLIENT_SECRET: 'a secret of the client',
            ALLOWED_EMAIL_DOMAINS: 'example.com',
            ADMIN_EMAILS: 'ada@example.com',
          },
        })
        await use({ floe: { ...floe, url: `${floe.url}${underPath}` }, issuer })
        await floe.stop()
      })
      await issuer.stop()
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  visitor: async ({ organisation, page, context }, use) => {
    const messages: string[] = []
    page.on('pageerror', (error) => messages.push(`page error: ${error.message}`))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) messages.push(`${message.type()}: ${message.text()}`)
    })
    await use(makeVisitor(organisation, page, context))
    const unexpected = messages.filter((message) => !expected.test(message))
    expect(unexpected, 'the console stays silent, the content security policy included').toEqual([])
  },
  another: async ({ organisation, browser, contextOptions }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext(contextOptions)
      contexts.push(context)
      return makeVisitor(organisation, await context.newPage(), context)
    })
    for (const context of contexts) await context.close()
  },
})

function makeVisitor({ floe: { url }, issuer }: Organisation, page: Page, context: BrowserContext): Visitor {
  return {
    page,
    context,
    floe: makeFloePage(page, url),
    heading: (name) => page.getByRole('heading', { name, exact: true }),
    visit: async (path) => void (await page.goto(`${url}${path}`)),
    signIn: async (name) => {
      issuer.says = person(name)
      await page.getByRole('link', { name: 'Sign in' }).click()
      await page.getByRole('button', { name: 'Commands' }).waitFor({ timeout: 60_000 })
    },
    expectAccessible: () => expectAccessible(page),
  }
}

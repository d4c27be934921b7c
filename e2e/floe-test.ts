import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import type { PreferencesState } from '../src/contract/preferences.ts'
import { startFloe, withStore, type StartedFloe, type StorePlace } from './start-floe.ts'

export { expect } from '@playwright/test'

interface OwnFixtures {
  /** Messages of the browser that a test brings about on purpose. */
  readonly expectedMessages: RegExp
  readonly floe: FloePage
}

export interface SharedFixtures {
  /** Where the project's servers store. */
  readonly store: StorePlace
  readonly server: StartedFloe
}

/** The page with a fresh browser before it, and a Floe behind it that lives as long as the worker. */
export const test = base.extend<OwnFixtures, SharedFixtures>({
  store: ['embedded', { option: true, scope: 'worker' }],
  server: [
    async ({ store }, use) => {
      await withStore(store, async (env) => {
        const server = await startFloe({ env })
        await warmUp(server)
        await use(server)
        await server.stop()
      })
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  // oxlint-disable-next-line no-empty-pattern -- the first argument must be a pattern
  expectedMessages: async ({}, use) => {
    await use(/(?!)/)
  },
  floe: async ({ page, server, expectedMessages }, use) => {
    const messages: string[] = []
    page.on('pageerror', (error) => messages.push(`page error: ${error.message}`))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) messages.push(`${message.type()}: ${message.text()}`)
    })
    await forgetSettings(server.url)
    await use(makeFloePage(page, server.url))
    const unexpected = messages.filter((message) => !expectedMessages.test(message))
    expect(unexpected, 'the console stays silent, the content security policy included').toEqual([])
  },
})

/** The first query of a new Floe waits for its sample and its store to be made, which no test is about. */
async function warmUp({ url }: StartedFloe): Promise<void> {
  const body = JSON.stringify({ sql: 'SELECT COUNT(*) AS N FROM REGION', autoRun: true })
  const response = await fetch(`${url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const events = await response.text()
  if (!events.includes('"turn.done"')) throw new Error(`Floe did not answer its first query:\n${events}`)
}

/** The person of this machine has set nothing yet, whatever the test before did. */
async function forgetSettings(url: string): Promise<void> {
  const address = `${url}/api/v1/me/preferences`
  const { version: _version, changedAt: _changedAt, ...set } = (await (await fetch(address)).json()) as PreferencesState
  const body = JSON.stringify(Object.fromEntries(Object.keys(set).map((name) => [name, null])))
  await fetch(address, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body })
}

export type FloePage = ReturnType<typeof makeFloePage>

/** The page in the words of the person using it. */
export function makeFloePage(page: Page, url: string) {
  const question = page.getByRole('textbox', { name: 'Your question' })
  const run = page.getByRole('button', { name: 'Run query' })
  const turn = page.getByRole('article').last()
  const done = turn.getByRole('button', { name: /^Done in/ })
  const editor = page.getByRole('textbox', { name: 'SQL editor' })
  const ask = async (text: string): Promise<void> => {
    await question.fill(text)
    await question.press('Enter')
  }
  const open = async (path = '/'): Promise<void> => {
    await page.goto(`${url}${path}`)
    await question.waitFor()
  }
  return {
    page,
    url,
    question,
    run,
    turn,
    done,
    editor,
    alert: turn.getByRole('alert'),
    stop: page.getByRole('button', { name: 'Stop', exact: true }),
    open,
    /** Runs SQL past the page, with what else the asking says, and opens its answer. */
    openAnswer: async (sql: string, ask: { connection?: string; maxRows?: number } = {}): Promise<void> => {
      const [turnId, conversationId] = [crypto.randomUUID(), crypto.randomUUID()]
      const response = await fetch(`${url}/api/v1/turns`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ turnId, conversationId, sql, autoRun: true, ...ask }),
      })
      expect(await response.text()).toContain('turn.done')
      await open(`/c/${conversationId}`)
    },
    ask,
    /** Asks, runs what is proposed, and waits for the answer. */
    answer: async (text: string): Promise<void> => {
      await ask(text)
      await run.click()
      await done.waitFor()
    },
    /** Opens the editor on the proposed query and puts another text into it. */
    edit: async (sql: string): Promise<void> => {
      await turn.getByRole('button', { name: 'Edit' }).click()
      await editor.fill(sql)
    },
    propose: () => page.getByRole('button', { name: 'Check & propose' }).click(),
    tab: (name: 'Chart' | 'Table' | 'SQL'): Locator => turn.getByRole('tab', { name }),
    cell: (row: number, column: number): Locator =>
      turn
        .getByRole('row')
        .nth(row)
        .getByRole('gridcell')
        .nth(column - 1),
    expectAccessible: () => expectAccessible(page),
  }
}

/** The account's button: on small screens it is in the sidebar, which is opened for it. */
export async function findAccount(page: Page): Promise<Locator> {
  const shows = page.getByRole('button', { name: 'Show the sidebar' })
  if ((page.viewportSize()?.width ?? 0) < 768 && !(await page.getByRole('dialog', { name: 'Sidebar' }).isVisible()))
    await shows.click()
  return page.getByRole('button', { name: /^Account: / })
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']

/** Looks for breaches of the accessibility guidelines on the page as it is now; of one rule where others were looked for before. */
export async function expectAccessible(page: Page, only?: string[]): Promise<void> {
  // The page has no frames, so what axe finds needs no page of its own to be put together.
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const { violations } = await (only === undefined ? axe.withTags(rules) : axe.withRules(only)).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(found, 'axe finds nothing').toEqual([])
}

import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import type { PreferencesState } from '../src/contract/preferences.ts'
import { startFloe, type StartedFloe } from './start-floe.ts'

export { expect } from '@playwright/test'

interface OwnFixtures {
  /** Messages of the browser that a test brings about on purpose. */
  readonly expectedMessages: RegExp
  readonly floe: FloePage
}

/** The page with a fresh browser before it, and a Floe behind it that lives as long as the worker. */
export const test = base.extend<OwnFixtures, { readonly server: StartedFloe }>({
  server: [
    // oxlint-disable-next-line no-empty-pattern -- the first argument must be a pattern
    async ({}, use) => {
      const server = await startFloe()
      await warmUp(server)
      await use(server)
      await server.stop()
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
    open: async (path = '/'): Promise<void> => {
      await page.goto(`${url}${path}`)
      await question.waitFor()
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

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']

/** Looks for breaches of the accessibility guidelines on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(found, 'axe finds nothing').toEqual([])
}

import type { Page } from '@playwright/test'
import type { AppInfo } from '../src/contract/api.ts'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const body = {
  name: 'Prod',
  account: 'myorg-myaccount',
  signIn: { method: 'access_token', user: 'SVC', token: 'never-used' },
}

/** Saves a connection for as long as the test lasts. */
async function withSaved(url: string, work: () => Promise<void>): Promise<void> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const { id } = (await (await fetch(`${url}/api/v1/connections`, post)).json()) as { id: string }
  try {
    await work()
  } finally {
    await fetch(`${url}/api/v1/connections/${id}`, { method: 'DELETE' })
  }
}

/** What a sign-in to a real account would have found out. */
const pretend = (page: Page, change: (info: AppInfo) => AppInfo): Promise<unknown> =>
  page.route('**/api/v1/app', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: change((await response.json()) as AppInfo) })
  })
const saved = (more: Partial<AppInfo['connections'][number]>) => (info: AppInfo) => ({
  ...info,
  connections: info.connections.map((one) => (one.saved === null ? one : { ...one, ...more })),
})

test('a saved connection can be chosen @every-size', async ({ floe }) => {
  await withSaved(floe.url, async () => {
    await floe.open()
    const picker = floe.page.getByRole('button', { name: /^Connection: / })
    await picker.click()
    await floe.expectAccessible()
    await floe.page.getByRole('option', { name: /Prod/ }).click()
    await expect(picker).toHaveAccessibleName('Connection: Prod · Snowflake myorg-myaccount')
    await expect(picker).toBeFocused()
    await floe.expectAccessible()
    await floe.open()
    await expect(picker, 'it is remembered').toHaveAccessibleName(/Prod/)
    await picker.press('Enter')
    await floe.page.keyboard.press('Home')
    await floe.page.keyboard.press('Enter')
    await expect(picker).toHaveAccessibleName(/Sample/)
    await floe.open('/?connection=Prod')
    await expect(picker).toHaveAccessibleName(/Prod/)
  })
})

test('one that is gone is named instead of being replaced', async ({ floe }) => {
  const picker = floe.page.getByRole('button', { name: /^Connection: / })
  await withSaved(floe.url, async () => {
    await floe.open()
    await picker.click()
    await floe.page.getByRole('option', { name: /Prod/ }).click()
  })
  await floe.open()
  await expect(picker).toHaveAccessibleName('Connection: Prod · not available')
})

test('one that can write wears a badge that says why @every-size', async ({ floe }) => {
  await withSaved(floe.url, async () => {
    await pretend(floe.page, saved({ warning: 'The role LOADER can write.' }))
    await floe.open('/?connection=Prod')
    await expect(floe.page.getByText('The role LOADER can write.')).toBeHidden()
    await floe.page.getByRole('button', { name: /^Connection: Prod.*not safely read-only$/ }).click()
    await expect(floe.page.getByText('The role LOADER can write.')).toBeVisible()
    await floe.expectAccessible()
  })
})

test.describe('one that nobody is signed in to', () => {
  // What the browser says of every request that is answered with an error.
  test.use({ expectedMessages: /status of 503/ })

  test('leads to the sign-in page, or says why not', async ({ floe }) => {
    await withSaved(floe.url, async () => {
      const { page, url } = floe
      await pretend(page, (info) =>
        saved({ saved: { id: info.connections[1]?.saved?.id ?? '', needsSignIn: true } })(info),
      )
      const problem = {
        code: 'warehouse_unreachable',
        message: 'No answer.',
        action: 'Try again.',
        whoseTurn: 'operator',
      }
      await page.route('**/sign-in', (route) => route.fulfill({ status: 503, json: problem }), { times: 1 })
      await floe.open('/?connection=Prod')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('alert')).toHaveText('No answer. Try again.')
      await page.route('**/sign-in', (route) => route.fulfill({ json: { url: `${url}/api/docs?signing-in` } }))
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL('**/api/docs?signing-in')
    })
  })
})

test('saved connections that cannot be listed are missed in words', async ({ floe }) => {
  const connectionsProblem = {
    code: 'store_unavailable',
    message: 'No answer.',
    action: 'Wait.',
    whoseTurn: 'operator',
  } as const
  await pretend(floe.page, (info) => ({ ...info, connectionsProblem }))
  await floe.open()
  await expect(floe.page.getByRole('alert')).toHaveText('Your saved connections are missing: No answer. Wait.')
})

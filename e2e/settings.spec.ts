import type { Page } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect as expectLocal, findAccount, test as testLocal } from './floe-test.ts'
import { expect, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)
testLocal.skip(lacksChromium, lackedChromium)
// What the browser says of a change that is refused, which these tests bring about.
testLocal.use({ expectedMessages: /status of 403/ })

const field = (page: Page, label: string) => page.getByRole('combobox', { name: label, exact: true })

/** Sets every field of whoever is signed in on this page back to its default. */
const setBack = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    const state = await (await fetch('/api/v1/me/preferences')).json()
    const names = Object.keys(state).filter((name) => name !== 'version' && name !== 'changedAt')
    const body = JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))
    await fetch('/api/v1/me/preferences', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body })
  })()`)

testLocal('settings are saved as they are made, explained, and set back one by one @every-size', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await (await findAccount(page)).click()
  await page.getByRole('navigation', { name: 'Your pages' }).getByRole('link', { name: 'Settings' }).click()
  await expectLocal(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused()
  await floe.expectAccessible()

  await field(page, 'Numbers').selectOption('point-comma')
  await expectLocal(page.getByText('Saved: Numbers')).toBeVisible()
  await field(page, 'Dates').selectOption('iso')
  await expectLocal(page.getByText(/^For example: 1\.234\.567,5 on 2026-03-09$/)).toBeVisible()
  const rows = page.getByRole('textbox', { name: 'Most rows in an answer' })
  await rows.fill('many')
  await rows.press('Enter')
  await expectLocal(page.getByRole('alert')).toHaveText('Write a whole number from 1 to 1,000,000.')
  await expectLocal(rows).toHaveAttribute('aria-invalid', 'true')
  await floe.expectAccessible()
  await rows.fill('3')
  await rows.press('Enter')
  await expectLocal(page.getByText('Saved: Most rows in an answer')).toBeVisible()
  await expectLocal(page.getByRole('alert')).toHaveCount(0)

  await floe.open()
  await floe.answer('Show the names and account balances of customers')
  await floe.tab('Table').click()
  await expectLocal(floe.turn.getByText('Showing the first 3 rows')).toBeVisible()
  await expectLocal(
    floe.turn
      .getByRole('gridcell')
      .filter({ hasText: /^-?[\d.]+,\d\d$/ })
      .first(),
  ).toBeVisible()

  await page.goto(`${floe.url}/settings`)
  await page.getByRole('button', { name: 'Reset Numbers' }).click()
  await expectLocal(page.getByRole('button', { name: 'Reset Numbers' })).toHaveCount(0)
  await expectLocal(field(page, 'Numbers')).toBeFocused()
  await expectLocal(field(page, 'Numbers')).toHaveValue('')
  await page.route('**/api/v1/me/preferences', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 403,
          json: { code: 'store_unavailable', message: 'The store is away.', action: 'Wait.', whoseTurn: 'operator' },
        })
      : route.continue(),
  )
  await field(page, 'Dates').selectOption('dotted')
  await expectLocal(page.getByRole('alert')).toHaveText('The store is away. Wait.')
  await expectLocal(field(page, 'Dates')).toHaveValue('iso')
  await page.unroute('**/api/v1/me/preferences')
})

testLocal('what an answer shows first, and a query that runs by itself', async ({ floe }) => {
  const { page } = floe
  await page.goto(`${floe.url}/settings`)
  await field(page, 'What to show first').selectOption('text')
  await field(page, 'Run without asking').selectOption('on')
  const limit = page.getByRole('textbox', { name: 'Gigabytes that a query may read' })
  await expectLocal(limit).toHaveValue('10')
  await limit.fill('0')
  await limit.press('Enter')
  await expectLocal(page.getByRole('alert')).toContainText('more than 0')
  await limit.fill('1')
  await limit.press('Enter')
  await expectLocal(page.getByRole('alert')).toHaveCount(0)

  await floe.open()
  await expectLocal(page.getByRole('switch', { name: 'Run without asking' })).toBeChecked()
  await floe.ask('How many customers are there in each market segment?')
  await floe.done.waitFor()
  await expectLocal(floe.turn.getByRole('tab')).toHaveCount(0)
  await floe.turn.getByRole('button', { name: 'Show the rows' }).click()
  await expectLocal(floe.tab('Chart')).toHaveAttribute('aria-selected', 'true')
  // It stands in the bar on a wide screen and below it on a narrow one.
  const why = floe.turn.getByText('Ran by itself because of your setting')
  await expectLocal(why.filter({ visible: true })).toHaveCount(1)
  await floe.expectAccessible()

  await page.goto(`${floe.url}/settings`)
  await field(page, 'What to show first').selectOption('table')
  await expectLocal(page.getByText('Saved: What to show first')).toBeVisible()
  await page.goBack()
  await expectLocal(floe.tab('Table')).toHaveAttribute('aria-selected', 'true')
})

testLocal('what was set is there at the first paint of the next visit', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await page.goto(`${floe.url}/settings`)
  await field(page, 'Numbers').selectOption('space-comma')
  await expectLocal(page.getByText('Saved: Numbers')).toBeVisible()
  // The server answers nothing about settings any more: what shows comes from the browser.
  await page.route('**/api/v1/me/preferences', () => new Promise(() => undefined))
  await page.reload()
  await expectLocal(field(page, 'Numbers')).toHaveValue('space-comma')
  await page.unroute('**/api/v1/me/preferences')
})

test('a change shows in the other tab and the other browser of the person within a second', async ({
  visitor,
  another,
  context,
}) => {
  await visitor.visit('/settings')
  await visitor.signIn('pia')
  const { page } = visitor
  const tab = await context.newPage()
  await tab.goto(`${visitor.floe.url}/settings`)
  const elsewhere = await another()
  await elsewhere.visit('/settings')
  await elsewhere.signIn('pia')
  const others = [tab, elsewhere.page]
  for (const other of others) await expect(field(other, 'Dates')).toHaveValue('')
  await field(page, 'Dates').selectOption('dotted')
  for (const other of others) await expect(field(other, 'Dates')).toHaveValue('dotted', { timeout: 1_000 })
  await field(tab, 'Dates').selectOption('iso')
  for (const other of [page, elsewhere.page]) await expect(field(other, 'Dates')).toHaveValue('iso', { timeout: 1_000 })
  await setBack(page)
  await expect(field(elsewhere.page, 'Dates')).toHaveValue('', { timeout: 1_000 })
  await tab.close()
})

test('what one person set is nothing to the next who signs in there', async ({ visitor }) => {
  const { page } = visitor
  await visitor.visit('/settings')
  await visitor.signIn('pia')
  await field(page, 'Numbers').selectOption('indian')
  await expect(page.getByText('Saved: Numbers')).toBeVisible()
  await page.getByRole('button', { name: /^Account: / }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(visitor.heading('Sign in to Floe')).toBeVisible()
  await visitor.signIn('tom')
  await visitor.visit('/settings')
  await expect(field(page, 'Numbers')).toHaveValue('')
})

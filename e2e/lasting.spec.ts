import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, makeFloePage, test } from './floe-test.ts'
import { startFloe } from './start-floe.ts'

test.skip(lacksChromium, lackedChromium)

const perYear = 'How many orders were placed per year?'

test('an answer is still there after a reload @every-size', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  await floe.tab('Table').click()
  const counted = await floe.cell(7, 2).innerText()
  await floe.page.reload()
  await floe.done.waitFor()
  await floe.tab('Table').click()
  await expect(floe.cell(7, 2)).toHaveText(counted)
  await expect(floe.page.getByRole('article')).toHaveCount(1)
  await floe.expectAccessible()
})

test('a query that waits is still waiting after a reload, and runs', async ({ floe }) => {
  await floe.open()
  await floe.ask(perYear)
  await floe.run.waitFor()
  await floe.page.reload()
  await floe.run.click()
  await floe.done.waitFor()
})

test('running without asking stays switched on after a reload', async ({ floe }) => {
  await floe.open()
  await floe.page.getByRole('switch', { name: 'Run without asking' }).click()
  await floe.page.reload()
  await expect(floe.page.getByRole('switch', { name: 'Run without asking' })).toBeChecked()
  await floe.ask(perYear)
  await floe.done.waitFor()
})

test.describe('with a part of the page that cannot be fetched', () => {
  test.use({ expectedMessages: /result-table|Failed to (?:load|fetch)|ERR_FAILED/ })

  test('the rest of the answer stays, and says how to get it', async ({ floe }) => {
    await floe.page.route(/result-table/, (route) => route.abort())
    await floe.open()
    await floe.answer(perYear)
    await floe.tab('Table').click()
    await expect(floe.turn.getByRole('alert')).toContainText('This part could not be shown.')
    await floe.tab('SQL').click()
    await expect(floe.turn.getByText('Read-only, checked')).toBeVisible()
    await floe.page.unroute(/result-table/)
    await floe.tab('Table').click()
    await floe.page.getByRole('button', { name: 'Try again' }).click()
    await expect(floe.turn.getByRole('grid')).toBeVisible()
  })
})

test('the way back leads through conversations', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  await floe.page.getByRole('link', { name: 'New question' }).click()
  await expect(floe.question).toBeFocused()
  await floe.ask('How many customers are there?')
  await expect(floe.page.getByRole('article')).toHaveCount(1)
  await floe.page.goBack()
  await floe.page.goBack()
  await expect(floe.turn.getByRole('heading')).toContainText(perYear)
})

test.describe('with an address that leads nowhere', () => {
  test.use({ expectedMessages: /status of 404/ })

  test('the page says so and shows the way back', async ({ floe }) => {
    await floe.open('/c/11111111-1111-4111-8111-111111111111')
    await expect(floe.page.getByRole('alert')).toContainText('This conversation does not exist.')
    await floe.expectAccessible()
    await floe.page.getByRole('link', { name: 'Ask a new question' }).click()
    await expect(floe.page.getByRole('heading', { level: 1 })).toHaveText('What would you like to know?')
  })

  test('so does a page that is none', async ({ floe }) => {
    await floe.page.goto(`${floe.url}/nowhere/at/all`)
    await expect(floe.page.getByRole('alert')).toContainText('There is nothing at this address.')
  })
})

test('a turn cut off by a killed server is there afterwards, marked, and can be run again', async ({ page }) => {
  test.slow()
  const first = await startFloe()
  const port = Number(new URL(first.url).port)
  const floe = makeFloePage(page, first.url)
  await floe.open()
  await floe.ask(perYear)
  await floe.run.waitFor()
  await first.kill()
  await expect(page.getByText(/^Reconnecting…/)).toBeVisible()
  await floe.expectAccessible()

  const second = await startFloe({ port, dataDir: first.dataDir })
  try {
    await expect(floe.turn.getByText('Interrupted', { exact: true })).toBeVisible({ timeout: 90_000 })
    await page.reload()
    await expect(floe.turn.getByText('Interrupted', { exact: true })).toBeVisible()
    await floe.expectAccessible()
    await floe.turn.getByRole('button', { name: 'Run again' }).click()
    await expect(page.getByRole('article')).toHaveCount(2)
    await floe.run.click()
    await floe.done.waitFor()
  } finally {
    await second.stop()
  }
})

import { readFileSync } from 'node:fs'
import { expect, test, type FloePage } from './floe-test.ts'
import { lackedChromium, lacksChromium } from './chromium-path.ts'

test.skip(lacksChromium, lackedChromium)

const perYear = 'How many orders were placed per year?'

const dialogOf = (floe: FloePage) => floe.page.getByRole('dialog', { name: 'Export the result' })

test('a result is exported: kind of file chosen, progress, saved by the browser @every-size', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  await floe.turn.getByRole('button', { name: 'Export' }).click()
  const dialog = dialogOf(floe)
  await expect(dialog.getByRole('radio', { name: 'CSV' })).toBeChecked()
  await expect(dialog.getByLabel('Between the columns')).toHaveValue('comma')
  await floe.expectAccessible()
  await dialog.getByLabel('Between the columns').selectOption('tab')
  await dialog.getByRole('checkbox').uncheck()
  const saved = floe.page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(
    /^How many orders were placed per year - Sample warehouse \(TPC-H\) - [\d-]{10}\.csv$/,
  )
  const text = readFileSync(await file.path(), 'utf8')
  expect(text.split('\n')[0]).toMatch(/^\w+\t\w+$/)
  expect(text.trimEnd().split('\n')).toHaveLength(8)
  await expect(dialog.getByText(/^7 rows, .*: your browser saves it as “How many orders/)).toBeVisible()
  await expect(dialog.locator(':focus'), 'the keyboard stays in the dialog').toHaveCount(1)
  await floe.expectAccessible()
  const again = floe.page.waitForEvent('download')
  await dialog.getByRole('link', { name: 'Save again' }).click()
  expect(readFileSync(await (await again).path(), 'utf8')).toBe(text)
  await dialog.getByRole('button', { name: 'Export something else' }).click()
  await dialog.getByRole('radio', { name: 'Excel' }).check()
  await floe.expectAccessible()
  await expect(dialog.getByLabel('Between the columns')).toHaveCount(0)
  const book = floe.page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export' }).click()
  expect((await book).suggestedFilename()).toMatch(/\.xlsx$/)
  await floe.page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(floe.turn.getByRole('button', { name: 'Export' })).toBeFocused()
})

test('an export that takes long is stopped, and goes on while its dialog is closed', async ({ floe }) => {
  let isHeld = true
  await floe.page.route('**/api/v1/exports/*', async (route) => {
    if (route.request().method() !== 'GET' || !isHeld) return await route.continue()
    const answer = await route.fetch()
    const job = (await answer.json()) as object
    await route.fulfill({ response: answer, json: { ...job, state: 'running', rows: 1_234, bytes: 56_789 } })
  })
  await floe.open()
  await floe.answer(perYear)
  await floe.turn.getByRole('button', { name: 'Export' }).click()
  const dialog = dialogOf(floe)
  await dialog.getByRole('button', { name: 'Export' }).click()
  await expect(dialog).toContainText('1,234 rows, 56.8 kB written')
  await expect(dialog.getByRole('progressbar', { name: 'Progress of the export' })).toBeVisible()
  await floe.expectAccessible()
  await dialog.getByRole('button', { name: 'Close', exact: true }).click()
  await floe.turn.getByRole('button', { name: 'Exporting… 56.8 kB' }).click()
  const removed = floe.page.waitForRequest((request) => request.method() === 'DELETE')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await removed
  await expect(floe.page.getByText('The export was stopped.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Export' }).click()
  await expect(dialog).toContainText('1,234 rows')
  await dialog.getByRole('button', { name: 'Close', exact: true }).click()
  const saved = floe.page.waitForEvent('download')
  isHeld = false
  await saved
  await expect(floe.page.getByText(/^Exported: How many orders/)).toBeVisible()
})

test('the palette leads to the export of the answer in view @every-size', async ({ floe }) => {
  const { page } = floe
  const find = async (words: string) => {
    await page.getByRole('button', { name: 'Commands' }).click()
    await page.getByRole('combobox', { name: 'Commands' }).fill(words)
    return page.getByRole('option', { name: 'Download this answer…' })
  }
  await floe.open()
  await expect(await find('download'), 'there is no answer yet').toHaveCount(0)
  await page.keyboard.press('Escape')
  await floe.answer('How many customers are there?')
  await floe.answer(perYear)
  await page.getByRole('article', { name: 'How many customers are there?' }).scrollIntoViewIfNeeded()
  await page.getByRole('article', { name: 'How many customers are there?' }).evaluate((it) => it.scrollIntoView())
  await (await find('csv')).click()
  const saved = page.waitForEvent('download')
  await dialogOf(floe).getByRole('button', { name: 'Export' }).click()
  expect((await saved).suggestedFilename()).toMatch(/^How many customers are there/)
  await page.keyboard.press('Escape')
  await floe.turn.evaluate((it) => it.scrollIntoView({ block: 'end' }))
  await find('download')
  await page.keyboard.press('Enter')
  const second = page.waitForEvent('download')
  await dialogOf(floe).getByRole('button', { name: 'Export' }).click()
  expect((await second).suggestedFilename()).toMatch(/^How many orders/)
})

test('the palette says why an answer may not be exported', async ({ floe }) => {
  const { page } = floe
  await page.route('**/api/v1/app', async (route) => {
    const response = await route.fetch()
    const info = (await response.json()) as { readonly connections: readonly object[] }
    const shared = { by: 'Ann', role: null, otherRoles: [], mayExport: false, mayAutoRun: true, writers: null }
    await route.fulfill({ response, json: { ...info, connections: info.connections.map((it) => ({ ...it, shared })) } })
  })
  await floe.open()
  await floe.answer(perYear)
  await expect(floe.turn.getByRole('button', { name: 'Export' })).toBeDisabled()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Commands' }).fill('download')
  const option = page.getByRole('option', { name: 'Download this answer…' })
  await expect(option).toHaveAttribute('aria-disabled', 'true')
  await expect(option).toContainText('does not allow exports')
  await floe.expectAccessible()
})

test.describe('what goes wrong', () => {
  test.use({ expectedMessages: /Failed to load resource/ })

  test('is said in the dialog, and the choice stays', async ({ floe }) => {
    await floe.page.route('**/api/v1/turns/*/exports', (route) =>
      route.fulfill({
        status: 403,
        json: {
          code: 'forbidden',
          message: 'Results of Prod may not be exported.',
          action: 'Look at them here, or ask the owner of the connection.',
          whoseTurn: 'person',
        },
      }),
    )
    await floe.open()
    await floe.answer(perYear)
    await floe.turn.getByRole('button', { name: 'Export' }).click()
    const dialog = dialogOf(floe)
    await dialog.getByRole('button', { name: 'Export' }).click()
    await expect(dialog.getByRole('alert')).toHaveText(/^Results of Prod may not be exported\. Look at them here/)
    await floe.expectAccessible()
  })
})

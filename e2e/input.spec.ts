import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

test('an empty question is not sent, and says why', async ({ floe }) => {
  await floe.open()
  await floe.question.press('Enter')
  await expect(floe.page.getByRole('alert')).toHaveText('The question is empty. Write what you want to know.')
  await expect(floe.page).toHaveURL(`${floe.url}/`)
  await floe.expectAccessible()
})

test('50 kB of text are not sent, are kept, and say why @every-size', async ({ floe }) => {
  const text = 'why? '.repeat(10_000)
  await floe.open()
  await floe.ask(text)
  await expect(floe.page.getByRole('alert')).toContainText('too long for a question')
  await expect(floe.question).toHaveValue(text)
  await floe.expectAccessible()
})

test('the whole way goes by keyboard', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await page.keyboard.press('Tab')
  await page.getByRole('link', { name: 'New question' }).focus()
  await page.keyboard.press('/')
  await expect(floe.question).toBeFocused()
  await page.keyboard.type('How many orders were placed per year?')
  await page.keyboard.press('Enter')
  await floe.run.waitFor()

  await floe.turn.getByRole('button', { name: 'Edit' }).focus()
  await page.keyboard.press('Enter')
  await expect(floe.editor).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(floe.editor).toHaveCount(0)
  await expect(floe.turn.getByRole('button', { name: 'Edit' })).toBeFocused()

  await page.keyboard.press('Control+Enter')
  await floe.done.waitFor()
  await floe.tab('Chart').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  const grid = floe.turn.getByRole('grid')
  await grid.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(floe.turn.getByRole('columnheader').nth(1)).toHaveAttribute('aria-sort', 'ascending')
  await page.keyboard.press('ArrowDown')
  const marked = await grid.getAttribute('aria-activedescendant')
  await expect(floe.cell(1, 1)).toHaveAttribute('id', marked ?? '')
})

test('the skip link leads to the question box', async ({ floe }) => {
  await floe.open()
  const link = floe.page.getByRole('link', { name: 'Skip to the question box' })
  await link.focus()
  await expect(link).toBeInViewport()
  await floe.page.keyboard.press('Enter')
  await expect(floe.question).toBeFocused()
})

test('Ctrl+Enter in the question box asks what stands there and runs nothing', async ({ floe }) => {
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.run.waitFor()
  await floe.question.fill('How many orders were placed per year?')
  await floe.question.press('Control+Enter')
  await expect(floe.page.getByRole('article')).toHaveCount(2)
  await expect(floe.turn.getByRole('button', { name: 'Run query' })).toBeVisible()
  // A newer question retires the query that waited before it, in the same conversation: it was not run and can be asked for again.
  const first = floe.page.getByRole('article').first()
  await expect(first.getByText('Replaced by a newer question. It was not run.')).toBeVisible()
  await expect(first.getByRole('button', { name: 'Ask again', exact: true })).toBeVisible()
  await expect(first.getByRole('button', { name: 'Run query' })).toHaveCount(0)
})

test('what was typed is there after a reload', async ({ floe }) => {
  await floe.open()
  await floe.question.fill('How many')
  await floe.page.reload()
  await expect(floe.question).toHaveValue('How many')
})

test('an editor closed by Esc opens with the text that was written', async ({ floe }) => {
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.edit('SELECT 7 AS SEVEN')
  await floe.page.keyboard.press('Escape')
  await floe.turn.getByRole('button', { name: 'Edit' }).click()
  await expect(floe.editor).toContainText('SELECT 7 AS SEVEN')
  await floe.page.getByRole('button', { name: 'Discard changes' }).click()
  await floe.turn.getByRole('button', { name: 'Edit' }).click()
  await expect(floe.editor).not.toContainText('SELECT 7 AS SEVEN')
})

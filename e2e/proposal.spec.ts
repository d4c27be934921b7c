import type { Locator } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const wide =
  'What is the total revenue per region name and per market segment and per order priority and per year of the order date?'

/** Whether nothing of the page lies over the middle of something on the screen. */
const isOpenToTheEye = (what: Locator): Promise<boolean> =>
  what.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    const met = element.ownerDocument.elementFromPoint(left + width / 2, top + height / 2)
    return met !== null && (element.contains(met) || met.contains(element))
  })

async function expectInSight(floe: FloePage): Promise<void> {
  for (const what of [floe.run, floe.turn.getByRole('heading', { level: 2 })]) {
    await expect(what).toBeInViewport({ ratio: 0.9 })
    expect(await isOpenToTheEye(what)).toBe(true)
  }
}

for (const [width, height] of [
  [1366, 768],
  [1440, 900],
  [820, 1180],
  [390, 844],
] as const)
  test(`a query that waits shows its question and its buttons at ${width} × ${height}`, async ({ floe }) => {
    await floe.page.setViewportSize({ width, height })
    await floe.open()
    for (const question of ['Which five customers spent the most in 1996?', wide]) {
      await floe.ask(question)
      await expect(floe.page.getByRole('status').first()).toHaveText('Query ready to review.')
      await expectInSight(floe)
      await floe.page.getByRole('region', { name: 'Conversation' }).evaluate((thread) => thread.scrollBy(0, 120))
      await expectInSight(floe)
    }
    await floe.expectAccessible()
  })

test('one plain sentence comes before the SQL, and the folded steps name the tables that are read', async ({
  floe,
}) => {
  await floe.open()
  await floe.ask('Total revenue per region')
  await floe.run.waitFor()
  const steps = floe.turn.getByRole('button', { name: /^Query ready for your review · reads / })
  await expect(steps).toHaveAttribute('aria-expanded', 'false')
  await expect(steps).toContainText('LINEITEM, ORDERS')
  const [sentence, sql] = [
    floe.turn
      .getByText(/^Total revenue/)
      .locator('visible=true')
      .last(),
    floe.turn.getByRole('group', { name: 'SQL text' }),
  ]
  const [above, below] = [await sentence.boundingBox(), await sql.boundingBox()]
  expect(above?.y ?? Number.NaN).toBeLessThan(below?.y ?? Number.NaN)
  await steps.click()
  await expect(floe.turn.getByRole('listitem').filter({ hasText: 'Finding the right tables' })).toContainText('Reads ')
})

test('keys approve only while the focus is in the card', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.run.waitFor()
  await expect(floe.question).toHaveValue('')
  await floe.question.press('Control+Enter')
  await page.getByRole('link', { name: 'New question' }).first().focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Control+Enter')
  await floe.turn.focus()
  await page.keyboard.press('Control+Enter')
  await expect(floe.run).toBeVisible()
  await floe.turn.getByRole('group', { name: 'SQL text' }).focus()
  await page.keyboard.press('Control+Enter')
  await floe.done.waitFor()
})

test('a changed query outlives a reload, and comes back when its changes were put away by mistake', async ({
  floe,
}) => {
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.run.waitFor()
  await floe.edit('SELECT 4711 AS N')
  await floe.page.reload()
  await expect(floe.editor).toHaveText('SELECT 4711 AS N')
  await floe.turn.getByRole('button', { name: 'Discard changes' }).click()
  await expect(floe.editor).toHaveCount(0)
  await floe.page.getByRole('button', { name: 'Undo' }).click()
  await expect(floe.editor).toHaveText('SELECT 4711 AS N')
  await floe.propose()
  await expect(floe.turn.getByText('Edited by you')).toBeVisible()
  await floe.page.reload()
  await floe.run.waitFor()
  await expect(floe.editor).toHaveCount(0)
})

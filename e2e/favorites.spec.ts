import type { Page } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const question = 'How many regions are there?'

/** Keeps the answer of a query of its own; the newest favorite is the first. */
async function keepFavorite({ request }: Page, url: string, title: string): Promise<void> {
  const turnId = crypto.randomUUID()
  const asked = await request.post(`${url}/api/v1/turns`, { data: { turnId, sql: 'SELECT 1 AS N', autoRun: true } })
  await asked.text()
  await request.post(`${url}/api/v1/favorites`, { data: { turnId, title } })
}

test('an answer is kept, found, run again beside what was kept, and deleted with a way back', async ({
  page,
  floe,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await floe.open()
  await floe.answer(question)
  const star = page.getByRole('button', { name: 'Keep as a favorite' })
  await star.click()
  await expect(page.getByRole('button', { name: 'Remove from favorites' })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('tab', { name: 'Favorites' }).click()
  const tree = page.getByRole('tree', { name: 'Favorites and folders' })
  await tree.getByRole('treeitem', { name: question }).click()
  await expect(page.getByRole('heading', { name: question, level: 1 })).toBeFocused()
  await expect(page.getByRole('heading', { name: /^Kept on/ })).toBeVisible()
  await floe.expectAccessible()

  await page.getByRole('button', { name: 'Edit the query and its values' }).click()
  await page.getByLabel('Query in SQL').fill('SELECT COUNT(*) AS NUMBER_OF_REGIONS FROM REGION WHERE R_NAME <> :name')
  await page.getByRole('button', { name: 'Save the query' }).click()
  await page.getByLabel('Called').fill('Without')
  await page.getByLabel('Usually').fill("O'Hara")
  await page.getByRole('button', { name: 'Save the query' }).click()
  await page.getByLabel('Without').fill('ASIA')
  await page.getByRole('button', { name: 'Run as of now' }).click()
  await page.getByRole('button', { name: 'Run query' }).click()
  await expect(page.getByRole('heading', { name: 'What changed' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'As of now' })).toBeVisible()
  await floe.expectAccessible()

  await page.getByRole('button', { name: 'Vouch for this query' }).click()
  await expect(page.getByText('Verified by you on')).toBeVisible()

  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(tree.getByRole('treeitem', { name: question })).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(tree.getByRole('treeitem', { name: question })).toBeVisible()
  await expect(page.locator(':focus'), 'the page has the focus again').toHaveCount(1)

  await floe.open()
  await floe.ask(question)
  await floe.run.waitFor()
  await expect(floe.turn.getByText('Verified by you', { exact: true })).toBeVisible()
})

test('folders and order are changed with the keys alone, and another device follows', async ({
  page,
  floe,
  browser,
  contextOptions,
  server,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  for (const n of [1, 2]) await keepFavorite(page, server.url, `Number ${n}`)
  await floe.open()
  await page.getByRole('tab', { name: 'Favorites' }).click()
  const other = await (await browser.newContext(contextOptions)).newPage()
  await other.setViewportSize({ width: 1440, height: 900 })
  await other.goto(server.url)
  await other.getByRole('tab', { name: 'Favorites' }).click()
  const first = page.getByRole('treeitem', { name: 'Number 2' })
  await first.focus()
  await page.keyboard.press('Alt+ArrowDown')
  const numbers = (at: typeof page) => at.getByRole('treeitem', { name: /^Number/ })
  await expect(numbers(page)).toHaveText(['Number 1', 'Number 2'])
  await expect(numbers(other)).toHaveText(['Number 1', 'Number 2'])
  await page.getByRole('treeitem', { name: 'Number 1' }).focus()
  await page.keyboard.press('F2')
  await page.getByLabel('New name').fill('Number one')
  await page.keyboard.press('Enter')
  await expect(other.getByRole('treeitem', { name: 'Number one' })).toBeVisible()
  await page.getByRole('button', { name: 'New folder' }).click()
  await page.getByRole('treeitem', { name: 'Number one' }).focus()
  await page.getByLabel('Folder of “Number one”').selectOption({ label: 'New folder' })
  await expect(other.getByRole('treeitem', { name: 'Number one' })).toHaveAttribute('aria-level', '2')
  await floe.expectAccessible()
  await other.context().close()
})

test('folders and order are changed with the pointer, and taken back', async ({ page, floe, server }) => {
  for (const n of [1, 2, 3]) await keepFavorite(page, server.url, `Dragged ${n}`)
  await page.request.post(`${server.url}/api/v1/folders`, { data: { name: 'Drawer' } })
  await floe.open()
  await page.getByRole('tab', { name: 'Favorites' }).click()
  const row = (name: string) => page.getByRole('treeitem', { name, exact: true })
  const all = page.getByRole('treeitem', { name: /^Dragged/ })
  await expect(all).toHaveText(['Dragged 3', 'Dragged 2', 'Dragged 1'])
  await row('Dragged 3').dragTo(row('Dragged 1'), { targetPosition: { x: 60, y: 30 } })
  await expect(all, 'the lower half of a row is behind it').toHaveText(['Dragged 2', 'Dragged 1', 'Dragged 3'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(all).toHaveText(['Dragged 3', 'Dragged 2', 'Dragged 1'])
  await row('Dragged 1').dragTo(row('Dragged 2'), { targetPosition: { x: 60, y: 4 } })
  await expect(all, 'the upper half is in front of it').toHaveText(['Dragged 3', 'Dragged 1', 'Dragged 2'])
  await row('Dragged 1').dragTo(row('Drawer'))
  await expect(row('Dragged 1')).toHaveAttribute('aria-level', '2')

  await row('Dragged 1').hover()
  await page.mouse.down()
  await row('Dragged 3').hover()
  const outside = page.getByText('In no folder', { exact: true }).first()
  await outside.hover()
  await outside.hover()
  await page.mouse.up()
  await expect(row('Dragged 1')).toHaveAttribute('aria-level', '1')
  await expect(all).toHaveText(['Dragged 3', 'Dragged 2', 'Dragged 1'])
})

test.describe('with a finger', () => {
  test.use({ viewport: { width: 820, height: 1180 }, hasTouch: true })
  test('folders and order are changed with the buttons under the tree', async ({ page, floe, server }) => {
    for (const n of [1, 2]) await keepFavorite(page, server.url, `Touched ${n}`)
    await page.request.post(`${server.url}/api/v1/folders`, { data: { name: 'Box' } })
    await floe.open()
    const favorites = page.getByRole('button', { name: 'Favorites', exact: true })
    await favorites.tap()
    const all = page.getByRole('treeitem', { name: /^Touched/ })
    await page.getByRole('treeitem', { name: 'Touched 2' }).tap()
    await expect(
      page.getByRole('heading', { name: 'Touched 2', level: 1 }),
      'it is shown, the sidebar shut',
    ).toBeVisible()
    await favorites.tap()
    await page.getByRole('button', { name: 'Move “Touched 2” down' }).tap()
    await expect(all).toHaveText(['Touched 1', 'Touched 2'])
    await page.getByLabel('Folder of “Touched 2”').selectOption({ label: 'Box' })
    await expect(page.getByRole('treeitem', { name: 'Touched 2' })).toHaveAttribute('aria-level', '2')
    await page.getByRole('button', { name: 'Undo' }).last().tap()
    await expect(all).toHaveText(['Touched 1', 'Touched 2'])
    await floe.expectAccessible()
  })
})

test('on a phone the favorites are in the drawer and nothing is wider than the screen', async ({
  page,
  floe,
  server,
}) => {
  const title = 'Kept for a phone'
  await keepFavorite(page, server.url, title)
  await page.setViewportSize({ width: 390, height: 844 })
  await floe.open()
  await page.getByRole('button', { name: 'Show the sidebar' }).first().click()
  await page.getByRole('tab', { name: 'Favorites' }).click()
  await page.getByRole('treeitem', { name: title }).click()
  await expect(page.getByRole('tab', { name: 'Favorites' }), 'the drawer is shut').toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await floe.expectAccessible()
})

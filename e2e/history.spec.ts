import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

/** Asks by SQL what needs no page, in a conversation of its own. */
async function asked(
  { url }: FloePage,
  sql: string,
  more: object = {},
): Promise<{ conversationId: string; turnId: string }> {
  const [conversationId, turnId] = [crypto.randomUUID(), crypto.randomUUID()]
  const response = await fetch(`${url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, turnId, sql, autoRun: true, ...more }),
  })
  expect(await response.text()).toContain('turn.done')
  return { conversationId, turnId }
}
const rename = async ({ url }: FloePage, id: string, title: string): Promise<void> => {
  const body = JSON.stringify({ title })
  await fetch(`${url}/api/v1/conversations/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body,
  })
}

/** Whether the sidebar lies over the page, and is closed by what leads somewhere or can be taken back. */
const isDrawer = ({ page }: FloePage): boolean => (page.viewportSize()?.width ?? 0) < 1_280

/** The list of conversations; where there is no room beside the page it is opened first. */
async function openList(floe: FloePage) {
  const list = floe.page.getByRole('navigation', { name: 'Conversations' })
  if (isDrawer(floe)) await floe.page.getByRole('button', { name: 'Show the sidebar' }).click()
  await list.waitFor()
  return list
}

test('conversations are found, renamed, archived and deleted with a way back @every-size', async ({ floe }) => {
  const { page } = floe
  const { conversationId } = await asked(floe, 'SELECT R_NAME AS PLACE FROM REGION ORDER BY 1')
  await rename(floe, conversationId, 'Places of the world')
  await floe.open()
  const list = await openList(floe)
  await expect(list.getByRole('heading', { name: 'Today' })).toBeVisible()
  const row = list.getByRole('link', { name: 'Places of the world' })
  await expect(row).toBeVisible()
  await floe.expectAccessible()

  const search = page.getByRole('searchbox', { name: 'Search your questions' })
  await search.fill('places')
  const found = page.getByRole('navigation', { name: 'What was found' })
  await expect(found.locator('mark').first()).toHaveText('Places')
  await search.fill('r_name region')
  await expect(found.getByRole('link')).not.toHaveCount(0)
  await expect(found.locator('mark').first()).toBeVisible()
  await floe.expectAccessible()
  await search.fill('nothing has these words')
  await expect(found.getByText('Nothing has all these words.').last()).toBeVisible()
  await search.press('Escape')
  await expect(search).toHaveValue('')

  const act = async (action: string): Promise<void> => {
    await row.hover()
    await list.getByRole('button', { name: 'Actions for “Places of the world”' }).click()
    await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeFocused()
    await page.getByRole('menuitem', { name: action }).click()
  }
  await row.focus()
  await page.keyboard.press('F2')
  const name = page.getByRole('textbox', { name: 'New name of the conversation' })
  await name.fill('Elsewhere')
  await name.press('Escape')
  await expect(row).toBeFocused()
  await act('Archive')
  await expect(row).toHaveCount(0)
  await openList(floe)
  await expect(row).toHaveCount(0)
  await page.getByRole('button', { name: 'Archived' }).click()
  await expect(row).toBeVisible()
  await act('Take out of the archive')
  await expect(row).toHaveCount(0)
  if (isDrawer(floe)) await openList(floe)
  else await page.getByRole('button', { name: 'Back to all conversations' }).click()
  await expect(row).toBeVisible()
  await act('Delete')
  await expect(row).toHaveCount(0)
  await page.getByText('“Places of the world” was deleted.').hover()
  await page
    .getByRole('region', { name: 'Messages' })
    .locator('div', { hasText: 'was deleted' })
    .getByRole('button', { name: 'Undo' })
    .first()
    .click()
  if (isDrawer(floe)) await openList(floe)
  await expect(row).toBeVisible()
  await row.focus()
  await page.keyboard.press('F2')
  await name.fill('Parts of the world')
  await name.press('Enter')
  await expect(list.getByRole('link', { name: 'Parts of the world' })).toBeFocused()
})

test('every question stands in a table that can be narrowed down and leads to its turn @every-size', async ({
  floe,
}) => {
  const { page } = floe
  const first = await asked(floe, 'SELECT N_NAME AS NATION_OF_ALL FROM NATION')
  for (const sql of ['SELECT 1 AS A', 'SELECT 2 AS B', 'SELECT COUNT(*) AS C FROM PART'])
    await asked(floe, sql, { conversationId: first.conversationId })
  await page.goto(`${floe.url}/history`)
  await expect(page.getByRole('heading', { level: 1, name: 'History' })).toBeFocused()
  await expect(page.getByRole('table')).toBeVisible()
  await floe.expectAccessible()
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('nation_of_all')
  const row = page.getByRole('row').filter({ hasText: 'NATION_OF_ALL' })
  await expect(row).toHaveCount(1)
  await expect(page).toHaveURL(/q=nation_of_all/)
  await row.getByRole('button', { name: 'Add a note' }).click()
  await page.getByRole('textbox', { name: 'Note' }).fill('checked twice')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(row.getByRole('button', { name: 'checked twice' })).toBeVisible()
  await row.getByRole('button', { name: 'Keep as a favorite' }).click()
  await expect(row.getByRole('button', { name: 'Remove from favorites' })).toBeVisible()
  await page.getByRole('combobox', { name: 'Show' }).selectOption('Favorites')
  await expect(row).toHaveCount(1)
  await page.getByRole('combobox', { name: 'Outcome' }).selectOption('Stopped')
  await expect(page.getByText('Nothing matches.')).toBeVisible()
  await page.getByRole('button', { name: 'Reset the filters' }).click()
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('twice')
  await expect(row).toHaveCount(1)
  await row.getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/c/${first.conversationId}#${first.turnId}`))
  await expect(page.getByRole('article').first()).toBeInViewport()
})

test('a question is edited and asked again in its place, and a fork goes on without what came later', async ({
  floe,
}) => {
  const { page } = floe
  await floe.open()
  await floe.answer('Number of customers by nation')
  await floe.answer('only the top 3')
  await floe.turn.getByRole('button', { name: 'Change and ask again' }).click()
  await expect(floe.question).toHaveValue('only the top 3')
  await floe.question.fill('only the top 5')
  await floe.question.press('Enter')
  await floe.run.click()
  await floe.done.waitFor()
  await floe.tab('Table').click()
  await expect(floe.turn.getByRole('grid')).toHaveAttribute('aria-rowcount', '6')

  const before = page.url()
  await page.getByRole('article').first().getByRole('button', { name: 'Fork from here' }).click()
  await expect(page).not.toHaveURL(before)
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(floe.done).toBeVisible()
  await floe.answer('only the top 2')
  await floe.tab('Table').click()
  await expect(floe.turn.getByRole('grid')).toHaveAttribute('aria-rowcount', '3')
})

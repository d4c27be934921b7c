import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

/** Runs a query and shows the table of its answer. */
async function openTable(floe: FloePage, sql: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ sql, autoRun: true })
  const events = await (await fetch(`${floe.url}/api/v1/turns`, { method: 'POST', headers, body })).text()
  const conversationId = /"conversationId":"([^"]+)"/.exec(events)?.[1] ?? ''
  await floe.open(`/c/${conversationId}`)
  await floe.tab('Table').click()
  await floe.cell(1, 1).waitFor()
}

const column = async (floe: FloePage, at: number): Promise<readonly string[]> => {
  const rows = await floe.turn.locator('[data-row]').all()
  return await Promise.all(
    rows.map((row) =>
      row
        .getByRole('gridcell')
        .nth(at - 1)
        .innerText(),
    ),
  )
}
const openMenu = (floe: FloePage, name: string) =>
  floe.turn.getByRole('button', { name: `Menu of the column ${name}` }).click()
const clipboard = (floe: FloePage): Promise<unknown> => floe.page.evaluate('navigator.clipboard.readText()')

const nations = 'SELECT N_NAME, N_REGIONKEY, N_NATIONKEY FROM NATION'

test('rows are sorted by several columns, searched, and filtered by value with counts', async ({ floe }) => {
  const { page } = floe
  await openTable(floe, nations)
  const head = (at: number) => floe.turn.getByRole('columnheader').nth(at)
  await head(2).click()
  await head(1).click({ modifiers: ['Shift'] })
  await head(1).click({ modifiers: ['Shift'] })
  await expect(floe.cell(1, 1)).toHaveText('MOZAMBIQUE')
  await expect(head(1)).toContainText('number 2 of the columns it is sorted by')
  await floe.expectAccessible()

  await floe.turn.getByRole('textbox', { name: 'Search in these rows' }).fill('united')
  await expect(floe.turn.getByText('2 of 25 rows')).toBeVisible()
  expect(await column(floe, 1)).toEqual(['UNITED STATES', 'UNITED KINGDOM'])
  await floe.turn.getByRole('button', { name: 'Clear the search' }).click()

  await openMenu(floe, 'Regionkey')
  const panel = page.getByRole('dialog', { name: 'Regionkey' })
  await expect(panel.getByRole('region', { name: 'Summary' })).toContainText('Different values')
  const bars = panel.getByRole('group', { name: 'How the values are spread' }).getByRole('button').locator('span')
  await expect(bars.locator('..').nth(2)).toHaveAccessibleName('0.4 to 0.6: 0 rows')
  expect((await bars.first().boundingBox())?.height, 'the spread is drawn').toBeGreaterThan(10)
  await floe.expectAccessible()
  await panel.getByRole('checkbox', { name: /^3\b/ }).check()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(floe.turn.getByText('5 of 25 rows')).toBeVisible()
  expect(new Set(await column(floe, 2))).toEqual(new Set(['3']))
  await floe.turn.getByRole('button', { name: /^Remove the filter: / }).click()
  await expect(floe.turn.getByRole('grid')).toHaveAttribute('aria-rowcount', '26')
})

test('columns are hidden, pinned and moved, and the table is found again as it was left', async ({ floe }) => {
  const { page } = floe
  await openTable(floe, nations)
  await openMenu(floe, 'Name')
  await page.getByRole('dialog').getByRole('button', { name: 'Hide', exact: true }).click()
  await openMenu(floe, 'Nationkey')
  await page.getByRole('dialog').getByRole('button', { name: 'Pin on the left' }).click()
  await page.keyboard.press('Escape')
  const heads = floe.turn.getByRole('columnheader')
  await expect(heads).toContainText(['#', 'Nationkey', 'Regionkey'])
  await page.reload()
  await floe.tab('Table').click()
  await expect(heads).toContainText(['#', 'Nationkey', 'Regionkey'])
  await floe.turn.getByRole('button', { name: 'Columns (1 hidden)' }).click()
  await page.getByRole('dialog').getByRole('checkbox', { name: 'Name' }).check()
  await floe.expectAccessible()
  await page.keyboard.press('Escape')
  await expect(heads).toHaveCount(4)
})

test('a press on a head that was scrolled to stays there @every-size', async ({ floe }) => {
  const { page } = floe
  await openTable(floe, 'SELECT * FROM LINEITEM LIMIT 50')
  const grid = floe.turn.getByRole('grid')
  await grid.evaluate((element) => element.scrollTo(element.scrollWidth, 0))
  await openMenu(floe, 'Comment')
  const panel = page.getByRole('dialog', { name: 'Comment' })
  await expect(panel).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(grid).toBeFocused()
  expect(await grid.evaluate((element) => element.scrollLeft)).toBeGreaterThan(500)
})

test('a range of cells is marked with the keyboard and copied, formulas as text', async ({ floe, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openTable(floe, "SELECT '=cmd|x' AS A, 1.50 AS B UNION ALL SELECT 'two', 12345678901234567890.25")
  await floe.cell(1, 1).click()
  await floe.page.keyboard.press('Shift+Control+End')
  await expect(floe.turn.getByText('4 cells marked')).toBeVisible()
  await floe.page.keyboard.press('Control+c')
  await expect(floe.page.getByText('4 cells were copied.')).toBeVisible()
  expect(await clipboard(floe)).toBe("'=cmd|x\t1.50\ntwo\t12345678901234567890.25")
  await floe.turn.getByRole('button', { name: 'Other ways to copy' }).click()
  await floe.turn.getByRole('button', { name: 'Marked cells as Markdown' }).click()
  await expect.poll(() => clipboard(floe)).toContain('| A | B |\n| --- | ---: |')
})

test('a row is shown in full, JSON as a tree with every digit, and long text in pieces', async ({ floe }) => {
  const { page } = floe
  await openTable(
    floe,
    `SELECT '{"id": 12345678901234567890, "tags": ["a", "b"]}' AS DOCUMENT, REPEAT('x', 50000) AS LONG_TEXT, 1 AS N UNION ALL SELECT 'plain', 'short', 2`,
  )
  await floe.cell(1, 1).click()
  await page.keyboard.press('Enter')
  const detail = page.getByRole('dialog', { name: /^Row 1 of 2/ })
  await expect(detail.getByText('12345678901234567890')).toBeVisible()
  await expect(detail.getByRole('button', { name: 'Show 20,000 more characters' })).toBeVisible()
  await floe.expectAccessible()
  await detail.getByRole('button', { name: 'Next row' }).click()
  await expect(page.getByRole('dialog', { name: /^Row 2 of 2/ })).toContainText('plain')
  await page.keyboard.press('Escape')
  await expect(floe.turn.getByRole('grid')).toBeFocused()
})

test('sums stand below columns that add up, and none below others', async ({ floe }) => {
  await openTable(
    floe,
    'SELECT N_REGIONKEY, COUNT(*) AS ORDERS_COUNT, AVG(N_NATIONKEY) AS AVERAGE_KEY FROM NATION GROUP BY 1',
  )
  const sums = floe.turn.getByRole('row').last()
  await expect(sums.getByRole('gridcell')).toHaveText(['Σ', '', '25', ''])
})

test('names and cells that attack are shown as text', async ({ floe }) => {
  await openTable(
    floe,
    `SELECT '<img src=x onerror=alert(1)>' AS "<script>alert(1)</script>", '\u202Eevil' AS "__proto__", 'a' AS "constructor", '' AS EMPTY, NULL AS NOTHING`,
  )
  await expect(floe.cell(1, 1)).toHaveText('<img src=x onerror=alert(1)>')
  await expect(floe.cell(1, 2)).toHaveCSS('unicode-bidi', /isolate|plaintext/)
  await expect(floe.turn.getByRole('columnheader').nth(1)).toContainText('<script>alert(1)</script>')
  await openMenu(floe, '<script>alert(1)</script>')
  await floe.expectAccessible()
})

test('the whole result is worked with where the answer brought its first rows', async ({ floe }) => {
  await openTable(floe, 'SELECT L_ORDERKEY, L_LINENUMBER, L_QUANTITY, L_COMMENT FROM LINEITEM')
  const first = floe.turn.getByText('Showing the first 10,000 rows; there are more. Totals are of only these.')
  await expect(first).toBeVisible()
  await floe.turn.getByRole('button', { name: 'Work with all rows' }).click()
  await expect(floe.turn.getByText(/^Working with the whole result: 6\d,\d{3} rows/)).toBeVisible({ timeout: 60_000 })
  await expect(first).toHaveCount(0)
  await floe.turn.getByRole('grid').press('Control+End')
  await expect(floe.turn.getByRole('rowheader', { name: /^6\d{4}$/ }).last()).toBeVisible()
  await floe.turn.getByRole('button', { name: 'Back to the first rows' }).click()
  await expect(floe.turn.getByRole('grid')).toHaveAttribute('aria-rowcount', '10001')
})

test('a wide table breaks out of the thread and fills the screen when that is wanted', async ({ floe }) => {
  await openTable(floe, 'SELECT * FROM LINEITEM LIMIT 50')
  const grid = floe.turn.getByRole('grid')
  await expect.poll(async () => (await grid.boundingBox())?.width ?? 0).toBeGreaterThan(800)
  await floe.turn.getByRole('button', { name: 'Full screen' }).click()
  const full = floe.page.getByRole('dialog', { name: 'Result' })
  await expect(full.getByRole('grid')).toBeVisible()
  await floe.expectAccessible()
  await floe.page.keyboard.press('Escape')
  await expect(full).toHaveCount(0)
})

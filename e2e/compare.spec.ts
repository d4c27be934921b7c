import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

/** Asks SQL to its end; the turn. */
async function ask({ request }: Page, url: string, sql: string, conversationId = crypto.randomUUID()): Promise<string> {
  const turnId = crypto.randomUUID()
  const asked = await request.post(`${url}/api/v1/turns`, { data: { turnId, conversationId, sql, autoRun: true } })
  expect(await asked.text()).toContain('turn.done')
  return turnId
}

const regions = (values: string): string =>
  `SELECT REGION, SUM(AMOUNT) AS REVENUE, COUNT(*) AS ORDERS
FROM (VALUES ${values}) AS V (REGION, AMOUNT)
GROUP BY 1 ORDER BY 1`
const [then, now] = [
  regions("('ASIA', 1000.50), ('AFRICA', 3.00), ('EUROPE', 1.00), ('MIDDLE EAST', 20.00)"),
  regions("('ASIA', 1100.55), ('AFRICA', 3.00), ('AMERICA', 2.00), ('MIDDLE EAST', 5.00), ('MIDDLE EAST', 5.00)"),
]
const addressOf = (before: string, after: string): string => `/compare?before=${before}&after=${after}`

test('an answer is compared with an earlier one of its conversation, and the differences are taken along', async ({
  page,
  floe,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const conversationId = crypto.randomUUID()
  const before = await ask(page, floe.url, then, conversationId)
  const after = await ask(page, floe.url, now, conversationId)
  await floe.open(`/c/${conversationId}`)
  await floe.turn.getByRole('link', { name: 'Compare with…' }).click()
  await expect(page.getByRole('heading', { name: 'Compare answers', level: 1 })).toBeFocused()
  await floe.expectAccessible()
  await page.getByRole('link', { name: 'same conversation' }).click()
  await expect(page).toHaveURL(floe.url + addressOf(before, after))

  const differences = page.getByRole('region', { name: 'What changed' })
  await expect(
    differences.getByText(
      '2 of the 3 rows in both results changed, 1 is new and 1 is gone; the total of revenue rose from 1,024.50 to 1,115.55 (+8.9%)',
    ),
  ).toBeVisible()
  const table = differences.getByRole('table', { name: 'Rows that differ' })
  const line = (name: string) => table.getByRole('row').filter({ hasText: name })
  await expect(line('ASIA')).toContainText('1,000.50 → after: 1,100.55')
  await expect(line('ASIA')).toContainText('rose by+100.05 (+10%)')
  await expect(line('MIDDLE EAST').first()).toContainText('fell by-10.00 (-50%)')
  await expect(differences.getByRole('table', { name: 'Totals' }).getByRole('row')).toHaveText([
    /Total of/,
    /Revenue1,024\.50?1,115\.55rose by\+91\.05/,
    /Orders45rose by\+1 \(\+25%\)/,
  ])
  await floe.expectAccessible()

  await differences
    .getByRole('combobox', { name: 'Order of the rows' })
    .selectOption({ label: 'Largest difference in Revenue first' })
  await expect(table.getByRole('rowheader')).toHaveText([/^ASIA/, /^MIDDLE EAST/, /^AMERICA/, /^EUROPE/])
  await differences.getByRole('button', { name: 'New (1)' }).click()
  await expect(table.getByRole('rowheader')).toHaveText(['AMERICAnew'])
  await differences.getByRole('button', { name: 'All differences (4)' }).click()
  await expect(table.getByRole('rowheader')).toHaveCount(4)

  await differences.getByRole('button', { name: 'Copy the differences' }).click()
  await expect(page.getByText('The differences were copied.')).toBeVisible()
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  expect(copied.split('\n')[0]).toBe(
    'What\tREGION before\tREGION after\tREVENUE before\tREVENUE after\tREVENUE difference\tREVENUE difference in %\tORDERS before\tORDERS after\tORDERS difference\tORDERS difference in %',
  )
  expect(copied).toContain('changed\tASIA\tASIA\t1000.50\t1100.55\t100.05\t10\t1\t1\t\t')
  const download = page.waitForEvent('download')
  await differences.getByRole('button', { name: 'Download as CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('what changed.csv')
  expect(await readFile(await file.path(), 'utf8')).toContain('gone,EUROPE,,1.00,,,,1,,,\r\n')

  await page.getByText('Both results', { exact: true }).click()
  const results = page.locator('details').filter({ has: page.getByText('Both results', { exact: true }) })
  await expect(results.getByRole('heading', { level: 3 })).toHaveText(['Earlier answer', 'Later answer'])
  await results.getByRole('tab', { name: 'Table' }).first().click()
  await expect(results.getByText('EUROPE')).toBeVisible()
  await page.getByText('The queries differ').click()
  await expect(page.getByRole('region', { name: 'The queries, line by line' }).getByRole('listitem')).toHaveText([
    /^ ?in both/,
    /^−only earlier/,
    /^\+only later/,
    /in both/,
  ])
  await floe.expectAccessible()
  await page.getByRole('link', { name: 'Swap them' }).click()
  await expect(page.getByText('The “later” answer is the older one.')).toBeVisible()
  await expect(differences.getByText('fell from 1,115.55 to 1,024.50')).toBeVisible()
  await page.getByRole('link', { name: 'Open this answer' }).first().click()
  await expect(page).toHaveURL(new RegExp(`/c/${conversationId}#`))
})

test('two periods are compared by their places in the calendar, which is said', async ({ page, floe }) => {
  const monthsOf = (year: number): string =>
    `SELECT DATE_TRUNC('MONTH', O_ORDERDATE) AS ORDER_MONTH, COUNT(*) AS ORDERS FROM ORDERS WHERE YEAR(O_ORDERDATE) = ${year} GROUP BY 1 ORDER BY 1`
  const [before, after] = [await ask(page, floe.url, monthsOf(1996)), await ask(page, floe.url, monthsOf(1997))]
  await page.goto(floe.url + addressOf(before, after))
  await expect(page.getByText('the same month of each year was compared.')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Rows that differ' }).getByRole('rowheader').first()).toContainText(
    'January 1996 → January 1997',
  )
})

test('that there is nothing to compare with is said', async ({ page, floe }) => {
  await page.goto(`${floe.url}/compare`)
  await expect(page.getByText('Open an answer and choose “Compare with…” there.')).toBeVisible()
  const alone = await ask(page, floe.url, `SELECT '${crypto.randomUUID()}' AS V`)
  await page.goto(`${floe.url}/compare?after=${alone}`)
  await expect(page.getByText('There is no other answer to compare with yet.')).toBeVisible()
  await floe.expectAccessible()
})

test.describe('an answer that is not there', () => {
  test.use({ expectedMessages: /404|400/ })
  test('is told, and another can be chosen', async ({ page, floe }) => {
    const one = await ask(page, floe.url, 'SELECT 1 AS N')
    await page.goto(floe.url + addressOf(crypto.randomUUID(), one))
    await expect(page.getByRole('alert')).toContainText('There is no such answer.')
    await floe.expectAccessible()
    await page.goto(floe.url + addressOf(one, one))
    await expect(page.getByRole('alert')).toContainText('An answer cannot be compared with itself.')
    await page.getByRole('link', { name: 'Choose another answer' }).click()
    await expect(page.getByText('To be compared: Query in SQL')).toBeVisible()
  })
})

test('two runs of a favorite are chosen and compared', async ({ page, floe }) => {
  const { request } = page
  const turnId = await ask(page, floe.url, "SELECT 'x' AS NAME, 5 AS AMOUNT")
  const made = await request.post(`${floe.url}/api/v1/favorites`, { data: { turnId, title: 'By name' } })
  const { id } = (await made.json()) as { id: string }
  const change = {
    sql: "SELECT 'x' AS NAME, :n AS AMOUNT",
    parameters: [{ name: 'n', kind: 'number', label: null, default: null, options: [] }],
  }
  await request.patch(`${floe.url}/api/v1/favorites/${id}`, { data: change })
  await request.patch(`${floe.url}/api/v1/me/preferences`, { data: { autoRun: { maxBytes: 10_000_000_000 } } })
  await page.goto(`${floe.url}/favorites/${id}`)
  for (const n of ['7', '9']) {
    await page.getByLabel('n', { exact: true }).fill(n)
    await page.getByRole('button', { name: 'Run as of now' }).click()
    await expect(page.getByRole('heading', { name: 'What changed' })).toBeVisible()
    await expect(page.getByText(`rose from 5 to ${n}`).or(page.getByText(`NAME is the same`)).first()).toBeVisible()
  }
  const panel = page.getByRole('region', { name: 'Compare two runs' })
  await expect(panel.getByLabel('Later run').locator('option:checked')).toContainText('n 9')
  await expect(panel.getByLabel('Earlier run').locator('option:checked')).toContainText('n 7')
  await floe.expectAccessible()
  await panel.getByRole('link', { name: 'Compare' }).click()
  await expect(page.getByRole('region', { name: 'What changed' })).toContainText('+2')
})

for (const [width, colorScheme] of [
  [390, 'dark'],
  [390, 'light'],
  [820, 'dark'],
] as const)
  test(`fits ${width} px in ${colorScheme}`, async ({ page, floe }) => {
    await page.setViewportSize({ width, height: 844 })
    await page.emulateMedia({ colorScheme, contrast: width === 820 ? 'more' : 'no-preference' })
    const [before, after] = [await ask(page, floe.url, then), await ask(page, floe.url, now)]
    await page.goto(floe.url + addressOf(before, after))
    await expect(page.getByRole('table', { name: 'Rows that differ' })).toBeVisible()
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    const main = await page.locator('main').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
    expect(main, 'nothing is pushed out of sight').toBeLessThanOrEqual(0)
    await floe.expectAccessible()
  })

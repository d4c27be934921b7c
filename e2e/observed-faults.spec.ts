import type { Locator } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const phone = { width: 390, height: 844 }

/** Opens the answer of a query that needs no page to be asked. */
async function openAnswer(floe: FloePage, sql: string): Promise<void> {
  const conversationId = crypto.randomUUID()
  const response = await fetch(`${floe.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, sql, autoRun: true }),
  })
  expect(await response.text()).toContain('"turn.done"')
  await floe.open(`/c/${conversationId}`)
  await floe.done.waitFor()
}

/** The texts of elements whose box is too small for them. */
const cutTexts = (elements: Locator): Promise<readonly string[]> =>
  elements.evaluateAll((all) =>
    all.filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.textContent),
  )

test('queries that nobody ran keep nobody from asking', async ({ floe }) => {
  await floe.open()
  for (let count = 0; count < 9; count += 1) {
    await floe.ask('How many customers are there?')
    await floe.run.waitFor()
    await floe.page.getByRole('link', { name: 'New question' }).first().click()
    await expect(floe.page.getByRole('article')).toHaveCount(0)
  }
  await floe.answer('How many nations are there?')
})

test('values and heads that fit are not cut @every-size', async ({ floe }) => {
  await openAnswer(floe, 'SELECT C_NAME, C_CUSTKEY, C_PHONE, C_ACCTBAL, C_MKTSEGMENT FROM CUSTOMER LIMIT 50')
  await floe.tab('Table').click()
  await expect(floe.cell(1, 1)).toHaveText(/^Customer#\d{9}$/)
  expect(await cutTexts(floe.turn.getByRole('gridcell'))).toEqual([])
  await openAnswer(
    floe,
    'SELECT -0.00001::FLOAT AS AMOUNT, 0.3333333333333333::FLOAT AS CUSTOMERS, 1 AS LOWEST, 12345678901234567890 AS COLUMN_10 FROM REGION',
  )
  await floe.tab('Table').click()
  await floe.cell(1, 1).waitFor()
  expect(await cutTexts(floe.turn.getByRole('gridcell').or(floe.turn.locator('[role=columnheader] span')))).toEqual([])
})

test('labels of an axis differ from one another', async ({ floe }) => {
  await openAnswer(floe, 'SELECT L_SHIPMODE, AVG(L_DISCOUNT) AS AVERAGE_DISCOUNT FROM LINEITEM GROUP BY 1')
  const texts = floe.turn.locator('figure svg text')
  await texts.first().waitFor()
  const numbers = (await texts.allTextContents()).filter((text) => /^[\d.,]+ ?%?$/.test(text))
  expect(numbers.length).toBeGreaterThan(2)
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('numbers are written alike in the sentence and in the table', async ({ floe }) => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ numberFormat: 'point-comma' })
  await fetch(`${floe.url}/api/v1/me/preferences`, { method: 'PATCH', headers, body })
  await openAnswer(floe, "SELECT 'low' AS KIND, -1234567.25 AS TOTAL UNION ALL SELECT 'high', 98765.5")
  await expect(floe.turn).toContainText('98.765,5')
  await floe.tab('Table').click()
  await expect(floe.turn.getByRole('gridcell', { name: '-1.234.567,25' })).toBeVisible()
  await expect(floe.turn).toContainText('the lowest, -1.234.567,25')
  await expect(floe.turn).not.toContainText('1,234')
})

test('an edited query that was stopped is run again as it was edited', async ({ floe }) => {
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.edit(
    'SELECT COUNT(*) AS EDITED FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY',
  )
  await floe.propose()
  await floe.turn.getByText('Edited by you').waitFor()
  await floe.run.click()
  await floe.turn.getByText(/^Running on/).waitFor()
  await floe.question.fill('and per year?')
  await floe.question.press('Enter')
  await expect(floe.page.getByRole('alert')).toContainText('One question at a time')
  await floe.stop.click()
  await floe.turn.getByRole('button', { name: 'Run again' }).click()
  await expect(floe.page.getByRole('article')).toHaveCount(2)
  await floe.run.waitFor()
  await expect(floe.turn.getByRole('group', { name: 'SQL text' })).toContainText('EDITED')
  await expect(floe.question).toHaveValue('and per year?')
})

test('a greeting is answered as one', async ({ floe }) => {
  await floe.open()
  for (const [words, answer] of [
    ['hi', /^Hello!/],
    ['thanks, that was great!', /welcome|glad/i],
  ] as const) {
    await floe.ask(words)
    await expect(floe.turn).toHaveAccessibleName(words)
    await expect(floe.turn.getByText(answer)).toBeVisible()
    await expect(floe.alert).toHaveCount(0)
    await expect(floe.turn).not.toContainText(/Not answered|of 8 tables|could not match/)
  }
})

test('on a phone every bar has a name of its own, and amounts do not lie on one another', async ({ floe }) => {
  await floe.page.setViewportSize(phone)
  await floe.open()
  await floe.answer('Which five customers spent the most in 1996?')
  const names = floe.turn.locator('figure svg text').filter({ hasText: 'Customer' })
  await expect(names).toHaveText(Array.from({ length: 5 }, () => /^Customer.*\d{7}$/))
  expect(new Set(await names.allTextContents()).size).toBe(5)
  const ends = await floe.turn
    .locator('figure svg text')
    .filter({ hasText: /^[\d.]+[KM]?$/ })
    .evaluateAll((texts) =>
      texts.map((text) => text.getBoundingClientRect()).map(({ left, right }) => ({ left, right })),
    )
  for (const [at, { left }] of ends.entries()) expect(left).toBeGreaterThan(ends[at - 1]?.right ?? 0)
})

test('cells of a megabyte leave the page at hand', async ({ floe }) => {
  await openAnswer(
    floe,
    "SELECT REPEAT('x', 1000000) AS A, REPEAT('y', 1000000) AS B, REPEAT('z', 1000000) AS C, R_NAME FROM REGION",
  )
  await floe.tab('Table').click()
  await floe.cell(1, 1).waitFor()
  const sizes = await floe.turn.getByRole('gridcell').evaluateAll((cells) => cells.map((cell) => cell.outerHTML.length))
  expect(Math.max(...sizes)).toBeLessThan(5_000)
  await floe.cell(1, 1).click()
  await floe.tab('SQL').click()
  await floe.question.fill('still here')
  await expect(floe.question).toHaveValue('still here')
})

test('the kind of chart and the order of rows outlive a look at another view', async ({ floe }) => {
  await floe.open()
  await floe.answer('Total order price by year')
  const kind = floe.turn.getByRole('group', { name: 'Kind of chart' }).getByRole('button', { pressed: false }).first()
  const chosen = floe.turn.getByRole('button', { name: (await kind.getAttribute('aria-label')) ?? '', exact: true })
  await kind.click()
  await floe.tab('Table').click()
  const head = floe.turn.getByRole('columnheader').nth(1)
  await head.click()
  await head.click()
  await expect(head).toHaveAttribute('aria-sort', 'descending')
  await floe.tab('Chart').click()
  await expect(chosen).toHaveAttribute('aria-pressed', 'true')
  await floe.tab('Table').click()
  await expect(head).toHaveAttribute('aria-sort', 'descending')
})

test('texts from right to left stand as they are read, and keep to their cell', async ({ floe }) => {
  await openAnswer(floe, "SELECT 'مرحبا 123' AS GREETING, 5 AS N UNION ALL SELECT 'plain', 3")
  await floe.tab('Table').click()
  await expect(floe.turn.getByRole('gridcell', { name: 'مرحبا 123' })).toHaveCSS('direction', 'rtl')
  await expect(floe.turn.getByRole('gridcell', { name: 'plain' })).toHaveCSS('direction', 'ltr')
})

test('a query is edited on a phone with its button and its refusal in sight', async ({ floe }) => {
  await floe.page.setViewportSize(phone)
  await floe.open()
  await floe.ask('Which five customers spent the most in 1996?')
  await floe.edit('DELETE FROM ORDERS')
  const propose = floe.page.getByRole('button', { name: 'Check & propose' })
  await expect(propose).toBeInViewport({ ratio: 1 })
  await propose.click()
  await expect(floe.alert).toBeInViewport({ ratio: 1 })
  await floe.expectAccessible()
})

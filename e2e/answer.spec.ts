import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const perYear = 'How many orders were placed per year?'

test('a question becomes a query to review, and the query an answer @every-size', async ({ floe }) => {
  await floe.open()
  await expect(floe.page.getByRole('heading', { level: 1 })).toHaveText('What would you like to know?')
  await expect(
    floe.page.getByRole('list', { name: 'Questions to start with' }).getByRole('button').first(),
  ).toBeVisible()
  await floe.expectAccessible()

  await floe.ask(perYear)
  await floe.turn.getByRole('button', { name: 'Query ready for your review' }).click()
  await expect(floe.turn.getByRole('listitem').filter({ hasText: 'Finding the right tables' })).toContainText('ORDERS')
  await expect(floe.turn.getByText('Read-only, checked')).toBeVisible()
  await expect(floe.turn.getByText(/^Reads at most [\d,]+ rows/)).toBeVisible()
  await expect(floe.turn.getByRole('group', { name: 'SQL text' })).toContainText('COUNT(')
  await expect(floe.page.getByRole('status')).toHaveText('Query ready to review.')
  await floe.expectAccessible()

  const words = floe.turn.locator('[data-part=question]')
  const parts = floe.turn.locator('[data-part=query]')
  await words.getByText('per').focus()
  await expect(parts.and(floe.page.locator('[data-marked]'))).toHaveText(['YEAR(', 'O_ORDERDATE', ')'])
  await expect(words.getByText('per')).toHaveAccessibleDescription('Answered by YEAR(O_ORDERDATE).')
  await floe.page.keyboard.press('ArrowRight')
  await expect(words.getByText('year')).toBeFocused()
  await parts.filter({ hasText: 'COUNT' }).focus()
  await expect(words.and(floe.page.locator('[data-marked]'))).toHaveText(['How many'])
  await floe.expectAccessible()
  await floe.question.focus()
  await expect(floe.turn.locator('[data-marked]')).toHaveCount(0)

  await floe.run.click()
  await floe.done.waitFor()
  await expect(words).toHaveCount(0)
  await expect(floe.turn.getByRole('figure').getByRole('img', { name: /chart/ })).toBeVisible()
  await expect(floe.turn.getByRole('figure')).toContainText('chosen because')
  await expect(floe.page.getByRole('status')).toHaveText('Answer ready. 7 rows.')
  await floe.expectAccessible()

  await floe.tab('Table').click()
  await expect(floe.turn.getByRole('rowheader')).toHaveText(['1', '2', '3', '4', '5', '6', '7'])
  await expect(floe.cell(1, 1)).toHaveText('1992')
  await floe.expectAccessible()

  await floe.tab('SQL').click()
  await expect(floe.turn.getByRole('group', { name: 'SQL text' })).toContainText('COUNT(')
  await floe.expectAccessible()
})

test('the steps fold when the answer is there and open again', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  await expect(floe.turn.getByText('Understanding your question')).toBeHidden()
  await floe.done.click()
  await expect(floe.turn.getByRole('listitem').filter({ hasText: 'Running the query' })).toContainText('7 rows')
  await floe.expectAccessible()
})

test('another kind of chart is one press away', async ({ floe }) => {
  await floe.open()
  await floe.answer('Total order price by year')
  const kinds = floe.turn.getByRole('group', { name: 'Kind of chart' }).getByRole('button')
  const other = kinds.filter({ hasNot: floe.page.locator('[aria-pressed=true]') }).last()
  await other.click()
  await expect(other).toHaveAttribute('aria-pressed', 'true')
  await expect(floe.turn.getByRole('figure').getByRole('img', { name: /chart/ })).toBeVisible()
})

test('a head sorts, a cell is copied exactly', async ({ floe, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await floe.open()
  await floe.answer(perYear)
  await floe.tab('Table').click()
  const head = floe.turn.getByRole('columnheader').nth(1)
  await head.click()
  await head.click()
  await expect(head).toHaveAttribute('aria-sort', 'descending')
  await expect(floe.cell(1, 1)).toHaveText('1998')
  await floe.cell(1, 2).click()
  const shown = await floe.cell(1, 2).innerText()
  const copy = floe.turn.getByRole('button', { name: /of the marked cell/ })
  await copy.click()
  await expect(copy).toContainText('Copied')
  expect(await floe.page.evaluate('navigator.clipboard.readText()')).toBe(shown.replaceAll(',', ''))
})

test('a follow-up is asked with one press, and only the last answer has them', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  const next = floe.page.getByRole('region', { name: 'Ask next' })
  const text = await next.getByRole('button').first().innerText()
  await next.getByRole('button').first().click()
  await expect(floe.page.getByRole('article')).toHaveCount(2)
  // The question as it is seen: hidden descriptions of its words stand between them.
  await expect(floe.turn.getByRole('heading')).toContainText(text, { useInnerText: true })
  await floe.run.click()
  await floe.done.waitFor()
  await expect(next).toHaveCount(1)
})

test('what a follow-up takes over is shown, and is taken off with one press @every-size', async ({ floe }) => {
  await floe.open()
  await floe.answer('Which 3 customers placed the most orders in 1996?')
  await floe.ask('only in Germany')
  const chips = floe.turn.getByRole('definition').getByRole('listitem')
  await expect(chips).toHaveText(['customers', 'in 1996', 'top 3'])
  // What the question is about cannot be taken off.
  await expect(floe.turn.getByRole('button', { name: /^Ask again without/ })).toHaveCount(2)
  await floe.expectAccessible()
  await floe.turn.getByRole('button', { name: 'Ask again without "in 1996"' }).click()
  await expect(floe.page.getByRole('article')).toHaveCount(3)
  await expect(chips).toHaveText(['customers', 'top 3'])
  await expect(floe.turn.getByRole('heading')).toContainText('only in Germany')
  await expect(floe.turn.getByRole('group', { name: 'SQL text' })).not.toContainText('1996')
  await floe.run.click()
  await floe.done.waitFor()
  await expect(chips).toHaveText(['customers', 'top 3'])
})

test('words that an edited query does not answer are named', async ({ floe }) => {
  await floe.open()
  await floe.ask('How many orders were placed in 1996?')
  await floe.edit('SELECT COUNT(*) AS N FROM ORDERS')
  await floe.propose()
  await expect(floe.turn.getByText(/^Not found in the query: .*"in 1996"/)).toBeVisible()
  await expect(floe.turn.getByTitle('Not found in the query')).toContainText(['in 1996'])
  await floe.run.click()
  await floe.done.waitFor()
  await expect(floe.turn.getByText(/^Not found in the query: .*"in 1996"/)).toBeVisible()
})

test('queries run without asking once that is switched on', async ({ floe }) => {
  await floe.open()
  await floe.page.getByRole('switch', { name: 'Run without asking' }).click()
  await floe.ask(perYear)
  await floe.done.waitFor()
  await expect(floe.run).toHaveCount(0)
  await expect(floe.turn.getByText('Ran by itself because of your setting')).toBeVisible()
})

test('a question that cannot be answered is declined with ones that can', async ({ floe }) => {
  await floe.open()
  await floe.ask('What is the meaning of a good breakfast?')
  await expect(floe.alert).toBeVisible()
  await expect(floe.turn.getByText('Not answered')).toBeVisible()
  await expect(floe.page.getByRole('region', { name: 'Questions that can be answered' })).toBeVisible()
  await floe.expectAccessible()
})

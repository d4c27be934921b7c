import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const question = 'How many customers are there?'

test('a changed query is checked, proposed anew and run @every-size', async ({ floe }) => {
  await floe.open()
  await floe.ask(question)
  await floe.edit("SELECT R_NAME, 'kept' AS NOTE FROM REGION ORDER BY R_NAME")
  await expect(floe.turn.getByText('Changed, not checked yet')).toBeVisible()
  await floe.expectAccessible()
  await floe.propose()
  await expect(floe.turn.getByText('Edited by you')).toBeVisible()
  await expect(floe.turn.getByText('Read-only, checked')).toBeVisible()
  await expect(floe.editor).toHaveCount(0)
  await floe.run.click()
  await floe.done.waitFor()
  await floe.tab('Table').click()
  await expect(floe.cell(1, 1)).toHaveText('AFRICA')
  await expect(floe.cell(5, 2)).toHaveText('kept')
})

test('a change that would write is refused with its reason, and the earlier query still runs', async ({ floe }) => {
  await floe.open()
  await floe.ask(question)
  await floe.edit('DELETE FROM ORDERS')
  await floe.propose()
  await expect(floe.alert).toContainText('The query proposed before is still there.')
  await expect(floe.editor).toContainText('DELETE FROM ORDERS')
  await floe.expectAccessible()
  await floe.page.getByRole('button', { name: 'Discard changes' }).click()
  await expect(floe.alert).toHaveCount(0)
  await floe.run.click()
  await floe.done.waitFor()
})

test('a name that is not there is refused, and what was typed is kept', async ({ floe }) => {
  await floe.open()
  await floe.ask(question)
  await floe.edit('SELECT NO_SUCH_COLUMN FROM ORDERS')
  await floe.propose()
  await expect(floe.alert).toContainText('NO_SUCH_COLUMN')
  await expect(floe.editor).toContainText('SELECT NO_SUCH_COLUMN FROM ORDERS')
})

test('values are shown with every digit, nothing and empty text apart', async ({ floe }) => {
  await floe.open()
  await floe.ask(question)
  await floe.edit(
    "SELECT 12345678901234567890123456789012345678 AS BIG, CAST('0.10' AS NUMBER(12,2)) AS MONEY, NULL AS NOTHING, '' AS EMPTY, '<b>&' AS MARKUP",
  )
  await floe.propose()
  await floe.turn.getByText('Edited by you').waitFor()
  await floe.run.click()
  await floe.done.waitFor()
  await floe.tab('Table').click()
  const texts = ['12,345,678,901,234,567,890,123,456,789,012,345,678', '0.10', 'NULL', '""', '<b>&']
  for (const [index, text] of texts.entries()) await expect(floe.cell(1, index + 1)).toHaveText(text)
})

test('a long result says that there is more, and is scrolled without being drawn whole', async ({ floe }) => {
  await floe.open()
  await floe.ask(question)
  await floe.edit('SELECT * FROM LINEITEM')
  await floe.propose()
  await floe.turn.getByText('Edited by you').waitFor()
  await floe.run.click()
  await floe.done.waitFor()
  await floe.tab('Table').click()
  await expect(floe.turn.getByText('Showing the first 10,000 rows; there are more.')).toBeVisible()
  const grid = floe.turn.getByRole('grid')
  await expect(grid).toHaveAttribute('aria-rowcount', '10001')
  await grid.focus()
  await grid.press('Control+End')
  await expect(floe.turn.getByRole('rowheader', { name: '10000', exact: true })).toBeVisible()
  expect(await floe.turn.getByRole('row').count()).toBeLessThan(60)
})

test('an empty result keeps its columns and says so', async ({ floe }) => {
  await floe.open()
  await floe.ask(question)
  await floe.edit('SELECT R_NAME FROM REGION WHERE 1 = 0')
  await floe.propose()
  await floe.turn.getByText('Edited by you').waitFor()
  await floe.run.click()
  await floe.done.waitFor()
  await expect(floe.turn.getByRole('columnheader', { name: 'Name' })).toBeVisible()
  await expect(floe.turn.getByText('The query ran and found no rows.')).toBeVisible()
  await floe.expectAccessible()
})

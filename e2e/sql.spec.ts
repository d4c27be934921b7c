import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const question = 'How many customers are there?'
const options = ({ page }: FloePage) => page.locator('.cm-tooltip-autocomplete [role=option]')
const writeSql = async (floe: FloePage): Promise<void> => {
  await floe.open()
  await floe.page.getByRole('button', { name: 'Write SQL' }).click()
  await expect(floe.editor).toBeFocused()
}

test("SQL of one's own is completed, proposed and run, with Ctrl+Enter there only @every-size", async ({ floe }) => {
  const { page } = floe
  await writeSql(floe)
  await floe.expectAccessible()
  await page.keyboard.type('SELECT o. FROM ord')
  await expect(options(floe).first()).toContainText('ORDERS')
  await options(floe).first().click()
  await page.keyboard.type(' o LIMIT 3')
  await page.keyboard.press('Home')
  for (let step = 0; step < 'SELECT o.'.length; step += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.type('tot')
  await expect(options(floe).first()).toContainText('O_TOTALPRICE')
  await options(floe).first().click()
  await expect(floe.editor).toContainText('SELECT o.O_TOTALPRICE FROM')
  await page.keyboard.press('Control+Enter')
  await floe.run.waitFor()
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeVisible()
  await floe.question.focus()
  await page.keyboard.press('Control+Enter')
  await expect(floe.run).toBeVisible()
  await floe.run.focus()
  await page.keyboard.press('Control+Enter')
  await floe.done.waitFor()
})

test('a text that is SQL is not read as a question without asking', async ({ floe }) => {
  await floe.open()
  await floe.ask("SELECT COUNT(*) FROM ORDERS WHERE O_ORDERSTATUS = 'F'")
  const offer = floe.page.getByRole('alert').filter({ hasText: 'This looks like SQL' })
  await expect(offer).toBeVisible()
  await floe.expectAccessible()
  await offer.getByRole('button', { name: 'Run as SQL' }).click()
  await floe.run.click()
  await floe.done.waitFor()
  await expect(floe.question).toHaveValue('')
})

test('faults are marked at their places, and any change takes the marks away', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.ask(question)
  await floe.edit('SELECT NO_SUCH, C_NAME, NOR_THIS FROM CUSTOMER')
  await floe.propose()
  await expect(floe.alert).toContainText('NO_SUCH')
  await expect(page.locator('.cm-fault')).toHaveText(['NO_SUCH', 'NOR_THIS'])
  await floe.expectAccessible()
  await floe.editor.press('End')
  await page.keyboard.type(' ')
  await expect(page.locator('.cm-fault')).toHaveCount(0)
  await floe.editor.fill('SELECT C_NAME FRM CUSTOMER x y')
  await floe.propose()
  await expect(page.locator('.cm-fault')).toHaveCount(1)
})

test('faults are marked while SQL is written, and what is unfinished at its end is left alone', async ({ floe }) => {
  const { page } = floe
  await writeSql(floe)
  const checked = page.waitForResponse((response) => response.url().endsWith('/api/v1/sql/check'))
  await page.keyboard.type('SELECT NO_SUCH, ')
  await checked
  await expect(page.locator('.cm-fault')).toHaveCount(0)
  await page.keyboard.type('C_NAME FROM CUSTOMER')
  await expect(page.locator('.cm-fault')).toHaveText(['NO_SUCH'])
  await expect(page.getByText('There is no column NO_SUCH')).toBeVisible()
  await floe.expectAccessible()
  await floe.editor.fill('SELECT C_NAME FROM CUSTOMER')
  await expect(page.getByText('There is no column NO_SUCH')).toBeHidden()
  await expect(page.locator('.cm-fault')).toHaveCount(0)
})

test('SQL is laid out anew, and one undo takes it back; Tab leaves the editor', async ({ floe }) => {
  const { page } = floe
  await writeSql(floe)
  await page.keyboard.type('select r_name from region where r_regionkey > 1 ')
  await page.getByRole('button', { name: 'Format' }).click()
  await expect(floe.editor).toContainText('SELECT')
  await expect(floe.editor.locator('.cm-line')).not.toHaveCount(1)
  await page.keyboard.press('Control+z')
  await expect(floe.editor).toContainText('select r_name from region where')
  await page.keyboard.press('Tab')
  await expect(floe.editor).not.toBeFocused()
  await page.reload()
  await expect(floe.editor).toContainText('select r_name from region where')
  await page.keyboard.press('Escape')
  await expect(floe.question).toBeVisible()
  await page.getByRole('button', { name: 'Write SQL' }).click()
  await expect(floe.editor).toContainText('select r_name from region where')
})

import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const list = ({ page }: FloePage) => page.getByRole('listbox', { name: 'Tables, columns and favorites' })
const chips = ({ page }: FloePage) => page.getByRole('list', { name: 'Chosen names' }).getByRole('listitem')

test('a table and its column are chosen by keyboard, and the query uses them @every-size', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.question.pressSequentially('average @cust')
  await expect(list(floe).getByRole('option').first()).toContainText('CUSTOMER')
  await expect(floe.question).toHaveAttribute('aria-activedescendant', /./)
  await floe.expectAccessible()
  await page.keyboard.press('.')
  await expect(floe.question).toHaveValue('average @CUSTOMER.')
  await floe.question.pressSequentially('acct')
  await expect(list(floe).getByRole('option').first()).toContainText('C_ACCTBAL')
  await page.keyboard.press('Enter')
  await expect(floe.question).toHaveValue('average @CUSTOMER.C_ACCTBAL ')
  await expect(list(floe)).toHaveCount(0)
  await expect(chips(floe)).toHaveText([/Column .*CUSTOMER\.C_ACCTBAL/])
  await floe.expectAccessible()
  await page.keyboard.press('Enter')
  await floe.run.waitFor()
  await expect(floe.turn).toContainText('C_ACCTBAL')
  await expect(chips(floe)).toHaveCount(0)
})

test('Ctrl+Z gives back what was typed, and what was chosen comes back with its text', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.question.pressSequentially('how many @ord')
  await list(floe).getByRole('option').first().waitFor()
  await page.keyboard.press('Tab')
  await expect(floe.question).toHaveValue('how many @ORDERS ')
  await expect(chips(floe)).toHaveCount(1)
  await page.keyboard.press('Control+z')
  await expect(floe.question).toHaveValue(/^how many @ord?$/)
  await expect(chips(floe)).toHaveCount(0)
  await page.keyboard.press('Control+y')
  await expect(chips(floe)).toHaveCount(1)
})

test('Esc closes the list and leaves the text; moving the caret away does as well', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.question.pressSequentially('show @nat')
  await list(floe).waitFor()
  await page.keyboard.press('Escape')
  await expect(list(floe)).toHaveCount(0)
  await expect(floe.question).toHaveValue('show @nat')
  await floe.question.pressSequentially('i')
  await expect(list(floe)).toHaveCount(0)
  await floe.question.pressSequentially(' and @reg')
  await list(floe).waitFor()
  await page.keyboard.press('Home')
  await expect(list(floe)).toHaveCount(0)
})

test('keys of an input method neither choose nor send', async ({ floe }) => {
  await floe.open()
  await floe.question.pressSequentially('show @nat')
  await list(floe).getByRole('option').first().waitFor()
  await floe.page.evaluate(`
    for (const init of [{ isComposing: true }, { keyCode: 229 }])
      document.querySelector('#question').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }))
  `)
  await expect(floe.question).toHaveValue('show @nat')
  await expect(floe.page).toHaveURL(`${floe.url}/`)
})

test('a name that is taken back is a word again; one that does not fit says so', async ({ floe }) => {
  await floe.open()
  await floe.question.pressSequentially('how many @ORDE')
  await list(floe).getByRole('option').first().click()
  await expect(floe.question).toHaveValue('how many @ORDERS ')
  await chips(floe).getByRole('button').click()
  await expect(floe.question).toHaveValue('how many ORDERS ')
  await expect(chips(floe)).toHaveCount(0)
  await floe.question.pressSequentially('@zzzz')
  await expect(list(floe).getByRole('option')).toHaveCount(0)
  await expect(floe.page.getByText('No table, column or favorite is called so').first()).toBeAttached()
})

test('what is written stays with its conversation: over a reload, other pages and other conversations', async ({
  floe,
}) => {
  const { page } = floe
  await floe.open()
  await floe.answer('How many customers are there?')
  await floe.question.pressSequentially('and @nat')
  await list(floe).getByRole('option').first().click()
  await floe.question.pressSequentially('of them')
  await page.reload()
  await expect(floe.question).toHaveValue('and @NATION of them')
  await expect(chips(floe)).toHaveCount(1)
  const here = page.url()
  await page.getByRole('link', { name: 'New question' }).first().click()
  await expect(floe.question).toHaveValue('')
  await floe.question.fill('something new')
  await page.goto(here)
  await expect(floe.question).toHaveValue('and @NATION of them')
  await page.goto(`${floe.url}/settings`)
  await page.goto(`${floe.url}/`)
  await expect(floe.question).toHaveValue('something new')
  await floe.question.fill('')
})

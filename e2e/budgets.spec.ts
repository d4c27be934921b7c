import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)

test('admins set and remove a budget; who has one sees it, and is refused beyond it @every-size', async ({
  visitor,
  another,
}) => {
  const { page } = visitor
  const somebody = `budget-${test.info().project.name}`
  const shown = `${somebody.charAt(0).toUpperCase()}${somebody.slice(1)} Example`
  const other = await another()
  await other.visit('/account')
  await other.signIn(somebody)
  await expect(other.page.getByText('There is no limit for you.')).toBeVisible()
  await visitor.visit('/people')
  await visitor.signIn('ada')
  const form = page.getByRole('form', { name: 'Set a budget' })
  await form.getByRole('combobox', { name: 'For' }).selectOption(shown)
  await form.getByRole('button', { name: 'Set' }).click()
  await expect(form.getByRole('alert')).toContainText('Write how many gigabytes')
  await visitor.expectAccessible()
  await form.getByRole('textbox', { name: 'GB read a day' }).fill('0')
  await form.getByRole('textbox', { name: 'Tokens a day' }).fill('5000')
  await form.getByRole('button', { name: 'Set' }).click()
  const row = page.getByRole('list', { name: 'Budgets' }).getByRole('listitem').filter({ hasText: shown })
  await expect(row).toContainText('0 bytes of 0 bytes today · 0 tokens of 5,000 tokens today')
  await visitor.expectAccessible()

  await other.page.reload()
  const limits = other.page.getByRole('list', { name: 'Limits' }).getByRole('listitem')
  await expect(limits).toHaveText(['You, read: 0 bytes of 0 bytes', 'You, tokens of models: 0 tokens of 5,000 tokens'])
  await other.expectAccessible()
  await other.visit('/')
  await other.floe.ask('How many orders are there?')
  await expect(
    other.page.getByText(/You have used 0 bytes of 0 bytes today; it starts again at 00:00 UTC/),
  ).toBeVisible()

  await row.getByRole('button', { name: `Remove the budget: ${shown}` }).click()
  const dialog = page.getByRole('dialog', { name: `Remove the budget “${shown}”?` })
  await visitor.expectAccessible()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(row).toHaveCount(0)
})

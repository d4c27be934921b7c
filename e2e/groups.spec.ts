import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)

test('admins make a group, put people into it, rename and delete it @every-size', async ({ visitor, another }) => {
  const somebody = await another()
  await somebody.visit('/')
  await somebody.signIn('gus')
  const { page } = visitor
  const name = `Finance ${test.info().project.name}`
  await visitor.visit('/people')
  await visitor.signIn('ada')
  const form = page.getByRole('form', { name: 'New group' })
  await form.getByRole('button', { name: 'Make a group' }).click()
  await expect(form.getByRole('alert')).toHaveText('Write what the group is called.')
  await form.getByRole('textbox').fill(name)
  await form.getByRole('textbox').press('Enter')
  const row = page.getByRole('list', { name: 'Groups' }).locator('> li').filter({ hasText: name })
  await expect(row).toContainText('0 people')
  await form.getByRole('textbox').fill(name.toUpperCase())
  await form.getByRole('textbox').press('Enter')
  await expect(form.getByRole('alert')).toContainText('already')

  await row.locator('summary').press('Enter')
  await expect(row.getByText('Nobody is in this group yet.')).toBeVisible()
  await visitor.expectAccessible()
  await row.getByRole('combobox', { name: 'Add somebody' }).selectOption('Gus Example (gus@example.com)')
  await row.getByRole('button', { name: 'Add' }).click()
  const members = row.getByRole('list', { name: `Members of ${name}` }).getByRole('listitem')
  await expect(members).toHaveCount(1)
  await expect(members).toContainText('Gus Example')
  await expect(row).toContainText('1 person')
  await visitor.expectAccessible()
  await members.getByRole('button', { name: /^Remove Gus Example .* from/ }).click()
  await expect(members).toHaveCount(0)
  await expect(row.getByRole('combobox', { name: 'Add somebody' })).toBeFocused()

  const renamed = page
    .getByRole('list', { name: 'Groups' })
    .locator('> li')
    .filter({ hasText: `${name} and tax` })
  await expect(row.getByRole('button', { name: 'Rename' })).toBeDisabled()
  await row.getByRole('textbox', { name: 'Name' }).fill(`${name} and tax`)
  await row.getByRole('textbox', { name: 'Name' }).press('Enter')
  await renamed.getByRole('button', { name: /^Delete the group/ }).click()
  const dialog = page.getByRole('dialog', { name: `Delete the group “${name} and tax”?` })
  await expect(dialog).toContainText('Its people stay')
  await visitor.expectAccessible()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(renamed).toHaveCount(0)
  await expect(visitor.heading('Groups')).toBeFocused()
})

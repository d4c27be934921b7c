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

test('admins share a connection with a group, whose people find it in their list @every-size', async ({
  visitor,
  another,
}) => {
  const { page } = visitor
  const name = `Analysts ${test.info().project.name}`
  const connection = `Warehouse ${test.info().project.name}`
  await visitor.visit('/people')
  await visitor.signIn('ada')
  const gus = await another()
  await gus.visit('/')
  await gus.signIn('gus')
  const gusId: unknown = await gus.page.evaluate(
    `fetch('/api/v1/me').then((answer) => answer.json()).then(({ id }) => id)`,
  )
  await page.evaluate(`(async () => {
    const send = async (method, path, body) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch('/api/v1' + path, { method, ...(body ? { headers, body: JSON.stringify(body) } : {}) })
      return await answer.json()
    }
    const group = await send('POST', '/groups', { name: ${JSON.stringify(name)} })
    await send('PUT', '/groups/' + group.id + '/members/' + ${JSON.stringify(gusId)})
    await send('POST', '/connections', {
      name: ${JSON.stringify(connection)},
      account: 'myorg-myaccount',
      signIn: { method: 'access_token', token: 'never-used' },
    })
  })()`)
  await page.reload()
  const row = page.getByRole('list', { name: 'Groups' }).locator('> li').filter({ hasText: name })
  await row.locator('summary').click()
  await expect(row.getByText('No connection is shared with this group yet.')).toBeVisible()
  await row.getByRole('button', { name: `Share a connection with ${name}` }).click()
  const form = row.getByRole('form', { name: `Share with ${name}` })
  await form.getByRole('combobox', { name: 'Connection' }).selectOption(connection)
  await form.getByRole('textbox', { name: 'Role in Snowflake' }).fill('ANALYST')
  await form.getByRole('textbox', { name: 'Most rows of one result' }).fill('many')
  await form.getByRole('button', { name: 'Share' }).click()
  await expect(form.getByRole('alert')).toContainText('whole numbers of rows')
  await visitor.expectAccessible()
  await form.getByRole('textbox', { name: 'Most rows of one result' }).fill('1000')
  await form.getByRole('textbox', { name: 'Refuse above, in GB' }).fill('0.5')
  await form.getByRole('checkbox', { name: 'Results may be written to files' }).uncheck()
  await form.getByRole('checkbox', { name: 'People, by hand' }).uncheck()
  await form.getByRole('button', { name: 'Share' }).click()
  const shared = row.getByRole('list', { name: `Connections of ${name}` }).getByRole('listitem')
  await expect(shared).toContainText(
    'As the role ANALYST · at most 1,000 rows · refuses above 500 MB · no exports · written only by offline',
  )
  await visitor.expectAccessible()

  await gus.page.reload()
  await gus.page.getByRole('button', { name: /^Connection: / }).click()
  await expect(gus.page.getByRole('option', { name: connection })).toContainText(
    'Snowflake myorg-myaccount · shared by Ada Example as ANALYST',
  )
  await gus.page.keyboard.press('Escape')

  await shared.getByRole('button', { name: `Change ${connection} for ${name}` }).click()
  const terms = row.getByRole('form', { name: `Terms of ${connection} for ${name}` })
  await expect(terms.getByRole('textbox', { name: 'Refuse above, in GB' })).toHaveValue('0.5')
  await terms.getByRole('textbox', { name: 'Role in Snowflake' }).fill('')
  await terms.getByRole('button', { name: 'Save' }).click()
  await expect(shared).toContainText('As the connection’s own role')
  await shared.getByRole('button', { name: `Remove ${connection} from ${name}` }).click()
  const dialog = page.getByRole('dialog', { name: `Stop sharing “${connection}” with “${name}”?` })
  await visitor.expectAccessible()
  await dialog.getByRole('button', { name: 'Stop sharing' }).click()
  await expect(row.getByText('No connection is shared with this group yet.')).toBeVisible()
  await gus.page.reload()
  await expect(gus.floe.question).toBeVisible()
  await expect(gus.page.getByText(connection)).toHaveCount(0)
})

import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect as expectLocal, test as testLocal } from './floe-test.ts'
import { expect, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)
testLocal.skip(lacksChromium, lackedChromium)

const question = 'How many customers are there in each nation?'

test('a conversation is shared without rows, read by somebody else, and run with their own rights @every-size', async ({
  visitor,
  another,
}) => {
  await visitor.visit('/')
  await visitor.signIn('sam')
  await visitor.floe.answer(question)
  const { page } = visitor
  await visitor.floe.tab('Table').click()
  const nation = await visitor.floe.cell(1, 1).innerText()
  expect(nation).toMatch(/[A-Z]{3}/)

  const button = page.getByRole('button', { name: 'Share conversation' })
  await button.click()
  const dialog = page.getByRole('dialog', { name: 'Share this conversation' })
  await expect(dialog.getByText('There is no link to this yet.')).toBeVisible()
  await expect(dialog.getByRole('checkbox', { name: 'Include the rows that you see' })).not.toBeChecked()
  await visitor.expectAccessible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(button).toBeFocused()
  await button.click()
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const made = dialog.getByRole('region', { name: 'The new link' })
  await expect(made).toBeFocused()
  await expect(made).toContainText('Everyone in your organisation may read it, without any rows.')
  await visitor.expectAccessible()
  const link = await made.getByRole('code').innerText()
  expect(link).toMatch(/\/shared\/[0-9a-f-]{36}$/)

  const reader = await another()
  await reader.page.goto(link)
  await expect(reader.heading('Sign in to Floe')).toBeVisible()
  await reader.signIn('rita')
  await expect(reader.page).toHaveURL(link)
  await expect(reader.page.getByRole('heading', { level: 1, name: question })).toBeFocused()
  await expect(reader.page).toHaveTitle(`${question} · Floe`)
  const main = reader.page.getByRole('main')
  await expect(main).toContainText('Shared by Sam Example on')
  await expect(main).toContainText('The rows are not shared.')
  await expect(main.getByRole('group', { name: 'Query' })).toContainText('It brought 25 rows')
  await expect(main).not.toContainText(nation)
  await expect(main.getByRole('button', { name: /Run query|Edit|Stop/ })).toHaveCount(0)
  await reader.expectAccessible()
  await main.getByRole('button', { name: 'Run it yourself' }).click()
  await expect(reader.page).toHaveURL(/\/c\/[0-9a-f-]{36}$/)
  await reader.floe.run.click()
  await reader.floe.done.waitFor()
  await reader.floe.tab('Table').click()
  await expect(reader.floe.cell(1, 1)).toHaveText(nation)
  await reader.page.goBack()
  await expect(main).toContainText('Shared by Sam Example on')

  const row = dialog.getByRole('list', { name: 'Shared links' }).getByRole('listitem')
  await expect(row).toContainText('Conversation · Everyone in your organisation · without rows')
  await row.getByRole('button', { name: /^Stop sharing/ }).click()
  const confirmation = page.getByRole('dialog', { name: /^Stop sharing the conversation/ })
  await confirmation.getByRole('button', { name: 'Stop sharing' }).click()
  await expect(dialog.getByText('There is no link to this yet.')).toBeVisible()
  await reader.page.goto(link)
  await expect(reader.page.getByRole('heading', { name: 'This link leads nowhere, or not for you.' })).toBeVisible()
  await expect(reader.page.getByRole('link', { name: 'Ask a new question' })).toBeVisible()
  await reader.expectAccessible()
})

test('an answer is shared with its rows for a group, and ended in the account @every-size', async ({
  visitor,
  another,
}) => {
  const admin = await another()
  await admin.visit('/people')
  await admin.signIn('ada')
  await visitor.visit('/')
  await visitor.signIn('sara')
  const name = `Readers ${Date.now()}`
  await admin.page.evaluate(`(async () => {
    const headers = { 'content-type': 'application/json' }
    const send = async (method, path, body) =>
      await (await fetch('/api/v1' + path, body ? { method, headers, body: JSON.stringify(body) } : { method })).json()
    const people = await (await fetch('/api/v1/people')).json()
    const { id } = await send('POST', '/groups', { name: ${JSON.stringify(name)} })
    await send('PUT', '/groups/' + id + '/members/' + people.find(({ email }) => email === 'sara@example.com').id)
  })()`)
  await visitor.floe.answer('How many orders are there?')
  const { page } = visitor
  await visitor.floe.turn.getByRole('button', { name: 'Share answer' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share this answer' })
  await dialog.getByRole('combobox', { name: 'Who may read it' }).selectOption(`Your group ${name}`)
  await dialog.getByRole('checkbox', { name: 'Include the rows that you see' }).check()
  await expect(dialog).toContainText('even of data that they may not read themselves')
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const made = dialog.getByRole('region', { name: 'The new link' })
  await expect(made).toContainText(`The group ${name} may read it, with the rows as they are now.`)
  const link = await made.getByRole('code').innerText()
  await dialog.getByRole('button', { name: 'Close' }).click()

  // An admin who is not in the group is nobody to it; the owner sees what the group sees.
  await admin.page.goto(link)
  await expect(admin.page.getByRole('heading', { name: 'This link leads nowhere, or not for you.' })).toBeVisible()
  await page.goto(link)
  await expect(page.getByRole('main')).toContainText('This is what the people see whom you share it with.')
  await expect(page.getByRole('tab', { name: 'Table' })).toBeVisible()
  await visitor.expectAccessible()

  await visitor.visit('/account')
  const row = page.getByRole('list', { name: 'Shared links' }).getByRole('listitem')
  await expect(row).toContainText(`One answer · The group ${name} · rows included`)
  await visitor.expectAccessible()
  await row.getByRole('button', { name: /^Stop sharing/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click()
  await expect(page.getByText('You share nothing.')).toBeVisible()
  await expect(visitor.heading('Shared links')).toBeFocused()
})

test('keys pressed in the dialog do not run the query behind it', async ({ visitor }) => {
  await visitor.visit('/')
  await visitor.signIn('sam')
  await visitor.floe.ask('How many orders are there?')
  await expect(visitor.floe.run).toBeVisible()
  const { page } = visitor
  await page.getByRole('button', { name: 'Share conversation' }).click()
  await expect(page.getByRole('dialog', { name: 'Share this conversation' })).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(visitor.floe.run).toBeVisible()
  await visitor.floe.run.focus()
  await page.keyboard.press('Control+Enter')
  await visitor.floe.done.waitFor()
})

testLocal('without sign-in there is nobody to share with, and no button', async ({ floe }) => {
  await floe.open()
  await floe.answer('How many orders are there?')
  await expectLocal(floe.page.getByRole('button', { name: /^Share/ })).toHaveCount(0)
})

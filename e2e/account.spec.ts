import { readFile } from 'node:fs/promises'
import { strFromU8, unzipSync } from 'fflate'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect as expectLocal, findAccount, test as testLocal } from './floe-test.ts'
import { expect, person, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)
testLocal.skip(lacksChromium, lackedChromium)

test('one changes one’s name, and sees who one is @every-size', async ({ visitor }) => {
  await visitor.visit('/account')
  await visitor.signIn('nina')
  await expect(visitor.page.getByRole('heading', { level: 1, name: 'Account' })).toBeFocused()
  await expect(visitor.page).toHaveTitle('Account · Floe')
  const { page } = visitor
  await expect(page.getByRole('definition')).toHaveText([
    'nina@example.com',
    'Member: asks questions and keeps connections',
  ])
  const profile = page.getByRole('form', { name: 'Profile' })
  const name = profile.getByRole('textbox', { name: 'Name' })
  await expect(profile.getByRole('button', { name: 'Save' })).toBeDisabled()
  await name.fill(' ')
  await name.blur()
  await expect(profile.getByRole('alert')).toHaveText('Write the name that others see.')
  await visitor.expectAccessible()
  await name.fill('Nina Nine')
  await name.press('Enter')
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(await findAccount(page)).toHaveAccessibleName('Account: Nina Nine')
  await page.keyboard.press('Escape')
  await name.fill('Nina Example')
  await name.press('Enter')
  await expect(await findAccount(page)).toHaveAccessibleName('Account: Nina Example')
  await page.keyboard.press('Escape')
  await visitor.expectAccessible()
})

test('a token is made, shown once, works, and is removed @every-size', async ({ visitor, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await visitor.visit('/account')
  await visitor.signIn('tom')
  const { page } = visitor
  await expect(page.getByText('You have no access tokens.')).toBeVisible()
  const form = page.getByRole('form', { name: 'New access token' })
  await form.getByRole('button', { name: 'Make a token' }).click()
  await expect(form.getByRole('alert')).toHaveText('Write which program it is for.')
  await form.getByRole('textbox', { name: 'Name' }).fill('Weekly report')
  await form.getByRole('combobox', { name: 'Ends after' }).selectOption('90 days')
  // What the role does not allow is not offered.
  await expect(form.getByRole('checkbox')).toHaveCount(2)
  await form.getByRole('checkbox', { name: 'Ask questions and run queries' }).check()
  await form.getByRole('button', { name: 'Make a token' }).click()
  const made = page.getByRole('region', { name: 'The new token Weekly report' })
  await expect(made).toBeFocused()
  await expect(made).toContainText('shown only this once')
  await visitor.expectAccessible()
  const token = await made.getByRole('code').innerText()
  await made.getByRole('button', { name: /^Copy/ }).click()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(token)
  const asProgram = async () =>
    (await fetch(`${visitor.floe.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await asProgram()).toBe(200)
  await made.getByRole('button', { name: 'I have copied it' }).click()
  await expect(page.getByText(token)).toHaveCount(0)
  const row = page.getByRole('list', { name: 'Access tokens' }).getByRole('listitem')
  await expect(row).toContainText('Read what is yours · Ask questions and run queries')
  await page.reload()
  await expect(row).toContainText('Last used')

  const remove = row.getByRole('button', { name: 'Remove the token Weekly report' })
  await remove.click()
  const dialog = page.getByRole('dialog', { name: 'Remove the token “Weekly report”?' })
  await visitor.expectAccessible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(remove).toBeFocused()
  await remove.click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('You have no access tokens.')).toBeVisible()
  await expect(visitor.heading('Access tokens')).toBeFocused()
  expect(await asProgram()).toBe(401)
})

test('signing out everywhere asks first, and ends at the sign-in screen', async ({ visitor }) => {
  await visitor.visit('/account')
  await visitor.signIn('tom')
  const { page } = visitor
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  const dialog = page.getByRole('dialog', { name: 'Sign out everywhere?' })
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(visitor.heading('Sign in to Floe')).toBeVisible()
  await expect(dialog).toHaveCount(0)
})

test('an account is deleted by typing its address; the last admin stays', async ({ visitor, another }) => {
  await visitor.visit('/account')
  await visitor.signIn('gil')
  const { page } = visitor
  const remove = page.getByRole('button', { name: 'Delete my account' })
  await expect(remove).toBeDisabled()
  await page.getByRole('textbox', { name: 'Type gil@example.com to confirm' }).fill('Gil@example.com')
  await remove.click()
  await expect(visitor.heading('Sign in to Floe')).toBeVisible()

  const admin = await another()
  await admin.visit('/account')
  await admin.signIn('ada')
  await admin.page.getByRole('textbox', { name: 'Type ada@example.com to confirm' }).fill('ada@example.com')
  await admin.page.getByRole('button', { name: 'Delete my account' }).click()
  await expect(admin.page.getByRole('alert')).toHaveText(
    'Nobody would be left to manage people. Make somebody else an admin first.',
  )
  await admin.expectAccessible()
})

test('a list that cannot be read says why, and is read once it can', async ({ visitor }) => {
  await visitor.visit('/account')
  await visitor.signIn('tom')
  const { page } = visitor
  await page.route('**/api/v1/me/tokens', (route) =>
    route.fulfill({
      status: 403,
      json: { code: 'store_unavailable', message: 'The store is away.', action: 'Wait.', whoseTurn: 'operator' },
    }),
  )
  await page.reload()
  await expect(page.getByRole('alert')).toContainText('The store is away.')
  await visitor.expectAccessible()
  await page.unroute('**/api/v1/me/tokens')
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('You have no access tokens.')).toBeVisible()
})

test('admins invite, change, disable and enable people @every-size', async ({ visitor, another, organisation }) => {
  const { page } = visitor
  const address = `${test.info().project.name}@outside.example`
  await visitor.visit('/people')
  await visitor.signIn('ada')
  await expect(visitor.heading('People')).toBeFocused()
  const form = page.getByRole('form', { name: 'Invite somebody' })
  await form.getByRole('textbox', { name: 'E-mail address' }).fill('nobody')
  await form.getByRole('button', { name: 'Invite' }).click()
  await expect(form.getByRole('alert')).toHaveText(/Write an e-mail address/)
  await form.getByRole('textbox', { name: 'E-mail address' }).fill(address)
  await form.getByRole('combobox', { name: 'Role' }).selectOption('Viewer')
  await form.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByText(`${address} may now sign in.`)).toBeVisible()
  await visitor.expectAccessible()
  await form.getByRole('textbox', { name: 'E-mail address' }).fill(address)
  await form.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByText('is among the people already')).toBeVisible()
  const row = page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: address })
  await expect(row).toContainText('has not signed in yet')

  const guest = await another()
  await guest.visit('/')
  organisation.issuer.says = person('guest', { email: address, sub: `subject of ${address}` })
  await guest.page.getByRole('link', { name: 'Sign in' }).click()
  await guest.page.getByRole('button', { name: 'Commands' }).waitFor()
  await guest.visit('/people')
  await expect(guest.page.getByRole('alert')).toContainText('Only admins see and change people.')
  await expect(guest.page.getByRole('navigation', { name: 'Pages' }).getByRole('link')).toHaveText([
    'Account',
    'Settings',
  ])
  await guest.expectAccessible()

  await page.reload()
  await row.getByRole('combobox').selectOption('Member')
  await expect(row.getByRole('combobox')).toBeEnabled()
  await expect(row).toContainText('Last seen')
  await row.getByRole('button', { name: /^Sign out/ }).click()
  const parting = page.getByRole('dialog', { name: /^Sign out .* everywhere\?$/ })
  await expect(parting).toContainText('access tokens and apps go on')
  await visitor.expectAccessible()
  await parting.getByRole('button', { name: 'Sign out' }).click()
  await expect(parting).toBeHidden()
  await expect(guest.page.getByRole('dialog', { name: 'You have been signed out' })).toBeVisible()
  await guest.page.getByRole('link', { name: 'Sign in' }).click()
  await expect(guest.page.getByRole('dialog', { name: 'You have been signed out' })).toBeHidden()
  await row.getByRole('button', { name: /^Disable/ }).click()
  const dialog = page.getByRole('dialog', { name: /^Disable / })
  await expect(dialog).toContainText('signed out everywhere at once')
  await visitor.expectAccessible()
  await dialog.getByRole('button', { name: 'Disable' }).click()
  await expect(row.getByText('Disabled')).toBeVisible()
  await expect(guest.page.getByRole('dialog', { name: 'You have been signed out' })).toBeVisible()
  await guest.page.getByRole('link', { name: 'Sign in' }).click()
  await expect(guest.page.getByText('is disabled')).toBeVisible()
  await row.getByRole('button', { name: /^Enable/ }).click()
  await expect(row.getByRole('button', { name: /^Disable/ })).toBeVisible()
  const own = page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: 'ada@example.com' })
  await own.getByRole('combobox').selectOption('Member')
  await expect(own.getByRole('alert')).toContainText('Nobody would be left to manage people.')
  await expect(own.getByRole('combobox')).toHaveValue('admin')
  await visitor.expectAccessible()
})

test('admins read and search what was done @every-size', async ({ visitor }) => {
  const { page } = visitor
  await visitor.visit('/audit?q=sign_in')
  await visitor.signIn('ada')
  await expect(page).toHaveURL(/\/audit\?q=sign_in$/)
  const search = page.getByRole('searchbox', { name: 'Search', exact: true })
  await expect(search).toHaveValue('sign_in')
  const entries = page.getByRole('list', { name: 'Entries' }).getByRole('listitem')
  await expect(entries.first()).toContainText('Ada Example signed in')
  await visitor.expectAccessible()
  await search.fill('nothing holds these words')
  await expect(page.getByText('No entry holds these words.')).toBeVisible()
  await expect(page).toHaveURL(/q=nothing/)
  await search.fill('')
  await expect(entries.first()).toBeVisible()
  await expect(page).toHaveURL(/\/audit$/)
  const downloaded = page.waitForEvent('download')
  await page.getByRole('link', { name: 'All as CSV' }).click()
  expect((await downloaded).suggestedFilename()).toMatch(/^floe-audit-\d{4}-\d\d-\d\d\.csv$/)
})

test('the audit is read on, page by page', async ({ visitor }) => {
  const { page } = visitor
  await visitor.visit('/audit')
  await visitor.signIn('ada')
  await page.evaluate(`(async () => {
    for (let count = 0; count < 30; count += 1) {
      const body = JSON.stringify({ name: 'made to be listed', scopes: [], days: 1 })
      const made = await fetch('/api/v1/me/tokens', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      await fetch('/api/v1/me/tokens/' + (await made.json()).id, { method: 'DELETE' })
    }
  })()`)
  await page.reload()
  const entries = page.getByRole('list', { name: 'Entries' }).getByRole('listitem')
  await expect(page.getByText('50 entries shown')).toBeVisible()
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect.poll(() => entries.count()).toBeGreaterThan(60)
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('token.made')
  await expect(entries.first()).toContainText('made the access token “made to be listed” for 1 day')
})

test('one takes one’s data along, and hears why where that breaks @every-size', async ({ visitor }) => {
  await visitor.visit('/account')
  await visitor.signIn('nina')
  const { page } = visitor
  const address = '**/api/v1/me/export'
  await page.route(address, (route) =>
    route.fulfill({
      status: 403,
      json: {
        code: 'too_busy',
        message: 'An export of yours is already on its way.',
        action: 'Wait.',
        whoseTurn: 'person',
      },
    }),
  )
  const start = page.getByRole('button', { name: 'Download my data' })
  await start.click()
  await expect(page.getByRole('alert')).toHaveText('An export of yours is already on its way. Wait.')
  await visitor.expectAccessible()
  await page.unroute(address)
  const downloaded = page.waitForEvent('download')
  await start.click()
  const file = await downloaded
  expect(file.suggestedFilename()).toMatch(/^floe-\d{4}-\d\d-\d\d\.zip$/)
  const files = unzipSync(new Uint8Array(await readFile(await file.path())))
  expect(strFromU8(files['profile.json'] ?? new Uint8Array())).toContain('nina@example.com')
  await expect(page.getByText(/^Downloaded: /)).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await visitor.expectAccessible()
})

testLocal('without sign-in the page says so, and has no dead buttons @every-size', async ({ floe }) => {
  await floe.open()
  const account = await findAccount(floe.page)
  await account.click()
  const menu = floe.page.getByText('Floe runs for you alone on this computer.')
  await expectLocal(menu).toBeVisible()
  await floe.expectAccessible()
  await floe.page.keyboard.press('Escape')
  await expectLocal(menu).toBeHidden()
  await expectLocal(account).toBeFocused()
  await floe.page.keyboard.press('Enter')
  await floe.page.getByRole('link', { name: 'Account' }).click()
  await expectLocal(floe.page.getByRole('heading', { level: 1, name: 'Account' })).toBeFocused()
  await expectLocal(floe.page.getByText('there is no account')).toBeVisible()
  await expectLocal(floe.page.getByRole('main').getByRole('button')).toHaveText(['Download my data'])
  await floe.expectAccessible()
  for (const path of ['/people', '/audit']) {
    await floe.page.goto(floe.url + path)
    await expectLocal(floe.page.getByRole('main').getByText('Floe runs for you alone on this computer')).toBeVisible()
    await floe.expectAccessible()
  }
})

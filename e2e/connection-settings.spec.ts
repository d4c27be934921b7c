import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SavedConnection } from '../src/contract/connection.ts'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)
// What the browser says of an account and of a folder that are refused while they are typed.
test.use({ expectedMessages: /status of 400/ })

/** The Floe is shared by all specs, which know nothing of the connections made here. */
test.afterEach(async ({ server: { url } }) => {
  const all = (await (await fetch(`${url}/api/v1/connections`)).json()) as readonly SavedConnection[]
  for (const { id } of all) await fetch(`${url}/api/v1/connections/${id}`, { method: 'DELETE' })
})

async function openConnections({ page, url }: FloePage): Promise<void> {
  await page.goto(`${url}/settings/connections`)
  await page.getByRole('heading', { name: 'Your connections' }).waitFor()
}

test('Snowflake is connected with an account in any form, its test tells what to do, and removing is undone @every-size', async ({
  floe,
}) => {
  const { page } = floe
  await openConnections(floe)
  await expect(page.getByText('You have no connection of your own yet.')).toBeVisible()
  await floe.expectAccessible()
  await page.getByRole('button', { name: 'Connect Snowflake' }).press('Enter')
  const form = page.getByRole('form', { name: 'New Snowflake connection' })
  const account = form.getByRole('textbox', { name: 'Account' })
  await expect(account).toBeFocused()
  await form.getByRole('button', { name: 'Cancel' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Your connections' })).toBeFocused()
  await page.getByRole('button', { name: 'Connect Snowflake' }).press('Enter')
  await form.getByRole('button', { name: 'Save and test' }).press('Enter')
  await expect(account).toBeFocused()
  await expect(account).toHaveAttribute('aria-invalid', 'true')
  await floe.expectAccessible()
  await account.fill('https://evil.example/x')
  await expect(form.getByText(/is no account of Snowflake's/)).toBeVisible()
  await account.fill('https://app.snowflake.com/myorg/my_account/#/homepage')
  await expect(form.getByText('Understood as myorg-my_account')).toBeVisible()
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('prod')
  await form.getByLabel('Token', { exact: true }).fill('pat-5ecret')
  // What was typed survives a reload, and nothing secret is kept for that.
  await page.reload()
  await expect(account).toHaveValue('https://app.snowflake.com/myorg/my_account/#/homepage')
  await expect(form.getByLabel('Token', { exact: true })).toHaveValue('')
  await form.getByText('SQL for your Snowflake administrator').click()
  await form.getByRole('textbox', { name: 'Databases to read' }).fill('SALES')
  await form.getByRole('button', { name: 'Show the SQL' }).click()
  await expect(form.getByText('GRANT USAGE ON DATABASE "SALES"')).toBeVisible()
  await floe.expectAccessible()
  await form.getByLabel('Token', { exact: true }).fill('pat-5ecret')
  await form.getByRole('button', { name: 'Save and test' }).click()

  const steps = page.getByRole('region', { name: 'Test of prod' })
  await expect(steps.getByText(/did not work|could not go on/)).toBeVisible({ timeout: 60_000 })
  await expect(steps.getByRole('listitem').first()).toContainText('Reach the account')
  const card = page.getByRole('list', { name: 'Your connections' }).getByRole('listitem').first()
  await expect(card.getByText(/^Failed /), 'the test says how the connection stands').toBeVisible()
  await floe.expectAccessible()
  await page.getByRole('button', { name: 'Change prod' }).click()
  const settings = page.getByRole('form', { name: 'Settings of prod' })
  await expect(settings.getByText(/Access token.*saved on/)).toBeVisible()
  await expect(page.locator('input[type="password"]')).toHaveCount(0)
  await settings.getByRole('textbox', { name: 'Name', exact: true }).fill('sales')
  await settings.getByRole('button', { name: 'Cancel' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Change prod' })).toBeFocused()

  await page.getByRole('button', { name: 'Use as default: prod' }).press('Enter')
  await expect(page.getByText('New conversations ask prod')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'prod' })).toBeFocused()
  await page.getByRole('button', { name: 'Remove prod' }).click()
  await expect(page.getByRole('heading', { name: 'prod' })).toHaveCount(0)
  await page.getByText('Removed prod').locator('..').getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('heading', { name: 'prod' })).toBeVisible()
  await floe.expectAccessible()
})

test('the keys keep their place where the pressed button goes away, or saving fails', async ({ floe }) => {
  const { page, url } = floe
  const shared = {
    id: '0198a6a6-0000-7000-8000-000000000001',
    ref: 'Sales of Ann',
    name: 'Sales',
    engine: 'Snowflake',
    sharedBy: 'Ann',
    groups: ['Sellers'],
    otherRoles: [],
    warning: null,
    needsSignIn: false,
    role: null,
    maxRows: null,
    askAboveBytes: null,
    refuseAboveBytes: null,
    mayExport: true,
    mayAutoRun: true,
    samplesToModel: true,
    writers: null,
  }
  const signIn = { method: 'access_token', user: 'SVC', token: 'never-used' }
  const body = JSON.stringify({ name: 'prod', account: 'myorg-myaccount', signIn })
  await fetch(`${url}/api/v1/connections`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await page.route('**/api/v1/connections', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: [...((await response.json()) as readonly unknown[]), shared] })
  })
  await openConnections(floe)
  const others = page.getByRole('list', { name: 'Shared with you' })
  await others.getByRole('button', { name: 'Use as default: Sales' }).press('Enter')
  await expect(others.getByText(/^Sales/)).toBeFocused()

  await page.getByRole('button', { name: 'Change prod' }).press('Enter')
  const form = page.getByRole('form', { name: 'Settings of prod' })
  await form.getByRole('button', { name: 'Replace the sign-in' }).press('Enter')
  await expect(form.getByRole('radio', { name: 'Access token' })).toBeFocused()
  await form.getByLabel('Token', { exact: true }).fill('another')
  const refusal = { code: 'bad_command', message: 'Not now.', action: 'Try again.', whoseTurn: 'person' }
  await page.route('**/api/v1/connections/*', (route) => route.fulfill({ status: 400, json: refusal }))
  const save = form.getByRole('button', { name: 'Save and test' })
  await save.press('Enter')
  await expect(form.getByRole('alert')).toBeVisible()
  await expect(save).toBeFocused()
})

test('a folder gets a name, with what is in it told before @every-size', async ({ floe }) => {
  const folder = mkdtempSync(join(tmpdir(), 'floe-folder-'))
  try {
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'orders.csv'), 'id,amount\n1,10\n')
    const { page } = floe
    await openConnections(floe)
    await page.getByRole('button', { name: 'Open a folder' }).click()
    const form = page.getByRole('form', { name: 'New folder' })
    await form.getByRole('textbox', { name: 'Folder' }).fill('somewhere')
    await expect(form.getByText(/does not start at the top of the machine/)).toBeVisible()
    await form.getByRole('textbox', { name: 'Folder' }).fill(folder)
    await expect(form.getByText('1 table found')).toBeVisible()
    await floe.expectAccessible()
    await form.getByRole('textbox', { name: 'Name' }).fill('shop')
    await form.getByRole('textbox', { name: 'Name' }).press('Enter')
    await expect(page.getByRole('region', { name: 'Test of shop' }).getByText('Everything works.')).toBeVisible({
      timeout: 60_000,
    })
    await expect(page.getByText(/^Answered /)).toBeVisible()
    await floe.expectAccessible()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, findAccount, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const isNarrow = ({ page }: FloePage): boolean => (page.viewportSize()?.width ?? 0) < 768
const isWide = ({ page }: FloePage): boolean => (page.viewportSize()?.width ?? 0) >= 1_280

test('the sidebar is beside the page, a rail, or over the page @every-size', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  const sidebar = page.getByRole('complementary', { name: 'Sidebar' })
  const tabs = page.getByRole('tablist', { name: 'Sidebar' })
  await floe.expectAccessible()
  if (isWide(floe)) {
    await expect(tabs).toBeVisible()
    await page.getByRole('button', { name: 'Hide the sidebar' }).click()
    await page.reload()
    await expect(sidebar, 'what was chosen is remembered').toBeVisible()
  }
  await expect(tabs).toHaveCount(0)
  if (isNarrow(floe)) await expect(sidebar).toHaveCount(0)
  await page.getByRole('button', { name: 'Show the sidebar' }).click()
  await expect(tabs).toBeVisible()
  await floe.expectAccessible()
  await page.keyboard.press(isWide(floe) ? 'Control+b' : 'Escape')
  await expect(tabs).toHaveCount(0)
  if (!isWide(floe)) await expect(page.getByRole('button', { name: 'Show the sidebar' })).toBeFocused()
})

test('the sidebar is as wide as it was made, by key and by pointer', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  const edge = page.getByRole('separator', { name: 'Width of the sidebar' })
  await edge.focus()
  await page.keyboard.press('ArrowRight')
  await expect(edge).toHaveAttribute('aria-valuenow', '304')
  const { x = 0 } = (await edge.boundingBox()) ?? {}
  await page.mouse.move(x + 4, 300)
  await page.mouse.down()
  await page.mouse.move(x + 64, 300)
  await page.mouse.up()
  await expect(edge).toHaveAttribute('aria-valuenow', '364')
  await page.mouse.move(x, 300)
  await page.reload()
  await expect(edge).toHaveAttribute('aria-valuenow', '364')
  await edge.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  await expect(edge, 'it stays wide enough to be read').toHaveAttribute('aria-valuenow', '220')
  await page.keyboard.press('Enter')
  await expect(edge).toHaveAttribute('aria-valuenow', '288')
})

test('commands are found and run from the palette @every-size', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.answer('How many customers are there?')
  await page.getByRole('button', { name: 'Commands' }).click()
  const box = page.getByRole('combobox', { name: 'Commands' })
  await expect(box).toBeFocused()
  await floe.expectAccessible()
  await box.fill('no such thing')
  await expect(page.getByText('Nothing has these words.')).toBeVisible()
  await box.fill('settings')
  await box.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused()
  await page.keyboard.press('Control+k')
  await box.fill('customers')
  await page.getByRole('option', { name: 'How many customers are there?' }).first().click()
  await expect(page).toHaveURL(/\/c\//)
  await expect(floe.done).toBeVisible()
  await page.keyboard.press('Control+k')
  await box.fill('lineitem')
  await page.getByRole('option', { name: /TPCH_SF1\.LINEITEM/ }).click()
  await expect(page).toHaveURL(/\/data\/sample\?table=/)
})

test('keys lead everywhere, and are listed', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await floe.answer('How many customers are there?')
  await floe.turn.focus()
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Shortcuts' })
  await expect(list).toContainText('Edit the last question')
  await floe.expectAccessible()
  await page.keyboard.press('Escape')
  await expect(list).toHaveCount(0)
  await expect(floe.turn).toBeFocused()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(floe.question).toBeFocused()
  await expect(floe.question).toHaveValue('How many customers are there?')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(floe.question, 'in the box they are letters').toHaveValue('How many customers are there?gs')
  await floe.turn.focus()
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(page).toHaveURL(/\/settings/)
  await page.keyboard.press('Control+Shift+O')
  await expect(page).toHaveURL(/\/$/)
})

test.describe('with a part of the page that fails once', () => {
  test.use({ expectedMessages: /shell-dialogs|Failed to (?:load|fetch)|ERR_FAILED/ })

  test('it is fetched again without a word', async ({ floe }) => {
    const { page } = floe
    await page.route(/shell-dialogs/, (route) => route.abort(), { times: 1 })
    await floe.open()
    await floe.question.fill('half a thought')
    await page.getByRole('button', { name: 'Commands' }).click()
    await expect(page.getByRole('combobox')).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(floe.question).toHaveValue('half a thought')
  })
})

test('the account is reached at every size @every-size', async ({ floe }) => {
  await floe.open()
  await (await findAccount(floe.page)).click()
  await floe.page.getByRole('link', { name: 'Account', exact: true }).click()
  await expect(floe.page.getByRole('heading', { level: 1, name: 'Account' })).toBeFocused()
  await expect(floe.page.getByRole('dialog', { name: 'Sidebar' })).toHaveCount(0)
})

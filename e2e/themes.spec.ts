import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const choose = async ({ url }: FloePage, colorScheme: string): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/api/v1/me/preferences`, { method: 'PATCH', headers, body: JSON.stringify({ colorScheme }) })
}

for (const theme of ['light', 'high-contrast', 'dark'])
  test(`every part can be read in ${theme}`, async ({ floe }) => {
    const { page } = floe
    await choose(floe, theme)
    await floe.open()
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await floe.expectAccessible()
    await floe.ask('How many orders were placed per year?')
    await floe.run.waitFor()
    await floe.expectAccessible()
    await floe.run.click()
    await floe.done.waitFor()
    await floe.turn.locator('svg').first().waitFor()
    await floe.expectAccessible()
    await floe.tab('Table').click()
    await floe.turn.getByRole('grid').waitFor()
    await floe.expectAccessible()
    await page.getByRole('button', { name: 'Commands' }).click()
    await page.getByRole('combobox').waitFor()
    await floe.expectAccessible()
    await page.goto(`${floe.url}/settings`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await floe.expectAccessible()
  })

test('without a choice the page has the colours of the system, and follows them', async ({ floe }) => {
  const root = floe.page.locator('html')
  await floe.page.emulateMedia({ colorScheme: 'light' })
  await floe.open()
  await expect(root).toHaveAttribute('data-theme', 'light')
  await floe.page.emulateMedia({ colorScheme: 'dark' })
  await expect(root).toHaveAttribute('data-theme', 'dark')
  await floe.page.emulateMedia({ colorScheme: 'dark', contrast: 'more' })
  await expect(root).toHaveAttribute('data-theme', 'high-contrast')
  await choose(floe, 'light')
  await expect(root, 'a choice reaches every page at once').toHaveAttribute('data-theme', 'light')
})

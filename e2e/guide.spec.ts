import { resolve } from 'node:path'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

/** Where the pictures of `docs/guide.md` go; they are made anew with `GUIDE_PICTURES=1 npx playwright test e2e/guide.spec.ts`. */
const folder = resolve(import.meta.dirname, '..', 'docs', 'guide')

/** Makes a picture of the page as the guide shows it. */
async function picture({ page }: FloePage, name: string): Promise<void> {
  if (process.env.GUIDE_PICTURES === undefined) return
  await page.mouse.move(0, 0)
  await page.evaluate(`document.fonts.ready.then(() => true)`)
  await page.screenshot({ path: resolve(folder, `${name}.png`), animations: 'disabled' })
}

test.use({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', contextOptions: { reducedMotion: 'reduce' } })

test('the guide goes as it is written', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  await expect(page.getByRole('list', { name: 'Questions to start with' }).getByRole('button')).toHaveCount(4)
  await picture(floe, '1-start')

  await floe.ask('What is the total price of orders per year?')
  await floe.run.waitFor()
  await picture(floe, '2-proposal')

  await floe.run.click()
  await floe.done.waitFor()
  await floe.turn.locator('svg').first().waitFor()
  await picture(floe, '3-answer')

  await page.getByRole('tab', { name: 'Data' }).click()
  await expect(page.getByRole('treeitem', { name: /ORDERS/ }).first()).toBeVisible()
  await picture(floe, '4-data')

  await floe.question.pressSequentially('How many @cust')
  await expect(page.getByRole('option', { name: /CUSTOMER/ }).first()).toBeVisible()
  await picture(floe, '5-names')
  await page.keyboard.press('Escape')
  await floe.question.fill('')

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Commands' }).fill('price')
  await expect(page.getByRole('option', { name: /total price of orders/ })).toBeVisible()
  await picture(floe, '6-commands')
  await page.keyboard.press('Escape')

  await page.goto(`${floe.url}/settings/connections`)
  await page.getByRole('button', { name: 'Connect Snowflake' }).click()
  await expect(page.getByRole('textbox', { name: /account/i }).first()).toBeVisible()
  await picture(floe, '7-connect')

  await page.goto(`${floe.url}/history`)
  await expect(page.getByRole('link', { name: /total price of orders/ }).first()).toBeVisible()
  await picture(floe, '8-history')
})

import { startModelServer, type ModelServer } from '../test/support/model-server.ts'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)
// What the browser says of a key that is refused, which these tests bring about.
test.use({ expectedMessages: /status of (?:400|401|403|404|502|503)/ })

const key = 'sk-sentinel-of-the-page-4242'
const model = 'qwen3-coder:30b'
const answer = {
  interpretation: 'Counts the regions.',
  assumptions: [],
  sql: 'SELECT COUNT(*) AS REGIONS FROM REGION AS r',
  chart: null,
  clarification: null,
  declined: null,
}

let server: ModelServer
test.beforeEach(async () => {
  server = await startModelServer({
    wire: 'openai',
    keys: [key],
    models: [model, 'llama3.3:70b'],
    replies: [{ answer }],
  })
})
test.afterEach(() => server.close())

test('a key is tried, saved, asked with, limited, and removed with a way back @every-size', async ({ floe }) => {
  const { page } = floe
  await page.goto(`${floe.url}/settings/models`)
  await expect(page.getByText('Floe works without any key')).toBeVisible()
  await floe.expectAccessible()

  await page.getByRole('button', { name: 'Add a server: OpenAI or your own server' }).click()
  const form = page.getByRole('form', { name: 'OpenAI or your own server: your key' })
  const address = form.getByRole('textbox', { name: 'Address' })
  await expect(address).toBeFocused()
  await form.getByRole('button', { name: 'Test the key' }).click()
  await expect(form.getByRole('alert')).toHaveText('Write the address of the server.')
  await address.fill('https://10.0.0.9/v1')
  await form.getByRole('button', { name: 'Test the key' }).click()
  await expect(form.getByRole('alert')).toContainText('https://10.0.0.9 is not among the addresses')
  await address.fill(server.url)
  await form.getByLabel('Key, where the server takes one').fill('sk-wrong-key-0000')
  await page.keyboard.press('Enter')
  await expect(form.getByRole('alert')).toContainText('The key of the model server was refused.')
  await floe.expectAccessible()
  await form.getByLabel('Key, where the server takes one').fill(key)
  await page.keyboard.press('Enter')
  await expect(form.getByText(/^The key works: 2 models to choose from/)).toBeVisible()
  await expect(form.getByRole('combobox', { name: 'Model' })).toHaveValue(model)
  await floe.expectAccessible()
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Your questions are asked with OpenAI or your own server from now on.')).toBeVisible()
  const card = page.getByRole('listitem', { name: 'OpenAI or your own server' })
  await expect(card).toContainText('ends in 4242')
  await expect(card).toContainText('writes your queries')
  expect(await page.content()).not.toContain(key)

  await floe.open()
  await floe.ask('How many regions are there?')
  await floe.run.click()
  await expect(floe.done).toBeVisible()
  expect(server.requests.at(-1)).toMatchObject({ path: '/v1/chat/completions', key, body: { model } })

  await page.goto(`${floe.url}/settings/models`)
  const row = page.getByRole('row', { name: new RegExp(model) })
  await expect(row).toContainText('price unknown')
  await expect(page.getByText('Today: 572 tokens, price unknown.')).toBeVisible()
  await page.getByRole('textbox', { name: /^Tokens in: price/ }).fill('1')
  await page.keyboard.press('Tab')
  await expect(page.getByText('Fill in both prices')).toBeVisible()
  await page.getByRole('textbox', { name: /^Tokens out: price/ }).fill('2,50')
  await page.keyboard.press('Enter')
  await expect(row).toContainText('$0.000')
  const limit = page.getByRole('textbox', { name: 'Tokens a day' })
  await limit.fill('many')
  await expect(limit).toHaveAttribute('aria-invalid', 'true')
  await floe.expectAccessible()
  await limit.fill('500')
  await limit.press('Enter')
  await expect(page.getByText('Saved: Tokens a day')).toBeVisible()

  await floe.open()
  await floe.ask('How many regions are there?')
  await expect(page.getByText(/Your own keys have used 572 tokens of the 500 tokens/)).toBeVisible()
  await expect(page.getByText(/Ask with the built-in interpreter/)).toBeVisible()
  const asked = server.requests.length

  await page.goto(`${floe.url}/settings/models`)
  await page.getByRole('textbox', { name: 'Tokens a day' }).fill('')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove the key: OpenAI or your own server' }).click()
  await expect(page.getByRole('button', { name: 'Add a server: OpenAI or your own server' })).toBeVisible()
  const removed = page.getByText('Removed: your key').locator('..')
  await removed.getByRole('button', { name: 'Undo' }).click()
  await expect(card).toContainText('ends in 4242')
  await page.getByRole('button', { name: 'Change the model: OpenAI or your own server' }).click()
  await form.getByRole('combobox', { name: 'Model' }).selectOption('llama3.3:70b')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(card).toContainText('llama3.3:70b')
  await page.getByRole('button', { name: 'Remove the key: OpenAI or your own server' }).click()
  await expect(page.getByRole('button', { name: 'Add a server: OpenAI or your own server' })).toBeVisible()
  expect(server.requests.slice(asked).every(({ path }) => path === '/v1/models')).toBe(true)
})

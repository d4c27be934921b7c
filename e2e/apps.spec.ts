import { createServer } from 'node:http'
import { OauthApp } from '../test/support/oauth-app.ts'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, person, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)

/** A program on the person's own computer that waits for its answer, as command lines and assistants do. */
async function startProgram(origin: string) {
  const answered = Promise.withResolvers<URL>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1')
    if (url.pathname === '/callback') answered.resolve(url)
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Done</title><h1>Go back</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const app = await OauthApp.register(origin, `http://127.0.0.1:${port}/callback`)
  const stop = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { app, answered: answered.promise, stop }
}

test('an app asks, the person agrees, sees it among the connected apps and disconnects it @every-size', async ({
  visitor,
  organisation,
}) => {
  const { page } = visitor
  const { app, answered, stop } = await startProgram(visitor.floe.url)
  const request = await app.request({ scope: 'floe:read floe:ask floe:connections' })
  // Nobody is signed in: the way leads through the sign-in.
  organisation.issuer.says = person('paula')
  await page.goto(request.url)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Let “Weekly report” use Floe for you?')
  await expect(page.getByText('Paula Example (paula@example.com)')).toBeVisible()
  await expect(page.getByText('Floe cannot check that')).toBeVisible()
  await expect(page.getByRole('listitem')).toHaveText([
    /Read and arrange what is yours/,
    'Ask questions and run queries, as you',
    'Add, change and remove your connections, as you',
  ])
  await expect(page.getByText('a program on your computer')).toBeVisible()
  await visitor.expectAccessible()
  const width = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(width, 'nothing is wider than the screen').toBe(0)
  await page.getByRole('button', { name: 'Allow', exact: true }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Go back' })).toBeVisible()
  const tokens = await app.exchange(request, await answered)
  const asProgram = async () => (await app.api('GET', '/me', tokens.accessToken)).status
  expect(await asProgram()).toBe(200)

  await visitor.visit('/account')
  const row = page.getByRole('list', { name: 'Connected apps' }).getByRole('listitem').first()
  await expect(row).toContainText('Weekly report')
  await expect(row).toContainText('On your computer')
  await expect(row).toContainText('Ask questions and run queries')
  await visitor.expectAccessible()
  await row.getByRole('button', { name: /^Disconnect Weekly report/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Disconnect “Weekly report”?' })
  await visitor.expectAccessible()
  await dialog.getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByText('No app is connected.')).toBeVisible()
  expect(await asProgram()).toBe(401)
  stop()
})

test('a person who does not agree is led back to the app, which hears of it', async ({ visitor, organisation }) => {
  const { page } = visitor
  const { app, answered, stop } = await startProgram(visitor.floe.url)
  organisation.issuer.says = person('quentin')
  await page.goto((await app.request()).url)
  await page.getByRole('button', { name: 'Do not allow' }).click()
  expect((await answered).searchParams.get('error')).toBe('access_denied')
  await expect(page.getByRole('heading', { name: 'Go back' })).toBeVisible()
  await visitor.visit('/account')
  await expect(page.getByText('No app is connected.')).toBeVisible()
  stop()
})

test('what an app asks wrongly is said on a page, and leads nowhere', async ({ visitor }) => {
  const { page } = visitor
  await visitor.visit('/oauth/auth?client_id=unknown&redirect_uri=https://evil.example/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The app asked wrongly')
  await visitor.expectAccessible()
})

import type { WebSocket } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)
test.use({ underPath: '/tools/floe' })

test('everything stays below the path that Floe shares its host under', async ({ visitor }) => {
  const { page } = visitor
  const outside: string[] = []
  const sockets: WebSocket[] = []
  page.on('websocket', (socket) => sockets.push(socket))
  page.on('request', (request) => {
    const { hostname, port, pathname } = new URL(request.url())
    const isOwn = `${hostname}:${port}` === new URL(page.url()).host
    if (isOwn && !pathname.startsWith('/tools/floe')) outside.push(pathname)
  })
  await visitor.visit('/audit?q=sign_in')
  await visitor.signIn('ada')
  await expect(page).toHaveURL(/\/tools\/floe\/audit\?q=sign_in$/)
  await expect(page.getByRole('list', { name: 'Entries' }).getByRole('listitem').first()).toBeVisible()
  const downloaded = page.waitForEvent('download')
  await page.getByRole('link', { name: 'All as JSON lines' }).click()
  expect((await downloaded).suggestedFilename()).toMatch(/\.ndjson$/)

  await page.getByRole('link', { name: 'Floe, start page' }).click()
  await visitor.floe.answer('How many orders are there?')
  const open = sockets.filter((socket) => !socket.isClosed()).map((socket) => new URL(socket.url()).pathname)
  expect(open).toEqual(['/tools/floe/api/v1/socket'])
  await expect(page).toHaveURL(/\/tools\/floe\/c\/[\da-f-]{36}$/)
  await page.reload()
  await expect(visitor.floe.done).toBeVisible()

  await page.getByRole('button', { name: /^Account: / }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(visitor.heading('Sign in to Floe')).toBeVisible()
  await expect(page).toHaveURL(/\/tools\/floe\/$/)
  await page.goto(page.url().replace(/floe\/$/, 'floe/auth/callback'))
  await page.getByRole('link', { name: 'Back to Floe' }).click()
  await expect(visitor.heading('Sign in to Floe')).toBeVisible()
  expect(outside).toEqual([])
})

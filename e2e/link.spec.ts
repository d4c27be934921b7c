import { lackedChromium, lacksChromium } from './chromium-path.ts'
import type { Page } from '@playwright/test'
import { expect, makeFloePage, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const perYear = 'How many orders were placed per year?'

/** The page's line to the server: it can be made to swallow everything, and new lines can be refused. */
async function holdLine(page: Page) {
  const line = { isDead: false, isRefused: false, opened: 0 }
  await page.routeWebSocket(/\/api\/v1\/socket$/, (socket) => {
    if (line.isRefused) return void socket.close()
    line.opened += 1
    const own = line.opened
    const isDead = (): boolean => line.isDead && own === line.opened
    const server = socket.connectToServer()
    socket.onMessage((message) => {
      if (!isDead()) server.send(message)
    })
    server.onMessage((message) => {
      if (!isDead()) socket.send(message)
    })
  })
  return line
}

test.describe('with a line that is cut', () => {
  // What the browser says of a line that is cut while it is opened or spoken on.
  test.use({ expectedMessages: /WebSocket connection .* failed|WebSocket is already in CLOSING or CLOSED state/ })

  test('it is mended, and nothing is asked twice', async ({ floe }) => {
    const cuts: (() => Promise<void>)[] = []
    await floe.page.routeWebSocket(/\/api\/v1\/socket$/, (socket) => {
      const server = socket.connectToServer()
      cuts.push(async () => {
        await server.close()
        await socket.close()
      })
    })
    await floe.open()
    await floe.ask(perYear)
    await cuts.at(-1)?.()
    await floe.run.waitFor()
    await expect.poll(() => cuts.length).toBeGreaterThan(1)
    await cuts.at(-1)?.()
    await floe.run.click()
    await floe.done.waitFor()
    await expect(floe.page.getByRole('article')).toHaveCount(1)
    await floe.page.reload()
    await floe.done.waitFor()
    await expect(floe.page.getByRole('article')).toHaveCount(1)
  })
})

test('a line that swallows everything is noticed, and what was decided on it is carried out once', async ({ floe }) => {
  test.slow()
  let opened = 0
  const first = { isDead: false }
  await floe.page.routeWebSocket(/\/api\/v1\/socket$/, (socket) => {
    opened += 1
    const server = socket.connectToServer()
    const line = opened === 1 ? first : { isDead: false }
    socket.onMessage((message) => {
      if (!line.isDead) server.send(message)
    })
    server.onMessage((message) => {
      if (!line.isDead) socket.send(message)
    })
  })
  await floe.open()
  await floe.ask(perYear)
  await floe.run.waitFor()
  first.isDead = true
  await floe.run.click()
  await floe.done.waitFor()
  expect(opened).toBe(2)
})

test('an idle line that swallows everything is noticed within 15 seconds, and said', async ({ floe }) => {
  test.slow()
  const line = await holdLine(floe.page)
  await floe.open()
  await floe.ask(perYear)
  await floe.run.waitFor()
  Object.assign(line, { isDead: true, isRefused: true })
  await expect(floe.page.getByText('Reconnecting…')).toBeVisible({ timeout: 15_000 })
  await floe.expectAccessible()
  Object.assign(line, { isDead: false, isRefused: false })
  await expect(floe.page.getByText('Connected again.')).toBeVisible({ timeout: 20_000 })
  await floe.run.click()
  await floe.done.waitFor()
})

test('a question asked without a connection says that it is not sent, survives a reload and is sent', async ({
  floe,
}) => {
  test.slow()
  const line = await holdLine(floe.page)
  await floe.open()
  line.isRefused = true
  await floe.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
  Object.assign(line, { isDead: true })
  await expect(floe.page.getByText('Reconnecting…')).toBeVisible({ timeout: 15_000 })
  await floe.ask('Revenue by region')
  await expect(floe.turn.getByText('Not sent yet: there is no connection to Floe.')).toBeVisible()
  await floe.expectAccessible()
  await floe.turn.getByRole('button', { name: 'Take back' }).click()
  await expect(floe.question).toHaveValue('Revenue by region')
  await expect(floe.page.getByRole('article')).toHaveCount(0)
  await floe.question.press('Enter')
  await floe.stop.click()
  await expect(floe.question, 'stopping what was not sent takes it back too').toHaveValue('Revenue by region')
  await expect(floe.page.getByRole('article')).toHaveCount(0)
  await floe.ask(perYear)
  await expect(floe.turn.getByText('Not sent yet')).toBeVisible()
  Object.assign(line, { isDead: false, isRefused: false })
  await floe.page.reload()
  await floe.run.click()
  await floe.done.waitFor()
  await expect(floe.page.getByRole('article')).toHaveCount(1)
})

test('a question asked in one tab appears in the other, in order, and its answer arrives there', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  const other = makeFloePage(await floe.page.context().newPage(), floe.url)
  await other.page.goto(floe.page.url())
  await other.done.waitFor()
  await other.ask('How many customers are there?')
  await expect(floe.page.getByRole('article')).toHaveCount(2)
  await expect(floe.turn).toHaveAccessibleName('How many customers are there?')
  await floe.run.click()
  await other.done.waitFor()
  await floe.done.waitFor()
})

test('a newer question of the conversation takes the place of the query that waits, which can be asked again', async ({
  floe,
}) => {
  await floe.open()
  await floe.ask(perYear)
  await floe.run.waitFor()
  await floe.ask('How many customers are there?')
  const first = floe.page.getByRole('article').first()
  await expect(first.getByText('Replaced by a newer question. It was not run.')).toBeVisible()
  await expect(floe.run).toHaveCount(1)
  await floe.page.reload()
  await floe.run.waitFor()
  await first.getByRole('button', { name: 'Ask again', exact: true }).click()
  await expect(floe.page.getByRole('article')).toHaveCount(3)
  await expect(floe.turn).toHaveAccessibleName(perYear)
})

test.describe('where sockets do not get through', () => {
  // The refused edit, which a browser reports of every request that is answered with an error.
  test.use({ expectedMessages: /status of 422/ })

  test('everything works over plain HTTP', async ({ floe }) => {
    await floe.page.addInitScript(`
    window.WebSocket = class extends EventTarget {
      static OPEN = 1
      readyState = 3
      constructor() {
        super()
        setTimeout(() => this.dispatchEvent(new Event('close')))
      }
      close() {}
    }`)
    await floe.open()
    await floe.ask(perYear)
    await floe.edit('DELETE FROM ORDERS')
    await floe.propose()
    await expect(floe.alert).toBeVisible()
    await floe.page.getByRole('button', { name: 'Discard changes' }).click()
    await floe.run.click()
    await floe.done.waitFor()
    await floe.page.reload()
    await floe.done.waitFor()
  })
})

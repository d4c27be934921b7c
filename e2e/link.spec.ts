import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const perYear = 'How many orders were placed per year?'

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

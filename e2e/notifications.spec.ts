import type { Page } from '@playwright/test'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

interface Told {
  readonly title: string
  readonly body: string
  readonly tag: string
}

/** Takes the place of the browser's notifications: keeps what is told, and what was asked. */
function recordNotifications(permission: string): void {
  const told: (Told & EventTarget)[] = []
  const asked = { times: 0 }
  class Recorded extends EventTarget implements Told {
    static permission = localStorage.getItem('test.permission') ?? permission
    static requestPermission(): Promise<string> {
      asked.times += 1
      localStorage.setItem('test.permission', 'granted')
      Recorded.permission = 'granted'
      return Promise.resolve('granted')
    }
    readonly title: string
    readonly body: string
    readonly tag: string
    constructor(title: string, { body, tag }: Omit<Told, 'title'>) {
      super()
      this.title = title
      this.body = body
      this.tag = tag
      told.push(this)
    }
    close(): void {
      this.dispatchEvent(new Event('close'))
    }
  }
  Object.assign(globalThis, { Notification: Recorded, told, asked })
}

const toldOn = (page: Page): Promise<readonly Told[]> =>
  page.evaluate('told.map(({ title, body, tag }) => ({ title, body, tag }))')

/** Has the page believe that it is seen or not. */
const setHidden = (page: Page, isHidden: boolean): Promise<unknown> =>
  page.evaluate(`(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} })
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${isHidden ? 'hidden' : 'visible'}' })
    document.dispatchEvent(new Event('visibilitychange'))
  })()`)

/** Holds back the end of every turn until it is let go. */
async function holdEnds(page: Page): Promise<() => void> {
  let held: (() => void)[] | null = []
  await page.routeWebSocket(/\/api\/v1\//, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      const send = (): void => socket.send(message)
      if (held === null || (held.length === 0 && !String(message).includes('"turn.done"'))) send()
      else held.push(send)
    })
  })
  return () => {
    for (const send of held ?? []) send()
    held = null
  }
}

/** Asks, and has the query run for so long that its person has gone elsewhere. */
async function runForLong({ page, ask, run, turn }: FloePage, question: string): Promise<void> {
  const now = Date.now()
  await page.clock.setFixedTime(now)
  await ask(question)
  await run.click()
  await turn.getByRole('tablist').waitFor()
  await page.clock.setFixedTime(now + 11_000)
}

test('who wants it is told of an answer that took long, and finds it by a press', async ({ floe }) => {
  const { page } = floe
  await page.addInitScript(recordNotifications, 'default')
  const letGo = await holdEnds(page)
  await page.goto(`${floe.url}/settings`)
  const wish = page.getByRole('switch', { name: 'Tell me when a question is done' })
  await expect(wish).not.toBeChecked()
  await floe.expectAccessible()
  expect(await page.evaluate('asked.times'), 'nothing is asked without a press').toBe(0)
  await wish.check()
  await expect(page.getByText('Saved: Tell me when a question is done')).toBeVisible()
  expect(await page.evaluate('asked.times')).toBe(1)
  await page.getByRole('button', { name: 'Send a test notification' }).click()
  await expect(page.getByText(/^Sent\. Nothing to see\?/)).toBeVisible()
  expect(await toldOn(page)).toMatchObject([
    { title: 'This is how Floe tells you', body: 'Your question stands here.' },
  ])
  await floe.expectAccessible()

  await floe.open()
  await runForLong(floe, 'How many customers are there?')
  const address = page.url()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await setHidden(page, true)
  letGo()
  await expect
    .poll(() => toldOn(page))
    .toMatchObject([{ title: 'Answer ready', body: 'How many customers are there?' }])
  await expect(page).toHaveTitle('● Settings · Floe')
  await page.evaluate("told[0].dispatchEvent(new Event('click'))")
  await expect(page).toHaveURL((url) => url.href.startsWith(address))
  await expect(page).toHaveTitle('● How many customers are there? · Floe')
  await setHidden(page, false)
  await expect(page).toHaveTitle('How many customers are there? · Floe')
  await floe.done.waitFor()

  // What was quick, and what is seen, is not worth a notification.
  await setHidden(page, true)
  await floe.answer('How many orders were placed per year?')
  await expect(page).toHaveTitle(/^● /)
  await setHidden(page, false)
  await floe.answer('How many suppliers are there?')
  expect(await toldOn(page)).toHaveLength(1)
})

test('of several tabs one tells, and none where the answer is seen', async ({ floe, context }) => {
  const { page } = floe
  await context.addInitScript(recordNotifications, 'granted')
  await fetch(`${floe.url}/api/v1/me/preferences`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ notifications: true }),
  })
  const other = await context.newPage()
  const tabs = [page, other]
  const told = async (): Promise<number> => (await Promise.all(tabs.map(toldOn))).flat().length
  const question = 'How many parts are there?'
  const letGo = await Promise.all(tabs.map(holdEnds))
  await floe.open()
  await floe.ask(question)
  await floe.run.waitFor()
  await other.goto(page.url())
  await other.getByRole('button', { name: 'Run query' }).waitFor()
  await floe.run.click()
  for (const tab of tabs) {
    await tab.getByRole('tablist', { name: 'Views of the answer' }).waitFor()
    // After fifteen seconds without a word the page would look for another way to the server.
    await tab.clock.setFixedTime(Date.now() + 12_000)
    await setHidden(tab, true)
  }
  for (const go of letGo) go()
  await expect.poll(told).toBe(1)
  for (const tab of tabs) await expect(tab).toHaveTitle(`● ${question} · Floe`)
  expect(await told()).toBe(1)
})

test('a browser that will not do it says so, and how to have it', async ({ floe }) => {
  const { page } = floe
  await page.addInitScript(recordNotifications, 'denied')
  await page.goto(`${floe.url}/settings`)
  await expect(page.getByRole('switch', { name: 'Tell me when a question is done' })).toBeDisabled()
  await expect(page.getByText(/^This browser blocks notifications of Floe\./)).toBeVisible()
  await page.addInitScript("Object.defineProperty(globalThis, 'isSecureContext', { get: () => false })")
  await page.reload()
  await expect(page.getByText(/only of pages that come over https/)).toBeVisible()
})

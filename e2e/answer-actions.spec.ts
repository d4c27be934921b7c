import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const perYear = 'How many orders were placed per year?'

test('one says what one thinks of an answer, and finds it again after a reload @every-size', async ({ floe }) => {
  await floe.open()
  await floe.answer(perYear)
  const good = floe.turn.getByRole('button', { name: 'Good answer' })
  const bad = floe.turn.getByRole('button', { name: 'Bad answer' })
  await good.click()
  await expect(good).toHaveAttribute('aria-pressed', 'true')
  await bad.click()
  await expect(bad).toHaveAttribute('aria-pressed', 'true')
  await expect(good).toHaveAttribute('aria-pressed', 'false')
  const send = floe.turn.getByRole('button', { name: 'Send' })
  await expect(send).toBeDisabled()
  await floe.turn.getByRole('checkbox', { name: 'The numbers are wrong' }).check()
  await floe.turn.getByRole('textbox', { name: 'In your own words' }).fill('Returned orders count.')
  await floe.expectAccessible()
  await send.click()
  await expect(send).toHaveCount(0)

  await floe.page.reload()
  await expect(bad).toHaveAttribute('aria-pressed', 'true')
  await floe.turn.getByRole('button', { name: 'What you said' }).click()
  await expect(floe.turn.getByRole('checkbox', { name: 'The numbers are wrong' })).toBeChecked()
  await expect(floe.turn.getByRole('textbox', { name: 'In your own words' })).toHaveValue('Returned orders count.')
  await bad.click()
  await expect(bad).toHaveAttribute('aria-pressed', 'false')
  await floe.page.reload()
  await expect(bad).toHaveAttribute('aria-pressed', 'false')
})

test('what is said while the earlier feedback is still being fetched stays', async ({ floe }) => {
  const { page } = floe
  await floe.open()
  const { promise: said, resolve: isSaid } = Promise.withResolvers<void>()
  await page.route('**/api/v1/conversations/*/feedback', async (route) => {
    const earlier = await route.fetch()
    await said
    await route.fulfill({ response: earlier }).catch(() => undefined)
  })
  await floe.answer('How many orders were placed per month?')
  const good = floe.turn.getByRole('button', { name: 'Good answer' })
  const given = page.waitForResponse((response) => /turns\/.+\/feedback$/.test(response.url()))
  await good.click()
  await given
  await expect(good).toHaveAttribute('aria-pressed', 'true')
  isSaid()
  await page.waitForLoadState('networkidle')
  await expect(good).toHaveAttribute('aria-pressed', 'true')
})

test('every part of an answer is copied as text', async ({ floe, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await floe.open()
  await floe.answer(perYear)
  const menu = floe.turn.getByRole('group').filter({ hasText: 'The table as Markdown' }).locator('summary')
  const copied = async (part: string): Promise<string> => {
    await menu.click()
    await floe.turn.getByRole('button', { name: part, exact: true }).click()
    await expect(floe.page.getByText(`${part} was copied.`).last()).toBeVisible()
    return await floe.page.evaluate<string>('navigator.clipboard.readText()')
  }
  expect(await copied('The answer')).toMatch(/1992/)
  expect(await copied('The table')).toMatch(/^\w+\t\w+\n1992\t\d+\n/)
  expect(await copied('The table as Markdown')).toMatch(/^\| \S+ \| \S+ \|\n\| -+:? \| -+: \|\n\| 1992 \| \d+ \|/)
  expect(await copied('The chart’s data')).toMatch(/^\w+\t[\w ]+\n1992\t[\d,]+\n/)
  expect(await copied('The SQL')).toContain('SELECT')
  expect(await copied('The question')).toBe(perYear)
  await menu.click()
  await floe.expectAccessible()
  await floe.page.keyboard.press('Escape')
  await expect(floe.turn.getByRole('button', { name: 'The SQL', exact: true })).toBeHidden()
})

test('copies also without a clipboard, and says so where nothing may be copied', async ({ floe }) => {
  await floe.page.addInitScript(`
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
    document.addEventListener('copy', ({ target }) => {
      document.documentElement.dataset.copied = target.value
    })`)
  await floe.open()
  await floe.answer('How many customers are there?')
  const menu = floe.turn.locator('summary').filter({ hasText: 'Copy' })
  const copyQuestion = async (): Promise<void> => {
    await menu.click()
    await floe.turn.getByRole('button', { name: 'The question' }).click()
  }
  await copyQuestion()
  await expect(floe.page.getByText('The question was copied.')).toBeVisible()
  await expect(floe.page.locator('html')).toHaveAttribute('data-copied', 'How many customers are there?')
  await floe.page.evaluate('document.execCommand = () => false')
  await copyQuestion()
  await expect(floe.page.getByText('This browser does not let the page copy.')).toBeVisible()
})

test('an answer is printed whole, on white, without the others', async ({ floe }) => {
  const { page } = floe
  await page.addInitScript("window.print = () => dispatchEvent(new Event('beforeprint'))")
  await floe.open()
  await floe.answer('How many customers are there?')
  await floe.answer('List all orders placed in 1995 with their total price')
  await floe.turn.getByRole('button', { name: 'Print' }).click()
  await page.emulateMedia({ media: 'print' })
  const [first, second] = [page.locator('article').first(), page.locator('article').last()]
  await expect(first).toBeHidden()
  await expect(second.getByRole('heading', { level: 2 })).toBeVisible()
  const rows = await second.locator('tbody tr').count()
  expect(rows).toBeGreaterThan(1_000)
  await expect(second.locator('tbody tr').last()).toBeVisible()
  await expect(floe.question).toBeHidden()
  await expect(second.getByRole('button')).toHaveCount(0)
  await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(255, 255, 255)')
  await expect(second.getByRole('heading', { level: 2 })).toHaveCSS('color', 'rgb(17, 19, 24)')
  await page.emulateMedia({ media: 'screen' })
  await page.evaluate("dispatchEvent(new Event('afterprint'))")
  await expect(first).toBeVisible()
  await expect(second.locator('tbody tr')).toHaveCount(0)
})

test('the charts of a long conversation are drawn as they come into view', async ({ floe }) => {
  const conversationId = crypto.randomUUID()
  const sql = 'SELECT YEAR(O_ORDERDATE) AS Y, COUNT(*) AS ORDERS FROM ORDERS GROUP BY 1 ORDER BY 1'
  for (let count = 0; count < 12; count += 1) {
    const asked = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const body = JSON.stringify({ conversationId, sql, autoRun: true })
    expect(await (await fetch(`${floe.url}/api/v1/turns`, { ...asked, body })).text()).toContain('"turn.done"')
  }
  await floe.open(`/c/${conversationId}`)
  const drawn = floe.page.locator('figure svg[width]')
  await expect(floe.turn.locator('figure svg[width]').first()).toBeVisible()
  await expect(floe.page.getByRole('article')).toHaveCount(12)
  const before = await floe.page.getByRole('figure').count()
  expect(before).toBeLessThan(5)
  // As a person does: a scrolling that the page cannot tell from its own is taken back where the last answer still grows.
  await floe.turn.hover()
  await floe.page.mouse.wheel(0, -100_000)
  await expect(floe.page.getByRole('article').first().locator('figure svg[width]').first()).toBeVisible()
  expect(await drawn.count()).toBeGreaterThan(0)
  expect(await floe.page.getByRole('figure').count()).toBeLessThan(12)
})

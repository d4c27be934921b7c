import { readFile } from 'node:fs/promises'
import type { Locator } from '@playwright/test'
import { expect, test, type FloePage } from './floe-test.ts'

const bySegment = `SELECT C_MKTSEGMENT, SUM(C_ACCTBAL) AS TOTAL_BALANCE, COUNT(*) AS CUSTOMERS FROM CUSTOMER GROUP BY 1 ORDER BY 1`
const byRegion = `SELECT R_NAME, O_ORDERSTATUS, COUNT(*) AS ORDERS FROM ORDERS JOIN CUSTOMER ON O_CUSTKEY = C_CUSTKEY
  JOIN NATION ON C_NATIONKEY = N_NATIONKEY JOIN REGION ON N_REGIONKEY = R_REGIONKEY GROUP BY 1, 2 ORDER BY 1, 2`
const byDay = `SELECT O_ORDERDATE, COUNT(*) AS ORDERS FROM ORDERS WHERE O_ORDERDATE < '1992-07-01' GROUP BY 1 ORDER BY 1`

/** Runs SQL past the page and opens its answer. */
async function openAnswer(floe: FloePage, sql: string): Promise<Locator> {
  await floe.openAnswer(sql)
  const figure = floe.turn.getByRole('figure')
  await figure.getByRole('img', { name: /chart/ }).waitFor()
  return figure
}

const press = (figure: Locator, name: string | RegExp): Promise<void> => figure.getByRole('button', { name }).click()
const drawing = (figure: Locator, name: RegExp): Locator => figure.getByRole('img', { name })

test('a chart is changed, kept with its answer, seen after a reload, and reset @every-size', async ({ floe, page }) => {
  const figure = await openAnswer(floe, byRegion)
  await press(figure, 'Change the chart')
  const editor = figure.getByRole('region', { name: 'Change the chart' })
  await editor.getByLabel('Bars and areas').selectOption({ label: 'stacked to 100 %' })
  await editor.getByLabel('Order', { exact: true }).selectOption({ label: 'highest first' })
  await editor.getByRole('switch', { name: 'Write values beside the marks' }).click()
  await expect(drawing(figure, /Stacked bar chart/)).toBeVisible()
  await expect(figure.getByText('100%').first()).toBeVisible()
  await expect(figure).toContainText('as you chose')
  await floe.expectAccessible()
  await expect
    .poll(async () => {
      const id = new URL(page.url()).pathname.split('/').at(-1)
      const read = await fetch(`${floe.url}/api/v1/conversations/${id}`)
      return ((await read.json()) as { turns: { chart?: { stacking: string; showsValues: boolean } }[] }).turns[0]
        ?.chart
    })
    .toMatchObject({ stacking: 'share', order: 'value', showsValues: true })
  await page.reload()
  await expect(drawing(figure, /Stacked bar chart/)).toBeVisible()
  await expect(figure).toContainText('as you chose')
  await press(figure, 'Back to the chosen chart')
  await expect(figure).toContainText('chosen because')
  await page.reload()
  await expect(figure).toContainText('chosen because')
})

test('colours and switches of the editor are seen where the system chooses the colours', async ({ floe, page }) => {
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
  const figure = await openAnswer(floe, byRegion)
  await press(figure, 'Change the chart')
  const colourOf = (it: Locator): Promise<string> =>
    it.evaluate((element) => String(element.ownerDocument.defaultView?.getComputedStyle(element).backgroundColor))
  const swatches = await figure.getByRole('group', { name: 'Colour of F' }).getByRole('button').all()
  expect(new Set(await Promise.all(swatches.map(colourOf))).size).toBe(swatches.length)
  const toggle = figure.getByRole('switch', { name: 'Write values beside the marks' })
  expect(await colourOf(toggle.locator('span'))).not.toBe(await colourOf(toggle))
})

test('a chart is saved as a picture, a drawing and exact data, under a name that says what is inside', async ({
  floe,
  page,
}) => {
  const figure = await openAnswer(floe, bySegment)
  await press(figure, 'Save or copy the chart')
  const save = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press(figure, name)])
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
  }
  const picture = await save('Picture (PNG)')
  expect(picture.name).toMatch(/^Total balance.* by market segment \(chart\)\.png$/i)
  expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.bytes.readUInt32BE(16)).toBe(1_920)
  const drawn = (await save('Drawing (SVG)')).bytes.toString()
  expect(drawn).toMatch(/^<svg .*<title>Total balance/i)
  expect(drawn).toContain('AUTOMOBILE')
  const csv = (await save('Data of the chart (CSV)')).bytes.toString()
  expect(csv).toMatch(/^\uFEFF[^\r]+\r\nAUTOMOBILE,-?\d+\.\d\d(,\d+)?\r\n/)
  await page.context().grantPermissions(['clipboard-write', 'clipboard-read'])
  await press(figure, 'Copy as picture')
  await expect(page.getByText('The picture was copied.')).toBeVisible()
})

test('a value of the chart leads to a question about it, by keyboard too', async ({ floe, page }) => {
  const figure = await openAnswer(floe, bySegment)
  await press(figure, 'Chart’s data as a table')
  const value = figure.getByRole('button', { name: /What to do with BUILDING/ }).first()
  await value.press('Enter')
  const menu = figure.getByRole('region', { name: /What to do with BUILDING/ })
  await expect(menu.getByRole('button').nth(1)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(menu).toHaveCount(0)
  await expect(value).toBeFocused()
  await value.press('Enter')
  await menu.getByRole('button', { name: 'Ask about this value' }).click()
  await expect(floe.question).toHaveValue('Only for mktsegment "BUILDING"')
  await expect(floe.question).toBeFocused()
})

test('a value of the chart keeps its rows alone in the table, and the chart is drawn of them', async ({ floe }) => {
  const figure = await openAnswer(floe, byRegion)
  await press(figure, 'Chart’s data as a table')
  await figure.getByRole('button', { name: /What to do with ASIA · F/ }).click()
  await figure.getByRole('button', { name: 'Show only these rows' }).click()
  await expect(floe.tab('Table')).toHaveAttribute('aria-selected', 'true')
  await expect(floe.tab('Table'), 'the keyboard follows').toBeFocused()
  await expect(floe.cell(1, 1)).toHaveText('ASIA')
  await expect(floe.turn.getByRole('row')).toHaveCount(2)
  await floe.tab('Chart').click()
  await expect(figure.getByRole('img', { name: /Highest|1 group/ })).toBeVisible()
  await floe.tab('Table').click()
  await floe.turn.getByLabel('Search in these rows').fill('no row says this')
  await expect(floe.turn.getByRole('rowheader')).toHaveCount(0)
  await floe.tab('Chart').click()
  await expect(figure.getByText('No row matches, so there is nothing to draw.')).toBeVisible()
})

test('the bars themselves can be pressed', async ({ floe, page }) => {
  const figure = await openAnswer(floe, bySegment)
  // A bar is a path in a colour of the palette; what is drawn above it lets no press through by itself.
  const bar = figure.locator('svg path[fill="#0035E3" i]').last()
  await bar.scrollIntoViewIfNeeded()
  const { x = 0, y = 0, width = 0, height = 0 } = (await bar.boundingBox()) ?? {}
  await page.mouse.click(x + width / 2, y + height / 2)
  await expect(figure.getByRole('region', { name: /What to do with MACHINERY/ })).toBeVisible()
})

test('a long line is looked at part by part @every-size', async ({ floe }) => {
  const figure = await openAnswer(floe, byDay)
  await figure.getByLabel('From').selectOption({ index: 20 })
  await figure.getByLabel('To').selectOption({ index: 10 })
  await expect(figure.getByRole('button', { name: 'Show all' })).toBeVisible()
  await figure.getByRole('button', { name: 'Show all' }).click()
  await expect(figure.getByRole('button', { name: 'Show all' })).toHaveCount(0)
  await floe.expectAccessible()
})

/** Labels that would be a tag, a style of the drawing library, a turned direction, a formula or a property of every object. */
const attacks = `SELECT * FROM (VALUES ('1<img src=x onerror=alert(1)>', 5, 50), ('2{a|x} {b} {c}', 7, 40), ('3' || CHR(8238) || 'gnp.exe', 9, 30),
  ('__proto__', 4, 20), ('constructor', 3, 10), ('=cmd|A1', 6, 60), ('4' || REPEAT('x', 100000), 8, 70)) AS T("{b}<b>NAME</b>", "__proto__", "{a|x} TOTAL")`

test('labels that attack are text in the chart, its table and its files', async ({ floe, page }) => {
  const figure = await openAnswer(floe, attacks)
  const texts = figure.locator('svg text')
  const shown = async (): Promise<string> => (await texts.allTextContents()).join('\n')
  await expect.poll(shown).toContain('__proto__')
  expect(await shown()).toMatch(/1<img/)
  expect(await shown()).toContain('2{a|x} {b} {c}')
  expect(await shown()).toContain('{a|x} TOTAL')
  expect(await shown()).not.toContain('\u202E')
  await texts.getByText('constructor').first().waitFor()
  const { x = 0, y = 0, width = 0, height = 0 } = (await figure.getByRole('img', { name: /chart/ }).boundingBox()) ?? {}
  for (let at = 1; at < 8; at += 1) await page.mouse.move(x + (width * at) / 8, y + height / 2)
  await press(figure, 'Chart’s data as a table')
  await expect(figure.getByRole('rowheader', { name: '1<img src=x onerror=alert(1)>' })).toBeVisible()
  await expect(figure.locator('img[src], script, foreignObject')).toHaveCount(0)
  await press(figure, 'Save or copy the chart')
  const save = async (name: string): Promise<string> => {
    const [download] = await Promise.all([page.waitForEvent('download'), press(figure, name)])
    return await readFile(await download.path(), 'utf8')
  }
  const drawn = await save('Drawing (SVG)')
  const tags = new Set(
    [...drawn.replace(/<!\[CDATA\[[^<]*\]\]>/, '').matchAll(/<[/!?]?([^\s/>]*)/g)].map(([, name = '']) => name),
  )
  const harmless = [
    'svg',
    'title',
    'rect',
    'text',
    'tspan',
    'g',
    'path',
    'defs',
    'style',
    'clipPath',
    'polyline',
    'line',
  ]
  expect([...tags].filter((name) => !harmless.includes(name))).toEqual([])
  expect(drawn).toContain('1&lt;img')
  expect(drawn).not.toContain('\u202E')
  expect(await save('Data of the chart (CSV)')).toMatch(/\r\n"?'=cmd\|A1/)
  expect((await save('Picture (PNG)')).slice(1, 4)).toBe('PNG')
})

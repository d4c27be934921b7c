import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test, type FloePage } from './floe-test.ts'

/** Runs SQL past the page and opens the table of its answer. */
async function openTable(floe: FloePage, ...asked: Parameters<FloePage['openAnswer']>): Promise<void> {
  await floe.openAnswer(...asked)
  await floe.tab('Table').click()
}

test('a table of 160,000 cells is kept in a worker, which the security policy of the page allows', async ({
  floe,
  page,
}) => {
  await openTable(floe, 'SELECT * FROM LINEITEM ORDER BY L_ORDERKEY, L_LINENUMBER LIMIT 10000')
  await expect(floe.cell(1, 1)).toHaveText('1')
  expect(page.workers().map((worker) => worker.url())).toEqual([
    expect.stringMatching(/\/assets\/rows-worker-[\w-]+\.js$/),
  ])
  const head = floe.turn.getByRole('columnheader').nth(1)
  await head.click()
  await head.click()
  await expect(floe.cell(1, 1)).not.toHaveText('1')
  const search = floe.turn.getByLabel('Search in these rows')
  await search.fill('no row says this')
  await expect(floe.turn.getByRole('rowheader')).toHaveCount(0)
})

test('a table of few cells starts no worker', async ({ floe, page }) => {
  await openTable(floe, 'SELECT * FROM NATION ORDER BY 1')
  await expect(floe.cell(1, 2)).toHaveText('ALGERIA')
  expect(page.workers()).toEqual([])
})

/** Writes a table of so many columns: `WORD_0` has texts, `NUMBER_1` numbers, and so on in turn. */
async function writeWideTable(folder: string, columns: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const cells = Array.from({ length: columns }, (_, at) =>
    at % 2 === 0 ? `'${at} of ' || r AS WORD_${at}` : `r * 100000 + ${at} AS NUMBER_${at}`,
  )
  await connection.run(`COPY (SELECT ${cells.join(', ')} FROM range(6) AS t(r)) TO '${join(folder, 'wide.parquet')}'`)
  connection.closeSync()
  instance.closeSync()
}

test('a table of ten thousand columns is read to its last column, sorted and copied', async ({ floe, page }) => {
  test.setTimeout(300_000)
  const folder = mkdtempSync(join(tmpdir(), 'floe-wide-'))
  try {
    await writeWideTable(folder, 10_000)
    await openTable(floe, 'SELECT * FROM WIDE', { connection: `folder:${folder}` })
    const grid = floe.turn.getByRole('grid')
    const heads = grid.getByRole('columnheader')
    const cells = grid.getByRole('row').nth(1).getByRole('gridcell')
    await expect(heads.nth(1)).toHaveText('Word 0')
    await expect(cells.first()).toHaveText('0 of 0')
    await expect(grid).toHaveAttribute('aria-colcount', '10001')
    expect(await heads.count()).toBeLessThan(60)
    await cells.first().click()
    await page.keyboard.press('End')
    await expect(heads.last()).toHaveText('Number 9999')
    await expect(heads.last()).toBeInViewport()
    await expect(cells.last()).toHaveText('9,999')
    await heads.last().click()
    await heads.last().click()
    await expect(cells.last()).toHaveText('509,999')
    await expect(cells.nth(-2)).toHaveText('9998 of 5')
    const cut = await grid
      .getByRole('gridcell')
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length)
    expect(cut, 'every column is as wide as its cells').toBe(0)
    await test.step('a row in full begins near the column that it was opened at', async () => {
      await cells.last().dblclick()
      const detail = page.getByRole('dialog')
      await expect(detail.getByRole('heading', { level: 3 }).last()).toHaveText('Number 9999')
      expect(await detail.getByRole('heading', { level: 3 }).count()).toBeLessThan(100)
      await detail.getByRole('button', { name: 'Show 100 columns before these' }).click()
      await expect(detail.getByRole('heading', { level: 3 })).toHaveCount(111)
      await page.keyboard.press('Escape')
    })
    await test.step('copying takes every column', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await grid.focus()
      await page.keyboard.press('Shift+Space')
      await page.keyboard.press('Control+c')
      await expect(page.getByText('10,000 cells were copied.')).toBeVisible()
      const copied = (await page.evaluate<string>('navigator.clipboard.readText()')).split('\t')
      expect(copied).toHaveLength(10_000)
      expect([copied[0], copied[1], copied.at(-1)]).toEqual(['0 of 5', '500001', '509999'])
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('of a wide result on the server, blocks of the columns in sight are asked for', async ({ floe, page }) => {
  test.setTimeout(300_000)
  const columns = Array.from({ length: 1_000 }, (_, at) => `N_NATIONKEY + ${at} AS C${at}`)
  await openTable(floe, `SELECT ${columns.join(', ')} FROM NATION ORDER BY 1`, { maxRows: 5 })
  const asked: (string | null)[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname.endsWith('/rows') && searchParams.get('count') !== '0') asked.push(searchParams.get('columns'))
  })
  await floe.turn.getByRole('button', { name: 'Work with all rows' }).click()
  await expect(floe.turn.getByText('Working with the whole result: 25 rows')).toBeVisible({ timeout: 120_000 })
  const cells = floe.turn.getByRole('row').nth(1).getByRole('gridcell')
  await expect(cells.first()).toHaveText('0')
  expect(new Set(asked)).toEqual(new Set(['0-99']))
  await cells.first().click()
  await page.keyboard.press('End')
  await expect(cells.last()).toHaveText('999')
  // The first rows came with the answer: their cells are seen before the other rows are asked for.
  await expect.poll(() => new Set(asked)).toEqual(new Set(['0-99', '900-999']))
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  asked.length = 0
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('Control+c')
  await expect(page.getByText('2 cells were copied.')).toBeVisible()
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('998\t999')
  expect(asked).toEqual(['998-999'])
})

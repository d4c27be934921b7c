import { expect, test, type FloePage } from './floe-test.ts'

/** Runs SQL past the page and opens the table of its answer. */
async function openTable(floe: FloePage, sql: string): Promise<void> {
  await floe.openAnswer(sql)
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

import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test, type FloePage } from './floe-test.ts'
import { cpuTicksOf } from './cpu-ticks.ts'

test.skip(lacksChromium, lackedChromium)

const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY'

async function runEndless(floe: FloePage): Promise<void> {
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.edit(endless)
  await floe.propose()
  await floe.turn.getByText('Edited by you').waitFor()
  await floe.run.click()
  await floe.turn.getByText(/^Running on/).waitFor()
}

test('a long query is stopped, and the engine really stops', async ({ floe, server }) => {
  await runEndless(floe)
  await expect(floe.page.getByRole('button', { name: 'Send' })).toHaveCount(0)
  await floe.stop.click()
  await expect(floe.turn.getByText('Cancelled while the query was running.')).toBeVisible()
  await expect(floe.page.getByRole('button', { name: 'Send' })).toBeVisible()
  await expect(floe.turn.getByRole('listitem').filter({ hasText: 'Running the query' })).toContainText('Stopped')
  await expect(floe.turn.getByText('Something went wrong')).toHaveCount(0)
  await floe.expectAccessible()
  await expect
    .poll(async () => await cpuTicksOf(server.pid, 500), { message: 'the engine is at rest' })
    .toBeLessThan(20)
  await floe.answer('How many orders were placed per year?')
})

test('Esc stops too, but not where it closes the account menu', async ({ floe }) => {
  await runEndless(floe)
  await floe.page.getByRole('button', { name: /^Account: / }).click()
  const account = floe.page.getByRole('link', { name: 'Account', exact: true })
  await account.waitFor()
  await floe.page.keyboard.press('Escape')
  await expect(account).toBeHidden()
  await expect(floe.stop).toBeVisible()
  await floe.page.keyboard.press('Escape')
  await expect(floe.turn.getByText('Cancelled while the query was running.')).toBeVisible()
})

test('a query that was not wanted is dropped before it runs', async ({ floe }) => {
  await floe.open()
  await floe.ask('How many customers are there?')
  await floe.turn.getByRole('button', { name: 'Cancel' }).click()
  await expect(floe.turn.getByText('Cancelled. The query was not run.')).toBeVisible()
  await expect(floe.run).toHaveCount(0)
  await floe.turn.getByRole('button', { name: 'Ask again', exact: true }).click()
  await expect(floe.page.getByRole('article')).toHaveCount(2)
  await floe.run.click()
  await floe.done.waitFor()
})

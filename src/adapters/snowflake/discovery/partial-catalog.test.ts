import { expect, test } from 'vitest'
import { never, scope, setUp } from './scripted-discovery.test-support.ts'

/** An account whose one schema keeps the reading waiting until it is released. */
function slowAccount() {
  const account = setUp()
  const release = Promise.withResolvers<void>()
  const query = account.link.query.bind(account.link)
  account.link.query = async (statement, options) => {
    if (statement.includes(`COLUMNS WHERE TABLE_SCHEMA = 'Odd"Name'`)) await release.promise
    options.signal.throwIfAborted()
    return await query(statement, options)
  }
  const discovery = account.discoveries.open(account.order())
  /** Resolves once the other schema has been read. */
  const heard = Promise.withResolvers<void>()
  const onProgress = (fact: string): void => {
    if (fact === '3 of 4 tables read') heard.resolve()
  }
  return { ...account, discovery, release, heard: heard.promise, onProgress }
}

test('scripted link: whoever has waited long enough gets the part that is there; the reading goes on', async () => {
  const { discovery, clock, release, heard, onProgress } = slowAccount()
  const waiting = discovery.catalog(never, onProgress)
  await heard
  clock.advance(5_000)
  const part = await waiting
  expect(part.tables.map(({ name }) => name)).toEqual(['CUSTOMERS', 'ORDERS', 'ORDERS_BY_DAY'])
  expect(part.unread).toBe('3 of 4 tables read so far')

  release.resolve()
  await discovery.refresh({ signal: never, isFull: false })
  const whole = await discovery.catalog(never)
  expect(whole.tables).toHaveLength(4)
  expect(whole.unread).toBeUndefined()
})

test('scripted link: whoever goes away leaves the reading to the next question', async () => {
  const { discovery, link, release, heard, onProgress } = slowAccount()
  const gone = new AbortController()
  const waiting = discovery.catalog(gone.signal, onProgress)
  await heard
  gone.abort(new Error('closed the tab'))
  await expect(waiting).rejects.toThrow('closed the tab')
  release.resolve()
  expect((await discovery.catalog(never)).tables).toHaveLength(4)
  expect(link.sent.filter((sql) => sql === 'SHOW TERSE SCHEMAS IN ACCOUNT')).toHaveLength(1)
})

test('scripted link: closing the last connection of a role stops its reading and keeps what was read', async () => {
  const { discovery, discoveries, release, heard, onProgress, faults } = slowAccount()
  const waiting = discovery.catalog(never, onProgress)
  await heard
  const closing = discovery.close()
  release.resolve()
  await expect(waiting).rejects.toMatchObject({ problem: { code: 'interrupted' } })
  await closing
  expect(await discoveries.state(scope)).toMatchObject({ state: 'partial', tables: 4, columns: 10 })
  expect(faults).toEqual([])
})

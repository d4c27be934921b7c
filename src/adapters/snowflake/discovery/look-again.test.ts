import { describe, expect, test } from 'vitest'
import { problem } from '../../../core/problem.ts'
import { rows, type Script } from '../scripted-link.test-support.ts'
import { documentedAccount } from './documented-account.test-support.ts'
import { never, setUp, table, takeSent } from './scripted-discovery.test-support.ts'

const listing = (...tables: readonly (readonly [name: string, createdOn: string])[]) =>
  rows(
    'created_on name database_name schema_name kind comment cluster_by rows bytes owner retention_time',
    ...tables.map(([name, at]) => [at, name, 'SALES', 'PUBLIC', 'TABLE', '', '', '1', '1', 'SYSADMIN', '1']),
  )
const columns = (tableName: string, ...names: readonly string[]) =>
  rows(
    'table_name schema_name column_name data_type null? default kind expression comment database_name',
    ...names.map((name) => [
      tableName,
      'PUBLIC',
      name,
      '{"type":"TEXT","length":10}',
      'true',
      '',
      'COLUMN',
      '',
      '',
      'SALES',
    ]),
  )
const later: Script = [
  [/^SHOW OBJECTS IN SCHEMA "SALES"\."PUBLIC"/, listing(['ORDERS', '2024-01-02'], ['BRANDNEW', '2026-11-28'])],
  [/^SHOW COLUMNS IN TABLE "SALES"\."PUBLIC"\."BRANDNEW"/, columns('BRANDNEW', 'ID')],
  [/^SHOW COLUMNS IN TABLE "SALES"\."PUBLIC"\."ORDERS"/, columns('ORDERS', 'O_ORDERKEY', 'CITY')],
  ...documentedAccount,
]
const named = (name: string, database = 'SALES', schema = 'PUBLIC') => ({ database, schema, name })

describe('a look at single schemas (documented answers)', () => {
  async function open() {
    const made = setUp()
    const discovery = made.discoveries.open(made.order())
    const before = await discovery.catalog(never)
    takeSent(made.link)
    made.link.script = later
    return { ...made, discovery, before }
  }

  test('finds a table made since, and forgets one that is gone, by SHOW alone', async () => {
    const { discovery, link, store } = await open()
    const { catalog, isFresh, readAt } = await discovery.lookAgain([named('BRANDNEW')], never)
    expect(table(catalog, 'BRANDNEW')?.columns.map(({ name }) => name)).toEqual(['ID'])
    expect(table(catalog, 'CUSTOMERS')).toBeUndefined()
    expect([isFresh, readAt]).toEqual([true, expect.stringMatching(/^\d{4}-\d\d-\d\dT/)])
    expect(takeSent(link).filter((one) => !one.startsWith('SHOW '))).toEqual([])
    expect(await discovery.catalog(never)).toBe(catalog)
    expect([...store.shelf.values()].at(-1)?.json).toContain('BRANDNEW')
  })

  test('finds a column added since', async () => {
    const { discovery } = await open()
    const { catalog } = await discovery.lookAgain([named('ORDERS')], never)
    expect(table(catalog, 'ORDERS')?.columns.map(({ name }) => name)).toEqual(['O_ORDERKEY', 'CITY'])
  })

  test('is not repeated for a while, and gives the same catalog where nothing is new', async () => {
    const { discovery, link, clock } = await open()
    const first = await discovery.lookAgain([named('NOWHERE')], never)
    takeSent(link)
    const second = await discovery.lookAgain([named('NOWHERE')], never)
    expect(second).toEqual({ ...first, isFresh: true })
    expect(second.catalog).toBe(first.catalog)
    expect(takeSent(link)).toEqual([])
    clock.advance(10_000)
    await discovery.lookAgain([named('NOWHERE')], never)
    expect(takeSent(link)).toHaveLength(1)
  })

  test.each([
    ['a personal database', named('NOTES', 'USER$ANN')],
    ['a database that no refresh has found', named('T', 'OTHER')],
    ['what describes the account', named('TABLES', 'SALES', 'INFORMATION_SCHEMA')],
  ])('leaves out %s, which is no look', async (_what, wanted) => {
    const { discovery, link, before } = await open()
    expect(await discovery.lookAgain([wanted], never)).toMatchObject({ catalog: before, isFresh: false })
    expect(takeSent(link)).toEqual([])
  })

  test('that the account does not answer gives the stored tables, and says so', async () => {
    const { discovery, link, before } = await open()
    link.script = [[/^SHOW/, problem('warehouse_unreachable', 'It is away.', 'Wait.')]]
    expect(await discovery.lookAgain([named('BRANDNEW')], never)).toMatchObject({ catalog: before, isFresh: false })
  })
})

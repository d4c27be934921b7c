import { describe, expect, test } from 'vitest'
import { rows } from '../scripted-link.test-support.ts'
import { documentedAccount } from './documented-account.test-support.ts'
import { never, refused, replaced, setUp } from './scripted-discovery.test-support.ts'

const hides = {
  problem: { code: 'connection_broken', message: expect.stringContaining('restricted session scope') as string },
}
const context = rows('a b', ['TRUE', '[{"name":"SNOWFLAKE$DATA_READ","definition":""}]'])

describe('an account that a restricted session scope hides (documented answers)', () => {
  test.each([
    ['databases', /^SHOW (TERSE )?DATABASES/],
    ['tables', /^SHOW (TERSE )?OBJECTS/],
  ])('SHOW refused for %s is told, and nothing is stored as if it were all', async (_what, pattern) => {
    const words = 'Insufficient privileges to operate on schema. Restricted session scope: SNOWFLAKE$DATA_READ'
    const { discoveries, order, store } = setUp(replaced(documentedAccount, pattern, refused(words)))
    await expect(discoveries.open(order()).catalog(never)).rejects.toMatchObject(hides)
    expect([...store.shelf.values()].filter(({ isComplete }) => isComplete)).toEqual([])
  })

  test('SHOW that lists nothing is told', async () => {
    const empty = replaced(documentedAccount, /^SHOW (TERSE )?DATABASES/, rows('name'))
    const { discoveries, order } = setUp(replaced(empty, /^SELECT SYS_CONTEXT/, context))
    await expect(discoveries.open(order()).catalog(never)).rejects.toMatchObject(hides)
  })

  test('an account without tables is empty, and no fault', async () => {
    const empty = replaced(documentedAccount, /^SHOW (TERSE )?DATABASES/, rows('name'))
    const { discoveries, order } = setUp(replaced(empty, /^SELECT SYS_CONTEXT/, rows('a b', ['FALSE', null])))
    expect((await discoveries.open(order()).catalog(never)).tables).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import type { TableName } from '../../contract/turn-event.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Guard } from '../guard/make-guard.ts'
import { refuse, type RefusalCode } from '../guard/verdict.ts'
import type { CatalogLook, OpenConnection } from '../ports/connections.ts'
import { defaultConnectionPolicy } from './connection-policy.ts'
import { judgeNames, lookOncePerSchema } from './judge-names.ts'

const before: Catalog = { tables: [], defaultDatabase: 'SALES', defaultSchema: 'PUBLIC' }
const after: Catalog = { ...before }
const { signal } = new AbortController()
const written: TableName[] = [
  { database: '', schema: '', name: 'BRANDNEW' },
  { database: '', schema: 'OTHER', name: 'T' },
]

/** A guard that knows the names of one catalog only. */
function guardKnowing(
  known: Catalog | null,
  code: RefusalCode = 'unknown_table',
  repaired: string | null = null,
): Guard {
  const refusal = refuse({ code, reason: 'There is none.', action: 'Use another.', span: null }, [], repaired)
  return {
    guardSql: (sql, { catalog }) =>
      Promise.resolve(
        catalog === null || catalog === known
          ? { ok: true, sql: sql as never, tables: written, unboundedRows: null }
          : refusal,
      ),
    capRows: () => Promise.reject(new Error('nothing is cut')),
  }
}

describe('names that the stored list does not know', () => {
  const judge = (guard: Guard, look: CatalogLook) => {
    const looks: (readonly TableName[])[] = []
    const connection = {
      policy: defaultConnectionPolicy,
      lookAgain: (tables: readonly TableName[]) => {
        looks.push(tables)
        return Promise.resolve(look)
      },
    }
    return judgeNames('SELECT 1', { guard, connection, catalog: before, signal }).then((judged) => ({
      ...judged,
      looks,
    }))
  }
  const look = { catalog: after, readAt: '2026-11-28T14:05:33.000Z', isFresh: true }

  test('are looked for once, by the names the query writes and the defaults it leaves out', async () => {
    const { verdict, catalog, looks } = await judge(guardKnowing(after), look)
    expect([verdict.ok, catalog === after]).toEqual([true, true])
    expect(looks).toEqual([
      [
        { database: 'SALES', schema: 'PUBLIC', name: 'BRANDNEW' },
        { database: 'SALES', schema: 'OTHER', name: 'T' },
      ],
    ])
  })

  test.each([
    [look, 'Use another. Floe looked for it in the account just now.'],
    [
      { ...look, isFresh: false },
      'Use another. The list of tables is as of 2026-11-28 14:05 UTC; floe schema refresh reads it anew.',
    ],
    [
      { ...look, isFresh: false, readAt: null },
      'Use another. The list of tables is not complete; floe schema refresh reads it anew.',
    ],
  ])('are refused with the age of the list: %j', async (seen, action) => {
    const { verdict } = await judge(guardKnowing(null), seen)
    expect(verdict).toMatchObject({ ok: false, action })
  })

  test('cost no look where something else is wrong, or only the spelling is', async () => {
    expect((await judge(guardKnowing(null, 'writes'), look)).looks).toEqual([])
    expect((await judge(guardKnowing(null, 'unknown_table', 'SELECT 2'), look)).looks).toEqual([])
    expect((await judge(guardKnowing(before), look)).looks).toEqual([])
  })
})

test('in one turn each schema is looked at once, and no more than three of them', async () => {
  const looks: string[] = []
  const { lookAgain } = lookOncePerSchema<Required<Pick<OpenConnection, 'lookAgain'>>>({
    lookAgain: (tables) => {
      looks.push(tables.map(({ schema, name }) => `${schema}.${name}`).join())
      return Promise.resolve({ catalog: after, readAt: null, isFresh: true })
    },
  })
  const table = (schema: string, name: string) => ({ database: 'SALES', schema, name })
  await lookAgain([table('A', 'X')], signal)
  await lookAgain([table('A', 'Y')], signal)
  await lookAgain([table('A', 'Y'), table('B', 'Z')], signal)
  await lookAgain([table('C', 'Z')], signal)
  expect((await lookAgain([table('D', 'Z')], signal)).catalog).toBe(after)
  expect(looks).toEqual(['A.X', 'B.Z', 'C.Z'])
})

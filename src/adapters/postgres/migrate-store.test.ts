import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storePlaces, type StorePlace } from '../../../test/support/store-places.ts'
import type { Database } from './database.ts'
import { applyMigrations, beginAlone, dropSchema, readApplied, readMigrations } from './migrate-store.ts'
import { makePostgresCatalogStore } from './postgres-catalog-store.ts'
import { makePostgresConnectionStore } from './postgres-connection-store.ts'
import { makePostgresPeopleStores } from './postgres-people-stores.ts'
import { makePostgresTurnStore } from './postgres-turn-store.ts'
import { fillTables, rowId, storedEvent, storedSettings } from './store-rows.test-support.ts'
import { makeStoreUpkeep } from './store-upkeep.ts'
import { openStore } from './store.test-support.ts'
import { readTables } from './stored-tables.ts'

const known = readMigrations()

/** Makes the store anew at the level after `count` migrations, with a row in each of its tables. */
const remake = (database: Database, count: number): Promise<readonly string[]> =>
  database.tend(async ({ client }) => {
    await beginAlone(client)
    await dropSchema(client, known)
    expect(await readTables(client)).toEqual([])
    await applyMigrations(client, known.slice(0, count))
    const filled = await fillTables(client)
    await client.query('commit')
    return filled
  }, 'once')

/** How many rows each table has. */
const countRows = (database: Database): Promise<Readonly<Record<string, number>>> =>
  database.tend(async ({ client }) => {
    const counts: Record<string, number> = {}
    for (const { name } of await readTables(client))
      counts[name] = Number(
        (await client.query<{ n: string }>(`select count(*) as n from public."${name}"`)).rows[0]?.n,
      )
    return counts
  }, 'once')

/** What the stores read of the rows that `fillTables` has inserted at an earlier level. */
async function readThroughStores(database: Database) {
  const people = makePostgresPeopleStores({ database })
  const turns = makePostgresTurnStore({ database, instanceId: randomUUID(), onFault: () => undefined })
  return {
    person: await people.people.read(rowId),
    tokens: await people.sessions.listTokens(rowId, 0),
    audit: await people.audit.list({ words: '', before: null, limit: 5 }),
    turn: await turns.readTurn(rowId, rowId),
    conversations: await turns.listConversations(rowId, 5),
    events: await turns.readEvents(rowId, rowId, 0),
    connections: await makePostgresConnectionStore({ database }).list(rowId),
    catalog: await makePostgresCatalogStore({ database }).read({ source: 'text', view: 'text' }),
  }
}

for (const { name, missing, open } of storePlaces)
  describe.skipIf(missing !== null)(`migrating ${name}${missing === null ? '' : `: ${missing}`}`, () => {
    let place: StorePlace
    let store: ReturnType<typeof openStore>
    beforeAll(async () => {
      place = await open()
      store = openStore(place.where)
    }, 60_000)
    afterAll(async () => {
      await store.close()
      await place.remove()
    })

    test.each(known.map(({ tag }, index) => [tag, index + 1] as const))(
      'from %s keeps what is there, and every store reads it',
      async (tag, count) => {
        const { database } = store
        const upkeep = makeStoreUpkeep({ database, version: '0' })
        const filled = await remake(database, count)
        expect(await upkeep.level()).toEqual({ level: tag, missing: known.slice(count).map((each) => each.tag) })
        expect(await upkeep.migrate()).toEqual({
          from: tag,
          to: known.at(-1)?.tag,
          applied: known.slice(count).map((each) => each.tag),
        })
        expect(await upkeep.migrate()).toMatchObject({ applied: [] })
        const counts = await countRows(database)
        expect(filled.filter((table) => counts[table] !== 1)).toEqual([])
        const read = await readThroughStores(database)
        const at = (table: string, expected: unknown) => (filled.includes(table) ? expected : expect.anything())
        expect(read).toMatchObject({
          person: { id: rowId, role: count >= 5 ? 'admin' : 'member' },
          turn: { id: rowId, state: 'done', lastSeq: 1 },
          conversations: [{ id: rowId, title: 'text' }],
          events: [{ seq: 1, json: storedEvent }],
          connections: at('connections', [{ id: rowId, kind: 'snowflake', sealedSecret: 'text' }]) as unknown,
          tokens: at('access_tokens', [{ id: rowId, scopes: ['ask'] }]) as unknown,
          audit: at('audit_entries', [{ action: 'sign_in', facts: { a: 1 } }]) as unknown,
        })
        if (filled.includes('connections'))
          expect(read.connections[0]?.settings).toMatchObject({ signIn: storedSettings.signIn })
        expect(read.catalog === null).toBe(!filled.includes('catalogs'))
      },
      60_000,
    )

    test('a store of a newer Floe is refused at every use and left as it is', async () => {
      const { database } = store
      await remake(database, known.length)
      await database.tend(async ({ client }) => {
        await client.query(
          `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${Number(known.at(-1)?.when) + 1})`,
        )
      }, 'once')
      const upkeep = makeStoreUpkeep({ database, version: '0' })
      const refusal = {
        problem: {
          code: 'store_unavailable',
          message: expect.stringContaining('was migrated by a newer Floe than this one') as string,
        },
      }
      const later = openStore(place.where)
      try {
        await expect(later.database.ready()).rejects.toMatchObject(refusal)
        expect(await later.database.health()).toMatchObject({ state: 'failed', detail: refusal.problem.message })
        await expect(upkeep.level()).rejects.toMatchObject(refusal)
        await expect(upkeep.migrate()).rejects.toMatchObject(refusal)
        const nowhere = { write: () => Promise.resolve(), never: new AbortController().signal }
        await expect(upkeep.backup(nowhere.write, nowhere.never)).rejects.toMatchObject(refusal)
      } finally {
        await later.database.close()
      }
      const { isNewer } = await database.tend(({ client }) => readApplied(client, known), 'once')
      expect(isNewer).toBe(true)
    }, 60_000)
  })

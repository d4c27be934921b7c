import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../../../test/support/postgres-server.ts'
import { eventsUpTo, newTurn } from '../../../test/support/turn-store-suite.ts'
import { makeClient } from './drizzle.ts'
import { localUserId } from './local-user.ts'
import { openStore } from './store.test-support.ts'

const missing = postgresMissing()

describe.skipIf(missing !== null)(`a store recovers by itself${missing === null ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(() => server.remove())

  const cleanups: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const clean of cleanups.splice(0)) await clean()
  })
  const open = (databaseUrl: string) => {
    const opened = openStore({ databaseUrl })
    cleanups.push(opened.close)
    return opened
  }
  const administer = async (...statements: readonly string[]): Promise<void> => {
    const client = makeClient({ connectionString: server.url })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  const urlOf = (database: string): string => server.url.replace(/\/postgres$/, `/${database}`)
  const unavailable = { problem: { code: 'store_unavailable' } }

  test('a read-only session is not used again once the database can be written', async () => {
    await administer('create database episode')
    const { store } = open(urlOf('episode'))
    const turn = newTurn(localUserId)
    await store.createTurn(turn)
    await administer(
      'alter database episode set default_transaction_read_only = on',
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'episode'",
    )
    await expect(store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')).rejects.toMatchObject(unavailable)
    await administer('alter database episode reset default_transaction_read_only')
    await store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')
    expect((await store.readTurn(localUserId, turn.id))?.lastSeq).toBe(1)
  })

  test('a database that was dropped and made again is migrated again', async () => {
    await administer('create database again')
    const { store, database } = open(urlOf('again'))
    await store.createTurn(newTurn(localUserId))
    await administer('drop database again with (force)')
    await expect(store.createTurn(newTurn(localUserId))).rejects.toMatchObject(unavailable)
    expect((await database.health()).state).toBe('failed')
    await administer('create database again')
    expect(await store.createTurn(newTurn(localUserId))).toBe('created')
    expect((await database.health()).state).toBe('ok')
  })

  test('a server that cannot be written is not healthy', async () => {
    await administer('create database frozen')
    const { database } = open(urlOf('frozen'))
    await database.ready()
    expect((await database.health()).state).toBe('ok')
    await administer(
      'alter database frozen set default_transaction_read_only = on',
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'frozen'",
    )
    // The first check may still meet the connection that was ended.
    await database.health()
    expect(await database.health()).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('is read-only') as unknown,
    })
    await administer('alter database frozen reset default_transaction_read_only')
    expect((await database.health()).state).toBe('ok')
  })

  test('changes that the server cannot order (40001) are made again, until each is stored', async () => {
    await administer('create database busy', "alter database busy set default_transaction_isolation = 'serializable'")
    const { store } = open(urlOf('busy'))
    const conversationId = randomUUID()
    const turns = Array.from({ length: 8 }, () => newTurn(localUserId, { conversationId }))
    for (const turn of turns) await store.createTurn(turn)
    // The end of each turn changes the row of their conversation.
    await Promise.all(turns.map(({ id }) => store.append(localUserId, id, eventsUpTo(1, 1), 'done')))
    for (const { id } of turns) expect((await store.readTurn(localUserId, id))?.state).toBe('done')
    const rolledBack = async (): Promise<number> => {
      const client = makeClient({ connectionString: server.url })
      await client.connect()
      const { rows } = await client.query("select xact_rollback::int as n from pg_stat_database where datname = 'busy'")
      await client.end()
      return (rows[0] as { n: number }).n
    }
    await expect.poll(rolledBack, { timeout: 20_000 }).toBeGreaterThan(0)
  })

  test('a server that hangs fails its health check in time', async () => {
    const { database } = open(server.url)
    await database.ready()
    server.pause()
    const health = await database.health().finally(server.resume)
    expect(health).toMatchObject({ state: 'failed', detail: expect.stringContaining('did not answer') as unknown })
  })
})

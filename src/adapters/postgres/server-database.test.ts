import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  postgresMissing,
  serverPassword,
  startPostgresServer,
  type PostgresServer,
} from '../../../test/support/postgres-server.ts'
import { eventsUpTo, newTurn } from '../../../test/support/turn-store-suite.ts'
import { ProblemError } from '../../core/problem.ts'
import { makeClient, sql } from './drizzle.ts'
import { localUserId } from './local-user.ts'
import { openDatabase } from './open-database.ts'
import { acknowledged, lostEvents, openStore, startWriter } from './store.test-support.ts'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
const open = (databaseUrl: string) => {
  const opened = openStore({ databaseUrl })
  cleanups.push(() => opened.database.close())
  return opened
}

const problemOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ProblemError)
  return error instanceof ProblemError
    ? error
    : new ProblemError({ code: 'internal', message: '', action: '', whoseTurn: 'floe' })
}

/** Everything a log could print of an error. */
const everythingOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${error.stack} ${JSON.stringify(error)} ${everythingOf(error.cause)}`
    : String(error)

describe('without a server', () => {
  const nobody = (): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer()
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
      })
    })

  test('it says within seconds which server does not answer, and never the password', async () => {
    const port = await nobody()
    const { database } = open(`postgres://floe:${encodeURIComponent(serverPassword)}@127.0.0.1:${port}/app`)
    const error = await problemOf(database.ready())
    expect(error.problem).toMatchObject({
      code: 'store_unavailable',
      message: `PostgreSQL at 127.0.0.1:${port}/app is not reachable.`,
      whoseTurn: 'operator',
    })
    expect(everythingOf(error)).not.toContain(serverPassword)
    expect(everythingOf(error)).not.toContain(encodeURIComponent(serverPassword))
    expect(await database.health()).toMatchObject({ state: 'failed', detail: error.message })
  })

  test('a server that accepts and says nothing is given up', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve)
    })
    cleanups.push(() => void silent.close())
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { database } = open(`postgres://floe@127.0.0.1:${port}/app`)
    expect((await problemOf(database.ready())).message).toBe(
      `PostgreSQL at 127.0.0.1:${port}/app did not answer in time.`,
    )
  })

  test('opening returns at once and does nothing until it is needed', async () => {
    const { database } = open('postgres://floe@127.0.0.1:1/app')
    await expect(database.close()).resolves.toBeUndefined()
  })

  test.each(['nonsense', 'postgres://[', ''])('a URL that is none is not repeated: %s', async (databaseUrl) => {
    const database = openDatabase({ databaseUrl, dataDir: '', userIds: [], onFault: () => undefined })
    const error = await problemOf(database.ready())
    expect(error.message).toBe('DATABASE_URL is not a URL.')
    await database.close()
  })
})

const journal = JSON.parse(readFileSync(join(import.meta.dirname, 'migrations/meta/_journal.json'), 'utf8')) as {
  readonly entries: readonly unknown[]
}
const missing = postgresMissing()

describe.skipIf(missing !== null)(`with a server${missing === null ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(() => server.remove())

  const administer = async (...statements: readonly string[]): Promise<void> => {
    const client = makeClient({ connectionString: server.url })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  const urlOf = (database: string): string => server.url.replace(/\/postgres$/, `/${database}`)

  test('many that start at once migrate once, and starting again changes nothing', async () => {
    await administer('create database fresh')
    const writers = Array.from({ length: 3 }, () => startWriter({ databaseUrl: urlOf('fresh'), events: 5 }))
    const handles = Array.from({ length: 4 }, () => open(urlOf('fresh')))
    await Promise.all(handles.map(({ database }) => database.ready()))
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0])
    const [first = open(urlOf('fresh'))] = handles
    expect(await lostEvents(first.store, acknowledged(writers))).toEqual([])
    const { rows } = await open(urlOf('fresh')).database.run((statements) =>
      statements.execute(sql`select count(*)::int as migrations from drizzle.__drizzle_migrations`),
    )
    expect(rows).toEqual([{ migrations: journal.entries.length }])
  })

  test('a migration that was cut off leaves nothing and is done again', async () => {
    await administer('create database half')
    const inTheWay = makeClient({ connectionString: urlOf('half') })
    await inTheWay.connect()
    await inTheWay.query('create table turns (wrong int)')
    const { database } = open(urlOf('half'))
    await expect(database.ready()).rejects.toThrow(/already exists/)
    expect(
      (await inTheWay.query(`select 1 from pg_tables where tablename in ('users', 'conversations')`)).rows,
    ).toEqual([])
    await inTheWay.query('drop table turns')
    await database.ready()
    await inTheWay.end()
  })

  test('a server that ends is a clear error; once it is back, so is the store', async () => {
    const { store, database } = open(server.url)
    const turn = newTurn(localUserId)
    await store.createTurn(turn)
    await server.kill()
    expect((await problemOf(store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running'))).problem).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/^PostgreSQL at 127\.0\.0\.1:\d+\/postgres is not reachable\.$/) as unknown,
    })
    expect((await database.health()).state).toBe('failed')
    await server.start()
    await store.append(localUserId, turn.id, eventsUpTo(1, 1), 'done')
    expect(await store.readTurn(localUserId, turn.id)).toMatchObject({ state: 'done', lastSeq: 1 })
    expect((await database.health()).state).toBe('ok')
  })

  test('a server that comes back in time is not noticed', async () => {
    const { store } = open(server.url)
    const turn = newTurn(localUserId)
    await store.createTurn(turn)
    await server.kill()
    const appended = store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')
    await server.start()
    await appended
    expect((await store.readTurn(localUserId, turn.id))?.lastSeq).toBe(1)
  })

  test('connections ended by the server are replaced', async () => {
    const { store, faults } = open(server.url)
    const turn = newTurn(localUserId)
    await store.createTurn(turn)
    await administer('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()')
    await store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')
    expect((await store.readTurn(localUserId, turn.id))?.lastSeq).toBe(1)
    expect(faults.map((fault) => inspect(fault, { depth: 12, showHidden: true })).join()).not.toContain(serverPassword)
  })

  test('a server that hangs is given up; once it goes on, so does the store', async () => {
    const { store } = open(server.url)
    const turn = newTurn(localUserId)
    await store.createTurn(turn)
    server.pause()
    const failed = problemOf(store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')).finally(server.resume)
    expect((await failed).problem).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/did not answer in time\.$/) as unknown,
    })
    await store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')
    expect((await store.readTurn(localUserId, turn.id))?.lastSeq).toBe(1)
  })

  test('a read-only server is named as such, and written to again afterwards', async () => {
    const { store } = open(server.url)
    const turn = newTurn(localUserId)
    await store.createTurn(turn)
    const readOnly = (value: 'on' | 'off') =>
      administer(
        `alter system set default_transaction_read_only = ${value}`,
        'select pg_reload_conf()',
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
      )
    await readOnly('on')
    cleanups.push(() =>
      administer('set default_transaction_read_only = off', 'alter system reset all', 'select pg_reload_conf()'),
    )
    const error = await problemOf(store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running'))
    expect(error.problem).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/is read-only/) as unknown,
    })
    expect((await store.readTurn(localUserId, turn.id))?.lastSeq).toBe(0)
  })

  test.each([
    ['50%off', '50%off'],
    ['%', '%'],
    ['%ff', '%ff'],
    ['p%40ss', 'p@ss'],
  ])('the password may be written as %s in the URL', async (written, meant) => {
    await administer('drop role if exists percent', `create role percent superuser login password '${meant}'`)
    const { database } = open(server.url.replace(/\/\/[^@]+@/, `//percent:${written}@`))
    await expect(database.ready()).resolves.toBeUndefined()
  })

  test.each([
    ['a wrong password', (url: string) => url.replace(/:[^:@/]+@/, ':wrong-secret@'), /refused the sign-in/],
    ['an unknown database', (url: string) => url.replace(/\/postgres$/, '/nowhere'), /has no database of that name/],
    ['TLS that the server has not', (url: string) => `${url}?sslmode=verify-full`, /could not be reached by TLS/],
  ])('%s is said in words, without the password', async (_, change, message) => {
    const error = await problemOf(open(change(server.url)).database.ready())
    expect(error.problem.code).toBe('store_unavailable')
    expect(error.message).toMatch(message)
    for (const secret of ['wrong-secret', serverPassword, encodeURIComponent(serverPassword)])
      expect(everythingOf(error)).not.toContain(secret)
  })

  test('a defect in a statement is no trouble of the store, and tells nothing of its parameters', async () => {
    const { database } = open(server.url)
    const failed = database.run((statements) => statements.execute(sql`select ${'very private'}::text from nowhere`))
    const error: unknown = await failed.catch((thrown: unknown) => thrown)
    expect(error).not.toBeInstanceOf(ProblemError)
    expect(everythingOf(error)).toContain('42P01')
    expect(everythingOf(error)).not.toContain('very private')
  })
})

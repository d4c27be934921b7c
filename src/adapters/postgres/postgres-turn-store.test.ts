import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../../../test/support/postgres-server.ts'
import { describeTurnStore, eventsUpTo, newTurn } from '../../../test/support/turn-store-suite.ts'
import { sql } from './drizzle.ts'
import { storePieces } from './event-statements.ts'
import { localUserId } from './local-user.ts'
import { openStore, otherUserId, startWriter, temporaryFolder, testTemplate } from './store.test-support.ts'

const missing = postgresMissing()
const people = { ownerId: localUserId, otherId: otherUserId }

describeTurnStore('embedded', null, async () => {
  const folder = temporaryFolder()
  const { store, close } = openStore({ dataDir: folder.path, templatePath: await testTemplate() })
  return { store, ...people, close: () => close().finally(folder.remove) }
})

describeTurnStore('PostgreSQL server', missing, async () => {
  const server = await startPostgresServer()
  const { store, close } = openStore({ databaseUrl: server.url })
  const end = async (): Promise<void> => {
    await close()
    await server.remove()
  }
  return { store, ...people, close: end }
})

interface Place {
  readonly where: { readonly dataDir?: string; readonly databaseUrl?: string; readonly templatePath?: string }
  remove(): Promise<void>
}

const embedded = async (): Promise<Place> => {
  const folder = temporaryFolder()
  const where = { dataDir: folder.path, templatePath: await testTemplate() }
  return { where, remove: () => Promise.resolve(folder.remove()) }
}

const onServer = async (): Promise<Place> => {
  const server: PostgresServer = await startPostgresServer()
  return { where: { databaseUrl: server.url }, remove: server.remove }
}

const places = [
  ['embedded', null, embedded],
  ['PostgreSQL server', missing, onServer],
] as const

for (const [name, lacking, makePlace] of places) {
  const reason = lacking === null ? '' : ` (skipped: ${lacking})`
  describe.skipIf(lacking !== null)(`turns of a killed process: ${name}${reason}`, () => {
    let place: Place
    beforeAll(async () => {
      place = await makePlace()
    })
    afterAll(() => place.remove())

    test('pieces of a long event that it did not finish do not change the event stored in its place', async () => {
      const { store, database, close } = openStore(place.where)
      const turn = newTurn(localUserId)
      await store.createTurn(turn)
      const rows = await database.run((statements) =>
        statements.execute<{ id: string }>(sql`select instance_id as id from turns where id = ${turn.id}::uuid`),
      )
      const owner = { ownerId: localUserId, turnId: turn.id, instanceId: rows.rows[0]?.id ?? '' }
      const long = { seq: 1, json: JSON.stringify('a'.repeat(900_000)) }
      await database.run((statements) => storePieces(statements, owner, [long]))
      expect(await store.readEvents(localUserId, turn.id, 0)).toEqual([])
      const shorter = { seq: 1, json: JSON.stringify('b'.repeat(300_000)) }
      await store.append(localUserId, turn.id, [shorter], 'done')
      expect(await store.readEvents(localUserId, turn.id, 0)).toEqual([shorter])
      await close()
    })

    test('they are found at once, can be ended, and the dead writer is not let in again', async () => {
      const writer = startWriter({ ...place.where, events: 1_000_000 })
      await writer.said(4)
      const turnId = writer.words[0]?.turnId ?? ''
      const witness = openStore(place.where)
      expect(await witness.store.findOrphans(() => true)).toEqual([])
      writer.process.kill('SIGKILL')
      await writer.ended

      const [orphan] = await witness.store.findOrphans(() => true)
      expect(orphan).toMatchObject({ ownerId: localUserId, turnId })
      const next = (orphan?.lastSeq ?? 0) + 1
      expect(next).toBeGreaterThanOrEqual(4)
      const late = openStore(place.where)
      await Promise.all([
        witness.store.append(localUserId, turnId, eventsUpTo(next, next), 'interrupted'),
        witness.store.append(localUserId, turnId, eventsUpTo(next, next), 'interrupted'),
      ])
      expect(await witness.store.readTurn(localUserId, turnId)).toMatchObject({ state: 'interrupted', lastSeq: next })
      expect(await witness.store.findOrphans(() => true)).toEqual([])
      await expect(
        late.store.append(localUserId, turnId, eventsUpTo(next + 1, next + 1), 'done'),
      ).rejects.toMatchObject({
        problem: { code: 'interrupted' },
      })
      await late.close()
      await witness.close()
    })

    test('turns of other living processes count together, however many ask at once', async () => {
      const owner = randomUUID()
      const stores = [openStore(place.where), openStore(place.where)]
      const [one, two] = stores.map(({ store }) => store)
      if (one === undefined || two === undefined) throw new Error('two stores were opened')
      await stores[0]?.database.run((on) => on.execute(sql.raw(`insert into users (id) values ('${owner}')`)))
      const waiting = newTurn(owner)
      await one.createTurn(waiting)
      await one.append(owner, waiting.id, eventsUpTo(1, 1), 'waiting')
      // The first that is stored leaves no room to the other process.
      const asks = Array.from({ length: 8 }, (_, place) => (place % 2 === 0 ? one : two).createTurn(newTurn(owner), 0))
      const outcomes = await Promise.all(asks)
      const [first, second] = [0, 1].map((which) => [...new Set(outcomes.filter((_, place) => place % 2 === which))])
      expect([first?.join(), second?.join()].toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
        'created',
        'full',
      ])
      expect(await two.createTurn(newTurn(owner))).toBe('created')
      expect(await one.createTurn(newTurn(owner), 0)).toBe('full')
      expect(await one.createTurn(newTurn(localUserId), 0)).toBe('created')
      // A process that is gone runs nothing.
      expect(await two.countRunningElsewhere(owner)).toBe(first?.includes('created') === true ? 4 : 0)
      await stores[0]?.close()
      expect(await two.countRunningElsewhere(owner)).toBe(0)
      await stores[1]?.database.run((on) => on.execute(sql.raw('delete from turns')))
      await stores[1]?.close()
    })

    test('a store that closes leaves its unfinished turns to the next one', async () => {
      const before = openStore(place.where)
      const turn = newTurn(localUserId)
      await before.store.createTurn(turn)
      await before.close()
      const after = openStore(place.where)
      expect((await after.store.findOrphans(() => true)).map(({ turnId }) => turnId)).toEqual([turn.id])
      await after.store.append(localUserId, turn.id, eventsUpTo(1, 1), 'interrupted')
      await after.close()
    })

    test.each([
      ['on another machine, heard of lately', `host = 'elsewhere'`, false],
      ['on another machine, silent for 31 s', `host = 'elsewhere', heartbeat_at = now() - interval '31 seconds'`, true],
      ['on this machine, its process there', `pid = ${process.ppid}`, false],
      ['on this machine, its process gone', `pid = 2147483646`, true],
      ['on this machine, its process id now ours', `pid = ${process.pid}`, true],
      [
        'on this machine, its process id used by another since',
        `pid = ${process.ppid}, heartbeat_at = now() - interval '31 seconds'`,
        true,
      ],
    ])('an instance %s', async (_, change, gone) => {
      const [before, after] = [openStore(place.where), openStore(place.where)]
      const turn = newTurn(localUserId)
      await before.store.createTurn(turn)
      await before.database.run((statements) =>
        statements.execute(
          sql.raw(
            `update instances set ${change} from turns where turns.instance_id = instances.id and turns.id = '${turn.id}'`,
          ),
        ),
      )
      expect((await after.store.findOrphans(() => true)).some(({ turnId }) => turnId === turn.id)).toBe(gone)
      await before.store.append(localUserId, turn.id, eventsUpTo(1, 1), 'done')
      expect((await after.store.findOrphans(() => true)).some(({ turnId }) => turnId === turn.id)).toBe(false)
      await after.close()
      await before.close()
    })
  })
}

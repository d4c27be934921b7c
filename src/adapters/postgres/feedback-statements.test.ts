import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storePlaces } from '../../../test/support/store-places.ts'
import { sql } from './drizzle.ts'
import { makePostgresPeopleStores } from './postgres-people-stores.ts'
import { makePostgresTurnStore } from './postgres-turn-store.ts'
import { openStore, type OpenStore } from './store.test-support.ts'

for (const { name, missing: reason, open } of storePlaces)
  describe.skipIf(reason !== null)(`feedback in ${name}${reason === null ? '' : `: ${reason}`}`, () => {
    let place: OpenStore
    let removePlace: () => Promise<void>
    let stores: ReturnType<typeof makePostgresPeopleStores>
    let turns: ReturnType<typeof makePostgresTurnStore>
    beforeAll(async () => {
      const { where, remove } = await open()
      removePlace = remove
      place = openStore(where)
      stores = makePostgresPeopleStores({ database: place.database })
      turns = makePostgresTurnStore({ database: place.database, instanceId: randomUUID(), onFault: () => undefined })
    }, 60_000)
    afterAll(async () => {
      await turns.close()
      await place.close()
      await removePlace()
    })

    const run = (statement: string) => place.database.run((on) => on.execute(sql.raw(statement)))
    const personOf = async (email: string): Promise<string> => {
      const id = randomUUID()
      await stores.people.invite(id, email, 'member')
      return id
    }
    const ask = async (ownerId: string, conversationId: string): Promise<string> => {
      const id = randomUUID()
      const words = { question: `q ${id}`, connection: 'sample', writer: 'offline', askJson: '{}' }
      await turns.createTurn({ id, ownerId, conversationId, ...words, createdAt: '2026-11-29T10:00:00.000Z' })
      return id
    }
    const bad = { verdict: 'down' as const, reasons: ['wrong_numbers' as const], comment: 'no \u0000 zero' }
    const good = { verdict: 'up' as const, reasons: [], comment: '' }

    test('is one entry a turn, of its owner alone, and goes with the turn and its person', async () => {
      const [ownerId, otherId] = [await personOf('ada@example.com'), await personOf('bob@example.com')]
      const [first, second] = [randomUUID(), randomUUID()]
      const [a, b, c] = [await ask(ownerId, first), await ask(ownerId, first), await ask(ownerId, second)]
      const { feedback } = stores
      expect(await feedback.put(ownerId, a, bad, 1_000)).toEqual({
        turnId: a,
        ...bad,
        comment: expect.stringMatching(/^no .+ zero$/u) as string,
        updatedAt: '1970-01-01T00:00:01.000Z',
      })
      for (const foreign of [
        [otherId, a],
        [ownerId, randomUUID()],
      ] as const)
        expect(await feedback.put(foreign[0], foreign[1], good, 2_000)).toBeNull()
      expect(await feedback.put(ownerId, a, good, 3_000)).toMatchObject({
        ...good,
        updatedAt: '1970-01-01T00:00:03.000Z',
      })
      await feedback.put(ownerId, b, bad, 4_000)
      await feedback.put(ownerId, c, bad, 5_000)
      expect((await feedback.listOf(ownerId, first)).map(({ turnId, verdict }) => [turnId, verdict])).toEqual([
        [a, 'up'],
        [b, 'down'],
      ])
      expect(await feedback.listOf(ownerId, null)).toHaveLength(3)
      expect([await feedback.listOf(otherId, null), await feedback.listOf(otherId, first)]).toEqual([[], []])
      expect([await feedback.remove(otherId, a), await feedback.remove(ownerId, randomUUID())]).toEqual([false, false])

      const [newest, older] = await feedback.list(null, 2)
      expect([newest?.turnId, older?.turnId]).toEqual([c, b])
      expect(newest).toMatchObject({
        person: { id: ownerId, email: 'ada@example.com' },
        connection: 'sample',
        sql: null,
      })
      expect((await feedback.list(older?.cursor ?? null, 2)).map(({ turnId }) => turnId)).toEqual([a])

      await run(`update conversations set deleted_at = now() where id = '${second}'`)
      expect((await feedback.listOf(ownerId, null)).map(({ turnId }) => turnId)).toEqual([a, b])
      expect(await feedback.put(ownerId, c, good, 6_000)).toBeNull()
      await run(`delete from turns where id = '${b}'`)
      expect(await feedback.remove(ownerId, a)).toBe(true)
      expect(await feedback.listOf(ownerId, null)).toEqual([])
      await feedback.put(ownerId, a, bad, 7_000)
      await stores.people.remove(ownerId)
      const { rows } = await run('select turn_id from turn_feedback')
      expect(rows).toEqual([])
    })

    test('on a turn that is removed while it is written is refused like any that is gone', async () => {
      const ownerId = await personOf('eve@example.com')
      const turnId = await ask(ownerId, randomUUID())
      // The turn is there when it is looked for and gone when its feedback is written.
      await run(
        `create function remove_its_turn() returns trigger language plpgsql as 'begin delete from turns where id = new.turn_id; return new; end'`,
      )
      await run(
        'create trigger remove_its_turn before insert on turn_feedback for each row execute function remove_its_turn()',
      )
      expect(await stores.feedback.put(ownerId, turnId, good, 8_000)).toBeNull()
      await run('drop function remove_its_turn cascade')
      await stores.feedback.put(ownerId, turnId, good, 9_000)
      expect((await stores.feedback.listOf(ownerId, null)).map((one) => one.turnId)).toEqual([turnId])
    })
  })

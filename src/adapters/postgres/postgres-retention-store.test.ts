import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storePlaces } from '../../../test/support/store-places.ts'
import type { TurnState } from '../../contract/api.ts'
import type { RetentionStore } from '../../core/ports/retention-store.ts'
import { sql } from './drizzle.ts'
import { localUserId } from './local-user.ts'
import { makePostgresHistoryStore } from './postgres-history-store.ts'
import { makePostgresPeopleStores } from './postgres-people-stores.ts'
import { makePostgresRetentionStore } from './postgres-retention-store.ts'
import { openStore, otherUserId, type OpenStore } from './store.test-support.ts'

const dayMs = 24 * 3_600_000

for (const { name, missing, open } of storePlaces)
  describe.skipIf(missing !== null)(`what is kept in ${name}${missing === null ? '' : `: ${missing}`}`, () => {
    let place: OpenStore
    let removePlace: () => Promise<void>
    let retention: RetentionStore
    beforeAll(async () => {
      const { where, remove } = await open()
      removePlace = remove
      place = openStore(where)
      retention = makePostgresRetentionStore(place)
    }, 60_000)
    afterAll(async () => {
      await place.close()
      await removePlace()
    })

    /** Stores a turn with rows of about so many bytes, asked so many days ago. */
    async function store(options: {
      readonly ownerId: string
      readonly bytes?: number
      readonly daysAgo?: number
      readonly state?: TurnState
    }): Promise<{ readonly turnId: string; readonly conversationId: string }> {
      const { ownerId, bytes = 0, daysAgo = 0, state = 'done' } = options
      const [turnId, conversationId] = [randomUUID(), randomUUID()]
      const at = new Date(Date.now() - daysAgo * dayMs).toISOString()
      const turn = { id: turnId, ownerId, conversationId, question: 'q', connection: 'sample', writer: 'sql' }
      await place.store.createTurn({ ...turn, askJson: '{}', createdAt: at })
      const envelope = (seq: number) => `"turnId":"${turnId}","seq":${seq},"at":"${at}"`
      const events = [
        { seq: 1, json: `{${envelope(1)},"kind":"query.proposed","sql":"SELECT 'x'"}` },
        { seq: 2, json: `{"kind":"result.rows",${envelope(2)},"rows":[["${'x'.repeat(bytes)}"]]}` },
        { seq: 3, json: `{${envelope(3)},"kind":"turn.done"}` },
      ]
      await place.store.append(ownerId, turnId, events, state)
      await place.database.run((on) =>
        on.execute(sql`update conversations set updated_at = ${at}::timestamptz where id = ${conversationId}::uuid`),
      )
      return { turnId, conversationId }
    }
    const keep = (ownerId: string, conversationId: string): Promise<boolean> =>
      makePostgresHistoryStore(place).change(ownerId, conversationId, { isKept: true })
    const person = async (): Promise<string> => {
      const id = randomUUID()
      await place.database.run((on) => on.execute(sql`insert into users (id, email) values (${id}::uuid, ${id})`))
      return id
    }

    test('counts what events take, to the byte', async () => {
      const ownerId = await person()
      const { turnId, conversationId } = await store({ ownerId, bytes: 450_000 })
      const events = await place.store.readEvents(ownerId, turnId, 0)
      const bytes = events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0)
      expect(await retention.readUse(ownerId)).toEqual({ bytes, keptBytes: 0, favoriteBytes: 0 })
      expect(await keep(otherUserId, conversationId)).toBe(false)
      expect(await keep(ownerId, conversationId)).toBe(true)
      expect(await retention.readUse(ownerId)).toEqual({ bytes, keptBytes: bytes, favoriteBytes: 0 })
      expect(await retention.listKept(ownerId, 10)).toMatchObject([{ id: conversationId, bytes, isKept: true }])
    })

    test('removes the rows of the oldest answers, and leaves their events in place', async () => {
      const ownerId = await person()
      const kept = await store({ ownerId, bytes: 300_000 })
      await keep(ownerId, kept.conversationId)
      const oldest = await store({ ownerId, bytes: 450_000 })
      const running = await store({ ownerId, bytes: 300_000, state: 'running' })
      const newest = await store({ ownerId, bytes: 300_000 })
      const other = await store({ ownerId: otherUserId, bytes: 300_000 })
      expect(await retention.findOwnersAbove(1_000_000)).toEqual([ownerId])
      expect(await retention.removeRows(ownerId, 950_000)).toBe(1)

      const events = await place.store.readEvents(ownerId, oldest.turnId, 0)
      expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3])
      const rows = JSON.parse(events[1]?.json ?? '') as Record<string, unknown>
      expect(rows).toEqual({
        kind: 'result.rows',
        turnId: oldest.turnId,
        seq: 2,
        at: expect.any(String) as string,
        rows: [],
        removed: true,
      })
      for (const { turnId } of [kept, running, newest])
        expect((await place.store.readEvents(ownerId, turnId, 1))[0]?.json).toContain('xxx')
      expect((await place.store.readEvents(otherUserId, other.turnId, 1))[0]?.json).toContain('xxx')
      // With nothing left that may go it ends, whatever is asked for.
      expect(await retention.removeRows(ownerId, 1)).toBe(1)
      expect((await retention.readUse(ownerId)).bytes).toBeLessThan(601_500)
    })

    test('removes conversations that were not used for long, but none that is kept or still runs', async () => {
      const ownerId = await person()
      const old = await store({ ownerId, daysAgo: 91 })
      const kept = await store({ ownerId, daysAgo: 200 })
      await keep(ownerId, kept.conversationId)
      const running = await store({ ownerId, daysAgo: 200, state: 'waiting' })
      const young = await store({ ownerId, daysAgo: 89 })
      const aging = await retention.listAging(ownerId, Date.now() - 80 * dayMs, 10)
      expect(aging.map(({ id }) => id)).toEqual([running, old, young].map(({ conversationId }) => conversationId))
      expect(await retention.removeConversations(Date.now() - 90 * dayMs)).toBe(1)
      const left = await place.store.listConversations(ownerId, 10)
      expect(new Set(left.map(({ id }) => id))).toEqual(
        new Set([kept, running, young].map(({ conversationId }) => conversationId)),
      )
    })

    test('removes audit entries of more than 30 days, and no younger ones whatever it is asked for', async () => {
      const { audit } = makePostgresPeopleStores(place)
      for (const days of [31, 29, 0])
        await audit.append({
          id: randomUUID(),
          at: Date.now() - days * dayMs,
          userId: localUserId,
          door: 'page',
          action: 'sign_in',
          facts: { days },
        })
      expect(await retention.removeAudit(Date.now() - 30 * dayMs)).toBe(1)
      await expect(retention.removeAudit(Date.now())).rejects.toThrow('audit entries are only ever added')
      const left = await audit.list({ words: '"days"', before: null, limit: 10 })
      expect(left.map(({ facts }) => facts['days'])).toEqual([0, 29])
      await expect(place.database.run((on) => on.execute(sql.raw('delete from audit_entries')))).rejects.toThrow(
        'audit entries are only ever added',
      )
    })
  })

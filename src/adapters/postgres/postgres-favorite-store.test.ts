import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newTurn } from '../../../test/support/turn-store-suite.ts'
import { storePlaces } from '../../../test/support/store-places.ts'
import type { FavoriteStore } from '../../core/ports/favorite-store.ts'
import { planFavoriteMove, planFavoriteRemoval, planNewFolder } from '../../core/favorites/arrange.ts'
import { sql } from './drizzle.ts'
import { makePostgresFavoriteStore } from './postgres-favorite-store.ts'
import { makePostgresHistoryStore } from './postgres-history-store.ts'
import { openStore, type OpenStore } from './store.test-support.ts'

const at = '2026-11-22T12:00:00.000Z'
const result = { at, keptRows: 1, rowCount: 1, sql: 'SELECT 1' }
const everything = { folderId: undefined, tag: null, words: null, after: null, limit: 100 }

for (const { name, missing, open } of storePlaces)
  describe.skipIf(missing !== null)(`favorites in ${name}${missing === null ? '' : `: ${missing}`}`, () => {
    let place: OpenStore
    let removePlace: () => Promise<void>
    let store: FavoriteStore
    beforeAll(async () => {
      const { where, remove } = await open()
      removePlace = remove
      place = openStore(where)
      store = makePostgresFavoriteStore(place)
    }, 60_000)
    afterAll(async () => {
      await place.close()
      await removePlace()
    })

    const person = async (): Promise<string> => {
      const id = randomUUID()
      await place.database.run((on) =>
        on.execute(sql`insert into users (id, email, name) values (${id}::uuid, ${id}, 'Ann')`),
      )
      return id
    }
    const group = async (...members: readonly string[]): Promise<string> => {
      const id = randomUUID()
      await place.database.run(async (on) => {
        await on.execute(sql`insert into groups (id, name) values (${id}::uuid, ${id})`)
        for (const member of members)
          await on.execute(sql`insert into group_members values (${id}::uuid, ${member}::uuid, 'manual')`)
      })
      return id
    }
    const add = async (ownerId: string, title: string, more: Partial<Parameters<FavoriteStore['insert']>[0]> = {}) => {
      const id = randomUUID()
      const row = {
        id,
        ownerId,
        title,
        folderId: null,
        question: `Question of ${title}`,
        sql: 'SELECT 1',
        note: '',
        connection: 'sample',
        connectionId: null,
        writer: 'sql',
        tables: [],
        parameters: [],
        turnId: null,
        tags: [],
        result: null,
        createdAt: at,
        updatedAt: at,
        ...more,
      }
      expect(await store.insert(row, 1_000)).toBe('stored')
      // A repeated call finds its own row.
      expect(await store.insert(row, 1_000)).toBe('stored')
      return id
    }
    const titles = async (ownerId: string, query = {}): Promise<readonly string[]> =>
      (await store.list(ownerId, { ...everything, ...query })).map(({ title }) => title)

    test('lists page by page, new ones first, by tag and by words', async () => {
      const ann = await person()
      for (const title of ['a', 'b', 'c 100% \\ _']) await add(ann, title, { tags: title === 'b' ? ['Weekly'] : [] })
      expect(await titles(ann)).toEqual(['c 100% \\ _', 'b', 'a'])
      const [first] = await store.list(ann, { ...everything, limit: 1 })
      expect(await titles(ann, { after: first })).toEqual(['b', 'a'])
      expect(await titles(ann, { tag: 'weekly' })).toEqual(['b'])
      expect(await titles(ann, { words: '100% \\ _' })).toEqual(['c 100% \\ _'])
      expect(await titles(ann, { words: 'QUESTION OF B' })).toEqual(['b'])
      expect(await titles(await person())).toEqual([])
    })

    test('the history tells whose turns are favorites, and counts none that was removed or is of somebody else', async () => {
      const history = makePostgresHistoryStore(place)
      const [ann, bob] = [await person(), await person()]
      const first = newTurn(ann, { createdAt: '2026-11-22T12:00:01.000Z' })
      const { conversationId } = first
      const second = newTurn(ann, { conversationId, createdAt: '2026-11-22T12:00:02.000Z' })
      const third = newTurn(ann, { createdAt: '2026-11-22T12:00:03.000Z' })
      for (const turn of [first, second, third]) await place.store.createTurn(turn)
      await add(ann, 'one', { turnId: first.id })
      await add(ann, 'the same once more', { turnId: first.id })
      await add(bob, 'of somebody else', { turnId: second.id })
      const removed = await add(ann, 'removed', { turnId: third.id })
      await place.database.run((on) =>
        on.execute(sql`update favorites set deleted_at = ${at}::timestamptz where id = ${removed}::uuid`),
      )
      const search = async (favorite: 'true' | 'false' | 'any') => {
        const filter = { connection: null, state: null, fromMs: null, toMs: null, archived: 'false' } as const
        const found = await history.search(ann, {
          ...filter,
          words: [],
          isLastBegun: false,
          favorite,
          after: null,
          limit: 9,
        })
        return found.map(({ id, isFavorite }) => [id, isFavorite])
      }
      const rows = [
        [third.id, false],
        [second.id, false],
        [first.id, true],
      ]
      expect([await search('any'), await search('false'), await search('true')]).toEqual([
        rows,
        rows.slice(0, 2),
        rows.slice(2),
      ])
      const listed = await history.listConversations(ann, { isArchived: false, after: null, limit: 9 })
      expect(listed.map(({ id, isFavorite, turnCount }) => [id, isFavorite, turnCount])).toEqual([
        [third.conversationId, false, 1],
        [conversationId, true, 2],
      ])
    })

    test('tells which of them read a table of a connection', async () => {
      const [ann, table] = [await person(), { database: 'D', schema: 'S', name: 'T' }]
      const first = await add(ann, 'first', { tables: [{ ...table, name: 'U' }, table] })
      await add(ann, 'another schema', { tables: [{ ...table, schema: 'R' }] })
      await add(ann, 'another folder', { tables: [table], connection: 'folder:/tmp' })
      const gone = await add(ann, 'gone', { tables: [table] })
      await add(await person(), 'of somebody else', { tables: [table] })
      await store.arrange(ann, (now) => planFavoriteRemoval(now, gone, true))
      const reading = { connection: 'sample', connectionId: null, table }
      expect(await store.listReading(ann, reading)).toEqual([{ id: first, title: 'first' }])
      expect(await store.listReading(ann, { ...reading, table: { ...table, name: 'V' } })).toEqual([])
      expect(await store.listReading(ann, { ...reading, connectionId: randomUUID() })).toEqual([])
    })

    test('takes no more than it may', async () => {
      const ann = await person()
      const id = await add(ann, 'one')
      const row = await store.read(ann, id)
      if (row === null) throw new Error('it is gone')
      expect(await store.insert({ ...row, id: randomUUID() }, 1)).toBe('full')
    })

    test('keeps what PostgreSQL cannot hold as it is', async () => {
      const ann = await person()
      const id = await add(ann, 'odd \0 \uD800')
      expect(await store.change(ann, id, { note: 'n \0', tags: ['\u0001'] })).toBe(true)
      const json = JSON.stringify({ text: 'é\0\uD800' })
      await store.keepResult(ann, id, { result, events: [{ seq: 1, json }] })
      expect(await store.readEvents(ann, id, 0, 10)).toEqual([{ seq: 1, json: '{"text":"é\\u0000\\ud800"}' }])
      expect(await store.read(ann, id)).toMatchObject({ title: 'odd ␀ �', note: 'n ␀', result, tags: ['\u0001'] })
      expect(await store.readBytes(ann)).toBe(Buffer.byteLength('{"text":"é\\u0000\\ud800"}'))
      const vouched = { question: 'q \0', sql: 'SELECT 1', at: new Date(0).toISOString(), key: 'q \0' }
      expect(await store.change(ann, id, { verified: vouched })).toBe(true)
      expect(await store.listVerified(ann, 'q \0')).toMatchObject([{ favoriteId: id, question: 'q ␀' }])
    })

    test('replaces what it keeps, and nothing of anybody else', async () => {
      const [ann, ben] = [await person(), await person()]
      const id = await add(ann, 'kept')
      const events = (text: string) => [{ seq: 1, json: `"${text}"` }]
      await store.keepResult(ann, id, { result, events: [...events('old'), { seq: 2, json: '"more"' }] })
      await store.keepResult(ann, id, { result, events: events('new') })
      expect(await store.readEvents(ann, id, 0, 10)).toEqual(events('new'))
      expect(await store.keepResult(ben, id, { result: null, events: [] })).toBe(false)
      expect(await store.change(ben, id, { title: 'mine' })).toBe(false)
      expect(await store.readEvents(ben, id, 0, 10)).toEqual([])
      expect(await store.read(ben, id)).toBe(null)
    })

    test('moves that two devices make at once end in one order', async () => {
      const ann = await person()
      const ids = new Map<string, string>()
      for (const title of ['e', 'd', 'c', 'b', 'a']) ids.set(title, await add(ann, title))
      const idOf = (title: string): string => ids.get(title) ?? ''
      const move = (title: string, before: string) =>
        store.arrange(ann, (now) => planFavoriteMove(now, idOf(title), { folderId: null, before: idOf(before) }))
      await Promise.all([move('e', 'b'), move('d', 'b'), move('e', 'c'), move('a', 'c'), move('d', 'c')])
      const order = await titles(ann)
      expect(order.toSorted().join('')).toBe('abcde')
      expect(await titles(ann)).toEqual(order)
      const positions = (await store.list(ann, everything)).map(({ position }) => position)
      expect(new Set(positions).size).toBe(5)
    })

    test('a removed favorite is seen by nobody until it is back', async () => {
      const ann = await person()
      const id = await add(ann, 'gone')
      const before = await store.read(ann, id)
      await store.arrange(ann, (now) => planFavoriteRemoval(now, id, true))
      expect([await titles(ann), await store.read(ann, id), await store.readBytes(ann)]).toEqual([[], null, 0])
      expect(await store.change(ann, id, { title: 'x' })).toBe(false)
      await store.arrange(ann, (now) => planFavoriteRemoval(now, id, false))
      expect((await store.read(ann, id))?.revision).toBe((before?.revision ?? 0) + 2)
    })

    test('folders of one person are nobody else’s', async () => {
      const [ann, ben] = [await person(), await person()]
      const id = randomUUID()
      await store.arrange(ann, (now) => planNewFolder(now, { id, name: 'Weekly', parentId: null }))
      expect(await store.listFolders(ann)).toEqual([{ id, parentId: null, name: 'Weekly', position: 0, revision: 1 }])
      expect(await store.listFolders(ben)).toEqual([])
      await expect(
        store.arrange(ben, (now) => planNewFolder(now, { id: randomUUID(), name: 'n', parentId: id })),
      ).rejects.toThrow('no such folder')
    })

    test('is read by the members of its groups, as they are now', async () => {
      const [ann, ben, cid] = [await person(), await person(), await person()]
      const both = await group(ann, ben)
      const id = await add(ann, 'shared')
      expect(await store.share(ann, id, await group(ben), true)).toBe(false)
      expect(await store.share(ben, id, both, true)).toBe(false)
      expect(await store.share(ann, id, both, true)).toBe(true)
      expect(await store.share(ann, id, both, false)).toBe(true)
      expect(await store.listShared(ben)).toMatchObject([{ id, owner: 'Ann', groups: [both], isVerified: false }])
      expect(await store.read(ben, id)).toMatchObject({ ownerId: ann, shares: [{ groupId: both, withRows: false }] })
      expect([await store.read(cid, id), await store.listShared(cid), await store.listShared(ann)]).toEqual([
        null,
        [],
        [],
      ])
      const disable = (isDisabled: boolean) =>
        place.database.run((on) =>
          on.execute(sql`update users set is_disabled = ${isDisabled} where id = ${ann}::uuid`),
        )
      await disable(true)
      expect([await store.read(ben, id), await store.listShared(ben)]).toEqual([null, []])
      await disable(false)
      await place.database.run((on) => on.execute(sql`delete from group_members where user_id = ${ben}::uuid`))
      expect([await store.read(ben, id), await store.listShared(ben)]).toEqual([null, []])
      expect(await store.unshare(ann, id, both)).toBe(true)
      expect(await store.unshare(ann, id, both)).toBe(false)
    })

    test('what somebody vouches for counts for them alone, unless their connection is shared', async () => {
      const [ann, ben] = [await person(), await person()]
      const id = await add(ann, 'verified')
      const verified = { question: 'How many?', sql: 'SELECT 1', at }
      await store.change(ann, id, { verified: { ...verified, key: 'how many' } })
      expect(await store.listVerified(ann, 'how many')).toMatchObject([
        { favoriteId: id, ...verified, ownerName: 'Ann' },
      ])
      expect(await store.listVerified(ann, 'how few')).toEqual([])
      expect(await store.listVerified(ben, null)).toEqual([])
      await store.change(ann, id, { verified: null })
      expect(await store.listVerified(ann, null)).toEqual([])
    })

    test('goes with its person', async () => {
      const ann = await person()
      const id = await add(ann, 'gone')
      await store.keepResult(ann, id, { result, events: [{ seq: 1, json: '1' }] })
      await store.share(ann, id, await group(ann), true)
      await place.database.run((on) => on.execute(sql`delete from users where id = ${ann}::uuid`))
      for (const table of ['favorites', 'favorite_folders', 'favorite_events', 'favorite_shares'])
        expect(
          (
            await place.database.run((on) =>
              on.execute(sql`select 1 from ${sql.raw(table)} where owner_id = ${ann}::uuid`),
            )
          ).rows,
        ).toEqual([])
    })
  })

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsUpTo, newTurn } from '../../../test/support/turn-store-suite.ts'
import { storePlaces } from '../../../test/support/store-places.ts'
import { isLastWordBegun, searchWords } from '../../contract/words/search-words.ts'
import type { HistorySearch, HistoryStore } from '../../core/ports/history-store.ts'
import type { NewTurn, StoredEvent } from '../../core/ports/turn-store.ts'
import { sql } from './drizzle.ts'
import { makePostgresHistoryStore } from './postgres-history-store.ts'
import { openStore, otherUserId, type OpenStore } from './store.test-support.ts'

const everything: HistorySearch = {
  words: [],
  isLastBegun: false,
  connection: null,
  state: null,
  fromMs: null,
  toMs: null,
  favorite: 'any',
  archived: 'false',
  after: null,
  limit: 50,
}
const typed = (text: string): HistorySearch => ({
  ...everything,
  words: searchWords(text, 20),
  isLastBegun: isLastWordBegun(text),
})

for (const { name, missing, open } of storePlaces)
  describe.skipIf(missing !== null)(`the history in ${name}${missing === null ? '' : `: ${missing}`}`, () => {
    let place: OpenStore
    let removePlace: () => Promise<void>
    let history: HistoryStore
    let ownerId: string
    beforeAll(async () => {
      const { where, remove } = await open()
      removePlace = remove
      place = openStore(where)
      history = makePostgresHistoryStore(place)
    }, 60_000)
    afterAll(async () => {
      await place.close()
      await removePlace()
    })

    const person = async (): Promise<string> => {
      ownerId = randomUUID()
      await place.database.run((on) =>
        on.execute(sql`insert into users (id, email) values (${ownerId}::uuid, ${ownerId})`),
      )
      return ownerId
    }
    const event = (turnId: string, seq: number, fact: object): StoredEvent => ({
      seq,
      json: JSON.stringify({ turnId, seq, at: '2026-11-02T08:15:00.000Z', ...fact }),
    })
    /** Stores a turn that is over, with the SQL that was proposed for it. */
    const asked = async (question: string | null, query: string, more: Partial<NewTurn> = {}): Promise<NewTurn> => {
      const turn = newTurn(more.ownerId ?? ownerId, { question, askJson: '{"follows":null}', ...more })
      await place.store.createTurn(turn)
      const facts = [
        { kind: 'turn.started', conversationId: turn.conversationId },
        { kind: 'query.proposed', sql: query },
        { kind: 'result.done', rowCount: 5, bytes: 123.4, elapsedMs: 41.5, truncated: false },
        { kind: 'turn.done' },
      ]
      const events = facts.map((fact, at) => event(turn.id, at + 1, fact))
      await place.store.append(turn.ownerId, turn.id, events, 'done')
      return turn
    }
    const found = async (text: string): Promise<readonly (string | null)[]> =>
      (await history.search(ownerId, typed(text))).map(({ question }) => question)

    test('finds turns by words of question, SQL and note in any language, the last one begun, and nobody else’s', async () => {
      await person()
      await asked('Revenue by region', 'SELECT R_NAME, SUM(L_EXTENDEDPRICE) FROM TPCH_SF1.LINEITEM')
      const noted = await asked('Umsatz je Übersicht', 'SELECT 1')
      await asked('выручка по месяцам', 'SELECT 2')
      await asked('東京の売上', 'SELECT 3')
      await asked('Revenue of somebody else', 'SELECT 4', { ownerId: otherUserId })
      await history.setNote(ownerId, noted.id, 'For the Board')
      expect(await found('revenue')).toEqual(['Revenue by region'])
      expect(await found('rev')).toEqual(['Revenue by region'])
      expect(await found('rev ')).toEqual([])
      expect(await found('region rev')).toEqual(['Revenue by region'])
      expect(await found('revenue nation')).toEqual([])
      expect(await found('l_extended')).toEqual(['Revenue by region'])
      expect(await found('extendedprice lineitem')).toEqual(['Revenue by region'])
      expect(await found('tpch_sf1.lineitem')).toEqual(['Revenue by region'])
      expect(await found('ubersicht')).toEqual(['Umsatz je Übersicht'])
      expect(await found('ÜBERSICHT')).toEqual(['Umsatz je Übersicht'])
      expect(await found('МЕСЯЦ')).toEqual(['выручка по месяцам'])
      expect(await found('売上')).toEqual(['東京の売上'])
      expect(await found('board')).toEqual(['Umsatz je Übersicht'])
      expect(await found(`@${ownerId}`)).toEqual([])
      await history.setNote(ownerId, noted.id, '')
      expect(await found('board')).toEqual([])
      expect(await found('umsatz')).toEqual(['Umsatz je Übersicht'])
      expect(await history.setNote(otherUserId, noted.id, 'mine')).toBe(false)
    })

    test('lists what an answer can be compared with, nothing that is removed or somebody else’s', async () => {
      await person()
      const conversationId = randomUUID()
      const one = await asked('How many orders?', 'SELECT 1', { conversationId })
      const beside = await asked('How many nations?', 'SELECT 2', { conversationId })
      const sameQuestion = await asked('how many ORDERS?', 'SELECT 3')
      const sameQuery = await asked(null, 'SELECT 1')
      await asked('How many orders?', 'SELECT 1', { ownerId: otherUserId })
      const removed = await asked('How many orders?', 'SELECT 1')
      await history.remove(ownerId, removed.conversationId, Date.now())
      const listed = await history.listComparable(ownerId, one.id, 3)
      expect(listed.map(({ turnId }) => turnId)).toEqual([sameQuery.id, sameQuestion.id, beside.id])
      expect(listed.map(({ because }) => because)).toEqual(['same-query', 'same-question', 'same-conversation'])
      expect(await history.listComparable(otherUserId, one.id, 50)).toEqual([])
      await history.restore(ownerId, removed.conversationId)
    })

    test('finds a turn by the SQL that was proposed last, and lists how it ended', async () => {
      await person()
      const turn = newTurn(ownerId, { question: 'How many?' })
      await place.store.createTurn(turn)
      const propose = (seq: number, query: string) =>
        place.store.append(ownerId, turn.id, [event(turn.id, seq, { kind: 'query.proposed', sql: query })], 'waiting')
      await propose(1, 'SELECT COUNT(*) FROM ORDERS')
      await propose(2, 'SELECT COUNT(*) FROM CUSTOMER')
      expect(await found('orders')).toEqual([])
      expect(await found('customer many')).toEqual(['How many?'])
      const problem = { code: 'sql_refused', message: 'No.', action: 'Ask.', whoseTurn: 'person' }
      await place.store.append(ownerId, turn.id, [event(turn.id, 3, { kind: 'turn.failed', problem })], 'failed')
      expect(await history.search(ownerId, everything)).toMatchObject([
        {
          id: turn.id,
          sql: 'SELECT COUNT(*) FROM CUSTOMER',
          state: 'failed',
          problemCode: 'sql_refused',
          rowCount: null,
        },
      ])
      const answered = await asked('And regions?', 'SELECT COUNT(*) FROM REGION')
      expect((await history.search(ownerId, everything))[0]).toMatchObject({
        id: answered.id,
        state: 'done',
        rowCount: 5,
        bytes: 123,
        elapsedMs: 41.5,
        problemCode: null,
        note: '',
      })
    })

    test('finds all turns of a conversation by the title that a person gave it, together with their own words', async () => {
      await person()
      const first = await asked('Revenue by region', 'SELECT 1')
      await asked('And orders?', 'SELECT 2', { conversationId: first.conversationId })
      await asked('Orders per year', 'SELECT 3')
      expect(await history.change(ownerId, first.conversationId, { title: 'Quarterly Board' })).toBe(true)
      expect(await found('quarterly')).toEqual(['And orders?', 'Revenue by region'])
      expect(await found('board orders')).toEqual(['And orders?'])
      expect(await found('orders board')).toEqual(['And orders?'])
      expect(await found('orders')).toEqual(['Orders per year', 'And orders?'])
      expect(await history.change(otherUserId, first.conversationId, { title: 'mine' })).toBe(false)
    })

    test('narrows down by connection, outcome, time and archive, and pages without gaps', async () => {
      await person()
      const at = (day: number) => `2026-10-${String(day).padStart(2, '0')}T08:15:00.000Z`
      const turns: NewTurn[] = []
      for (let day = 1; day <= 9; day += 1)
        turns.push(
          await asked(`Question ${day}`, 'SELECT 1', {
            // Some at the same moment.
            createdAt: at(day <= 4 ? 2 : day),
            connection: day === 5 ? 'Prod' : 'sample',
          }),
        )
      const search = async (more: Partial<HistorySearch>) =>
        (await history.search(ownerId, { ...everything, ...more })).map(({ question }) => question?.slice(9))
      expect(await search({ connection: 'prod' })).toEqual(['5'])
      expect(await search({ state: 'failed' })).toEqual([])
      expect(await search({ fromMs: Date.parse(at(8)) })).toEqual(['9', '8'])
      expect(await search({ toMs: Date.parse(at(6)), fromMs: Date.parse(at(5)) })).toEqual(['5'])
      await history.change(ownerId, turns[8]?.conversationId ?? '', { archivedAt: Date.now() })
      expect(await search({ archived: 'true' })).toEqual(['9'])
      expect(await search({ archived: 'any', limit: 1 })).toEqual(['9'])
      expect(await search({ limit: 1 })).toEqual(['8'])
      const seen: (string | undefined)[] = []
      for (let after: HistorySearch['after'] = null; ;) {
        const page = await history.search(ownerId, { ...everything, after, limit: 3 })
        seen.push(...page.map(({ question }) => question?.slice(9)))
        const last = page.at(-1)
        if (last === undefined) break
        after = { atMs: Date.parse(last.createdAt), key: last.ordinal }
      }
      expect(seen).toEqual(['8', '7', '6', '5', '4', '3', '2', '1'])

      const listed: string[] = []
      for (let after: HistorySearch['after'] = null; ;) {
        const page = await history.listConversations(ownerId, { isArchived: false, after, limit: 3 })
        listed.push(...page.map(({ title }) => title))
        const last = page.at(-1)
        if (last === undefined) break
        after = { atMs: Date.parse(last.updatedAt), key: last.id }
      }
      expect(listed.toSorted()).toEqual(Array.from({ length: 8 }, (_, day) => `Question ${day + 1}`))
      expect(await history.listConversations(ownerId, { isArchived: true, after: null, limit: 9 })).toMatchObject([
        { title: 'Question 9', isArchived: true, turnCount: 1, state: 'done' },
      ])
      // Asking in an archived conversation takes it back.
      await asked('Question 10', 'SELECT 1', { conversationId: turns[8]?.conversationId ?? '' })
      expect(await history.listConversations(ownerId, { isArchived: true, after: null, limit: 9 })).toEqual([])
    })

    test('a removed conversation is there for nothing but its restoring, until it is purged with its events', async () => {
      await person()
      const turn = await asked('Revenue by region', 'SELECT 1')
      const { conversationId } = turn
      const now = Date.now()
      expect(await history.remove(otherUserId, conversationId, now)).toBe(false)
      expect(await history.remove(ownerId, conversationId, now)).toBe(true)
      expect(await history.remove(ownerId, conversationId, now + 1)).toBe(false)
      const isGone = async (): Promise<void> => {
        expect(await place.store.readTurn(ownerId, turn.id)).toBeNull()
        expect(await place.store.readConversation(ownerId, conversationId)).toBeNull()
        expect(await place.store.listConversations(ownerId, 9)).toEqual([])
        expect(await history.listConversations(ownerId, { isArchived: false, after: null, limit: 9 })).toEqual([])
        expect(await history.search(ownerId, everything)).toEqual([])
        expect(await found('revenue')).toEqual([])
        expect(await history.change(ownerId, conversationId, { title: 'still there' })).toBe(false)
        expect(await history.setNote(ownerId, turn.id, 'still there')).toBe(false)
        expect(await place.store.createTurn(newTurn(ownerId, { conversationId }))).toBe('removed')
      }
      await isGone()
      expect(await history.restore(otherUserId, conversationId)).toBe(false)
      expect(await history.restore(ownerId, conversationId)).toBe(true)
      expect(await found('revenue')).toEqual(['Revenue by region'])
      expect(await place.store.readEvents(ownerId, turn.id, 0)).toHaveLength(4)

      await history.remove(ownerId, conversationId, now)
      expect(await history.purge(now)).toBe(0)
      expect(await history.purge(now + 1)).toBe(1)
      expect(await history.restore(ownerId, conversationId)).toBe(false)
      expect(await place.store.readEvents(ownerId, turn.id, 0)).toEqual([])
    })

    test('copies turns with all their events under new ids, which stay when the original goes', async () => {
      await person()
      const turn = await asked('Revenue by region', 'SELECT R_NAME FROM REGION')
      const long = newTurn(ownerId, { conversationId: turn.conversationId, question: 'And more?' })
      await place.store.createTurn(long)
      const rows = {
        seq: 1,
        json: `{"kind":"result.rows","turnId":"${long.id}","seq":1,"rows":[["${'é'.repeat(450_000)}"]]}`,
      }
      await place.store.append(ownerId, long.id, [rows, ...eventsUpTo(2, 60)], 'done')
      const [conversationId, first, second] = [randomUUID(), randomUUID(), randomUUID()]
      const copy = {
        conversationId,
        from: turn.conversationId,
        title: 'Copied',
        atMs: Date.now(),
        turns: [
          { from: turn.id, id: first, follows: null },
          { from: long.id, id: second, follows: first },
        ],
      }
      await history.copy(ownerId, copy)
      expect(await place.store.readConversation(ownerId, conversationId)).toBeNull()
      // What is repeated after a broken connection changes nothing.
      await history.copy(ownerId, copy)
      expect(await history.restore(ownerId, conversationId)).toBe(true)
      const copied = await place.store.readConversation(ownerId, conversationId)
      expect(copied?.conversation.title).toBe('Copied')
      expect(copied?.turns.map(({ id, follows, question }) => [id, follows, question])).toEqual([
        [first, null, 'Revenue by region'],
        [second, first, 'And more?'],
      ])
      const events = await place.store.readEvents(ownerId, first, 0)
      const originals = await place.store.readEvents(ownerId, turn.id, 0)
      expect(events.map(({ json }) => json)).toEqual(
        originals.map(({ json }) => json.replaceAll(turn.id, first).replaceAll(turn.conversationId, conversationId)),
      )
      const [copiedRows] = await place.store.readEvents(ownerId, second, 0)
      expect(copiedRows?.json).toBe(rows.json.replace(long.id, second))
      expect(await place.store.readEvents(ownerId, second, 1)).toHaveLength(59)

      const listed = async () => (await history.search(ownerId, everything)).map(({ id }) => id)
      expect(await listed()).toEqual([long.id, turn.id])
      expect((await history.search(ownerId, typed('revenue'))).map(({ id }) => id).toSorted()).toEqual(
        [turn.id, first].toSorted(),
      )
      await history.remove(ownerId, turn.conversationId, Date.now())
      expect((await listed()).toSorted()).toEqual([first, second].toSorted())
      await history.purge(Date.now() + 1)
      expect(await place.store.readEvents(ownerId, second, 0)).toHaveLength(60)
    })
  })

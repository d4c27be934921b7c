import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewTurn, StoredEvent, TurnStore } from '../../src/core/ports/turn-store.ts'

/** A store under test with two people in it. */
export interface StoreUnderTest {
  readonly store: TurnStore
  readonly ownerId: string
  readonly otherId: string
  readonly close: () => Promise<void>
}

export const newTurn = (ownerId: string, more: Partial<NewTurn> = {}): NewTurn => ({
  id: randomUUID(),
  ownerId,
  conversationId: randomUUID(),
  question: 'How many orders were placed per year?',
  connection: 'sample',
  writer: 'offline',
  askJson: '{"question":"How many orders were placed per year?"}',
  createdAt: new Date().toISOString(),
  ...more,
})

export const eventsUpTo = (first: number, last: number, text = ''): readonly StoredEvent[] =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    seq: first + index,
    json: JSON.stringify({ kind: 'step', seq: first + index, text }),
  }))

const seqsOf = (events: readonly StoredEvent[]): readonly number[] => events.map(({ seq }) => seq)

/** What every turn store does, whatever keeps it. `missing` says what this machine lacks for it. */
export function describeTurnStore(name: string, missing: string | null, open: () => Promise<StoreUnderTest>): void {
  const reason = missing === null ? '' : ` (skipped: ${missing})`
  describe.skipIf(missing !== null)(`turn store: ${name}${reason}`, () => {
    let under: StoreUnderTest
    beforeAll(async () => {
      under = await open()
    })
    afterAll(() => under.close())

    const started = async (more: Partial<NewTurn> = {}): Promise<NewTurn> => {
      const turn = newTurn(under.ownerId, more)
      expect(await under.store.createTurn(turn)).toBe('created')
      return turn
    }

    test('a long event is read back whole, and what is too long is refused', async () => {
      const turn = await started()
      // A surrogate pair where the text would be split by length, and quotes and escapes anywhere.
      const texts = [199_999, 200_000, 450_000].map((length) => 'a'.repeat(length - 30) + '🦆"\\é\0'.repeat(40))
      const events = texts.map((text, index) => ({ seq: index + 1, json: JSON.stringify({ text }) }))
      await under.store.append(under.ownerId, turn.id, events, 'running')
      await under.store.append(under.ownerId, turn.id, events, 'running')
      const stored = await under.store.readEvents(under.ownerId, turn.id, 0)
      expect(stored.map(({ json }) => (JSON.parse(json) as { text: string }).text)).toEqual(texts)
      const tooLong = { seq: 4, json: `"${'a'.repeat(64_000_000)}"` }
      await expect(under.store.append(under.ownerId, turn.id, [tooLong], 'running')).rejects.toThrow('too large')
    })

    test('a turn is read back with the turn it follows; one of an earlier version names none', async () => {
      const earlier = await started()
      const mentions = [{ from: 7, to: 12, kind: 'column' as const, name: 'DB.S.T.MONTH' }]
      const askJson = JSON.stringify({
        question: 'And by month?',
        follows: earlier.id,
        leaveOut: ['in 1996'],
        mentions,
      })
      const turn = await started({ conversationId: earlier.conversationId, askJson })
      const stored = await under.store.readConversation(under.ownerId, earlier.conversationId)
      expect(stored?.turns.map((read) => [read.id, read.follows, read.leaveOut, read.mentions])).toEqual([
        [earlier.id, undefined, undefined, undefined],
        [turn.id, earlier.id, ['in 1996'], mentions],
      ])
    })

    test('a turn is read back as it was asked', async () => {
      const turn = await started()
      expect(await under.store.readTurn(under.ownerId, turn.id)).toEqual({
        id: turn.id,
        conversationId: turn.conversationId,
        question: turn.question,
        connection: 'sample',
        writer: 'offline',
        state: 'running',
        lastSeq: 0,
        createdAt: turn.createdAt,
      })
      expect(await under.store.readTurn(under.ownerId, randomUUID())).toBeNull()
    })

    test('an id is used once: by its owner "exists", by someone else "taken"', async () => {
      const turn = await started()
      expect(await under.store.createTurn(turn)).toBe('exists')
      expect(await under.store.createTurn({ ...turn, ownerId: under.otherId })).toBe('taken')
      expect((await under.store.readTurn(under.ownerId, turn.id))?.question).toBe(turn.question)
    })

    test('asked twice at the same moment, it is created once', async () => {
      const turn = newTurn(under.ownerId)
      const answers = await Promise.all(Array.from({ length: 6 }, () => under.store.createTurn(turn)))
      expect(answers.toSorted()).toEqual(['created', 'exists', 'exists', 'exists', 'exists', 'exists'])
    })

    test('nobody adds a turn to the conversation of someone else', async () => {
      const { conversationId } = await started()
      expect(await under.store.createTurn(newTurn(under.otherId, { conversationId }))).toBe('taken')
      expect((await under.store.readConversation(under.ownerId, conversationId))?.turns).toHaveLength(1)
      expect(await under.store.readConversation(under.otherId, conversationId)).toBeNull()
    })

    test('events come back in order, after the number asked for', async () => {
      const { id } = await started()
      await under.store.append(under.ownerId, id, eventsUpTo(1, 3), 'running')
      await under.store.append(under.ownerId, id, eventsUpTo(4, 5), 'waiting')
      expect(await under.store.readEvents(under.ownerId, id, 0)).toEqual([...eventsUpTo(1, 3), ...eventsUpTo(4, 5)])
      expect(seqsOf(await under.store.readEvents(under.ownerId, id, 3))).toEqual([4, 5])
      expect(await under.store.readEvents(under.ownerId, id, 5)).toEqual([])
      expect(seqsOf(await under.store.readEvents(under.ownerId, id, 1, 2))).toEqual([2, 3])
      expect(await under.store.readTurn(under.ownerId, id)).toMatchObject({ state: 'waiting', lastSeq: 5 })
    })

    test('events that are stored already change nothing; new ones among them are added', async () => {
      const { id } = await started()
      await under.store.append(under.ownerId, id, eventsUpTo(1, 3), 'running')
      await under.store.append(under.ownerId, id, eventsUpTo(1, 3, 'again'), 'running')
      await under.store.append(under.ownerId, id, eventsUpTo(2, 4, 'again'), 'done')
      await under.store.append(under.ownerId, id, eventsUpTo(2, 2, 'late'), 'running')
      const events = await under.store.readEvents(under.ownerId, id, 0)
      expect(events).toEqual([...eventsUpTo(1, 3), ...eventsUpTo(4, 4, 'again')])
      expect((await under.store.readTurn(under.ownerId, id))?.state).toBe('done')
    })

    test.each([
      ['a gap after what is stored', /does not follow event 1/, eventsUpTo(3, 4)],
      ['a gap among the events', /out of order/, [...eventsUpTo(2, 2), ...eventsUpTo(4, 4)]],
      ['events out of order', /out of order/, [...eventsUpTo(3, 3), ...eventsUpTo(2, 2)]],
      ['no events', /Nothing to append/, []],
    ])('%s is refused and nothing of it stored', async (_, reason, events) => {
      const { id } = await started()
      await under.store.append(under.ownerId, id, eventsUpTo(1, 1), 'running')
      await expect(under.store.append(under.ownerId, id, events, 'done')).rejects.toThrow(reason)
      expect(await under.store.readTurn(under.ownerId, id)).toMatchObject({ state: 'running', lastSeq: 1 })
      expect(await under.store.readEvents(under.ownerId, id, 0)).toHaveLength(1)
    })

    test('[own-rows] another owner sees nothing and appends nothing', async () => {
      const { id, conversationId } = await started()
      await under.store.append(under.ownerId, id, eventsUpTo(1, 2), 'running')
      await expect(under.store.append(under.otherId, id, eventsUpTo(3, 3), 'done')).rejects.toMatchObject({
        problem: { code: 'not_found' },
      })
      expect(await under.store.readTurn(under.otherId, id)).toBeNull()
      expect(await under.store.readEvents(under.otherId, id, 0)).toEqual([])
      expect(await under.store.readConversation(under.otherId, conversationId)).toBeNull()
      expect(await under.store.listConversations(under.otherId, 100)).toEqual([])
      expect(await under.store.readTurn(under.ownerId, id)).toMatchObject({ state: 'running', lastSeq: 2 })
    })

    test('conversations are listed latest first, with the first question as title', async () => {
      const at = (second: number): string => new Date(Date.UTC(2040, 0, 1, 0, 0, second)).toISOString()
      const older = await started({ createdAt: at(1), question: 'first of the older' })
      const newer = await started({ createdAt: at(2), question: 'first of the newer' })
      const titles = async () => (await under.store.listConversations(under.ownerId, 2)).map(({ title }) => title)
      expect(await titles()).toEqual(['first of the newer', 'first of the older'])
      await started({ conversationId: older.conversationId, createdAt: at(3), question: 'second of the older' })
      expect(await titles()).toEqual(['first of the older', 'first of the newer'])
      expect(await under.store.listConversations(under.ownerId, 1)).toHaveLength(1)
      const read = await under.store.readConversation(under.ownerId, older.conversationId)
      expect(read?.conversation).toMatchObject({ createdAt: at(1), updatedAt: at(3) })
      expect(read?.turns.map(({ question }) => question)).toEqual(['first of the older', 'second of the older'])
      expect((await under.store.readConversation(under.ownerId, newer.conversationId))?.turns).toHaveLength(1)
    })

    test('text that PostgreSQL cannot hold is kept by its meaning', async () => {
      const hard = { nul: 'a\0b', lone: '\uD800', pair: '\u{1F600}', quotes: `'"\\{},`, line: '\u2028\n' }
      const { id } = await started({ question: 'NUL \0 and \uDC00 here', askJson: JSON.stringify(hard) })
      const raw = '{"raw":"\0 and \uD83D"}'
      await under.store.append(under.ownerId, id, [{ seq: 1, json: JSON.stringify(hard) }], 'running')
      await under.store.append(under.ownerId, id, [{ seq: 2, json: raw }], 'running')
      const [first, second] = await under.store.readEvents(under.ownerId, id, 0)
      expect(JSON.parse(first?.json ?? '')).toEqual(hard)
      expect(JSON.parse(second?.json ?? '')).toEqual({ raw: '\0 and \uD83D' })
      expect((await under.store.readTurn(under.ownerId, id))?.question).toBe('NUL \u2400 and \uFFFD here')
    })

    test('a turn without a question has a conversation with a title all the same', async () => {
      const { conversationId } = await started({ question: null })
      const read = await under.store.readConversation(under.ownerId, conversationId)
      expect(read?.turns[0]?.question).toBeNull()
      expect(read?.conversation.title).not.toBe('')
    })

    test('large and small writes at once do not disturb one another', async () => {
      const turns = await Promise.all(Array.from({ length: 12 }, () => started()))
      await Promise.all(
        turns.map(async ({ id }, index) => {
          const text = 'x'.repeat(index % 2 === 0 ? 200_000 : 10)
          for (let round = 0; round < 3; round += 1) {
            await under.store.append(under.ownerId, id, eventsUpTo(round * 4 + 1, round * 4 + 4, text), 'running')
            expect(seqsOf(await under.store.readEvents(under.ownerId, id, round * 4))).toEqual(
              [1, 2, 3, 4].map((step) => round * 4 + step),
            )
          }
          await under.store.append(under.ownerId, id, eventsUpTo(13, 13), 'done')
        }),
      )
      const read = await Promise.all(turns.map(({ id }) => under.store.readTurn(under.ownerId, id)))
      expect(read.map((turn) => [turn?.state, turn?.lastSeq])).toEqual(turns.map(() => ['done', 13]))
    })

    test('a small write does not wait for all the large ones before it', async () => {
      const turns = await Promise.all(Array.from({ length: 10 }, () => started()))
      const small = await started()
      let largeDone = 0
      const large = turns.map(async ({ id }) => {
        await under.store.append(under.ownerId, id, eventsUpTo(1, 1, 'r'.repeat(150_000)), 'running')
        largeDone += 1
      })
      await under.store.append(under.ownerId, small.id, eventsUpTo(1, 1), 'running')
      expect(largeDone).toBeLessThan(5)
      await Promise.all(large)
    })

    test('ten thousand events are one write', async () => {
      const { id } = await started()
      await under.store.append(under.ownerId, id, eventsUpTo(1, 10_000, 'row'), 'running')
      expect(seqsOf(await under.store.readEvents(under.ownerId, id, 9_998))).toEqual([9_999, 10_000])
    })

    test('turns of this very process are orphans only where it does not run them', async () => {
      const { id } = await started()
      const orphans = async (isRunHere: (turnId: string) => boolean) =>
        (await under.store.findOrphans(isRunHere)).map(({ turnId }) => turnId)
      expect(await orphans(() => true)).not.toContain(id)
      expect(await orphans((turnId) => turnId !== id)).toEqual([id])
    })
  })
}

import { describe, expect, test } from 'vitest'
import { offlineWriterId } from '../ports/interpreter.ts'
import { makeHistory } from './history.ts'
import { ada, bob, isKind, query, scriptTurns, type Script } from './scripted-ports.test-support.ts'

/** Asks these in one conversation, one after the other, and returns what the last one's writer was told of it. */
async function historyAfter(script: Script, asks: readonly object[]) {
  const turns = scriptTurns(script)
  const conversationId = crypto.randomUUID()
  for (const ask of asks) await (await turns.ask({ conversationId, ...ask })).rest()
  return { ...turns, conversationId, history: turns.seen.written.at(-1)?.history ?? [] }
}

describe('what a further question inherits', () => {
  test('is the thread it follows, the oldest question first, at most twenty of them', async () => {
    const questions = Array.from({ length: 25 }, (_, at) => ({ question: `Question ${at}?` }))
    const { history } = await historyAfter({}, questions)
    expect(history.map(({ question }) => question)).toEqual(questions.slice(4, 24).map(({ question }) => question))
  })

  test('is nothing of a conversation of somebody else', async () => {
    const { ask, seen, conversationId } = await historyAfter({}, [{ question: 'How many?' }])
    await (await ask({ question: 'And by month?', conversationId }, { caller: bob })).rest()
    expect(seen.written.at(-1)?.history).toEqual([])
  })

  test('is nothing for a question that follows none', async () => {
    const { history } = await historyAfter({}, [{ question: 'How many?' }, { question: 'And?', follows: null }])
    expect(history).toEqual([])
  })

  test.each<readonly [string, Script, object, string]>([
    ['a model', {}, { question: 'q' }, 'model'],
    ['the interpreter', { writerId: offlineWriterId }, { question: 'q' }, 'interpreter'],
    ['a person', {}, { sql: 'SELECT 1' }, 'person'],
  ])('says that %s wrote the query before', async (_, script, ask, origin) => {
    const { history } = await historyAfter(script, [ask, { question: 'And by month?' }])
    expect(history).toMatchObject([{ sql: 'SELECT 1', origin }])
  })

  test('is the query as a person has edited it, however often', async () => {
    const { ask, turns, seen } = scriptTurns()
    const conversationId = crypto.randomUUID()
    const first = await ask({ question: 'How many?', conversationId, autoRun: false })
    let proposal = await first.until(isKind('query.proposed'))
    for (let n = 2; n <= 60; n += 1) {
      await turns.edit(ada, { turnId: first.turnId, sql: `SELECT ${n}` })
      proposal = await first.until(isKind('query.proposed'))
    }
    await turns.approve(ada, {
      turnId: first.turnId,
      digest: proposal.kind === 'query.proposed' ? proposal.digest : '',
    })
    await first.rest()
    await (await ask({ question: 'And by month?', conversationId })).rest()
    expect(seen.written.at(-1)?.history).toMatchObject([
      { question: 'How many?', sql: 'SELECT 60', origin: 'person', explanation: 'explains SELECT 60' },
    ])
  })

  test('is found in turns of earlier versions, which name no turn before them', async () => {
    const { ask, memory, seen, conversationId } = await historyAfter({}, [{ question: 'A?' }, { question: 'B?' }])
    for (const [id, turn] of memory.turns) memory.turns.set(id, { ...turn, askJson: '{}' })
    await (await ask({ question: 'C?', conversationId })).rest()
    expect(seen.written.at(-1)?.history.map(({ question }) => question)).toEqual(['A?', 'B?'])
  })

  test('is stored with the question: which turn it follows', async () => {
    const made = await historyAfter({}, [{ question: 'A?' }, { question: 'B?' }])
    const { turns } = await makeHistory(historyNeeds(made)).read(ada, made.conversationId)
    expect(turns.map(({ follows }) => follows)).toEqual([null, turns[0]?.id])
  })

  test.each([
    [
      ['by month', 'by year'],
      ['by month', 'by year'],
    ],
    [[], undefined],
  ])('that a draft names as inherited (%j) is shown with the proposal', async (texts, shown) => {
    const inherited = texts.map((text) => ({ text, sql: text })) as never
    const { ask } = scriptTurns({ writes: [{ ...query('SELECT 1'), inherited }] })
    const events = await (await ask({ question: 'And by month?' })).rest()
    const proposal = events.find((event) => event.kind === 'query.proposed')
    expect(proposal?.inherited?.map(({ text }) => text)).toEqual(shown)
  })
})

const historyNeeds = ({ memory, turns }: Pick<ReturnType<typeof scriptTurns>, 'memory' | 'turns'>) => ({
  store: memory.store,
  sweep: { first: () => Promise.resolve() },
  turns,
})

describe('stored conversations', () => {
  test('are listed for their owner, as many as are asked for', async () => {
    const asked: unknown[] = []
    const { memory, turns } = scriptTurns()
    const store = {
      ...memory.store,
      listConversations: (...given: readonly unknown[]) => Promise.resolve((asked.push(given), [])),
    }
    await makeHistory({ ...historyNeeds({ memory, turns }), store }).list(bob, 7)
    expect(asked).toEqual([['bob', 7]])
  })

  test.each(['list', 'read', 'readTurn'] as const)(
    'end what killed processes left over before they %s',
    async (way) => {
      const { memory, turns, ask } = scriptTurns()
      const conversationId = crypto.randomUUID()
      const { turnId, rest } = await ask({ sql: 'SELECT 1', conversationId })
      await rest()
      const order: string[] = []
      const told = <T>(what: string, answer: Promise<T>): Promise<T> => (order.push(what), answer)
      const { store } = memory
      const history = makeHistory({
        turns,
        sweep: { first: () => told('sweep', Promise.resolve()) },
        store: {
          ...store,
          listConversations: (...given) => told('store', store.listConversations(...given)),
          readConversation: (...given) => told('store', store.readConversation(...given)),
          readTurn: (...given) => told('store', store.readTurn(...given)),
        },
      })
      if (way === 'list') await history.list(ada, 1)
      else if (way === 'read') await history.read(ada, conversationId)
      else await history.readTurn(ada, turnId, 0)
      expect(order).toEqual(['sweep', 'store'])
    },
  )

  test('are as far as their turns are here, ahead of the store', async () => {
    const { history, memory, ask } = scriptTurns()
    const conversationId = crypto.randomUUID()
    memory.fault.append = () => new Promise(() => undefined)
    const turn = await ask({ sql: 'SELECT 1', conversationId, autoRun: false })
    await turn.until(isKind('query.proposed'))
    expect((await history.read(ada, conversationId)).turns).toMatchObject([{ state: 'waiting' }])
    expect((await history.readTurn(ada, turn.turnId, 0)).turn).toMatchObject({ state: 'waiting' })
  })

  test('are not found by somebody else', async () => {
    const { history, ask } = scriptTurns()
    const conversationId = crypto.randomUUID()
    const { turnId, rest } = await ask({ sql: 'SELECT 1', conversationId })
    await rest()
    const notFound = { problem: { code: 'not_found' } }
    await expect(history.read(bob, conversationId)).rejects.toMatchObject(notFound)
    await expect(history.readTurn(bob, turnId, 0)).rejects.toMatchObject(notFound)
  })

  test('tell a turn that ended between two readings by its last state', async () => {
    const { memory, turns, ask } = scriptTurns()
    const { turnId, rest } = await ask({ sql: 'SELECT 1' })
    await rest()
    let reads = 0
    const history = makeHistory({
      ...historyNeeds({ memory, turns }),
      store: {
        ...memory.store,
        readTurn: async (...given) => {
          const turn = await memory.store.readTurn(...given)
          return turn === null || reads++ > 0 ? turn : { ...turn, state: 'running' }
        },
      },
    })
    expect((await history.readTurn(ada, turnId, 0)).turn.state).toBe('done')
  })

  test('a reader that saw more than a killed process could store is told that the turn ended there', async () => {
    const { memory, follow, ask } = scriptTurns()
    const { turnId, rest } = await ask({ sql: 'SELECT 1' })
    await rest()
    const turn = memory.turns.get(turnId)
    if (turn === undefined) throw new Error('The turn is not stored.')
    memory.turns.set(turnId, { ...turn, state: 'interrupted', events: turn.events.slice(0, 3) })
    expect(await follow(turnId, ada, 5).rest()).toMatchObject([
      { seq: 6, kind: 'turn.failed', problem: { code: 'interrupted' } },
    ])
    expect(await follow(turnId, ada, 3).rest()).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { problem } from '../problem.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, query, scriptTurns } from './scripted-ports.test-support.ts'

const question = 'How many orders?'
const find = <K extends TurnEvent['kind']>(events: readonly TurnEvent[], kind: K) =>
  events.find((event): event is Extract<TurnEvent, { kind: K }> => event.kind === kind)
const steps = (events: readonly TurnEvent[]) =>
  events.flatMap((event) =>
    event.kind === 'step' && event.state !== 'running' ? [`${event.name} ${event.state}`] : [],
  )
const failure = (events: readonly TurnEvent[]) => find(events, 'turn.failed')?.problem.code

describe('a question', () => {
  test('is answered in seven steps, each of which ends before the next begins', async () => {
    const { ask } = scriptTurns()
    const events = await (await ask({ question })).rest()
    expect(events.filter(({ kind }) => kind === 'step').map((event) => event.kind === 'step' && event.state)).toEqual(
      Array.from({ length: 7 }, () => ['running', 'done']).flat(),
    )
    expect(steps(events)).toEqual([
      'understand done',
      'find-tables done',
      'write-query done',
      'check-query done',
      'estimate done',
      'run-query done',
      'sum-up done',
    ])
    expect(events.at(-1)?.kind).toBe('turn.done')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  })

  test('that the writer asks back about ends without a query', async () => {
    const { ask, seen } = scriptTurns({
      writes: [{ kind: 'clarification', question: 'Which year?', options: ['1996'] }],
    })
    const events = await (await ask({ question })).rest()
    expect(find(events, 'clarification')).toMatchObject({ question: 'Which year?', options: ['1996'] })
    expect(events.at(-1)?.kind).toBe('turn.done')
    expect(seen.compiled).toEqual([])
  })

  test('that the writer declines ends with what may be asked instead', async () => {
    const { ask, seen } = scriptTurns({
      writes: [{ kind: 'declined', reason: 'It is not clear.', suggestions: ['How many orders?'] }],
    })
    const events = await (await ask({ question })).rest()
    expect(find(events, 'follow-ups')).toMatchObject({ questions: ['How many orders?'] })
    expect(find(events, 'turn.failed')?.problem).toMatchObject({ code: 'writer_declined', message: 'It is not clear.' })
    expect(seen.analyzed).toEqual([])
  })

  test('of a conversation reaches the writer with the questions and queries before it', async () => {
    const { ask, seen } = scriptTurns({ writes: [query('SELECT 1'), query('SELECT 2')] })
    const conversationId = crypto.randomUUID()
    await (await ask({ question, conversationId })).rest()
    const followUp = await (await ask({ question: 'And by month?', conversationId })).rest()
    expect(seen.written.map(({ history }) => history)).toEqual([
      [],
      [expect.objectContaining({ question, sql: 'SELECT 1' })],
    ])
    expect(followUp.find((event) => event.kind === 'step' && event.state === 'done')).toMatchObject({
      fact: 'A further question to the sample',
    })
  })

  test('follows the turn it names, so that two tabs do not answer each other', async () => {
    const { ask, seen } = scriptTurns({
      writes: ['SELECT 1', 'SELECT 2', 'SELECT 3', 'SELECT 4'].map((text) => query(text)),
    })
    const conversationId = crypto.randomUUID()
    const first = await ask({ question: 'First?', conversationId, follows: null })
    await first.rest()
    await (await ask({ question: 'In the other tab?', conversationId, follows: null })).rest()
    const second = await ask({
      question: 'And by month?',
      conversationId,
      follows: first.turnId,
      leaveOut: ['in 1996'],
    })
    await second.rest()
    await (await ask({ question: 'top 5', conversationId, follows: second.turnId })).rest()
    const told = seen.written.map(({ history }) => history.map((turn) => [turn.question, turn.leftOut]))
    expect(told).toEqual([
      [],
      [],
      [['First?', []]],
      [
        ['First?', []],
        ['And by month?', ['in 1996']],
      ],
    ])
    expect(seen.written[2]?.leftOut).toEqual(['in 1996'])
  })

  test('inherits nothing from a question to another connection', async () => {
    const { ask, seen } = scriptTurns({ writes: [query('SELECT 1'), query('SELECT 2')] })
    const conversationId = crypto.randomUUID()
    await (await ask({ question: 'First?', conversationId, connection: 'other' })).rest()
    await (await ask({ question: 'And by month?', conversationId })).rest()
    expect(seen.written.map(({ history }) => history)).toEqual([[], []])
  })

  test.each([true, false])(
    "goes to a model with samples as the connection's policy says: %s",
    async (samplesToModel) => {
      const { ask, seen } = scriptTurns({ policy: { samplesToModel } })
      await (await ask({ question })).rest()
      expect(seen.written[0]?.showSamples).toBe(samplesToModel)
    },
  )
})

describe('a query that fails', () => {
  const bad = (n: number) => query(`BAD ${n}`)
  const refused = { 'BAD 1': 'It writes (1).', 'BAD 2': 'It writes (2).', 'BAD 3': 'It writes (3).' }

  test.each([
    ['once', [bad(1), query('SELECT 1')], 2, undefined],
    ['twice', [bad(1), bad(2), query('SELECT 1')], 3, undefined],
    ['three times', [bad(1), bad(2), bad(3), query('SELECT 1')], 3, 'sql_refused'],
    ['the same way again', [bad(1), bad(1), query('SELECT 1')], 2, 'sql_refused'],
  ] as const)('%s goes back to its writer, at most twice', async (_, writes, times, code) => {
    const { ask, seen } = scriptTurns({ writes, refused })
    const events = await (await ask({ question })).rest()
    expect(seen.written).toHaveLength(times)
    expect(failure(events)).toBe(code)
    expect(seen.ran.map(({ sql }) => sql)).toEqual(code === undefined ? ['SELECT 1\nLIMIT 10001'] : [])
  })

  test('goes back with every earlier attempt and its fault', async () => {
    const { ask, seen } = scriptTurns({ writes: [bad(1), bad(2), query('SELECT 1')], refused })
    await (await ask({ question })).rest()
    expect(
      seen.written.map(({ failures }) => failures.map(({ sql, problems }) => [sql, problems.map((p) => p.message)])),
    ).toEqual([
      [],
      [['BAD 1', ['It writes (1).']]],
      [
        ['BAD 1', ['It writes (1).']],
        ['BAD 2', ['It writes (2).']],
      ],
    ])
  })

  test.each([
    ['sql_invalid', 2],
    ['sql_unsupported', 2],
    ['warehouse_unreachable', 1],
    ['query_too_large', 1],
  ] as const)('for %s in the warehouse is written %i times', async (code, times) => {
    let left = 1
    const { ask, seen } = scriptTurns({
      writes: [query('SELECT 1'), query('SELECT 2')],
      compile: () =>
        left-- > 0
          ? Promise.reject(problem(code, 'It failed.', 'Do this.'))
          : Promise.resolve({ columns: [], estimate: { rows: 1, bytes: null } }),
    })
    const events = await (await ask({ question })).rest()
    expect([seen.written.length, failure(events)]).toEqual([times, times === 1 ? code : undefined])
  })

  test('goes nowhere once the turn is stopped', async () => {
    const { ask, seen, turns } = scriptTurns({
      compile: async (_sql, { asker }) => {
        await Promise.race([turns.cancel(ada, { turnId: asker?.turnId ?? '' }), settle()])
        throw problem('sql_invalid', 'It failed.', 'Do this.')
      },
    })
    const events = await (await ask({ question })).rest()
    expect([events.at(-1)?.kind, seen.written.length]).toEqual(['turn.cancelled', 1])
  })

  test('given as SQL does not go to any writer', async () => {
    const { ask, seen } = scriptTurns({ refused })
    const events = await (await ask({ sql: 'BAD 1' })).rest()
    expect([failure(events), seen.written]).toEqual(['sql_refused', []])
  })
})

import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { problem } from '../problem.ts'
import { ada, isKind, query, scriptTurns, type Script } from './scripted-ports.test-support.ts'

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

  test('given as SQL does not go to any writer', async () => {
    const { ask, seen } = scriptTurns({ refused })
    const events = await (await ask({ sql: 'BAD 1' })).rest()
    expect([failure(events), seen.written]).toEqual(['sql_refused', []])
  })
})

describe('what a query may cost', () => {
  const limits = {
    maxRows: 1_000_000,
    queryTimeoutMs: 9_000,
    maxResultBytes: 1_000_000,
    askAboveBytes: 50e9,
    refuseAboveBytes: 1e12,
  }
  const over = (bytes: number | null, more: Script = {}) =>
    scriptTurns({ policy: { limits }, estimate: { rows: null, bytes }, ...more })

  test('above the limit of its connection it is refused, whatever was approved', async () => {
    const { ask, seen } = over(1e12 + 1)
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    expect(find(events, 'turn.failed')?.problem).toMatchObject({
      code: 'query_too_large',
      message: 'The query may read 1.0 TB; no query may read more than 1.0 TB here.',
    })
    expect([steps(events).at(-1), seen.ran]).toEqual(['estimate failed', []])
  })

  test.each([0, 50e9])('%d bytes run by themselves where queries do', async (bytes) => {
    const { ask } = over(bytes)
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    expect(find(events, 'query.proposed')).not.toHaveProperty('heldBack')
    expect(find(events, 'query.approved')).toMatchObject({ by: 'auto' })
  })

  test.each<readonly [string, Script, string]>([
    ['more than may be read without being asked', { estimate: { rows: null, bytes: 60e9 } }, '60.0 GB'],
    ['an unknown amount', { estimate: { rows: null, bytes: null } }, 'cannot be estimated'],
    ['rows without a bound', { estimate: { rows: 7, bytes: 1 }, unboundedRows: 'a cross join' }, 'a cross join'],
  ])('%s waits for a person all the same, and says why', async (_, script, why) => {
    const { ask, turns, seen } = over(null, script)
    const turn = await ask({ sql: 'SELECT 1' })
    const proposal = await turn.until(isKind('query.proposed'))
    expect(proposal).toMatchObject({ heldBack: expect.stringContaining(why) as unknown })
    expect(seen.ran).toEqual([])
    await turns.approve(ada, {
      turnId: turn.turnId,
      digest: proposal.kind === 'query.proposed' ? proposal.digest : '',
    })
    expect(find(await turn.rest(), 'query.approved')).toMatchObject({ by: 'person' })
  })

  test('what waits for a person anyway is not held back', async () => {
    const turn = await over(60e9).ask({ sql: 'SELECT 1', autoRun: false })
    expect(await turn.until(isKind('query.proposed'))).not.toHaveProperty('heldBack')
  })

  test('rows, bytes and time of the connection bound every run', async () => {
    const { ask, seen } = scriptTurns({ policy: { limits: { ...limits, maxRows: 3 } } })
    await (await ask({ sql: 'SELECT 1', maxRows: 10 })).rest()
    expect(seen.ran[0]).toMatchObject({
      sql: 'SELECT 1\nLIMIT 4',
      options: { maxRows: 3, maxBytes: 1_000_000, timeoutMs: 9_000 },
    })
  })
})

describe('what reaches the warehouse', () => {
  test('is the text with its row limit, guarded again under the policy of the connection', async () => {
    const guard = { allowFunctionGroups: ['ai'], allowFunctions: [], allowTableFunctions: [] } as const
    const { ask, seen } = scriptTurns({ policy: { guard: { ...guard, allowFunctionGroups: ['ai'] } } })
    await (await ask({ sql: 'SELECT 1', maxRows: 5 })).rest()
    expect(seen.analyzed).toEqual(['SELECT 1', 'SELECT 1\nLIMIT 6'])
    expect(seen.policies).toEqual([guard, guard])
    expect([seen.compiled, seen.ran.map(({ sql }) => sql)]).toEqual([['SELECT 1\nLIMIT 6'], ['SELECT 1\nLIMIT 6']])
  })

  test('is nothing when the limited text does not pass', async () => {
    const { ask, seen } = scriptTurns({ refused: { 'SELECT 1\nLIMIT 6': 'It changed.' } })
    const events = await (await ask({ sql: 'SELECT 1', maxRows: 5 })).rest()
    expect([failure(events), seen.compiled, seen.ran]).toEqual(['sql_refused', [], []])
  })

  test.each<readonly [string, object]>([
    ['another connection', { connection: 'prod' }],
    ['another row limit', { maxRows: 6 }],
    ['another text', { sql: 'SELECT 2' }],
  ])('an approval does not hold for %s', async (_, other) => {
    const { ask } = scriptTurns()
    const digestOf = async (more: object) => {
      const turn = await ask({ sql: 'SELECT 1', maxRows: 5, autoRun: false, ...more })
      const proposed = await turn.until(isKind('query.proposed'))
      return proposed.kind === 'query.proposed' ? proposed.digest : ''
    }
    expect(await digestOf(other)).not.toBe(await digestOf({}))
    expect(await digestOf({})).toBe(await digestOf({}))
  })
})

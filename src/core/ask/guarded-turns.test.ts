import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { madeTable } from '../explore/made-up-catalog.test-support.ts'
import { ada, isKind, query, scriptTurns, type Script } from './scripted-ports.test-support.ts'

const find = <K extends TurnEvent['kind']>(events: readonly TurnEvent[], kind: K) =>
  events.find((event): event is Extract<TurnEvent, { kind: K }> => event.kind === kind)
const steps = (events: readonly TurnEvent[]) =>
  events.flatMap((event) =>
    event.kind === 'step' && event.state !== 'running' ? [`${event.name} ${event.state}`] : [],
  )
const failure = (events: readonly TurnEvent[]) => find(events, 'turn.failed')?.problem.code

describe('what the policy of a connection leaves to somebody it is shared with', () => {
  test('a writer that is not allowed is not asked, and nobody’s own query runs', async () => {
    const { ask, seen } = scriptTurns({ policy: { writers: ['offline'] } })
    for (const asked of [{ question: 'How many?' }, { sql: 'SELECT 1' }]) {
      const events = await (await ask(asked)).rest()
      expect(find(events, 'turn.failed')?.problem).toMatchObject({
        code: 'forbidden',
        action: 'Ask a question with offline.',
      })
    }
    expect([seen.written, seen.compiled, seen.ran]).toEqual([[], [], []])
  })

  test('where only questions are allowed, a proposal is not edited', async () => {
    const { ask, turns, seen } = scriptTurns({ policy: { writers: ['scripted'] } })
    const turn = await ask({ question: 'How many?', autoRun: false })
    await turn.until(isKind('query.proposed'))
    const edit = turns.edit(ada, { turnId: turn.turnId, sql: 'SELECT 2' })
    await expect(edit).rejects.toMatchObject({ problem: { code: 'forbidden' } })
    expect(seen.ran).toEqual([])
  })

  test('where nothing runs by itself, a query waits for a person and runs once approved', async () => {
    const { ask, turns, seen } = scriptTurns({ policy: { autoRunAllowed: false } })
    const turn = await ask({ sql: 'SELECT 1', autoRun: true })
    const proposal = await turn.until(isKind('query.proposed'))
    expect(proposal).toMatchObject({ heldBack: "On this connection a query runs only with somebody's approval." })
    const digest = proposal.kind === 'query.proposed' ? proposal.digest : ''
    await turns.approve(ada, { turnId: turn.turnId, digest })
    await turn.rest()
    expect(seen.ran).toHaveLength(1)
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

  test('up to the limit of its connection it runs once a person approves', async () => {
    const turn = await over(1e12).ask({ sql: 'SELECT 1', autoRun: false })
    expect(await turn.until(isKind('query.proposed'))).not.toHaveProperty('heldBack')
  })

  test('an edit above the limit is refused, and the proposal stands', async () => {
    const { ask, turns, seen } = over(1, {
      compile: (sql) =>
        Promise.resolve({ columns: [], estimate: { rows: null, bytes: sql.startsWith('SELECT 2') ? 2e12 : 1 } }),
    })
    const turn = await ask({ sql: 'SELECT 1', autoRun: false })
    const proposal = await turn.until(isKind('query.proposed'))
    const edit = turns.edit(ada, { turnId: turn.turnId, sql: 'SELECT 2' })
    await expect(edit).rejects.toMatchObject({ problem: { code: 'query_too_large' } })
    await turns.approve(ada, {
      turnId: turn.turnId,
      digest: proposal.kind === 'query.proposed' ? proposal.digest : '',
    })
    await turn.rest()
    expect(seen.ran.map(({ sql }) => sql)).toEqual(['SELECT 1\nLIMIT 10001'])
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

  test('is the text with its names as they are stored, guarded anew, and a person is told', async () => {
    const { ask, seen } = scriptTurns({ respelled: { 'SELECT "a"': 'SELECT A' } })
    const events = await (await ask({ sql: 'SELECT "a"', maxRows: 5 })).rest()
    expect(seen.analyzed).toEqual(['SELECT "a"', 'SELECT A', 'SELECT A\nLIMIT 6'])
    expect(seen.ran.map(({ sql }) => sql)).toEqual(['SELECT A\nLIMIT 6'])
    expect(find(events, 'query.proposed')).toMatchObject({
      sql: 'SELECT A',
      assumptions: ['Names were spelled as the warehouse stores them.'],
    })
  })

  test('is nothing when the text with its names as they are stored does not pass', async () => {
    const { ask, seen } = scriptTurns({ respelled: { 'SELECT "a"': 'BAD' }, refused: { BAD: 'It writes.' } })
    expect(failure(await (await ask({ sql: 'SELECT "a"' })).rest())).toBe('sql_refused')
    expect([seen.compiled, seen.ran]).toEqual([[], []])
  })

  test('names the person and the turn that it is for', async () => {
    const askers: unknown[] = []
    const { ask, seen } = scriptTurns({
      compile: (_sql, { asker }) => {
        askers.push(asker)
        return Promise.resolve({ columns: [], estimate: { rows: 1, bytes: null } })
      },
    })
    const { turnId, rest } = await ask({ sql: 'SELECT 1' })
    await rest()
    const asker = { userId: ada.userId, turnId }
    expect([askers, seen.ran[0]?.options.asker]).toEqual([[asker], asker])
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

describe('a name that the list of tables does not have', () => {
  const catalogOf = (name: string) => ({ tables: [], defaultDatabase: 'SALES', defaultSchema: name })
  const [before, now] = [catalogOf('PUBLIC'), catalogOf('PUBLIC')]
  const table = (schema: string) => ({ database: 'SALES', schema, name: 'BRANDNEW' })
  const looking = (script: Partial<Script>) => {
    const looks: string[][] = []
    const lookAgain: Script['lookAgain'] = (tables) => {
      looks.push(tables.map(({ schema, name }) => `${schema}.${name}`))
      return Promise.resolve({ catalog: now, readAt: null, isFresh: true })
    }
    return {
      looks,
      ...scriptTurns({
        catalog: () => Promise.resolve(before),
        refusedAs: 'unknown_table',
        knows: now,
        tables: [table('PUBLIC')],
        lookAgain,
        ...script,
      }),
    }
  }

  test('is looked for in its schema, and the query runs', async () => {
    const { ask, looks, seen } = looking({})
    expect(steps(await (await ask({ sql: 'SELECT 1', autoRun: true })).rest())).toContain('run-query done')
    expect([looks, seen.ran.length]).toEqual([[['PUBLIC.BRANDNEW']], 1])
  })

  test('is told of as the look has found it: what was assumed of its file, and no list that is not read to the end', async () => {
    const found = {
      ...now,
      tables: [madeTable('BRANDNEW', { ...table('PUBLIC'), notices: ['One line was left out.'] })],
    }
    const given = {
      catalog: () => Promise.resolve({ ...before, unread: '5 of 10 tables read' }),
      lookAgain: () => Promise.resolve({ catalog: found, readAt: null, isFresh: true }),
    }
    const known = await (await looking({ ...given, knows: found }).ask({ sql: 'SELECT 1', autoRun: true })).rest()
    expect(find(known, 'query.proposed')?.assumptions).toEqual(['BRANDNEW: One line was left out.'])
    const unknown = await (await looking({ ...given, knows: catalogOf('OTHER') }).ask({ sql: 'SELECT 1' })).rest()
    expect(find(unknown, 'turn.failed')?.problem.action).not.toContain('5 of 10')
  })

  test('is looked for once in a turn, however often the writer names it', async () => {
    const nowhere = catalogOf('OTHER')
    const { ask, looks, seen } = looking({
      lookAgain: (tables) => {
        looks.push(tables.map(({ schema, name }) => `${schema}.${name}`))
        return Promise.resolve({ catalog: before, readAt: null, isFresh: true })
      },
      knows: nowhere,
      writes: [query('SELECT 1'), query('SELECT 2'), query('SELECT 3')],
    })
    const events = await (await ask({ question: 'How many are brand new?' })).rest()
    expect([failure(events), seen.written.length, looks]).toEqual(['sql_refused', 3, [['PUBLIC.BRANDNEW']]])
    expect(find(events, 'turn.failed')?.problem.action).toContain('Floe looked for it in the account just now.')
  })

  test('is refused at once where the source cannot be looked at, as in the sample', async () => {
    const { ask, seen } = scriptTurns({
      catalog: () => Promise.resolve(before),
      refusedAs: 'unknown_table',
      knows: now,
    })
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    expect([failure(events), seen.ran]).toEqual(['sql_refused', []])
  })
})

import { describe, expect, test } from 'vitest'
import { makeAnswerTurn, type ApprovalDecision, type Following } from './answer-turn.ts'
import { ada, scriptTurns, untilAborted, type Script } from './scripted-ports.test-support.ts'

/** Answers SQL with these decisions, one after the other. */
async function answer(
  script: Script,
  decisions: readonly ApprovalDecision[],
  autoRun: boolean,
  more: Partial<Following> = {},
) {
  const { turns, clock, seen } = scriptTurns(script)
  const left = [...decisions]
  const refusals: (string | null)[] = []
  const outcome = await makeAnswerTurn({ turns, clock })(
    ada,
    { sql: 'SELECT 1', connection: 'sample', autoRun, maxRows: 5 },
    {
      signal: new AbortController().signal,
      onEvent: () => Promise.resolve(),
      decide: (_proposal, refusal) => {
        refusals.push(refusal?.message ?? null)
        return Promise.resolve(left.shift() ?? { kind: 'stop' })
      },
      ...more,
    },
  )
  return { outcome, refusals, ran: seen.ran.map(({ sql }) => sql) }
}

const ran = ['SELECT 1\nLIMIT 6']
const held = { unboundedRows: 'a cross join' }
const edit = (sql: string): ApprovalDecision => ({ kind: 'edit', sql })

describe('a turn followed to its end', () => {
  test.each<readonly [string, Script, readonly ApprovalDecision[], boolean, string, readonly string[], number]>([
    ['runs by itself where it may', {}, [], true, 'answered', ran, 0],
    ['is decided about where it may not', {}, [{ kind: 'approve' }], false, 'answered', ran, 1],
    ['is decided about when it is held back', held, [{ kind: 'approve' }], true, 'answered', ran, 1],
    ['does not run without a yes', {}, [{ kind: 'stop' }], false, 'undecided', [], 1],
    ['does not run without a yes when it is held back', held, [{ kind: 'stop' }], true, 'undecided', [], 1],
    [
      'is decided about again after an edit',
      held,
      [edit('SELECT 2'), { kind: 'approve' }],
      true,
      'answered',
      ['SELECT 2\nLIMIT 6'],
      2,
    ],
  ])('%s', async (_, script, decisions, autoRun, kind, statements, asked) => {
    const result = await answer(script, decisions, autoRun)
    expect([result.outcome.kind, result.ran, result.refusals.length]).toEqual([kind, statements, asked])
  })

  test('tells of an edit that was refused, and the old query stands', async () => {
    const refused = { 'DROP TABLE T': 'It writes.' }
    const result = await answer({ refused }, [edit('DROP TABLE T'), { kind: 'approve' }], false)
    expect([result.refusals, result.outcome.kind, result.ran]).toEqual([[null, 'It writes.'], 'answered', ran])
  })

  test('ends with the problem it failed on, or with a question back', async () => {
    const failed = await answer({ refused: { 'SELECT 1': 'It writes.' } }, [], true)
    expect(failed.outcome).toMatchObject({ kind: 'failed', problem: { code: 'sql_refused' } })
    const { turns, clock } = scriptTurns({ writes: [{ kind: 'clarification', question: 'Which?', options: [] }] })
    const ask = { question: 'q', connection: 'sample', autoRun: true, maxRows: 5 }
    const following: Following = {
      signal: new AbortController().signal,
      decide: () => Promise.resolve({ kind: 'stop' }),
      onEvent: () => Promise.resolve(),
    }
    expect(await makeAnswerTurn({ turns, clock })(ada, ask, following)).toEqual({ kind: 'clarification' })
  })

  test.each([
    ['is cancelled where the decision is to stop', false],
    ['is left after five seconds where that is not answered', true],
  ])('%s', async (_, isSilent) => {
    const { turns, clock, pass, history } = scriptTurns()
    const silent: typeof turns = { ...turns, cancel: () => new Promise(() => undefined) }
    const conversationId = crypto.randomUUID()
    const answering = makeAnswerTurn({ turns: isSilent ? silent : turns, clock })(
      ada,
      { sql: 'SELECT 1', connection: 'sample', autoRun: false, maxRows: 5, conversationId },
      {
        signal: new AbortController().signal,
        decide: () => Promise.resolve({ kind: 'stop' }),
        onEvent: () => Promise.resolve(),
      },
    )
    await pass(isSilent ? 5_000 : 0)
    expect((await answering).kind).toBe('undecided')
    expect((await history.read(ada, conversationId)).turns).toMatchObject([
      { state: isSilent ? 'waiting' : 'cancelled' },
    ])
  })

  test('ends where the query was edited elsewhere before it was approved', async () => {
    const { turns, clock, seen } = scriptTurns()
    let asked = 0
    const answering = makeAnswerTurn({ turns, clock })(
      ada,
      { sql: 'SELECT 1', connection: 'sample', autoRun: false, maxRows: 5 },
      {
        signal: new AbortController().signal,
        decide: async ({ turnId }) => {
          asked += 1
          await turns.edit(ada, { turnId, sql: 'SELECT 2' })
          return { kind: 'approve' }
        },
        onEvent: () => Promise.resolve(),
      },
    )
    await expect(answering).rejects.toMatchObject({ problem: { code: 'stale_approval' } })
    expect([asked, seen.ran]).toEqual([1, []])
  })

  test('is cancelled with everything it runs when its follower leaves', async () => {
    const leaving = new AbortController()
    const signals: AbortSignal[] = []
    const run: Script['run'] = (_sql, { signal }) => {
      signals.push(signal)
      leaving.abort(new Error('enough'))
      return untilAborted(signal)
    }
    await expect(answer({ run }, [], true, { signal: leaving.signal })).rejects.toThrow('enough')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  test('is cancelled when an event cannot be taken', async () => {
    const onEvent = () => Promise.reject(new Error('the disk is full'))
    await expect(answer({}, [], true, { onEvent })).rejects.toThrow('the disk is full')
  })
})

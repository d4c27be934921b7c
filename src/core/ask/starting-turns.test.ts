import { describe, expect, test } from 'vitest'
import { maxQuestionLength, maxSqlLength } from '../../contract/command.ts'
import { problem } from '../problem.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, bob, isKind, scriptTurns, untilAborted } from './scripted-ports.test-support.ts'

const sql = 'SELECT 1'
const endless = { run: (_sql: string, { signal }: { readonly signal: AbortSignal }) => untilAborted(signal) }

describe('a question asked again under its id', () => {
  test.each([
    ['while it runs', true],
    ['once it is over', false],
  ])('%s is the same turn and runs once', async (_, isRunning) => {
    const { ask, seen, turns } = scriptTurns(isRunning ? endless : {})
    const turnId = crypto.randomUUID()
    const turn = await ask({ sql, turnId })
    if (isRunning) await turn.until(isKind('query.approved'))
    else await turn.rest()
    await settle()
    expect((await ask({ sql, turnId })).turnId).toBe(turnId)
    await settle()
    expect(seen.ran).toHaveLength(1)
    await turns.close()
  })

  test('is refused where the id is somebody else’s', async () => {
    const { ask } = scriptTurns()
    const { turnId, rest } = await ask({ sql })
    await rest()
    await expect(ask({ sql, turnId }, { caller: bob })).rejects.toMatchObject({ problem: { code: 'bad_request' } })
  })
})

describe('a shutdown', () => {
  test('refuses new questions', async () => {
    const { ask, turns } = scriptTurns()
    await turns.close()
    await expect(ask({ sql })).rejects.toMatchObject({ problem: { code: 'too_busy' } })
  })

  test('stops a question that was just being created', async () => {
    const { ask, turns, memory } = scriptTurns(endless)
    const created = Promise.withResolvers<void>()
    const create = memory.store.createTurn.bind(memory.store)
    memory.store.createTurn = async (turn) => await created.promise.then(() => create(turn))
    const asked = ask({ sql })
    await settle()
    const closed = turns.close()
    created.resolve()
    expect((await (await asked).rest()).at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'interrupted' } })
    await closed
  })
})

test.each([
  ['warehouse_unreachable', 1],
  ['sql_invalid', 0],
] as const)(
  'a turn that ends with %s is logged %i times: what a person can mend is told to the person',
  async (code, times) => {
    const { ask, seen } = scriptTurns({ compile: () => Promise.reject(problem(code, 'It failed.', 'Do this.')) })
    await (await ask({ sql })).rest()
    expect(seen.logged).toHaveLength(times)
  },
)

describe('what is asked', () => {
  test.each<readonly [string, object, string | undefined]>([
    ['a question of blanks', { question: ' \n ' }, 'bad_question'],
    ['a question of the longest length', { question: 'q'.repeat(maxQuestionLength) }, undefined],
    ['a longer one', { question: 'q'.repeat(maxQuestionLength + 1) }, 'bad_question'],
    ['SQL of blanks', { sql: ' \n ' }, 'sql_refused'],
    ['SQL of the longest length', { sql: 'q'.repeat(maxSqlLength) }, undefined],
    ['longer SQL', { sql: 'q'.repeat(maxSqlLength + 1) }, 'sql_refused'],
  ])('%s', async (_, asked, code) => {
    const { ask, memory } = scriptTurns()
    const outcome = await ask(asked).then(
      () => undefined,
      (error: unknown) => (error as { problem: { code: string } }).problem.code,
    )
    expect([outcome, memory.turns.size]).toEqual([code, code === undefined ? 1 : 0])
  })

  test.each([
    ['blanks', ' \n '],
    ['a text that is too long', 'q'.repeat(maxSqlLength + 1)],
  ])('an edit to %s is refused, and the guard does not see it', async (_, text) => {
    const { ask, turns, seen } = scriptTurns()
    const turn = await ask({ sql, autoRun: false })
    await turn.until(isKind('query.proposed'))
    const looked = seen.analyzed.length
    const edit = turns.edit(ada, { turnId: turn.turnId, sql: text })
    await expect(edit).rejects.toMatchObject({ problem: { code: 'sql_refused' } })
    expect(seen.analyzed).toHaveLength(looked)
  })

  test('is asked without the blanks around it', async () => {
    const { ask, seen } = scriptTurns()
    await (await ask({ question: '  How many orders?\n' })).rest()
    expect(seen.written[0]?.question).toBe('How many orders?')
  })
})

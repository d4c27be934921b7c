import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, batchOf, bob, isKind, rowStream, scriptTurns, untilAborted } from './scripted-ports.test-support.ts'

const sql = 'SELECT 1'
const endless = { run: (_sql: string, { signal }: { readonly signal: AbortSignal }) => untilAborted(signal) }
const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled' ? 'ok' : (result.reason as { problem: { code: string } }).problem.code
const count = (words: readonly string[], word: string): number => words.filter((one) => one === word).length
const digestOf = (event: TurnEvent): string => (event.kind === 'query.proposed' ? event.digest : '')

describe('turns that run at once', () => {
  test.each([
    ['one after the other', false],
    ['all together', true],
  ])('are eight a person, asked %s', async (_, isTogether) => {
    const { ask } = scriptTurns(endless)
    const asks: Promise<unknown>[] = []
    for (let n = 0; n < 100; n += 1) {
      asks.push(ask({ sql }))
      if (!isTogether) await Promise.allSettled(asks)
    }
    const results = (await Promise.allSettled(asks)).map(codeOf)
    expect([count(results, 'ok'), count(results, 'too_busy')]).toEqual([8, 92])
    expect(codeOf((await Promise.allSettled([ask({ sql }, { caller: bob })]))[0] as never)).toBe('ok')
  })

  test('are bounded over all people together', async () => {
    const { ask } = scriptTurns({ ...endless, limits: { maxRunningTurnsInAll: 10 } })
    const asks = [ada, bob].flatMap((caller) => Array.from({ length: 8 }, () => ask({ sql }, { caller })))
    expect(count((await Promise.allSettled(asks)).map(codeOf), 'ok')).toBe(10)
  })

  test('give their place back when they end', async () => {
    const { ask } = scriptTurns({ limits: { maxRunningTurns: 1 } })
    for (let n = 0; n < 3; n += 1) expect((await (await ask({ sql })).rest()).at(-1)?.kind).toBe('turn.done')
  })

  test('do not count once they are over, stored or not', async () => {
    const { ask, memory, pass } = scriptTurns({ limits: { maxRunningTurns: 1 } })
    memory.fault.append = () => new Promise(() => undefined)
    const first = await ask({ sql })
    const events = first.rest()
    await pass(60_000)
    expect((await events).at(-1)).toMatchObject({ kind: 'turn.done', saved: false })
    expect(await ask({ sql })).toHaveProperty('turnId')
  })

  test('do not count while they wait for a decision, and count again once it is made', async () => {
    const { ask, turns } = scriptTurns({ ...endless, limits: { maxRunningTurns: 2 } })
    const waiting = await Promise.all(
      Array.from({ length: 2 }, async () => {
        const turn = await ask({ sql, autoRun: false })
        return { turnId: turn.turnId, digest: digestOf(await turn.until(isKind('query.proposed'))) }
      }),
    )
    await ask({ sql })
    const decided = await Promise.allSettled(waiting.map((command) => turns.approve(ada, command)))
    expect(decided.map(codeOf).toSorted()).toEqual(['ok', 'too_busy'])
    await expect(ask({ sql })).rejects.toMatchObject({ problem: { code: 'too_busy' } })
  })
})

describe('one who asks much beside one who asks little', () => {
  test('has its steps wait while a step of the other is at work, and goes on afterwards', async () => {
    const work = Promise.withResolvers<void>()
    let opened = 0
    const { ask, pass, seen } = scriptTurns({
      limits: { maxRunningTurns: 8 },
      open: async () => {
        opened += 1
        if (opened === 1) await work.promise
      },
    })
    const little = await ask({ sql: 'SELECT 2' }, { caller: bob })
    await settle()
    const much = await Promise.all(Array.from({ length: 8 }, () => ask({ sql })))
    await settle()
    expect([opened, seen.ran.length]).toEqual([1, 0])
    work.resolve()
    expect((await little.rest()).at(-1)?.kind).toBe('turn.done')
    expect(seen.ran.map(({ sql }) => sql)).toEqual(['SELECT 2\nLIMIT 10001'])
    await pass(5_000)
    for (const turn of much) expect((await turn.rest()).at(-1)?.kind).toBe('turn.done')
  })

  test('does not wait for work of a warehouse or a model, which takes longer than a step of ours', async () => {
    const { ask, pass, seen } = scriptTurns({
      run: (sql, { signal }) =>
        sql.startsWith('SELECT 2') ? untilAborted(signal) : Promise.resolve(rowStream([batchOf([[1]])])),
    })
    const slow = await ask({ sql: 'SELECT 2' }, { caller: bob })
    await slow.until((event) => event.kind === 'query.approved')
    await pass(400)
    const many = await Promise.all(Array.from({ length: 8 }, () => ask({ sql })))
    await pass(2_000)
    for (const turn of many) expect((await turn.rest()).at(-1)?.kind).toBe('turn.done')
    expect(seen.ran).toHaveLength(9)
  })
})

describe('proposals that wait', () => {
  test('make room for newer ones: the oldest of the same person is cancelled', async () => {
    const { ask } = scriptTurns({ limits: { maxWaitingTurns: 3 } })
    const propose = async () => {
      const turn = await ask({ sql, autoRun: false })
      await turn.until(isKind('query.proposed'))
      return turn
    }
    const turns = [await propose(), await propose(), await propose(), await propose()]
    expect((await turns[0]?.rest())?.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'replaced' })
    await settle()
    expect(turns.slice(1).map(({ all }) => all.at(-1)?.kind)).toEqual(Array.from({ length: 3 }, () => 'query.proposed'))
  })

  test('are bounded over all people together: the oldest of all is cancelled', async () => {
    const { ask } = scriptTurns({ limits: { maxWaitingTurnsInAll: 2 } })
    const turns = []
    for (const caller of [ada, bob, bob]) {
      const turn = await ask({ sql, autoRun: false }, { caller })
      await turn.until(isKind('query.proposed'))
      turns.push(turn)
    }
    expect((await turns[0]?.rest())?.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'replaced' })
    await settle()
    expect(turns.slice(1).map(({ all }) => all.at(-1)?.kind)).toEqual(['query.proposed', 'query.proposed'])
  })

  test('that nobody has ever read are kept as long as any other', async () => {
    const { ask, pass, turns } = scriptTurns()
    const { turnId } = await ask({ sql, autoRun: false })
    await pass(3_599_000)
    expect(turns.stateHere(turnId)).toBe('waiting')
    await pass(2_000)
    expect(turns.stateHere(turnId)).not.toBe('waiting')
  })

  test('run on an approval of what is proposed now, and on no other', async () => {
    const { ask, turns, seen } = scriptTurns()
    const turn = await ask({ sql, autoRun: false })
    const { turnId } = turn
    const digest = digestOf(await turn.until(isKind('query.proposed')))
    const stale = { problem: { code: 'stale_approval' } }
    await expect(turns.approve(ada, { turnId, digest: 'another' })).rejects.toMatchObject(stale)
    await turns.edit(ada, { turnId, sql: 'SELECT 2' })
    await expect(turns.approve(ada, { turnId, digest })).rejects.toMatchObject(stale)
    const edited = await turn.until(isKind('query.proposed'))
    expect([edited, seen.ran]).toMatchObject([{ sql: 'SELECT 2', edited: true }, []])
    await turns.approve(ada, { turnId, digest: digestOf(edited) })
    await turn.rest()
    expect(seen.ran.map((one) => one.sql)).toEqual(['SELECT 2\nLIMIT 10001'])
  })

  test('are decided about by their owner alone', async () => {
    const { ask, turns } = scriptTurns()
    const turn = await ask({ sql, autoRun: false })
    const { turnId } = turn
    const digest = digestOf(await turn.until(isKind('query.proposed')))
    const attempts = [
      turns.approve(bob, { turnId, digest }),
      turns.edit(bob, { turnId, sql: 'SELECT 2' }),
      turns.cancel(bob, { turnId }),
    ]
    expect((await Promise.allSettled(attempts)).map(codeOf)).toEqual(['not_found', 'not_found', 'not_found'])
    expect(turns.stateHere(turnId)).toBe('waiting')
  })

  test('that were cancelled wait for nothing, stored or not', async () => {
    const { ask, turns, memory, pass } = scriptTurns()
    const turn = await ask({ sql, autoRun: false })
    const { turnId } = turn
    const digest = digestOf(await turn.until(isKind('query.proposed')))
    memory.fault.append = () => new Promise(() => undefined)
    const cancelled = turns.cancel(ada, { turnId })
    await settle()
    const late = await Promise.allSettled([turns.approve(ada, { turnId, digest })])
    expect(late.map(codeOf)).toEqual(['turn_not_waiting'])
    await pass(60_000)
    await cancelled
  })

  test('are cancelled although the warehouse did not notice the stop before', async () => {
    const { ask, turns } = scriptTurns({
      compile: async (_sql, { asker }) => {
        void turns.cancel(ada, { turnId: asker?.turnId ?? '' })
        await settle()
        return { columns: [], estimate: { rows: 1, bytes: null } }
      },
    })
    const events = await (await ask({ sql, autoRun: false })).rest()
    expect(events.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'person' })
  })

  test('are given up an hour after their last reader left', async () => {
    const { ask, follow, pass, turns } = scriptTurns()
    const turn = await ask({ sql, autoRun: false })
    await turn.until(isKind('query.proposed'))
    turn.leave()
    await turn.rest()
    await pass(3_599_000)
    expect(turns.stateHere(turn.turnId)).toBe('waiting')
    await pass(1_000)
    expect((await follow(turn.turnId).rest()).at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'undecided' })
  })

  test('an edit that does not pass leaves the proposal as it is', async () => {
    const { ask, turns } = scriptTurns({ refused: { 'DROP TABLE T': 'It writes.' } })
    const turn = await ask({ sql, autoRun: false })
    const digest = digestOf(await turn.until(isKind('query.proposed')))
    const edit = turns.edit(ada, { turnId: turn.turnId, sql: 'DROP TABLE T' })
    await expect(edit).rejects.toMatchObject({ problem: { code: 'sql_refused' } })
    await turns.approve(ada, { turnId: turn.turnId, digest })
    expect((await turn.rest()).at(-1)?.kind).toBe('turn.done')
  })
})

test('a running turn is stopped thirty seconds after its last reader left', async () => {
  const { ask, pass, follow, seen } = scriptTurns(endless)
  const turn = await ask({ sql })
  await turn.until(isKind('query.approved'))
  turn.leave()
  await turn.rest()
  await pass(29_000)
  expect(seen.ran[0]?.options.signal.aborted).toBe(false)
  await pass(1_000)
  expect(seen.ran[0]?.options.signal.aborted).toBe(true)
  expect((await follow(turn.turnId).rest()).slice(-2)).toMatchObject([
    { kind: 'step', name: 'run-query', state: 'interrupted', fact: null },
    { kind: 'turn.cancelled', reason: 'unread' },
  ])
})

test('a running turn goes on as long as somebody reads it', async () => {
  const { ask, pass, seen } = scriptTurns(endless)
  const turn = await ask({ sql })
  await turn.until(isKind('query.approved'))
  const events = turn.rest()
  await pass(600_000)
  expect(seen.ran[0]?.options.signal.aborted).toBe(false)
  turn.leave()
  await events
})

test('a turn that is over is watched no longer', async () => {
  const { ask, pass, pending } = scriptTurns()
  await (await ask({ sql })).rest()
  await pass(0)
  expect(pending()).toBe(0)
})

import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, bob, isKind, scriptTurns, untilAborted } from './scripted-ports.test-support.ts'

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

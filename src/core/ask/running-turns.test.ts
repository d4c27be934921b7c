import { describe, expect, test } from 'vitest'
import type { Notice } from '../../contract/notice.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { preferTurns } from '../people/preferences.ts'
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

  test('who has no room is refused before anything is read for them, and finds their turn again', async () => {
    const { ask, turns } = scriptTurns({ ...endless, limits: { maxRunningTurns: 1 } })
    let reads = 0
    const preferring = preferTurns(turns, {
      preferences: {
        read: () => {
          reads += 1
          throw new Error('The store was asked.')
        },
        change: () => Promise.reject(new Error('unused')),
        watch: () => () => undefined,
      },
      writers: { list: () => Promise.resolve([]) },
      running: turns,
    })
    const { turnId } = await ask({ sql })
    await expect(preferring.ask(ada, { sql })).rejects.toMatchObject({ problem: { code: 'too_busy' } })
    expect(reads).toBe(0)
    await expect(preferring.ask(ada, { sql, turnId })).rejects.toThrow('The store was asked.')
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

describe('turns of a person who may not use Floe any more', () => {
  const ended = { kind: 'ended', userId: ada.userId, sessionId: null, tokenId: null } as const

  const listening = (script: Parameters<typeof scriptTurns>[0] = {}) => {
    const subscribed: ((notice: Notice) => void)[] = []
    const subscribe = (tell: (notice: Notice) => void) => (subscribed.push(tell), () => undefined)
    const made = scriptTurns({ ...endless, notices: { subscribe }, ...script })
    return { ...made, tell: (notice: Notice) => subscribed.forEach((each) => each(notice)) }
  }

  test('are stopped at once, whether they run or wait; those of others, and of one ended session, go on', async () => {
    const { ask, tell, seen } = listening({ keepRunningMinutes: () => 60 })
    const running = await ask({ sql })
    await running.until(isKind('query.approved'))
    const waiting = await ask({ sql, autoRun: false })
    await waiting.until(isKind('query.proposed'))
    const other = await ask({ sql }, { caller: bob })
    await other.until(isKind('query.approved'))
    tell({ ...ended, sessionId: '5f0f5e2c-0c5e-4b8e-9d51-3f1f2b7c9a11' })
    tell({ ...ended, tokenId: 'token' })
    tell({ kind: 'sessions_ended', userId: ada.userId })
    await settle()
    expect(seen.ran.map(({ options }) => options.signal.aborted)).toEqual([false, false])
    tell(ended)
    for (const turn of [running, waiting])
      expect((await turn.rest()).at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'no_access' })
    expect(seen.ran.map(({ options }) => options.signal.aborted)).toEqual([true, false])
  })

  test('are stopped also while they are being created', async () => {
    const { ask, tell, memory, seen } = listening()
    const stored = Promise.withResolvers<void>()
    const create = memory.store.createTurn.bind(memory.store)
    memory.store.createTurn = async (...given) => {
      await stored.promise
      return await create(...given)
    }
    const asking = ask({ sql })
    await settle()
    tell(ended)
    stored.resolve()
    expect((await (await asking).rest()).at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'no_access' })
    expect(seen.ran.filter(({ options }) => !options.signal.aborted)).toEqual([])
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

describe('a running turn that nobody reads any more', () => {
  const unread = async (script: Parameters<typeof scriptTurns>[0]) => {
    const made = scriptTurns({ ...endless, ...script })
    const turn = await made.ask({ sql })
    await turn.until(isKind('query.approved'))
    turn.leave()
    await turn.rest()
    const isStopped = (): boolean => made.seen.ran[0]?.options.signal.aborted === true
    return { ...made, ...turn, isStopped }
  }

  test.each([
    ['for as long as its owner wants', 5, 300_000],
    ['for an hour where they want that', 60, 3_600_000],
    ['for half a minute where they want none: a page that is loaded again comes back', 0, 30_000],
  ])('goes on %s, and says so when it is stopped', async (_, minutes, ms) => {
    const { pass, isStopped, follow, turnId } = await unread({ keepRunningMinutes: () => minutes })
    await pass(ms - 1_000)
    expect(isStopped()).toBe(false)
    await pass(1_000)
    expect(isStopped()).toBe(true)
    expect((await follow(turnId).rest()).slice(-2)).toMatchObject([
      { kind: 'step', name: 'run-query', state: 'interrupted', fact: null },
      { kind: 'turn.cancelled', reason: 'unread', unreadMs: ms },
    ])
  })

  test('is stopped by what its owner has set meanwhile', async () => {
    let minutes = 60
    const { pass, isStopped } = await unread({ keepRunningMinutes: () => minutes })
    await pass(100_000)
    minutes = 1
    await pass(30_000)
    expect(isStopped()).toBe(true)
  })

  test('goes on when somebody reads it again, and its time begins anew', async () => {
    const { pass, isStopped, follow, turnId } = await unread({ keepRunningMinutes: () => 1 })
    await pass(50_000)
    const again = follow(turnId)
    const events = again.rest()
    await pass(600_000)
    again.leave()
    await events
    await pass(59_000)
    expect(isStopped()).toBe(false)
    await pass(1_000)
    expect(isStopped()).toBe(true)
  })
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

test('the pages of a person hear of turns that begin, wait and end', async () => {
  const { ask, turns, seen } = scriptTurns()
  const conversationId = crypto.randomUUID()
  const turn = await ask({ sql, conversationId, autoRun: false })
  await turn.until(isKind('query.proposed'))
  const news = `ada ${conversationId}`
  expect(seen.told).toEqual([news, news])
  await turns.cancel(ada, { turnId: turn.turnId })
  await settle()
  expect(seen.told).toEqual([news, news, news])
})

import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, bob, isKind, scriptTurns, untilAborted } from './scripted-ports.test-support.ts'

const sql = 'SELECT 1'
const endless = { run: (_sql: string, { signal }: { readonly signal: AbortSignal }) => untilAborted(signal) }
const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled' ? 'ok' : (result.reason as { problem: { code: string } }).problem.code
const digestOf = (event: TurnEvent): string => (event.kind === 'query.proposed' ? event.digest : '')

describe('proposals that wait', () => {
  test('make room for newer ones: the oldest of the same person is cancelled', async () => {
    const { ask } = scriptTurns({ limits: { maxWaitingTurns: 3 } })
    const propose = async () => {
      const turn = await ask({ sql, autoRun: false })
      await turn.until(isKind('query.proposed'))
      return turn
    }
    const turns = [await propose(), await propose(), await propose(), await propose()]
    expect((await turns[0]?.rest())?.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'room' })
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
    expect((await turns[0]?.rest())?.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'room' })
    await settle()
    expect(turns.slice(1).map(({ all }) => all.at(-1)?.kind)).toEqual(['query.proposed', 'query.proposed'])
  })

  test('end when a newer question is asked in their conversation, and only there', async () => {
    const { ask, turns } = scriptTurns()
    const propose = async (conversationId: string, caller = ada) => {
      const turn = await ask({ sql, autoRun: false, conversationId }, { caller })
      await turn.until(isKind('query.proposed'))
      return turn
    }
    const [here, elsewhere] = [crypto.randomUUID(), crypto.randomUUID()]
    const older = await propose(here)
    const other = await propose(elsewhere)
    const theirs = await propose(here, bob)
    const newer = await propose(here)
    expect((await older.rest()).at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'replaced' })
    for (const { turnId } of [other, theirs, newer]) expect(turns.stateHere(turnId)).toBe('waiting')
  })

  test('lock nobody out: twenty wait, and eight more questions run beside them', async () => {
    const { ask } = scriptTurns(endless)
    for (let n = 0; n < 20; n += 1) await (await ask({ sql, autoRun: false })).until(isKind('query.proposed'))
    const running = await Promise.all(Array.from({ length: 8 }, () => ask({ sql })))
    for (const turn of running) expect((await turn.until(isKind('query.approved'))).kind).toBe('query.approved')
  })

  test('end at another copy when a newer question is asked at this one', async () => {
    const { ask, memory, seen } = scriptTurns()
    const conversationId = crypto.randomUUID()
    const older = { id: crypto.randomUUID(), ownerId: 'ada', conversationId, question: null, connection: 'sample' }
    const createdAt = '2026-01-01T00:00:00.000Z'
    await memory.store.createTurn({ ...older, writer: 'sql', askJson: '{}', createdAt })
    await memory.store.append('ada', older.id, [{ seq: 1, json: '{"kind":"query.proposed"}' }], 'waiting')
    await (await ask({ sql, conversationId })).rest()
    expect(seen.relayed).toEqual([`${older.id} retire`])
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

  test('an edit that comes twice is proposed once', async () => {
    const { ask, turns } = scriptTurns()
    const turn = await ask({ sql, autoRun: false })
    const { turnId } = turn
    await turn.until(isKind('query.proposed'))
    await turns.edit(ada, { turnId, sql: 'SELECT 2' })
    await turns.edit(ada, { turnId, sql: 'SELECT 2' })
    const digest = digestOf(await turn.until(isKind('query.proposed')))
    await turns.approve(ada, { turnId, digest })
    const events = await turn.rest()
    expect(events.filter(isKind('query.proposed'))).toHaveLength(2)
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

test('a proposal that waits when Floe stops says that it was not run', async () => {
  const { ask, turns } = scriptTurns()
  const turn = await ask({ sql, autoRun: false })
  await turn.until(isKind('query.proposed'))
  await turns.close()
  expect((await turn.rest()).at(-1)).toMatchObject({
    kind: 'turn.failed',
    problem: { code: 'interrupted', message: 'Floe was stopped while this query waited for you. It was not run.' },
  })
})

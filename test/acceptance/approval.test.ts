import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Ask } from '../../src/contract/command.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { makeLocalCaller } from '../../src/core/caller.ts'

let folder: string
let floe: Floe

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-approval-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
})
afterAll(async () => {
  await floe.services.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Follows a turn; `until` resolves with the next event of a kind, `rest` with all that is left. */
async function start(ask: Partial<Ask>) {
  const { turns } = floe.services
  const whole: Ask = { connection: 'sample', autoRun: false, maxRows: 10, ...ask }
  const { turnId } = await turns.ask(floe.callerAt('api'), whole)
  const reading = turns.events(floe.callerAt('api'), turnId, 0, new AbortController().signal)[Symbol.asyncIterator]()
  const next = async (): Promise<TurnEvent | null> => {
    const read = await reading.next()
    return read.done === true ? null : (JSON.parse(read.value.json) as TurnEvent)
  }
  return {
    turnId,
    proposal: async () => {
      for (let event = await next(); event !== null; event = await next())
        if (event.kind === 'query.proposed') return event
      throw new Error('Nothing was proposed.')
    },
    rest: async () => {
      const events: TurnEvent[] = []
      for (let event = await next(); event !== null; event = await next()) events.push(event)
      return events
    },
  }
}

const count = 'SELECT COUNT(*) AS N FROM REGION'
const kinds = (events: readonly TurnEvent[]) => events.map(({ kind }) => kind)

describe('[approved-text] an approval', () => {
  test('runs exactly the text it names, once', async () => {
    const turn = await start({ sql: count })
    const { digest, sql } = await turn.proposal()
    expect(sql).toBe(count)
    const approve = () => floe.services.turns.approve(floe.callerAt('api'), { turnId: turn.turnId, digest })
    const answers = await Promise.allSettled([approve(), approve()])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const events = await turn.rest()
    expect(kinds(events).filter((kind) => kind === 'query.approved')).toHaveLength(1)
    expect(events.find((event) => event.kind === 'result.rows')).toMatchObject({ rows: [[5]] })
    await expect(approve()).rejects.toMatchObject({ problem: { code: 'turn_not_waiting' } })
  })

  test('of an earlier text is refused once the text was edited', async () => {
    const turn = await start({ sql: count })
    const first = await turn.proposal()
    const { turns } = floe.services
    await turns.edit(floe.callerAt('api'), { turnId: turn.turnId, sql: 'SELECT COUNT(*) AS N FROM NATION' })
    const second = await turn.proposal()
    expect(second).toMatchObject({ edited: true })
    expect(second.digest).not.toBe(first.digest)
    const stale = turns.approve(floe.callerAt('api'), { turnId: turn.turnId, digest: first.digest })
    await expect(stale).rejects.toMatchObject({ problem: { code: 'stale_approval' } })
    await turns.approve(floe.callerAt('api'), { turnId: turn.turnId, digest: second.digest })
    expect((await turn.rest()).find((event) => event.kind === 'result.rows')).toMatchObject({ rows: [[25]] })
  })

  test('an edit that writes is refused and the proposal stands', async () => {
    const turn = await start({ sql: count })
    const { digest } = await turn.proposal()
    const { turns } = floe.services
    const edit = turns.edit(floe.callerAt('api'), { turnId: turn.turnId, sql: 'DELETE FROM REGION' })
    await expect(edit).rejects.toMatchObject({ problem: { code: 'sql_refused', details: ['code: writes'] } })
    await turns.approve(floe.callerAt('api'), { turnId: turn.turnId, digest })
    expect(kinds(await turn.rest()).at(-1)).toBe('turn.done')
  })

  test('of somebody else finds no such question', async () => {
    const turn = await start({ sql: count })
    const { digest } = await turn.proposal()
    const stranger = makeLocalCaller('00000000-0000-4000-8000-00000000000f', 'api')
    const { turns } = floe.services
    const approve = turns.approve(stranger, { turnId: turn.turnId, digest })
    await expect(approve).rejects.toMatchObject({ problem: { code: 'not_found' } })
    await turns.cancel(floe.callerAt('api'), { turnId: turn.turnId })
    expect(kinds(await turn.rest()).at(-1)).toBe('turn.cancelled')
  })

  test('asking again under the same id resumes and does not run twice', async () => {
    const turnId = crypto.randomUUID()
    const ask = { turnId, sql: count, autoRun: true }
    const first = await (await start(ask)).rest()
    const again = await (await start(ask)).rest()
    expect(again).toEqual(first)
  })
})

describe('[proved-limit] a row limit', () => {
  test.each([
    ['fewer rows than the limit', 'SELECT R_NAME FROM REGION', 10, 5, false],
    ['exactly the limit', 'SELECT R_NAME FROM REGION', 5, 5, false],
    ['one row more', 'SELECT R_NAME FROM REGION', 4, 4, true],
    ['a smaller limit of its own', 'SELECT R_NAME FROM REGION LIMIT 2', 4, 2, false],
    ['a larger limit of its own', 'SELECT N_NAME FROM NATION LIMIT 20', 4, 4, true],
    ['no rows', "SELECT R_NAME FROM REGION WHERE R_NAME = 'NOWHERE'", 4, 0, false],
  ])('%s', async (_, sql, maxRows, rowCount, truncated) => {
    const events = await (await start({ sql, maxRows, autoRun: true })).rest()
    expect(events.find((event) => event.kind === 'result.done')).toMatchObject({ rowCount, truncated })
    expect(events.flatMap((event) => (event.kind === 'result.rows' ? event.rows : []))).toHaveLength(rowCount)
  })
})

describe('names in a query', () => {
  test('a slip in case or quotes is mended and told', async () => {
    const events = await (await start({ sql: 'SELECT "r_name" FROM "region"', autoRun: true })).rest()
    const proposed = events.find((event) => event.kind === 'query.proposed')
    expect(proposed).toMatchObject({ assumptions: [expect.stringContaining('spelled')] })
    expect(kinds(events).at(-1)).toBe('turn.done')
  })
})

import { expect, test } from 'vitest'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import { problem } from '../problem.ts'
import { makeManualClock } from '../ask/manual-time.test-support.ts'
import { caller, never } from './scripted-kind.test-support.ts'
import { makeConnectionStates } from './connection-states.ts'

const sql = 'SELECT 1' as ReadOnlySql
const summary = { ref: 'Prod', label: 'Prod', engine: 'Scripted', warning: null, saved: null }
const start = '2026-01-01T00:00:00.000Z'

/** Connections whose opening and statements go as a test says. */
function scripted(script: { open?: () => Promise<void>; run?: () => Promise<void> }) {
  const { clock, pass } = makeManualClock()
  const states = makeConnectionStates(clock)
  const connections = states.watch({
    owns: () => true,
    list: () => Promise.resolve([summary]),
    open: async () => {
      await script.open?.()
      const run = async () => {
        await script.run?.()
        return {}
      }
      return { ref: 'Prod', warehouse: { run } } as never
    },
    close: () => Promise.resolve(),
  })
  const use = async (): Promise<void> => {
    const { warehouse } = await connections.open(caller, 'Prod', never)
    await warehouse.run(sql, { maxRows: 1, maxBytes: 1, timeoutMs: 1, signal: never })
  }
  const state = async (who = caller) => (await connections.list(who))[0]?.state
  return { use, state, pass, noteTest: states.noteTest }
}
const fails = (code: 'warehouse_unreachable' | 'sql_invalid' | 'sign_in_needed') => () =>
  Promise.reject(problem(code, 'It does not answer.', 'Wait.'))

test('a connection that was not used has no state; one that answered says when, to its person alone', async () => {
  const { use, state } = scripted({})
  expect(await state()).toBeUndefined()
  await use()
  expect(await state()).toEqual({ answeredAt: start, failedAt: null, failure: null })
  expect(await state({ ...caller, userId: 'somebody else' })).toBeUndefined()
})

test.each([
  ['cannot be reached', { run: fails('warehouse_unreachable') }],
  ['cannot be opened', { open: fails('sign_in_needed') }],
])('one that %s says since when and why', async (_, script) => {
  const { use, state } = scripted(script)
  await use().catch(() => undefined)
  expect(await state()).toEqual({ answeredAt: null, failedAt: start, failure: 'It does not answer.' })
})

test('a statement that the warehouse refuses is no failure of the connection', async () => {
  const { use, state } = scripted({ run: fails('sql_invalid') })
  await use().catch(() => undefined)
  expect(await state()).toBeUndefined()
})

test('an answer after a failure is remembered beside it', async () => {
  let isAway = true
  const { use, state, pass } = scripted({ run: () => (isAway ? fails('warehouse_unreachable')() : Promise.resolve()) })
  await use().catch(() => undefined)
  await pass(60_000)
  isAway = false
  await use()
  expect(await state()).toMatchObject({ answeredAt: '2026-01-01T00:01:00.000Z', failedAt: start })
})

test('a test says how the connection stands as well: it answered, or the first step that failed', async () => {
  const { state, noteTest, pass } = scripted({})
  const step = { name: 'reach', detail: 'Reached.', action: null, sql: null } as const
  const failed = { ...step, name: 'sign-in', state: 'failed', detail: 'The token was refused.' } as const
  const ok = { ...step, state: 'ok' } as const
  noteTest(caller, 'Prod', { steps: [ok, failed, { ...failed, detail: 'Left out.' }], warning: null })
  expect(await state()).toEqual({ answeredAt: null, failedAt: start, failure: 'The token was refused.' })
  await pass(60_000)
  noteTest(caller, 'Prod', { steps: [ok, { ...step, state: 'warning' }], warning: 'It can write.' })
  expect(await state()).toMatchObject({ answeredAt: '2026-01-01T00:01:00.000Z', failedAt: start })
})

import { expect, test } from 'vitest'
import {
  readPreferences,
  usualAutoRun,
  type PreferencesChange,
  type PreferencesState,
} from '../../contract/preferences.ts'
import type { BrowserStorage } from './browser-storage.ts'
import { makePagePreferences } from './preferences.ts'

const state = (more: Partial<PreferencesState> = {}): PreferencesState => ({ ...readPreferences(null), ...more })
const at = (seconds: number) => new Date(seconds * 1_000).toISOString()

function makeStorage(): BrowserStorage {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

/** A page, and a server that answers when the test says so. */
function visit(given: { storage?: BrowserStorage; personId?: string | null; stored?: PreferencesState } = {}) {
  const { storage = makeStorage(), personId = 'ann', stored = state() } = given
  const saves: { change: PreferencesChange; answer: ReturnType<typeof Promise.withResolvers<PreferencesState>> }[] = []
  const page = makePagePreferences({
    read: () => Promise.resolve(stored),
    save: (change) => {
      const answer = Promise.withResolvers<PreferencesState>()
      saves.push({ change, answer })
      return answer.promise
    },
    storage,
    personId,
  })
  return { page, saves, storage, shown: () => page.store.getState() }
}

test('what was set is shown from the first moment of the next visit, to the same person alone', async () => {
  const first = visit({ personId: null, stored: state({ output: 'chart', changedAt: { output: at(1) } }) })
  expect(first.shown().output).toBeNull()
  await first.page.refresh()
  first.page.keepFor('ann')
  const { storage } = first
  expect(visit({ storage }).shown()).toMatchObject({ output: 'chart', changedAt: { output: at(1) } })
  expect(visit({ storage, personId: 'ben' }).shown().output).toBeNull()
  storage.setItem('floe.preferences.ann', 'nonsense')
  expect(visit({ storage }).shown()).toEqual(state())
})

test('a change shows at once, and is undone where the server refuses it', async () => {
  const { page, saves, shown } = visit()
  const saved = page.change({ output: 'text', rowLimit: 5 })
  const refused = page.change({ rowLimit: 9 })
  expect(shown()).toMatchObject({ output: 'text', rowLimit: 9 })
  let isSettled = false
  const settled = page.settled()?.then(() => (isSettled = true))
  saves[1]?.answer.reject(new Error('no'))
  await expect(refused).rejects.toThrow('no')
  expect([shown().rowLimit, isSettled]).toEqual([5, false])
  saves[0]?.answer.resolve(state({ output: 'text', rowLimit: 5, changedAt: { output: at(2), rowLimit: at(2) } }))
  await saved
  await settled
  expect(page.settled()).toBeNull()
  expect(shown()).toMatchObject({ output: 'text', rowLimit: 5, changedAt: { output: at(2) } })
})

test('of what the server tells out of order the later value of each field stays; nonsense changes nothing', () => {
  const { page, shown } = visit()
  page.receive(state({ output: 'table', changedAt: { output: at(5) } }))
  page.receive(state({ output: 'text', rowLimit: 7, changedAt: { output: at(4), rowLimit: at(4) } }))
  page.receive({ output: 3 })
  page.receive('nonsense')
  expect(shown()).toMatchObject({ output: 'table', rowLimit: 7 })
})

test('a failure to read leaves what is known', async () => {
  const { page, shown } = visit({ stored: Promise.reject(new Error('away')) as never })
  page.receive(state({ output: 'table', changedAt: { output: at(5) } }))
  await page.refresh()
  expect(shown().output).toBe('table')
})

test('the switch of earlier versions becomes a setting once, unless it was set since', async () => {
  const storage = makeStorage()
  storage.setItem('floe.preferences', JSON.stringify({ connection: null, autoRun: true, writer: null }))
  const { page, saves, shown } = visit({ storage })
  const refreshed = page.refresh()
  await expect.poll(() => saves.length).toBe(1)
  expect([saves[0]?.change, shown().autoRun]).toEqual([{ autoRun: usualAutoRun }, usualAutoRun])
  saves[0]?.answer.resolve(state({ autoRun: usualAutoRun, changedAt: { autoRun: at(3) } }))
  await refreshed
  const later = visit({ storage, stored: state({ changedAt: { autoRun: at(9) } }) })
  await later.page.refresh()
  expect([later.saves.length, later.shown().autoRun]).toEqual([0, null])
})

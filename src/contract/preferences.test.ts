import { describe, expect, test } from 'vitest'
import {
  mergePreferences,
  migratePreferences,
  noPreferences,
  type Preferences,
  PreferencesChange,
  preferencesVersion,
  presentPreferences,
  readPreferences,
  usualAutoRun,
  type PreferencesState,
} from './preferences.ts'

const field = (value: unknown, at = 5) => ({ value, at })
const iso = (at: number) => new Date(at).toISOString()

describe('stored preferences of any version', () => {
  test.each<[why: string, stored: unknown, set: Partial<Preferences>]>([
    ['nothing', null, {}],
    ['text', 'output=chart', {}],
    ['a list', [1, 2], {}],
    ['no fields', { version: 1 }, {}],
    ['fields that are none', { version: 1, fields: ['output'] }, {}],
    ['a version that is none', { version: 'one', fields: { output: field('text') } }, { output: 'text' }],
    ['the switch that pages kept, on', { fields: { autoRun: field(true) } }, { autoRun: usualAutoRun }],
    ['the switch that pages kept, off', { version: 0, fields: { autoRun: field(false) } }, {}],
    ['a switch of this version', { version: 1, fields: { autoRun: field(true) } }, {}],
    [
      'what holds still',
      { version: 1, fields: { output: field('chart'), rowLimit: field(50) } },
      { output: 'chart', rowLimit: 50 },
    ],
    [
      'an output that is gone',
      { version: 1, fields: { output: field('hologram'), rowLimit: field(50) } },
      { rowLimit: 50 },
    ],
    ['a row limit that is too high', { version: 1, fields: { rowLimit: field(1e9) } }, {}],
    ['a time zone that is gone', { version: 1, fields: { timeZone: field('Mars/Olympus') } }, {}],
    ['colours that are gone', { version: 1, fields: { colorScheme: field('sepia') } }, {}],
    ['a language that no page speaks', { version: 1, fields: { language: field('tlh') } }, {}],
    ['a language', { version: 1, fields: { language: field('de') } }, { language: 'de' }],
    ['colours', { version: 1, fields: { colorScheme: field('high-contrast') } }, { colorScheme: 'high-contrast' }],
    ['a limit without a number', { version: 1, fields: { autoRun: field({ maxBytes: 'all' }) } }, {}],
    ['a field that was set back', { version: 1, fields: { output: field(null) } }, {}],
    [
      'fields that nobody knows',
      { version: 1, fields: { sparkles: field(true), output: field('text') } },
      { output: 'text' },
    ],
    ['a field that is none', { version: 1, fields: { output: 'text', rowLimit: field(7) } }, { rowLimit: 7 }],
  ])('%s', (_why, stored, set) => {
    const { version, changedAt: _, ...values } = presentPreferences(migratePreferences(stored))
    expect([version, values]).toEqual([preferencesVersion, { ...noPreferences, ...set }])
  })

  test('fields of a newer version are kept for the program that knows them', () => {
    const stored = { version: 7, fields: { sparkles: field({ much: true }), output: field('text', 9) } }
    expect(migratePreferences(stored)).toEqual(stored)
    expect(presentPreferences(migratePreferences(stored))).toMatchObject({
      version: 7,
      output: 'text',
      changedAt: { output: iso(9) },
    })
  })
})

test.each<[why: string, change: unknown]>([
  ['a field that nobody knows', { theme: 'dark' }],
  ['the version', { version: 2 }],
  ['an output that is none', { output: 'sound' }],
  ['a limit of nothing', { autoRun: { maxBytes: 0 } }],
  ['a limit with more to it', { autoRun: { maxBytes: 5, always: true } }],
  ['half a row', { rowLimit: 0.5 }],
  ['more rows than there may be', { rowLimit: 1_000_001 }],
  ['an offset for a time zone', { timeZone: '+02:00' }],
  ['a time zone that is none', { timeZone: 'Europe/Atlantis' }],
  ['a path for a time zone', { timeZone: '../etc/passwd' }],
  ['a connection without a name', { connection: ' ' }],
  ['a connection of two lines', { connection: 'a\nb' }],
])('%s is refused', (_why, change) => {
  expect(PreferencesChange.safeParse(change).success).toBe(false)
})

test.each([{}, { output: null }, { timeZone: 'UTC' }, { timeZone: 'America/Argentina/Buenos_Aires' }, { rowLimit: 1 }])(
  '%o is taken as it is',
  (change) => {
    expect(PreferencesChange.parse(change)).toEqual(change)
  },
)

test.each([null, 4, 'x', [], { output: 3, changedAt: 'never' }])('a page reads %j as nothing set', (state) => {
  expect(readPreferences(state)).toEqual({ ...noPreferences, version: preferencesVersion, changedAt: {} })
})

test('of two states the later value of each field holds, whichever comes first', () => {
  const state = (more: Partial<PreferencesState>): PreferencesState => ({
    ...readPreferences(null),
    ...more,
  })
  const a = state({ output: 'text', rowLimit: 5, changedAt: { output: iso(2), rowLimit: iso(8) } })
  const b = state({ output: 'chart', writer: 'w', changedAt: { output: iso(3), rowLimit: iso(4), writer: iso(1) } })
  const merged = state({
    output: 'chart',
    rowLimit: 5,
    writer: 'w',
    changedAt: { output: iso(3), rowLimit: iso(8), writer: iso(1) },
  })
  expect([mergePreferences(a, b), mergePreferences(b, a)]).toEqual([merged, merged])
})

import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { query, rowStream, scriptTurns, untilAborted, type Script } from '../ask/scripted-ports.test-support.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { defaultConnectionPolicy } from '../connections/connection-policy.ts'
import { limits } from '../limits.ts'
import type { Warehouse } from '../ports/warehouse.ts'
import type { ValueLookup } from '../ports/writer.ts'
import { problem } from '../problem.ts'

const table = { database: 'SHOP', schema: 'PUBLIC', name: 'NATION' } as const
const column = (name: string, type: string) => ({
  name,
  type,
  nullable: true,
  comment: null,
  samples: [],
  samplesComplete: false,
})
const catalog: Catalog = {
  tables: [
    {
      ...table,
      kind: 'table',
      comment: null,
      columns: [column('NAME', 'VARCHAR'), column('CODE', 'VARCHAR'), column('SIZE', 'NUMBER(38,0)')],
      primaryKey: [],
      foreignKeys: [],
      rowCount: 3,
    },
  ],
  defaultDatabase: 'SHOP',
  defaultSchema: 'PUBLIC',
}
const name = { ...table, column: 'NAME' }
const code = { ...table, column: 'CODE' }
const needs = (...lookups: readonly ValueLookup[]) => ({ kind: 'needs-values', lookups }) as const
const france = needs({ text: 'france', columns: [name, code] })

/** Answers probes with these rows, and the turn's own query with one. */
const answering =
  (rows: readonly (readonly unknown[])[]): Warehouse['run'] =>
  (_sql, { asker }) => {
    const rowsJson = JSON.stringify(asker?.purpose === 'probe' ? rows : [[1]])
    return Promise.resolve(rowStream([{ rowsJson, rowCount: 1, bytes: rowsJson.length }]))
  }

async function askWith(script: Script) {
  const turns = scriptTurns({ catalog: () => Promise.resolve(catalog), policy: { probing: 'read' }, ...script })
  const events = await (await turns.ask({ question: 'Who is in france?' })).rest()
  return { ...turns, events, probed: turns.seen.ran.filter(({ options }) => options.asker?.purpose === 'probe') }
}
const outcomeOf = (events: readonly TurnEvent[]) => events.at(-1)?.kind

describe('a writer that asks for values', () => {
  test('is called once more, with what the data hold', async () => {
    const { seen, probed, events } = await askWith({
      writes: [france, query('SELECT 1')],
      run: answering([
        [0, 'FRANCE', 1],
        [0, 'FRANCE (METROPOLITAN)', 2],
        [1, 'FRANCO', 2],
        [1, 'EXCESS', 2],
      ]),
    })
    expect(seen.written.map(({ knownValues }) => knownValues)).toEqual([
      undefined,
      [
        {
          text: 'france',
          state: 'known',
          found: [
            { column: name, spelling: 'FRANCE', match: 'case' },
            { column: code, spelling: 'FRANCO', match: 'near' },
            { column: name, spelling: 'FRANCE (METROPOLITAN)', match: 'contains' },
          ],
          asked: [name, code],
        },
      ],
    ])
    expect(probed).toHaveLength(1)
    expect(seen.ran.at(-1)).toMatchObject({ sql: 'SELECT 1\nLIMIT 10001' })
    expect(seen.ran.at(-1)?.options.asker).not.toHaveProperty('purpose')
    expect(outcomeOf(events)).toBe('turn.done')
  })

  test('keeps them while its query is mended, and nothing is asked twice', async () => {
    const { seen, probed } = await askWith({
      writes: [france, query('BAD'), query('SELECT 1')],
      refused: { BAD: 'It writes.' },
      run: answering([[0, 'FRANCE', 1]]),
    })
    expect(seen.written.map(({ knownValues }) => knownValues?.[0]?.found.length)).toEqual([undefined, 1, 1])
    expect(probed).toHaveLength(1)
  })

  test('learns of each column that holds nothing like the text', async () => {
    const { seen } = await askWith({ writes: [france, query('SELECT 1')], run: answering([]) })
    expect(seen.written[1]?.knownValues).toEqual([{ text: 'france', state: 'known', found: [], asked: [name, code] }])
  })

  test('learns of them though the guard took longer than the data may', async () => {
    const turns = scriptTurns({
      catalog: () => Promise.resolve(catalog),
      policy: { probing: 'read' },
      writes: [france, query('SELECT 1')],
      guarding: () => turns.pass(limits.probes.readMs),
      run: answering([[0, 'FRANCE', 1]]),
    })
    await (await turns.ask({ question: 'Who is in france?' })).rest()
    expect(turns.seen.written[1]?.knownValues?.[0]?.found).toEqual([
      { column: name, spelling: 'FRANCE', match: 'case' },
    ])
  })

  test.each([
    [4, 'turn.done'],
    [5, 'turn.failed'],
  ])('may have %i texts looked up one after the other: %s', async (texts, outcome) => {
    const { events } = await askWith({
      writes: [
        ...Array.from({ length: texts }, (_, at) => needs({ text: `value ${at}`, columns: [name] })),
        query('SELECT 1'),
      ],
      run: answering([]),
    })
    expect(outcomeOf(events)).toBe(outcome)
  })

  test('that asks again is not called a third time', async () => {
    const { seen, events } = await askWith({ writes: [france, france], run: answering([]) })
    expect(seen.written).toHaveLength(2)
    expect(events.at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'writer_declined' } })
  })
})

describe('a probe', () => {
  test.each([
    ['read', 1_000],
    ['compare', 1],
  ] as const)('is capped to the rows that it needs: %s', async (probing, most) => {
    const { probed } = await askWith({ policy: { probing }, writes: [france, query('SELECT 1')], run: answering([]) })
    expect(probed).toMatchObject([{ options: { maxRows: most } }])
    expect(probed[0]?.sql.endsWith(`\nLIMIT ${most}`)).toBe(true)
  })

  test.each([
    ['read', limits.probes.readMs - 1, 'known'],
    ['read', limits.probes.readMs, 'unknown'],
    ['compare', limits.probes.compareMs - 1, 'known'],
    ['compare', limits.probes.compareMs, 'unknown'],
  ] as const)('has the time of its kind: %s after %i ms is %s', async (probing, afterMs, state) => {
    const turns = scriptTurns({
      catalog: () => Promise.resolve(catalog),
      policy: { probing },
      writes: [france, query('SELECT 1')],
      run: async (sql, options) => {
        if (options.asker?.purpose === 'probe') await turns.pass(afterMs)
        return await answering([[0, null]])(sql, options)
      },
    })
    await (await turns.ask({ question: 'Who is in france?' })).rest()
    expect(turns.seen.written[1]?.knownValues?.[0]?.state).toBe(state)
  })
})

describe('nothing is known of a text', () => {
  const unknown = [{ text: 'france', state: 'unknown', found: [], asked: [] }]

  test('without consent: no statement is sent, and the writer may ask back', async () => {
    const { seen, events } = await askWith({
      policy: { probing: 'off' },
      writes: [
        france,
        ({ knownValues }) =>
          Promise.resolve({
            kind: 'clarification',
            question: `Where is ${knownValues?.[0]?.state}?`,
            options: ['Name', 'Code'],
          }),
      ],
    })
    expect([seen.ran, seen.compiled]).toEqual([[], []])
    expect(seen.written[1]?.knownValues).toEqual(unknown)
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'clarification', question: 'Where is unknown?', options: ['Name', 'Code'] }),
    )
  })

  test.each([
    ['the warehouse refuses', problem('sql_invalid', 'No.', 'Do this.')],
    ['something is broken', new Error('broken')],
  ])('when %s, and the turn goes on', async (_, error) => {
    const { seen, events } = await askWith({
      writes: [france, query('SELECT 1')],
      run: (sql, options) => (options.asker?.purpose === 'probe' ? Promise.reject(error) : answering([])(sql, options)),
    })
    expect(seen.written[1]?.knownValues).toEqual(unknown)
    expect(outcomeOf(events)).toBe('turn.done')
    expect(seen.logged).toEqual(error.message === 'broken' ? ['Error: broken'] : [])
  })

  test('when the time of the turn’s probes is over; the warehouse is asked to stop', async () => {
    let aborted = 0
    const turns = scriptTurns({
      catalog: () => Promise.resolve(catalog),
      policy: { probing: 'read' },
      writes: [needs({ text: 'france', columns: [name] }, { text: 'paris', columns: [code] }), query('SELECT 1')],
      run: (sql, options) => {
        if (options.asker?.purpose !== 'probe') return answering([])(sql, options)
        options.signal.addEventListener('abort', () => (aborted += 1))
        return untilAborted(options.signal)
      },
    })
    const events = (await turns.ask({ question: 'Who?' })).rest()
    await turns.pass(limits.probes.readMs)
    expect(outcomeOf(await events)).toBe('turn.done')
    expect(aborted).toBe(1)
    expect(turns.seen.written[1]?.knownValues?.map(({ state }) => state)).toEqual(['unknown', 'unknown'])
  })

  test.each([
    { rows: null, bytes: limits.probes.bytes + 1 },
    { rows: null, bytes: null },
  ])('when the probe would read too much: %o', async (estimate) => {
    const { seen, probed } = await askWith({
      writes: [france, query('SELECT 1')],
      compile: (_sql, { asker }) =>
        Promise.resolve({ columns: [], estimate: asker?.purpose === 'probe' ? estimate : { rows: 1, bytes: null } }),
    })
    expect(probed).toEqual([])
    expect(seen.written[1]?.knownValues).toEqual(unknown)
  })

  test('when the probe would read what its connection reads only with an approval', async () => {
    const bounds = { ...defaultConnectionPolicy.limits, askAboveBytes: 1e9 }
    const { probed } = await askWith({
      policy: { probing: 'read', limits: bounds },
      writes: [france, query('SELECT 1')],
      compile: (_sql, { asker }) =>
        Promise.resolve({ columns: [], estimate: { rows: 1, bytes: asker?.purpose === 'probe' ? 2e9 : 1 } }),
    })
    expect(probed).toEqual([])
  })

  test.each([
    ['a column that holds no text', { ...table, column: 'SIZE' }, 'france'],
    ['a column that is not in the catalog', { ...table, column: 'NAME" OR 1=1 --' }, 'france'],
    ['a text that is too long', name, 'x'.repeat(100_000)],
    ['a blank text', name, ' '],
  ])('for %s', async (_, asked, text) => {
    const { seen, probed } = await askWith({
      writes: [needs({ text, columns: [asked] }), query('SELECT 1')],
    })
    expect(probed).toEqual([])
    expect(seen.written[1]?.knownValues).toEqual([{ text, state: 'unknown', found: [], asked: [] }])
  })

  test('once the turn has used up its statements', async () => {
    const lookups = Array.from({ length: limits.probes.statements + 3 }, (_, at) => ({
      text: `value ${at}`,
      columns: [name],
    }))
    const { seen, probed } = await askWith({ writes: [needs(...lookups), query('SELECT 1')], run: answering([]) })
    expect(probed).toHaveLength(limits.probes.statements)
    expect(seen.written[1]?.knownValues?.map(({ state }) => state)).toEqual([
      ...Array.from({ length: limits.probes.statements }, () => 'known'),
      ...Array.from({ length: 3 }, () => 'unknown'),
    ])
  })
})

test('where values may only be compared, one number a column says which comparison holds', async () => {
  const { seen, probed } = await askWith({
    policy: { probing: 'compare' },
    writes: [needs({ text: 'new york', columns: [name, code] }), query('SELECT 1')],
    run: answering([[2, 4]]),
  })
  expect(seen.written[1]?.knownValues?.[0]?.found).toEqual([
    { column: name, spelling: 'New York', match: 'case' },
    { column: code, spelling: null, match: 'contains' },
  ])
  expect(probed.map(({ sql }) => sql)).toEqual([
    expect.stringMatching(/^SELECT MIN\(CASE WHEN .* END\) AS RANK_0, MIN/),
  ])
})

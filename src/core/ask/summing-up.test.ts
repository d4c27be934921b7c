import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Warehouse } from '../ports/warehouse.ts'
import { batchOf, query, rowStream, scriptTurns, type Script } from './scripted-ports.test-support.ts'

const question = 'How many orders?'
const factsOf = (events: readonly TurnEvent[], name: string): readonly (string | null)[] =>
  events.flatMap((event) => (event.kind === 'step' && event.name === name ? [event.fact] : []))
const answering = (rows: readonly (readonly unknown[])[], isCut = false): Warehouse['run'] => {
  return () => Promise.resolve(rowStream(rows.length === 0 ? [] : rows.map((row) => batchOf([row])), isCut))
}

describe('the result that is described and drawn', () => {
  test('is the head of all batches, counted over all of them', async () => {
    const rows = Array.from({ length: 6_000 }, (_, at) => [at])
    const { ask, seen } = scriptTurns({ run: answering(rows) })
    await (await ask({ question })).rest()
    expect(seen.described).toMatchObject([{ rowCount: 6_000, truncated: false, question, interpretation: 'a reading' }])
    expect(seen.described[0]?.rows).toEqual(rows.slice(0, 5_001))
    expect(seen.charted[0]?.rows).toEqual(rows.slice(0, 5_001))
  })

  test.each([true, false])('says whether there were more rows: %s', async (isCut) => {
    const { ask, seen } = scriptTurns({ run: answering([[1]], isCut) })
    const events = await (await ask({ question })).rest()
    expect(events.find((event) => event.kind === 'result.done')).toMatchObject({ rowCount: 1, truncated: isCut })
    expect(seen.described[0]?.truncated).toBe(isCut)
    expect(factsOf(events, 'run-query').at(-1)).toMatch(isCut ? /^The first 1 row / : /^1 row /)
  })

  test('is drawn as the question wishes', async () => {
    const { ask, seen } = scriptTurns({ writes: [{ ...query('SELECT 1'), chart: 'bar' }] })
    await (await ask({ question })).rest()
    expect(seen.charted[0]?.wish).toBe('bar')
  })

  test.each([
    ['a question', { question }, ['And by month?']],
    ['SQL', { sql: 'SELECT 1' }, undefined],
  ])('of %s is followed by further questions: %#', async (_, asked, questions) => {
    const { ask } = scriptTurns({ followUps: ['And by month?'] })
    const events = await (await ask(asked)).rest()
    expect(events.find((event) => event.kind === 'follow-ups')?.questions).toEqual(questions)
  })
})

describe('why nothing was found', () => {
  const checks = 'Checks in the data why nothing was found'

  test.each<readonly [string, readonly (readonly unknown[])[], boolean]>([
    ['no rows', [], true],
    ['a single zero', [[0]], true],
    ['a single zero as text', [['0.00']], true],
    ['a single NULL', [[null]], true],
    ['a number', [[7]], false],
    ['an empty text', [['']], false],
    ['a word', [['none']], false],
    ['two zeros', [[0], [0]], false],
  ])('is looked for after %s', async (_, rows, looks) => {
    const { ask } = scriptTurns({ policy: { probing: 'read' }, run: answering(rows) })
    expect(factsOf(await (await ask({ question })).rest(), 'sum-up').includes(checks)).toBe(looks)
  })

  test.each<readonly [string, Script]>([
    ['without consent', { policy: { probing: 'off' }, run: answering([]) }],
    ['of a part of a result', { policy: { probing: 'read' }, run: answering([], true) }],
    [
      'of a zero beside other values',
      {
        policy: { probing: 'read' },
        run: () =>
          Promise.resolve({
            ...rowStream([batchOf([[0, 'x']])]),
            columns: ['N', 'M'].map((name) => ({ name, type: 'NUMBER', kind: 'number' as const, scale: 0 })),
          }),
      },
    ],
  ])('is not looked for %s', async (_, script) => {
    const { ask, seen } = scriptTurns(script)
    expect(factsOf(await (await ask({ question })).rest(), 'sum-up')).not.toContain(checks)
    expect(seen.ran.filter(({ options }) => options.asker?.purpose === 'probe')).toEqual([])
  })
})

describe('what is told while a connection opens', () => {
  const catalog = { tables: [], defaultDatabase: null, defaultSchema: null }

  test('is one fact of its progress in half a second', async () => {
    const turns = scriptTurns({
      catalog: async (_signal, onProgress) => {
        for (const fact of ['1 of 9', '2 of 9', '3 of 9']) onProgress?.(fact)
        await turns.pass(500)
        onProgress?.('4 of 9')
        return catalog
      },
    })
    const events = await (await turns.ask({ question })).rest()
    expect(factsOf(events, 'understand').slice(0, -1)).toEqual([null, '1 of 9', '4 of 9'])
  })

  test('is what is not read yet, and what the source says of itself', async () => {
    const { ask } = scriptTurns({
      catalog: () =>
        Promise.resolve({ ...catalog, unread: '3 of 5 schemas are unread', notices: ['a.txt is no table'] }),
    })
    const events = await (await ask({ question })).rest()
    expect(factsOf(events, 'understand').at(-1)).toBe(
      'A question to the sample; 3 of 5 schemas are unread. a.txt is no table',
    )
  })

  test.each([
    ['unknown_table', true],
    ['unknown_column', false],
  ] as const)('stands beside the refusal of an %s while tables are still being read: %s', async (code, isTold) => {
    const { ask } = scriptTurns({
      refused: { 'SELECT 1': 'There is no such thing.' },
      refusedAs: code,
      catalog: () => Promise.resolve({ ...catalog, unread: '3 of 5 schemas are unread' }),
    })
    const failed = (await (await ask({ sql: 'SELECT 1' })).rest()).find((event) => event.kind === 'turn.failed')
    expect(failed?.problem.action.startsWith('It may not have been read yet (3 of 5 schemas are unread)')).toBe(isTold)
  })
})

test.each([true, false])(
  'stored values are shown of a table as the policy of its connection says: %s',
  async (isShown) => {
    const column = { type: 'VARCHAR', nullable: true, comment: null, samplesComplete: false }
    const { ask } = scriptTurns({
      policy: { samplesToModel: isShown },
      catalog: () =>
        Promise.resolve({
          tables: [
            {
              database: 'D',
              schema: 'S',
              name: 'CUSTOMERS',
              kind: 'table',
              comment: null,
              columns: [{ ...column, name: 'CITY', samples: ['Paris'] }],
              primaryKey: [],
              foreignKeys: [],
              rowCount: null,
            },
          ],
          defaultDatabase: 'D',
          defaultSchema: 'S',
        }),
    })
    const events = await (await ask({ question: 'Describe the customers table' })).rest()
    expect(JSON.stringify(events).includes('Paris')).toBe(isShown)
    expect(events.some(({ kind }) => kind === 'query.proposed')).toBe(false)
  },
)

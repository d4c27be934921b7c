import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Catalog, CatalogColumn } from '../catalog/catalog.ts'
import type { QueryPart } from '../ledger/query-parts.ts'
import { query, scriptTurns, type Script } from './scripted-ports.test-support.ts'

const column = (name: string, more: Partial<CatalogColumn>): CatalogColumn => ({
  name,
  type: 'VARCHAR',
  nullable: true,
  comment: null,
  samples: [],
  samplesComplete: false,
  ...more,
})
const catalog: Catalog = {
  tables: [
    {
      database: 'D',
      schema: 'S',
      name: 'DEALS',
      kind: 'table',
      comment: null,
      columns: [
        column('PRICE', { reading: '"1,5" is read as 1.5, a number with a decimal comma.' }),
        column('SOLD', { reading: '"01.02.2024" is read as 2024-02-01, a day.' }),
        column('MARGIN', { looksLike: 'percentages beside plain numbers' }),
        column('SENT', { looksLike: 'dates, of which some are no days of the calendar' }),
      ],
      primaryKey: [],
      foreignKeys: [],
      rowCount: null,
      notices: ['1 line has fewer than 3 cells.'],
    },
  ],
  defaultDatabase: 'D',
  defaultSchema: 'S',
}
const part = { from: 7, to: 12, clause: 'select', level: 0 } as const
const nameOf = (kind: QueryPart['kind'], name: string): QueryPart => ({ ...part, kind, name })

async function askWith(more: Partial<Script>): Promise<readonly TurnEvent[]> {
  const tables = [{ database: 'D', schema: 'S', name: 'DEALS' }]
  const { ask } = scriptTurns({ catalog: () => Promise.resolve(catalog), tables, ...more })
  const turn = await ask({ question: 'How much?' })
  await turn.until(({ kind }) => kind === 'query.proposed' || kind === 'turn.failed')
  return turn.all
}
const assumed = (events: readonly TurnEvent[]) =>
  events.find((event) => event.kind === 'query.proposed')?.assumptions ?? null

describe('a query over files', () => {
  test.each<[string, QueryPart[], string[]]>([
    ['names a column', [nameOf('column', 'PRICE')], ['PRICE: "1,5"']],
    ['counts rows', [nameOf('call', 'COUNT')], []],
    ['takes every column', [nameOf('star', '*')], ['PRICE: "1,5"', 'SOLD: "01.02.2024"']],
  ])('that %s tells how those were read', async (_, parts, told) => {
    const events = await askWith({ writes: [query('SELECT * FROM DEALS')], placedParts: () => parts })
    const assumptions = assumed(events)
    expect(assumptions?.map((sentence) => sentence.split(' is ')[0])).toEqual([
      'DEALS: 1 line has fewer than 3 cells.',
      ...told,
    ])
  })

  test.each([
    ['MARGIN holds no numbers.', 'MARGIN of DEALS is text: its values look like percentages beside plain numbers.'],
    ['I found no date for deals.', 'SENT of DEALS is text: its values look like dates, of which some'],
  ])('that cannot be written says what its texts look like: %s', async (reason, said) => {
    const events = await askWith({ writes: [{ kind: 'declined', reason, suggestions: [] }] })
    const failed = events.find((event) => event.kind === 'turn.failed')
    expect(failed?.problem.message).toContain(`${reason} ${said}`)
    expect(failed?.problem.action).toBe('Write the values alike in the file, or convert them in SQL.')
  })

  test('names the files that are no tables, once the folder is open and when asked what there is', async () => {
    const notices = ['Not read, since files of this kind hold no tables: notes.txt.']
    const { ask } = scriptTurns({ catalog: () => Promise.resolve({ ...catalog, notices }) })
    const events = await (await ask({ question: 'What tables are there?' })).rest()
    const opened = events.find((event) => event.kind === 'step' && event.name === 'understand' && event.fact !== null)
    expect(opened).toMatchObject({ fact: expect.stringContaining('notes.txt') as unknown })
    expect(events.find((event) => event.kind === 'answer.delta')?.text).toContain('notes.txt')
  })
})

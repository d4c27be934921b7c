import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { isKind, query, scriptTurns, type Script } from './scripted-ports.test-support.ts'

const find = <K extends TurnEvent['kind']>(events: readonly TurnEvent[], kind: K) =>
  events.find((event): event is Extract<TurnEvent, { kind: K }> => event.kind === kind)

describe('words that a query leaves over', () => {
  const asked = 'How many loyal customers?'
  const part = { from: 7, to: 15, clause: 'select', level: 1 } as const
  /** A query that counts, and one that holds the value "loyal" as well. */
  const placedParts: Script['placedParts'] = (sql) => [
    { ...part, kind: 'call', name: 'COUNT' },
    { ...part, kind: 'table', name: 'CUSTOMERS', clause: 'from' },
    ...(sql.includes('loyal') ? [{ ...part, kind: 'text', name: 'loyal', clause: 'where' } as const] : []),
  ]
  const catalog = () =>
    Promise.resolve({
      tables: [
        {
          database: 'D',
          schema: 'S',
          name: 'CUSTOMERS',
          kind: 'table' as const,
          comment: null,
          columns: [],
          primaryKey: [],
          foreignKeys: [],
          rowCount: null,
        },
      ],
      defaultDatabase: 'D',
      defaultSchema: 'S',
    })

  test('go back to the writer once, and the mended query runs by itself', async () => {
    const { ask, seen } = scriptTurns({
      placedParts,
      catalog,
      writes: [query('SELECT COUNT(*)'), query("SELECT 'loyal'")],
    })
    const events = await (await ask({ question: asked, autoRun: true })).rest()
    expect(seen.written.map(({ failures }) => failures.map(({ unanswered }) => unanswered))).toEqual([[], [['loyal']]])
    expect(seen.compiled).toHaveLength(1)
    expect(
      find(events, 'query.proposed')?.ledger?.map(({ text, role, answeredBy }) => [text, role, answeredBy]),
    ).toEqual([
      ['How many', 'aggregate', [{ from: 7, to: 15 }]],
      ['loyal', 'word', [{ from: 7, to: 15 }]],
      ['customers', 'word', [{ from: 7, to: 15 }]],
    ])
    expect(events.at(-1)?.kind).toBe('turn.done')
  })

  test('are shown and held for a person when the writer leaves them over again', async () => {
    const { ask, seen } = scriptTurns({ placedParts, catalog, writes: [query('SELECT COUNT(*)')] })
    const turn = await ask({ question: asked, autoRun: true })
    await turn.until(isKind('query.proposed'))
    const last = find(turn.all, 'query.proposed')
    expect(last?.heldBack).toBe('Not found in the query: "loyal". It runs only with somebody\'s approval.')
    expect(last?.ledger?.find(({ text }) => text === 'loyal')).toMatchObject({ answeredBy: null })
    expect(seen.written).toHaveLength(2)
    expect(seen.ran).toEqual([])
  })

  test('in the last text that may be written hold it for a person instead of failing it', async () => {
    const { ask, seen } = scriptTurns({
      placedParts,
      catalog,
      refused: { 'BAD 1': 'It writes.', 'BAD 2': 'It writes.' },
      writes: [query('BAD 1'), query('BAD 2'), query('SELECT COUNT(*)')],
    })
    const proposal = await (await ask({ question: asked, autoRun: true })).until(isKind('query.proposed'))
    expect([proposal, seen.written.length]).toMatchObject([{ heldBack: expect.stringContaining('loyal') as string }, 3])
  })

  test('of an edit that only changes the query before are not looked for', async () => {
    const { ask, seen } = scriptTurns({
      placedParts,
      catalog,
      writes: [{ ...query('SELECT COUNT(*)'), isEdit: true }],
    })
    const events = await (await ask({ question: asked, autoRun: true })).rest()
    expect(find(events, 'query.proposed')).not.toHaveProperty('ledger')
    expect(seen.written).toHaveLength(1)
  })
})

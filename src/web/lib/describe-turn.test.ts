import { describe, expect, test } from 'vitest'
import {
  announcement,
  bytesInWords,
  cautionsOf,
  durationInWords,
  estimateInWords,
  stepsHeadline,
} from './describe-turn.ts'
import { startTurnView, type TurnView } from './turn-view.ts'

const base = startTurnView({ turnId: 't', conversationId: null, question: 'q', connection: null, writer: null })
const problem = (code: 'writer_declined' | 'sql_refused') =>
  ({ code, message: 'm', action: 'a', whoseTurn: 'person' }) as const
const steps = [
  { name: 'understand', state: 'done', fact: null },
  { name: 'estimate', state: 'done', fact: null },
  { name: 'run-query', state: 'running', fact: null },
] as const
const end = { rowCount: 48, truncated: false, elapsedMs: 1 }

describe('the head over the steps', () => {
  test.each<[Partial<TurnView>, string]>([
    [{}, 'Understanding your question…'],
    [{ status: 'executing', steps }, 'Running the query…'],
    [{ status: 'waiting', steps }, 'Query ready for your review'],
    [{ status: 'failed', problem: problem('sql_refused') }, 'Stopped: needs a fix'],
    [{ status: 'failed', problem: problem('writer_declined') }, 'Not answered'],
    [{ status: 'done', steps, startedAtMs: 1_000, endedAtMs: 9_200, waitedMs: 4_000 }, 'Done in 4.2 s · 2 steps'],
  ])('%o', (view, words) => {
    expect(stepsHeadline({ ...base, ...view })).toBe(words)
  })
})

describe('what a screen reader is told', () => {
  test.each<[Partial<TurnView>, string]>([
    [{}, ''],
    [{ status: 'waiting' }, 'Query ready to review.'],
    [{ status: 'done', result: { columns: [], batches: [], loadedRows: 48, end } }, 'Answer ready. 48 rows.'],
    [{ status: 'failed', problem: problem('sql_refused') }, ''],
  ])('%o', (view, words) => {
    expect(announcement({ ...base, ...view })).toBe(words)
  })
})

test.each([
  [{ rows: 300_000, bytes: null }, 'Reads at most 300,000 rows'],
  [{ rows: 1, bytes: 12_400_000 }, 'Reads at most 1 row · 12.4 MB'],
  [{ rows: null, bytes: null }, null],
  [
    {
      rows: null,
      bytes: 12e9,
      partitions: { assigned: 12, total: 48 },
      tables: [{ table: 'SALES.PUBLIC.ORDERS', bytes: 12e9, tableBytes: 48e9, partitions: null }],
    },
    'Reads at most 12.0 GB of 48.0 GB in ORDERS · 12 of 48 partitions',
  ],
  [
    {
      rows: null,
      bytes: 3e9,
      partitions: null,
      tables: [
        { table: 'A', bytes: 1e9, tableBytes: 2e9, partitions: null },
        { table: 'B', bytes: 2e9, tableBytes: 2e9, partitions: null },
      ],
    },
    'Reads at most 3.0 GB of 4.0 GB in 2 tables',
  ],
  [
    { rows: null, bytes: 5, tables: [{ table: 'A', bytes: 5, tableBytes: null, partitions: null }] },
    'Reads at most 5 bytes',
  ],
])('an estimate of %o', (estimate, words) => {
  expect(estimateInWords(estimate)).toBe(words)
})

test.each([
  [0.4, '1 ms'],
  [820, '820 ms'],
  [4_234, '4.2 s'],
  [125_000, '2 min 5 s'],
])('%d ms', (ms, words) => {
  expect(durationInWords(ms)).toBe(words)
})

test.each([
  [12, '12 bytes'],
  [1_500, '1.5 kB'],
  [999_000_000, '999 MB'],
  [1_200_000_000_000, '1.2 TB'],
])('%d bytes', (bytes, words) => {
  expect(bytesInWords(bytes)).toBe(words)
})

test('what to know before a query runs: why it was held back, and what may make it large', () => {
  const estimate = { rows: null, bytes: 1, warnings: ['It pairs every row.'] }
  expect(cautionsOf({ heldBack: 'It may read much.', estimate })).toEqual(['It may read much.', 'It pairs every row.'])
  expect(cautionsOf({ heldBack: null, estimate: { rows: 1, bytes: null } })).toEqual([])
})

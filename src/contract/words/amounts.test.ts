import { expect, test } from 'vitest'
import type { Estimate } from '../result.ts'
import { bytesInWords, countInWords, durationInWords, estimateInWords } from './amounts.ts'

test.each([
  [0, '0 rows'],
  [1, '1 row'],
  [1_204, '1,204 rows'],
])('%d rows', (count, words) => {
  expect(countInWords(count, 'row')).toBe(words)
})

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_500, '1.5 kB'],
  [999_000_000, '999 MB'],
  [12_884_901_888, '12.9 GB'],
  [1_200_000_000_000, '1.2 TB'],
  [3e18, '3,000 PB'],
])('%d bytes', (bytes, words) => {
  expect(bytesInWords(bytes)).toBe(words)
})

test.each([
  [-3_599_152, '1 ms'],
  [0.4, '1 ms'],
  [820, '820 ms'],
  [4_234, '4.2 s'],
  [59_990, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [119_900, '2 min 0 s'],
])('%d ms', (ms, words) => {
  expect(durationInWords(ms)).toBe(words)
})

const table = (name: string, tableBytes: number | null) => ({
  table: `SALES.PUBLIC.${name}`,
  bytes: 1,
  tableBytes,
  partitions: null,
})

test.each<[Estimate, string]>([
  [{ rows: null, bytes: null }, 'The warehouse cannot tell how much it will read'],
  [{ rows: 1, bytes: null }, 'Reads at most 1 row'],
  [{ rows: 300_000, bytes: 12_400_000 }, 'Reads at most 300,000 rows, 12.4 MB'],
  [{ rows: null, bytes: 5, partitions: { assigned: 1, total: 1 } }, 'Reads at most 5 bytes, 1 of 1 partition'],
  [
    { rows: null, bytes: 12e9, partitions: { assigned: 1_200, total: 4_800 }, tables: [table('ORDERS', 48e9)] },
    'Reads at most 12.0 GB of 48.0 GB in ORDERS, 1,200 of 4,800 partitions',
  ],
  [
    { rows: null, bytes: 3e9, tables: [table('A', 2e9), table('B', 2e9)] },
    'Reads at most 3.0 GB of 4.0 GB in 2 tables',
  ],
  [{ rows: null, bytes: 5, tables: [table('A', 5), table('B', null)] }, 'Reads at most 5 bytes'],
])('an estimate of %o', (estimate, words) => {
  expect(estimateInWords(estimate)).toBe(words)
})

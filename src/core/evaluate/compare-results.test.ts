import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Cell } from '../../contract/result.ts'
import { compareResults, type ComparisonVerdict } from './compare-results.ts'

type Rows = readonly (readonly Cell[])[]
type Case = readonly [name: string, verdict: ComparisonVerdict, expected: Rows, actual: Rows, order?: 'ordered']

const cases: readonly Case[] = [
  ['the same', 'right', [[1, 'a']], [[1, 'a']]],
  ['rows in another order', 'right', [[1], [2]], [[2], [1]]],
  ['rows in another order where it matters', 'other_order', [[1], [2]], [[2], [1]], 'ordered'],
  ['the same order', 'right', [[1], [2]], [[1], [2]], 'ordered'],
  ['columns in another order', 'right', [[1, 'a']], [['a', 1]]],
  [
    'a further column',
    'right_extra_columns',
    [['a'], ['b']],
    [
      ['a', 1],
      ['b', 2],
    ],
  ],
  ['a column missing', 'shape', [[1, 'a']], [[1]]],
  ['a row missing', 'shape', [[1], [2]], [[1]]],
  ['a row twice', 'shape', [[1]], [[1], [1]]],
  ['another value', 'different', [[1], [2]], [[1], [3]]],
  [
    'values in other rows',
    'different',
    [
      ['a', 1],
      ['b', 2],
    ],
    [
      ['a', 2],
      ['b', 1],
    ],
  ],
  [
    'one column cannot stand for two',
    'different',
    [
      [1, 1],
      [2, 2],
    ],
    [
      [1, 3],
      [2, 4],
    ],
  ],
  [
    'equal columns',
    'right',
    [
      [1, 1],
      [2, 2],
    ],
    [
      [1, 1],
      [2, 2],
    ],
  ],
  [
    'as often as expected',
    'different',
    [
      ['a', 1],
      ['a', 1],
      ['b', 2],
    ],
    [
      ['a', 1],
      ['b', 2],
      ['b', 2],
    ],
  ],
  ['numbers as text', 'right', [['12.50', '3']], [[12.5, 3]]],
  ['a leading zero is text', 'different', [['007']], [[7]]],
  ['exact long numbers', 'right', [['12345678901234567.89']], [['12345678901234567.89']]],
  ['booleans', 'right', [[true], [false]], [[1], [0]]],
  ['booleans as text', 'right', [['true']], [[true]]],
  ['a date at midnight', 'right', [['1996-01-02 00:00:00']], [['1996-01-02']]],
  ['a timestamp with a T', 'right', [['1996-01-02T10:30:00']], [['1996-01-02 10:30:00']]],
  ['another time of day', 'different', [['1996-01-02 10:30:00']], [['1996-01-02']]],
  ['blanks around text', 'right', [[' JFK ']], [['JFK']]],
  ['another case', 'different', [['Paris']], [['PARIS']]],
  ['JSON with keys in another order', 'right', [['{"a":1,"b":[2]}']], [['{"b":[2],"a":1}']]],
  ['rounded to two decimals', 'right', [[12.345678]], [[12.35]]],
  ['rounded too far', 'different', [[0.126]], [[0.1]]],
  ['a cent of an amount', 'right', [[1234.56]], [[1234.57]]],
  ['two cents of an amount', 'different', [[1234.56]], [[1234.58]]],
  ['a hundredth of a share', 'different', [[0.12]], [[0.13]]],
  ['a millionth of a large sum', 'right', [[123_456_789]], [[123_456_800]]],
  ['counts', 'different', [[3082]], [[3083]]],
  [
    'rounding inside rows of equal text',
    'right',
    [
      ['a', 1.001],
      ['a', 1.002],
    ],
    [
      ['a', 1.002],
      ['a', 1.001],
    ],
  ],
  ['NULL', 'right', [['a', null]], [['a', null]]],
  ['NULL is not zero', 'different', [['a', null]], [['a', 0]]],
  ['NULL is not empty text', 'different', [['a', null]], [['a', '']]],
  ['both empty', 'no_evidence', [], []],
  ['both NULL', 'no_evidence', [[null]], [[null]]],
  ['only one empty', 'shape', [[1]], []],
]

describe('compares results', () => {
  test.each(cases.map(([name, ...rest]) => [name, rest] as const))('%s', (_, [verdict, expected, actual, order]) => {
    expect(compareResults({ rows: expected }, { rows: actual }, order === 'ordered').verdict).toBe(verdict)
  })

  test('a result that is cut off proves nothing', () => {
    const rows = [[1]]
    expect(compareResults({ rows }, { rows, truncated: true }, false).verdict).toBe('no_evidence')
  })

  test('says what differs', () => {
    expect(compareResults({ rows: [[1], [2]] }, { rows: [[1]] }, false).note).toBe('1 row instead of 2.')
    expect(compareResults({ rows: [['a', 1]] }, { rows: [['a', 2]] }, false).note).toContain('expected column 2')
  })
})

const data = resolve(import.meta.dirname, '../../../../shared/data/compare_cases_spider2.jsonl')
const isAbsent = !existsSync(data)
const why = 'needs the open benchmark data, which is not part of the repository'

/** One line: expected CSV texts, the columns compared of each, a CSV text to judge and the official score. */
type OfficialCase = Readonly<Record<string, unknown>>

describe(`[open-data] [measured] Spider 2.0's own evaluator (${why})`, () => {
  test.skipIf(isAbsent)('agrees, but for rows rotated against each other and numbers that are close', () => {
    const counts = { agree: 0, all: 0 }
    const others = new Set<string>()
    for (const line of readFileSync(data, 'utf8').trim().split('\n')) {
      const one = JSON.parse(line) as OfficialCase
      const chosen = one['condition_cols'] as readonly (number | readonly number[])[]
      const actual = { rows: readCsv(String(one['pred'])) }
      const isRight = (one['golds'] as readonly string[]).some((gold, index) => {
        const columns = (chosen.some(Array.isArray) ? (chosen[index] ?? []) : chosen) as readonly number[]
        const rows = readCsv(gold).map((row) => (columns.length === 0 ? row : columns.map((at) => row[at] ?? null)))
        return compareResults({ rows }, actual, false).verdict.startsWith('right')
      })
      counts.all += 1
      if (isRight === (one['official_score'] === 1)) counts.agree += 1
      else others.add(String(one['case']).split('|')[1] ?? '')
    }
    expect(counts.agree / counts.all, JSON.stringify(counts)).toBeGreaterThan(0.94)
    expect([...others].filter((kind) => !/^numbers|rotated|last column dropped/.test(kind))).toEqual([])
  })
})

/** The rows of a CSV text without its header; empty cells are NULL. */
function readCsv(text: string): readonly (readonly Cell[])[] {
  const rows: (string | null)[][] = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    const cell = quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')
    rows.at(-1)?.push(cell === '' ? null : cell)
    if (end === '\n') rows.push([])
    if (end === '') break
  }
  return rows.slice(1).filter((row) => row.length > 1 || row[0] !== null)
}

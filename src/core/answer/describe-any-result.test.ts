import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cell, Column, ColumnKind } from '../../contract/result.ts'
import { describeResult, type DescribedResult } from './describe-result.ts'

const column = (name: string, kind: ColumnKind = 'number', scale: number | null = 2): Column => ({
  name,
  type: kind.toUpperCase(),
  kind,
  scale: kind === 'number' ? scale : null,
})
const text = (name: string) => column(name, 'text')

const tell = (columns: readonly Column[], rows: readonly (readonly Cell[])[], more: Partial<DescribedResult> = {}) =>
  describeResult({
    columns,
    rows,
    rowCount: rows.length,
    truncated: false,
    question: null,
    interpretation: null,
    ...more,
  })

describe('properties', () => {
  const digitsFree = fc.stringMatching(/^[a-z]{0,12}$/)
  const anyColumn = fc.record({
    name: fc.oneof(digitsFree, fc.constantFrom('TOTAL', 'YEAR', 'C_ID', 'SUM(X)', 'COUNT(*)', 'MONTH', '__proto__')),
    type: fc.constant('T'),
    kind: fc.constantFrom<ColumnKind>('number', 'text', 'boolean', 'date', 'time', 'timestamp', 'binary', 'nested'),
    scale: fc.option(fc.nat({ max: 9 })),
  })
  const anyCell: fc.Arbitrary<Cell> = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt().map(String),
    fc.constantFrom('NaN', 'inf', '-Infinity', '1e400', '1996-01-01', '.', '-', '+.5'),
  )

  test('never throws, whatever the rows', () => {
    fc.assert(
      fc.property(
        fc.array(anyColumn, { maxLength: 9 }),
        fc.array(fc.array(anyCell, { maxLength: 10 }), { maxLength: 12 }),
        fc.nat({ max: 20 }),
        fc.boolean(),
        (columns, rows, more, truncated) => {
          const sentence = tell(columns, rows, { rowCount: rows.length + more, truncated })
          expect(sentence.length).toBeGreaterThan(3)
          expect(sentence.endsWith('.')).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('never says a number that is not a cell, a count or a sum of the measure', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 99 }))
      .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`)
    const row = fc.tuple(digitsFree, fc.option(decimal))
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 2, maxLength: 12 }),
        fc.constantFrom('TOTAL', 'AVG_X', 'X'),
        (rows, name) => {
          const sentence = tell([text('LABEL'), column(name)], rows)
          const cents = (value: string) => BigInt(value.replaceAll(/[.,]/g, ''))
          const values = rows.flatMap(([, value]) => (value === null ? [] : [cents(value)]))
          const sum = values.reduce((total, value) => total + value, 0n)
          for (const [said] of sentence.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)) {
            if (said.includes('.')) expect([...values, sum]).toContain(cents(said))
            else expect([rows.length, rows.length - values.length]).toContain(Number(said))
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

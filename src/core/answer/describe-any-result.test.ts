import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cell, ColumnKind } from '../../contract/result.ts'
import { describeResult } from './describe-result.ts'
import { column, outline, tell, text } from './described.test-support.ts'

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

  const decimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 99 }))
    .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`)
  const small = fc.integer({ min: -4, max: 4 }).map((value) => `${value}.00`)
  const oneOf = (...words: readonly string[]) => fc.constantFrom(...words)
  const ranked = fc.record({
    rows: fc.array(fc.tuple(oneOf('a', 'b', 'c'), digitsFree, fc.option(fc.oneof(decimal, small))), {
      minLength: 2,
      maxLength: 12,
    }),
    name: oneOf('TOTAL', 'AVG_X', 'X'),
    unread: fc.constantFrom(0, 0, 3),
    truncated: fc.boolean(),
    tree: fc.option(
      fc.record({ limit: fc.constantFrom(null, 3), descending: fc.boolean(), by: fc.constantFrom(0, 2) }),
    ),
  })
  const units = (value: string) => BigInt(new Big(value).times(100).toFixed(0))
  const said = ({ rows, name, unread, truncated, tree }: Sample) => {
    const limit = tree === null ? null : { ...tree, limit: tree.limit === null ? null : rows.length }
    const order = limit === null ? [] : [{ position: limit.by, descending: limit.descending }]
    return describeResult({
      columns: [text('GROUP'), text('LABEL'), column(name)],
      rows,
      rowCount: rows.length + unread,
      truncated,
      question: null,
      interpretation: null,
      outline: limit === null ? null : outline(['plain', 'plain', 'other'], { limit: limit.limit, order }),
    })
  }
  type Sample = typeof ranked extends fc.Arbitrary<infer T> ? T : never

  test('never says a number that is not a cell, a count or a sum of the measure', () => {
    fc.assert(
      fc.property(ranked, (sample) => {
        const values = sample.rows.flatMap(([, , value]) => (value === null ? [] : [units(value)]))
        const sum = values.reduce((total, value) => total + value, 0n)
        for (const part of said(sample)) {
          if ('text' in part) expect(part.text).not.toMatch(/\d/)
          else if (part.role === 'measure') expect(values).toContain(units(String(part.value)))
          else if (part.role === 'total') expect(units(String(part.value))).toBe(sum)
          else if (part.role === 'count')
            expect([sample.rows.length, sample.rows.length + sample.unread]).toContain(part.value)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('what is said to be the highest or the lowest is so among all rows, or nothing is', () => {
    fc.assert(
      fc.property(ranked, (sample) => {
        const values = sample.rows.flatMap(([, , value]) => (value === null ? [] : [units(value)]))
        const [most, least] = [
          values.reduce((a, b) => (a > b ? a : b), 0n),
          values.reduce((a, b) => (a < b ? a : b), 0n),
        ]
        const sentence = said(sample)
        const isPartial = sample.truncated || sample.unread > 0
        const isWhole = !isPartial && sample.tree?.limit !== 3
        const words = sentence.map((part) => ('text' in part ? part.text : '')).join('')
        if (!isWhole && (sample.tree === null || sample.tree.by !== 2)) expect(words).not.toMatch(/highest|lowest/)
        if (isPartial) expect(words).not.toMatch(/together|share|went/)
        if (!isWhole || words.startsWith('In ') || words.startsWith('With ')) return
        for (const [at, part] of sentence.entries()) {
          const before = sentence[at - 1]
          if ('text' in part || part.role !== 'measure' || before === undefined || !('text' in before)) continue
          if (/highest [^,]*(?:,| is) $/.test(before.text)) expect(units(String(part.value))).toBe(maxOf(values, most))
          if (before.text.endsWith('the lowest, ')) expect(units(String(part.value))).toBe(minOf(values, least))
        }
      }),
      { numRuns: 1_000 },
    )
  })
  const maxOf = (values: readonly bigint[], start: bigint) =>
    values.reduce((a, b) => (a > b ? a : b), values[0] ?? start)
  const minOf = (values: readonly bigint[], start: bigint) =>
    values.reduce((a, b) => (a < b ? a : b), values[0] ?? start)
})

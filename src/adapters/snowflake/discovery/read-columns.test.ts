import fc from 'fast-check'
import { expect, test } from 'vitest'
import { selectColumns } from './account-statements.ts'
import { groupByName, groupByPrefix, type NamedGroup } from './read-columns.ts'

const finds = ({ prefixes, names }: NamedGroup, name: string): boolean =>
  names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix))

const tableNames = fc.uniqueArray(
  fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), fc.stringMatching(/^(ORDERS|O_)[0-9%_]{0,4}$/)),
  { maxLength: 60 },
)

test('every name is found by exactly one group, and no group is larger than asked unless it is one name', () => {
  fc.assert(
    fc.property(tableNames, fc.integer({ min: 1, max: 20 }), (names, most) => {
      const groups = groupByPrefix(names, most)
      for (const name of names) expect(groups.filter((group) => finds(group, name))).toHaveLength(1)
      expect(groups.flatMap(({ tables }) => tables).toSorted()).toEqual(names.toSorted())
      for (const { tables } of groups) expect(tables.length).toBeLessThanOrEqual(Math.max(most, 1))
    }),
  )
})

test('a few names are listed in statements of at most two hundred', () => {
  const names = Array.from({ length: 450 }, (_, index) => `T${index}`)
  expect(groupByName(names).map(({ tables }) => tables.length)).toEqual([200, 200, 50])
})

test('names and patterns are escaped', () => {
  const place = { database: 'A"B', schema: String.raw`it's\x` }
  expect(selectColumns(place, { prefixes: ['A_%^'], names: [String.raw`q'\ `] })).toContain(
    String.raw`FROM "A""B".INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'it''s\\x' AND (TABLE_NAME LIKE 'A^_^%^^%' ESCAPE '^' OR TABLE_NAME IN ('q''\\ '))`,
  )
})

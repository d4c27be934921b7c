import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog } from '../catalog/catalog.ts'
import type { KnownValue, ValueLookup } from '../ports/writer.ts'
import type { TestDatabase } from './database.test-support.ts'
import { makeInterpret } from './interpret.ts'
import { openTpch } from './tpch.test-database.ts'

let database: TestDatabase
/** The catalog as a warehouse gives it that shows names only. */
let namesOnly: Catalog
beforeAll(async () => {
  database = await openTpch()
  const tables = database.catalog.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, samples: [], samplesComplete: false })),
  }))
  namesOnly = { ...database.catalog, tables }
})
afterAll(() => database.close())

const interpret = makeInterpret()
const read = (question: string, knownValues?: readonly KnownValue[], before: readonly string[] = []) =>
  interpret({
    question,
    earlier: before.map((earlier) => ({ question: earlier, leftOut: [], origin: 'interpreter' })),
    catalog: namesOnly,
    tables: namesOnly.tables,
    today: '1998-12-31',
    ...(knownValues === undefined ? {} : { knownValues }),
  })
const lookupsOf = (question: string): readonly ValueLookup[] => {
  const reading = read(question)
  return reading.kind === 'needs-values' ? reading.lookups : []
}
/** What the data say when one column holds the text. */
const foundIn = (text: string, name: string, column: string, spelling: string | null): KnownValue => {
  const columns = lookupsOf(question).flatMap((lookup) => lookup.columns)
  const held = columns.filter((one) => one.name === name && one.column === column)
  const match = spelling === text ? 'exact' : 'case'
  return { text, state: 'known', asked: columns, found: held.map((one) => ({ column: one, spelling, match })) }
}
const question = 'How many customers are in Germany?'

describe('a value that no sample holds', () => {
  test('is looked up in the columns that may hold it, and never in comments', () => {
    const columns = lookupsOf(question).flatMap((lookup) => lookup.columns.map(({ column }) => column))
    expect(columns).toContain('C_NAME')
    expect(columns).toContain('N_NAME')
    expect(columns).not.toContain('C_COMMENT')
  })

  test('filters the column that holds it, as it is spelled there', () => {
    expect(read(question, [foundIn('Germany', 'NATION', 'N_NAME', 'GERMANY')])).toMatchObject({
      kind: 'query',
      sql: expect.stringContaining("N_NAME = 'GERMANY'") as unknown,
      notes: [`"Germany" is read as 'GERMANY'.`],
    })
  })

  test('is compared without regard to case where values may only be compared', () => {
    expect(read(question, [foundIn('Germany', 'NATION', 'N_NAME', null)])).toMatchObject({
      sql: expect.stringMatching(/UPPER\(\w*\.?N_NAME\) = 'GERMANY'/) as unknown,
    })
  })

  test('that nothing holds is declined by its text', () => {
    const known = { ...foundIn('Germany', 'NATION', 'N_NAME', null), found: [] }
    expect(read(question, [known])).toMatchObject({
      kind: 'declined',
      reason: expect.stringContaining('"Germany"') as unknown,
    })
  })

  test('of which only another spelling is stored is declined with that spelling', () => {
    const { asked, found, ...known } = foundIn('Germany', 'NATION', 'N_NAME', 'GERMANIA')
    const near = found.map((one) => ({ ...one, match: 'near' as const }))
    expect(read(question, [{ ...known, asked, found: near }])).toMatchObject({
      kind: 'declined',
      reason: expect.stringContaining('the nearest is "GERMANIA"') as unknown,
    })
  })

  test('is asked about where the data may not be asked, in questions that can be answered', () => {
    const reading = read(question, [{ text: 'Germany', state: 'unknown', asked: [], found: [] }])
    expect(reading).toMatchObject({ kind: 'ambiguous', words: 'Germany' })
    const options = reading.kind === 'ambiguous' ? reading.options : []
    const sql = options.map((option) => read(option)).map((one) => (one.kind === 'query' ? one.sql : one.kind))
    expect(sql).toContainEqual(expect.stringMatching(/UPPER\(\w*\.?N_NAME\) = 'GERMANY'/))
    expect(sql).toContainEqual(expect.stringMatching(/UPPER\(\w*\.?C_NAME\) = 'GERMANY'/))
  })

  test('of the question before is looked up again for a follow-up', () => {
    expect(read('and suppliers?', undefined, [question])).toMatchObject({
      kind: 'needs-values',
      lookups: [{ text: 'Germany' }],
    })
  })
})

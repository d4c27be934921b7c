import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureIn } from '../../src/dialect/duckdb/macros/macro-text.ts'
import type { DeclaredTable } from '../../src/dialect/duckdb/translate/declared-columns.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { type DialectBench, openDialect, plainValue } from '../support/dialect-bench.ts'
import { dataLines } from '../support/shared-data.ts'

/** One expression with what Snowflake answers: the first column, rows in order; or an error; or that it may be refused here. */
interface Case {
  readonly id: string
  readonly sql: string
  readonly group: string
  readonly reason?: string
  readonly expected?: readonly unknown[]
  /** Snowflake answers with an error, and so must this. */
  readonly error?: true
  /** Not to be run here: an answer would be a guess. */
  readonly refused?: true
}

/** The same table as the catalog declares it. */
const declared: DeclaredTable = {
  database: 'DB',
  schema: 'S',
  name: 'T',
  columns: [
    { name: 'A', type: 'NUMBER(38,0)' },
    { name: 'TS', type: 'TIMESTAMP_NTZ(9)' },
    { name: 'D', type: 'DATE' },
    { name: 'V', type: 'VARIANT' },
    { name: 'S', type: 'VARCHAR(10)' },
  ],
}

/** One with the other types, in which answers differ by what is declared. */
const declaredTypes: DeclaredTable = {
  database: 'DB',
  schema: 'S',
  name: 'U',
  columns: [
    { name: 'ID', type: 'NUMBER(38,0)' },
    { name: 'P', type: 'NUMBER(12,2)' },
    { name: 'F', type: 'FLOAT' },
    { name: 'B', type: 'BOOLEAN' },
    { name: 'TM', type: 'TIME(9)' },
    { name: 'Q', type: 'VARCHAR(20)' },
    { name: 'DT', type: 'DATE' },
    { name: 'TS', type: 'TIMESTAMP_NTZ(9)' },
    { name: 'W', type: 'NUMBER(38,6)' },
  ],
}

const cases = dataLines('semantics.jsonl') as readonly Case[]
const verdicts = new Map<string, string>()
let bench: DialectBench

beforeAll(async () => {
  bench = await openDialect({ database: 'DB', schema: 'S' })
  await bench.run('CREATE TABLE T (A DECIMAL(38, 0), TS TIMESTAMP, D DATE, V JSON, S VARCHAR)')
  await bench.run(`INSERT INTO T VALUES
    (1, '2024-03-05 10:30:00', '2024-03-05', '{"name":"Bob","n":5,"tags":["x","y"]}', 'abc'),
    (NULL, NULL, NULL, NULL, NULL),
    (3, '2024-04-01 00:00:00', '2024-04-01', '{"name":"Al","n":7,"tags":[]}', 'ABC')`)
  await bench.run(
    'CREATE TABLE U (ID BIGINT, P DECIMAL(12, 2), F DOUBLE, B BOOLEAN, TM TIME, Q VARCHAR, DT DATE, TS TIMESTAMP, W DECIMAL(38, 6))',
  )
  await bench.run(`INSERT INTO U VALUES
    (1, 10.50, 1.5, TRUE, '10:30:00', '5', '2024-01-31', '2024-01-31 23:59:59.5', 1.5),
    (2, 20.25, 2.5, FALSE, '00:00:01', 'x y', '2024-02-29', '2024-02-29 00:00:00', 2.123456),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`)
})
afterAll(() => bench.close())

async function verdict(one: Case, tables: readonly DeclaredTable[]): Promise<string> {
  try {
    const { rows } = await bench.ask(one.sql, tables)
    const got = rows.map(([first]) => plainValue(first))
    if (one.expected === undefined) return `answered ${JSON.stringify(got)}`
    const same = JSON.stringify(got) === JSON.stringify(one.expected.map(plainValue))
    return same ? 'right' : `silently wrong: ${JSON.stringify(got)}`
  } catch (error) {
    if (error instanceof ProblemError || refusedOnData(error)) return 'refused'
    if (one.error === true && error instanceof Error && !/Parser Error|Catalog Error/.test(error.message))
      return 'failed'
    return `broken: ${String(error)}`
  }
}

/** Few enough to be done in time on a busy machine. */
const casesInOneTest = 60

/** Cases without a table do not care what is declared. */
const ofTable = cases.filter(({ sql }) => /\b[tu]\b/i.test(sql))

/** What only the values showed to be out of reach. */
const refusedOnData = (error: unknown): boolean =>
  error instanceof Error && failureIn(error.message)?.endsWith('; Snowflake can.') === true

describe.each([
  { known: 'types asked of the binder', tables: [], own: cases },
  { known: 'types declared', tables: [declared, declaredTypes], own: ofTable },
])('what Snowflake answers, $known', ({ known, tables, own }) => {
  const groups = [...Map.groupBy(own, ({ group }) => group)].flatMap(([group, members]) =>
    Array.from({ length: Math.ceil(members.length / casesInOneTest) }, (_, i) => ({
      group: `${group}, part ${i + 1}`,
      members: members.slice(i * casesInOneTest, (i + 1) * casesInOneTest),
    })),
  )
  test.each(groups)('$group', async ({ members }) => {
    const wrong: string[] = []
    for (const one of members) {
      const found = await verdict(one, tables)
      verdicts.set(one.id, found)
      const allowed = one.expected === undefined ? ['refused', 'failed'] : ['right', 'refused']
      if (!allowed.includes(found)) wrong.push(`${one.id} ${one.sql}: ${found} (${one.reason ?? one.group})`)
    }
    expect(wrong).toEqual([])
  })

  test('hardly anything that Snowflake answers is refused', () => {
    const answerable = own.filter((one) => one.expected !== undefined)
    const right = answerable.filter((one) => verdicts.get(one.id) === 'right').length
    process.stdout.write(
      `semantics, ${known}: ${right} right, ${answerable.length - right} refused of ${answerable.length}; `,
    )
    process.stdout.write(`${own.length - answerable.length} more refused or failing as they should\n`)
    expect(right / answerable.length).toBeGreaterThan(0.99)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DialectBench, openDialect } from '../support/dialect-bench.ts'
import { dataLines } from '../support/shared-data.ts'

/** Statements that are harmless in Snowflake and turned live, or would turn live, in a generator that forgets to escape. */
const cases = dataLines('generator_injection.jsonl') as readonly {
  readonly id: string
  readonly sql: string
  readonly note: string
}[]
const secret = 'the-secret-that-must-not-leak'
let bench: DialectBench

beforeAll(async () => {
  bench = await openDialect({ database: 'DB', schema: 'S' })
  await bench.run('CREATE TABLE T (A INTEGER, B INTEGER, D DATE, TS TIMESTAMP, V JSON, S VARCHAR)')
  await bench.run(`INSERT INTO T VALUES (1, 2, '2024-03-05', '2024-03-05', '{"tags":["x"]}', 'abc')`)
  await bench.run(`CREATE TABLE SECRET AS SELECT '${secret}' AS X`)
})
afterAll(() => bench.close())

describe('with files and other tables within reach', () => {
  test('the secret is there to be read', async () => {
    expect(JSON.stringify(await bench.ask('SELECT x FROM secret'))).toContain(secret)
    const { rows } = await bench.run("SELECT current_setting('enable_external_access')")
    expect(rows).toEqual([[true]])
  })

  test.each(cases)('$id ($note) is refused or harmless', async ({ sql }) => {
    const seen = await bench.ask(sql).then(
      (answer) => JSON.stringify(answer.rows),
      (error: unknown) => `no answer: ${String(error)}`,
    )
    expect(seen.replace(sql, '')).not.toContain(secret)
    expect((await bench.run('SELECT count(*) FROM SECRET')).rows).toEqual([['1']])
  })
})

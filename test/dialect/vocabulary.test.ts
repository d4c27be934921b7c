import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadParsers } from '../../src/adapters/sql-parsers/parsers.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { aggregates } from '../../src/dialect/duckdb/functions/aggregates.ts'
import { lambdaFunctions } from '../../src/dialect/duckdb/functions/array.ts'
import { scalarRules } from '../../src/dialect/duckdb/functions/call-function.ts'
import { windowFunctions } from '../../src/dialect/duckdb/functions/windows.ts'
import { preludeStatements, usedStatements } from '../../src/dialect/duckdb/prelude.ts'
import { toDuckdb } from '../../src/dialect/duckdb/translate/to-duckdb.ts'
import { dialectMacros, dialectTableMacros, plainFunctions } from '../../src/dialect/duckdb/judge-duckdb-tree.ts'
import { type DialectBench, openDialect } from '../support/dialect-bench.ts'
import { dataLines } from '../support/shared-data.ts'

const cases = dataLines('semantics.jsonl') as readonly { readonly sql: string; readonly expected?: unknown }[]
const answers = cases.filter((one) => one.expected !== undefined).map((one) => one.sql.toUpperCase())
const functions = [scalarRules, aggregates, windowFunctions, lambdaFunctions].flatMap((rules) => Object.keys(rules))
let translations: readonly string[] = []
let bench: DialectBench

beforeAll(async () => {
  const { sqlparser } = await loadParsers()
  translations = cases.flatMap(({ sql }) => {
    try {
      return [toDuckdb(sql, sqlparser)]
    } catch (error) {
      if (error instanceof ProblemError) return []
      throw error
    }
  })
  bench = await openDialect({ database: 'DB', schema: 'S' })
})
afterAll(() => bench.close())

test('the macros that a translation calls, by itself or through others, are known without making all', () => {
  const called = (text: string) =>
    [...text.matchAll(/memory\.main\.(\w+)/gi)].map(([, name = '']) => name.toLowerCase())
  const macros = preludeStatements.map((one) => called(one)[0] ?? '')
  expect(new Set(macros).size).toBe(preludeStatements.length)
  for (const text of translations) {
    const used = usedStatements(preludeStatements, text)
    const made = new Set(used.map((one) => called(one)[0]))
    expect([text, ...used].flatMap(called).filter((name) => !made.has(name))).toEqual([])
  }
  expect(usedStatements(preludeStatements, 'SELECT 1')).toEqual([])
})

describe('what the judge lets pass', () => {
  test('is called by some translation, or by a macro', async () => {
    const called = new Set<string>()
    for (const text of translations)
      for (const [, name = ''] of (await bench.treeOf(text)).matchAll(/"function_name":"([^"]+)"/g)) called.add(name)
    const bodies = preludeStatements.map((one) => one.replace(/^CREATE MACRO [\w.]+/, '')).join('\n')
    const macros = [...dialectMacros, ...dialectTableMacros].filter((name) => !bodies.includes(`.${name}(`))
    expect([...macros, ...plainFunctions].filter((name) => !called.has(name))).toEqual([])
  })

  test('has no effect besides its value', async () => {
    const { rows } = await bench.run(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE has_side_effects AND function_type IN ('scalar', 'aggregate', 'table', 'pragma')",
    )
    const withEffects = rows.flat().filter((name) => typeof name === 'string' && plainFunctions.has(name))
    expect(new Set(withEffects)).toEqual(new Set(['random', 'uuid']))
  })
})

describe('a function is translated only if the battery proves it', () => {
  test.each(functions)('%s', (name) => {
    expect(answers.some((sql) => new RegExp(String.raw`\b${name}\s*\(`).test(sql))).toBe(true)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { preludeStatements } from '../../src/dialect/duckdb/macros/prelude.ts'
import { aggregates } from '../../src/dialect/duckdb/translate/aggregates.ts'
import { scalarRules } from '../../src/dialect/duckdb/translate/functions.ts'
import { lambdaFunctions } from '../../src/dialect/duckdb/translate/lambdas.ts'
import { windowFunctions } from '../../src/dialect/duckdb/translate/windows.ts'
import { dialectMacros, dialectTableMacros } from '../../src/dialect/duckdb/vocabulary.ts'
import { dataLines } from '../support/shared-data.ts'

const folder = join(import.meta.dirname, '../../src/dialect/duckdb/translate')
const sources = readdirSync(folder).filter((name) => !name.includes('.test.'))
const translator = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
const called = new Set(
  [...translator.matchAll(/\bsf_\w+/g)].map(([name]) => name).filter((name) => !name.endsWith('_')),
)
const made = new Set(preludeStatements.map((statement) => /memory\.main\.(\w+)/.exec(statement)?.[1] ?? ''))
const judged = new Set([...dialectMacros, ...dialectTableMacros])

const answers = (dataLines('semantics.jsonl') as readonly { readonly sql: string; readonly expected?: unknown }[])
  .filter((one) => one.expected !== undefined)
  .map((one) => one.sql.toUpperCase())
const functions = [...Object.keys(scalarRules), ...aggregates.keys(), ...windowFunctions.keys(), ...lambdaFunctions]

describe('translator, macros and judge know the same words', () => {
  test('every macro that is called exists', () => expect([...called].filter((name) => !made.has(name))).toEqual([]))
  test('every macro that is called passes the judge', () =>
    expect([...called].filter((name) => !judged.has(name))).toEqual([]))
  test('the judge lets no other macro pass', () => expect([...judged].filter((name) => !called.has(name))).toEqual([]))
})

describe('a function is translated only if the battery proves it', () => {
  test.each(functions)('%s', (name) => {
    expect(answers.some((sql) => new RegExp(String.raw`\b${name}\s*\(`).test(sql))).toBe(true)
  })
})

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { ask } from './questions.test-support.ts'
import { openTpch } from './tpch.test-database.ts'

const text = readFileSync(resolve(import.meta.dirname, '../../../docs/interpreter.md'), 'utf8')

/** The last two cells of every line of the table under a heading. */
function linesUnder(heading: string): readonly (readonly [question: string, answer: string])[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    return [cells.at(-3) ?? '', cells.at(-2) ?? ''] as const
  })
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTpch()
})
afterAll(() => database.close())

describe('docs/interpreter.md', () => {
  test('has lines in every table', () => {
    const counts = ['Understood', 'Asked back', 'Declined'].map((name) => linesUnder(name).length)
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })

  test.each(linesUnder('Understood'))('%s', async (question, interpretation) => {
    expect(await ask(question, database)).toMatchObject({ kind: 'query', interpretation })
  })

  test.each(linesUnder('Asked back'))('%s', async (asked, question) => {
    expect(await ask(asked, database)).toMatchObject({ kind: 'clarification', question })
  })

  test.each(linesUnder('Declined'))('%s', async (question, reason) => {
    expect(await ask(question, database)).toMatchObject({ kind: 'declined', reason })
  })
})

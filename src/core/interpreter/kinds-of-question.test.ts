import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { ask } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

/** Small words that turn a question around: each is part of the query, or the decline names it. */
const declines: Readonly<Record<string, readonly (readonly [question: string, word: string])[]>> = {
  school: [
    ['How many students never graduated?', 'never'],
    ['total credits of courses by or', 'by'],
  ],
  shop: [['How many customers or products are there?', 'or']],
  tpch: [
    ['how many suppliers never complained?', 'never'],
    ['total quantity of line items for each most', 'for each'],
  ],
}

const databases: Record<string, TestDatabase> = {}
beforeAll(async () => {
  Object.assign(databases, { school: await openSchool(), shop: await openShop(), tpch: await openTpch() })
})
afterAll(() => Object.values(databases).forEach((database) => database.close()))

const rowsOf = <Row>(table: Readonly<Record<string, readonly Row[]>>) =>
  Object.entries(table).flatMap(([name, rows]) => rows.map((row) => ({ name, row })))

describe('a word that no part of the query takes', () => {
  test.each(rowsOf(declines))('$name: $row.0', async ({ name, row: [question, word] }) => {
    const database = databases[name]
    const outcome = database === undefined ? null : await ask(question, database)
    expect(outcome).toMatchObject({ kind: 'declined' })
    expect(outcome?.kind === 'declined' && outcome.reason).toContain(`"${word}"`)
  })
})

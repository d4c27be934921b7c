import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { ask, expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

/** What would be answered with something else than was asked. */
const misread: Readonly<Record<string, readonly string[]>> = {
  shop: ['average amount of payments per shipping cost', 'number of customers and products per country'],
  tpch: [
    'number of customers and suppliers per account balance',
    'growth of revenue',
    'running total of revenue',
    'What share of urgent orders in Germany were open?',
  ],
}

/** Small words that turn a question around: each is part of the query, or the decline names it. */
const declines: Readonly<Record<string, readonly (readonly [question: string, word: string])[]>> = {
  school: [
    ['How many students never graduated?', 'never'],
    ['total credits of courses by or', 'by'],
  ],
  shop: [
    ['How many customers or products are there?', 'or'],
    // Days that the calendar has not.
    ['How many orders were placed on February 30, 2024?', '30'],
    ['How many orders were placed on 2023-02-29?', '2023-02-29'],
  ],
  tpch: [
    ['how many suppliers never complained?', 'never'],
    ['total quantity of line items for each most', 'for each'],
  ],
}

/** The first ones of each group, and all that share a place. */
const ranks: Readonly<Record<string, readonly Case[]>> = {
  school: [
    [
      'oldest student of each city',
      'SELECT City, Fname, LName, Age FROM Student QUALIFY rank() OVER (PARTITION BY City ORDER BY Age DESC) = 1',
    ],
    [
      'Which student has the highest GPA in each city?',
      'SELECT City, Fname, LName, GPA FROM Student QUALIFY rank() OVER (PARTITION BY City ORDER BY GPA DESC) = 1',
    ],
    [
      'youngest teacher per nationality',
      'SELECT Nationality, Name, Age FROM Teacher QUALIFY rank() OVER (PARTITION BY Nationality ORDER BY Age) = 1',
    ],
    ['the GPA of each student', 'SELECT GPA FROM Student'],
    ['which students have the lowest age?', 'SELECT Fname, LName, Age FROM Student WHERE Age = 18'],
  ],
  shop: [
    [
      'cheapest two products per category',
      'SELECT category, product_name, unit_price FROM products QUALIFY rank() OVER (PARTITION BY category ORDER BY unit_price) <= 2',
    ],
    [
      'the newest customer per country',
      'SELECT country, full_name, "signedUpAt" FROM customers QUALIFY rank() OVER (PARTITION BY country ORDER BY "signedUpAt" DESC) = 1',
    ],
    [
      'second highest unit price in each category',
      'SELECT category, unit_price FROM products QUALIFY dense_rank() OVER (PARTITION BY category ORDER BY unit_price DESC) = 2',
    ],
  ],
  tpch: [
    [
      'top 3 parts by quantity in each region',
      `SELECT r_name, p_name, SUM(l_quantity) q FROM lineitem JOIN supplier ON l_suppkey = s_suppkey JOIN nation ON s_nationkey = n_nationkey
       JOIN region ON n_regionkey = r_regionkey JOIN part ON l_partkey = p_partkey GROUP BY 1, 2 QUALIFY rank() OVER (PARTITION BY r_name ORDER BY q DESC) <= 3`,
    ],
    [
      'Which nation has the most customers in each region?',
      `SELECT r_name, n_name, COUNT(*) c FROM customer JOIN nation ON c_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey
       GROUP BY 1, 2 QUALIFY rank() OVER (PARTITION BY r_name ORDER BY c DESC) = 1`,
    ],
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

test('the last 31 days are 31, today included', () =>
  expectRows(databases['shop'] ?? failed(), [
    'How many orders in the last 31 days?',
    `SELECT COUNT(*) FROM orders WHERE "orderDate" > DATE '2025-05-30'`,
  ]))

const failed = (): never => {
  throw new Error('The database did not open.')
}

describe('ranks', () => {
  test.each(rowsOf(ranks))('$name: $row.0', ({ name, row }) => expectRows(databases[name] ?? failed(), row))
})

describe('what would be misread is declined', () => {
  const cases = Object.entries(misread).flatMap(([name, list]) => list.map((question) => ({ name, question })))
  test.each(cases)('$name: $question', async ({ name, question }) => {
    expect(await ask(question, databases[name] ?? failed())).toMatchObject({ kind: 'declined' })
  })
})

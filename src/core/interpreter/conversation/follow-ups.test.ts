import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../database.test-support.ts'
import { describeQuery } from '../describe-query.ts'
import { makeInterpret } from '../interpret.ts'
import type { EarlierQuestion, Interpretation } from '../interpretation.ts'
import { openSchool } from '../school.test-database.ts'
import { openShop } from '../shop.test-database.ts'
import { openTpch } from '../tpch.test-database.ts'

let databases: Readonly<Record<'tpch' | 'school' | 'shop', TestDatabase>>
beforeAll(async () => {
  const [tpch, school, shop] = await Promise.all([openTpch(), openSchool(), openShop()])
  databases = { tpch, school, shop }
})
afterAll(() => {
  for (const database of Object.values(databases)) database.close()
})

type Name = keyof typeof databases
const interpret = makeInterpret()

/** Asks the last of some questions as the follow-up of the others. */
function converse(
  name: Name,
  questions: readonly string[],
  more: { readonly leftOut?: readonly string[]; readonly origin?: EarlierQuestion['origin'] } = {},
): Interpretation {
  const { catalog } = databases[name]
  const { origin = 'interpreter', leftOut = [] } = more
  const earlier = questions.slice(0, -1).map((question) => ({ question, leftOut: [], origin }))
  const question = questions.at(-1) ?? ''
  return interpret({ question, earlier, leftOut, catalog, tables: catalog.tables, today: '2025-06-30' })
}

const said = (asked: Interpretation): string =>
  asked.kind === 'declined'
    ? asked.reason
    : asked.kind === 'query'
      ? asked.sql
      : asked.kind === 'ambiguous'
        ? asked.options.join()
        : asked.lookups.map(({ text }) => text).join()

describe('a follow-up asks the same as a whole question', () => {
  const cases: readonly (readonly [name: Name, questions: readonly string[], whole: string])[] = [
    ['tpch', ['How many orders were placed in 1996?', 'what about 1997?'], 'How many orders were placed in 1997?'],
    [
      'tpch',
      ['How many orders were placed in 1996?', 'what about 1997?', 'and by order status?'],
      'How many orders were placed in 1997 by order status?',
    ],
    [
      'tpch',
      ['How many orders were placed in 1996?', 'xyzzy', 'what about 1997?'],
      'How many orders were placed in 1997?',
    ],
    ['tpch', ['How many customers are there?', 'only in Germany'], 'How many customers are there in Germany?'],
    ['tpch', ['Number of orders by priority', 'now by status'], 'Number of orders by status'],
    ['tpch', ['Number of orders by priority', 'only 1995'], 'Number of orders by priority in 1995'],
    ['tpch', ['number of orders by status', 'just 1997'], 'number of orders by status in 1997'],
    ['tpch', ['number of orders by status', 'the 2 largest'], 'top 2 statuses by number of orders'],
    ['tpch', ['Number of orders by priority', 'as a percentage'], 'percentage of orders by priority'],
    [
      'tpch',
      ['Number of orders by status', 'leave out the urgent ones'],
      'Number of orders by status that are not urgent',
    ],
    ['tpch', ['total revenue in 1996', 'by nation', 'top 3'], 'top 3 nations by total revenue in 1996'],
    ['tpch', ['Total revenue by month in 1995', 'for all years'], 'Total revenue by month'],
    ['tpch', ['Total revenue in 1995', 'the same for parts of brand 13', 'without brand 13'], 'Total revenue in 1995'],
    ['tpch', ['revenue by nation', 'also by year'], 'revenue by nation and year'],
    ['tpch', ['average order value', 'by market segment'], 'average order value by market segment'],
    ['tpch', ['orders by month in 1997', 'what about quarters?'], 'orders by quarter in 1997'],
    ['tpch', ['orders by month in 1997', 'the year before'], 'orders by month in 1996'],
    ['tpch', ['List customers in Germany', 'how many are there?'], 'How many customers are there in Germany?'],
    ['tpch', ['Number of customers per nation', 'what about suppliers?'], 'Number of suppliers per nation'],
    [
      'tpch',
      ['How many customers are there?', 'how many of them have no orders?'],
      'How many customers have no orders?',
    ],
    ['tpch', ['How many customers have no orders?', 'who are they?'], 'Which customers have no orders?'],
    ['shop', ['How many orders came from Spain?', 'and from France?'], 'How many orders came from France?'],
    ['shop', ['Which customers have no orders?', 'what country are they from?'], 'country of customers without orders'],
    ['school', ['List the names of teachers', 'their salaries too'], 'List the names and salaries of teachers'],
    [
      'school',
      ['List the names of teachers', 'their salaries too', 'sort by salary descending', 'top 3'],
      'List the names and salaries of the 3 teachers with the highest salary',
    ],
    [
      'school',
      ['Which students have more than one pet?', 'what is their average age?'],
      'What is the average age of students who have more than one pet?',
    ],
    [
      'school',
      ['How many students live in Boston?', 'which of them have a pet?'],
      'Which students in Boston have a pet?',
    ],
    ['tpch', ['Hi!', 'Thanks! How many orders are there, please?'], 'How many orders are there?'],
  ]
  test.each(cases)('%s: %j', async (name, questions, whole) => {
    const [asked, wanted] = [converse(name, questions), converse(name, [whole])]
    expect(asked, said(asked)).toMatchObject({ kind: 'query' })
    expect(wanted, said(wanted)).toMatchObject({ kind: 'query' })
    if (asked.kind !== 'query' || wanted.kind !== 'query') return
    const [rows, wantedRows] = await Promise.all([databases[name].rows(asked.sql), databases[name].rows(wanted.sql)])
    expect(rows.map(String).sort(), asked.sql).toEqual(wantedRows.map(String).sort())
    expect(wantedRows.length).toBeGreaterThan(0)
  })
})

describe('a follow-up edits the query before', () => {
  const cases: readonly (readonly [name: Name, questions: readonly string[], sql: string])[] = [
    [
      'tpch',
      ['Which five customers spent the most in 1996?', 'their average order value'],
      `SELECT AVG(O_TOTALPRICE) FROM ORDERS WHERE YEAR(O_ORDERDATE) = 1996 AND O_CUSTKEY IN (SELECT O_CUSTKEY FROM ORDERS
       WHERE YEAR(O_ORDERDATE) = 1996 GROUP BY O_CUSTKEY ORDER BY SUM(O_TOTALPRICE) DESC LIMIT 5)`,
    ],
    [
      'tpch',
      ['Which nation has the most suppliers?', 'how many customers does it have?'],
      `SELECT COUNT(*) FROM CUSTOMER WHERE C_NATIONKEY = (SELECT S_NATIONKEY FROM SUPPLIER JOIN NATION ON S_NATIONKEY = N_NATIONKEY
       GROUP BY S_NATIONKEY, N_NAME ORDER BY COUNT(*) DESC, N_NAME LIMIT 1)`,
    ],
    [
      'tpch',
      ['Total revenue by month in 1995', 'no, by ship date'],
      `SELECT DATE_TRUNC('month', L_SHIPDATE), SUM(L_EXTENDEDPRICE * (1 - L_DISCOUNT)) FROM LINEITEM WHERE YEAR(L_SHIPDATE) = 1995 GROUP BY 1`,
    ],
    [
      'tpch',
      ['Which nation has the most suppliers?', 'and its region?'],
      `SELECT N_NAME, R_NAME, COUNT(*) FROM SUPPLIER JOIN NATION ON S_NATIONKEY = N_NATIONKEY JOIN REGION ON N_REGIONKEY = R_REGIONKEY
       GROUP BY ALL ORDER BY 3 DESC, 1 LIMIT 1`,
    ],
    [
      'tpch',
      ['total revenue in 1996', 'by nation', 'now the bottom five'],
      `SELECT N_NAME, SUM(L_EXTENDEDPRICE * (1 - L_DISCOUNT)) FROM LINEITEM JOIN ORDERS ON L_ORDERKEY = O_ORDERKEY JOIN CUSTOMER ON O_CUSTKEY = C_CUSTKEY
       JOIN NATION ON C_NATIONKEY = N_NATIONKEY WHERE YEAR(O_ORDERDATE) = 1996 GROUP BY N_NAME ORDER BY 2 LIMIT 5`,
    ],
    [
      'tpch',
      ['average order value', 'by market segment', 'and the maximum?'],
      `SELECT C_MKTSEGMENT, MAX(O_TOTALPRICE) FROM ORDERS JOIN CUSTOMER ON O_CUSTKEY = C_CUSTKEY GROUP BY 1`,
    ],
    [
      'shop',
      ['Which customers have no orders?', 'the others'],
      `SELECT full_name FROM customers WHERE id IN (SELECT customer_id FROM orders)`,
    ],
  ]
  test.each(cases)('%s: %j', async (name, questions, sql) => {
    const asked = converse(name, questions)
    expect(asked, said(asked)).toMatchObject({ kind: 'query' })
    if (asked.kind !== 'query') return
    const [rows, wanted] = await Promise.all([databases[name].rows(asked.sql), databases[name].rows(sql)])
    expect(rows.map(rounded).sort(), asked.sql).toEqual(wanted.map(rounded).sort())
    expect(wanted.length).toBeGreaterThan(0)
  })
})

const rounded = (row: readonly unknown[]): string =>
  row
    .map((cell) =>
      /^-?\d+\.\d+$/.test(String(cell)) ? Number(cell).toFixed(4) : String(cell).replace(/ 00:00:00$/, ''),
    )
    .join('|')

test('rows of the result before are told as such', () => {
  const asked = converse('tpch', ['Which nation has the most suppliers?', 'how many customers does it have?'])
  expect(asked.kind === 'query' ? describeQuery(asked.query) : asked).toBe(
    'Number of customers, where the customer is of the nation of the result before.',
  )
})

describe('declines rather than reading half', () => {
  const cases: readonly (readonly [name: Name, questions: readonly string[], reason: RegExp])[] = [
    // "their" may mean the rows of the question that failed.
    [
      'school',
      ['How many teachers are there?', 'Which students are enrolled in Astrology?', 'what are their names?'],
      /Astrology/,
    ],
    ['school', ['How many students live in Boston?', 'and in Chicago?', 'both of them by major'], /how this changes/],
    ['tpch', ['How many orders were placed in 1996?', 'the first three'], /how this changes/],
    ['tpch', ['How many griffins are there?', 'per order status'], /griffins/],
    ['tpch', ['List all regions', 'their average temperature'], /temperature|how this changes/],
  ]
  test.each(cases)('%s: %j', (name, questions, reason) => {
    expect(converse(name, questions)).toMatchObject({
      kind: 'declined',
      reason: expect.stringMatching(reason) as unknown,
    })
  })

  test('a query that a person changed is not built on', () => {
    const asked = converse('tpch', ['How many orders were placed in 1996?', 'by month'], { origin: 'person' })
    expect(asked).toMatchObject({
      kind: 'declined',
      reason: expect.stringContaining('cannot change it in words') as unknown,
    })
  })

  test('a whole question stands alone, whatever came before', () => {
    const alone = said(converse('tpch', ['List all regions']))
    for (const origin of ['interpreter', 'model', 'person'] as const)
      expect(said(converse('tpch', ['How many orders were placed in 1996?', 'List all regions'], { origin }))).toBe(
        alone,
      )
  })
})

describe('what is inherited', () => {
  const questions = ['How many orders were placed in 1997?', 'only urgent ones', 'by month']

  test('is told in the words of the questions before', () => {
    expect(converse('tpch', questions)).toMatchObject({
      inherited: [
        { id: null, text: 'number of orders' },
        { id: 'in 1997', text: 'in 1997' },
        { id: 'urgent', text: 'urgent' },
      ],
    })
  })

  test('can be taken off', () => {
    const asked = converse('tpch', questions, { leftOut: ['in 1997'] })
    const whole = converse('tpch', ['How many urgent orders by month?'])
    expect(asked.kind === 'query' ? asked.sql : asked).toBe(whole.kind === 'query' ? whole.sql : '')
  })

  test('is nothing for a question that stands alone', () => {
    expect(converse('tpch', ['How many orders were placed in 1997?'])).toMatchObject({ inherited: [] })
  })
})

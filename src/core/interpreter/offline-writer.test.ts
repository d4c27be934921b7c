import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { makeOfflineWriter } from './offline-writer.ts'
import { ask } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

let databases: Readonly<Record<'tpch' | 'school' | 'shop', TestDatabase>>
beforeAll(async () => {
  const [tpch, school, shop] = await Promise.all([openTpch(), openSchool(), openShop()])
  databases = { tpch, school, shop }
})
afterAll(() => {
  for (const database of Object.values(databases)) database.close()
})

type Name = keyof typeof databases

describe('declines rather than guesses', () => {
  const cases: readonly (readonly [question: string, database: Name, reason: RegExp])[] = [
    ['', 'tpch', /no question/],
    ['   ', 'tpch', /no question/],
    ['hello', 'tpch', /ask me/i],
    ['Thank you!', 'school', /ask me/i],
    ['what can you do?', 'school', /counts, sums/],
    ['delete all orders', 'tpch', /only reads/],
    ['Please drop the table orders', 'shop', /only reads/],
    ['update the status of order 5', 'shop', /only reads/],
    ['insert a new customer', 'shop', /only reads/],
    ['How many orders; drop table orders', 'tpch', /only reads/],
    ['SELECT * FROM orders;', 'shop', /looks like SQL/],
    [`How many orders ${'and orders '.repeat(200)}?`, 'tpch', /too long/],
    ['What is the meaning of life?', 'tpch', /could not match|could not tell|nothing/],
    ['Why did revenue fall in 1996?', 'tpch', /"Why"|"fall"/],
    ['How many unicorns are there?', 'tpch', /unicorns/],
    ['What is the average helpfulness of customers?', 'tpch', /helpfulness/],
    ['How many students are enrolled in Astrology?', 'school', /Astrology/],
    ['How many orders are premium?', 'shop', /premium/],
    ['Which teachers are popular and friendly?', 'school', /popular|friendly/],
    ['What is the correlation between age and salary?', 'school', /correlation/],
    ['Predict the revenue for next year', 'shop', /Predict/],
    ['How many invoices were approved?', 'shop', /invoices/],
    ['How many payments were approved?', 'shop', /approved/],
    ['How many customers in each planet?', 'tpch', /planet/],
    ['total name of teachers', 'school', /no numbers/],
    ['teachers older than the oldest student', 'school', /could not/i],
    ['orders by color', 'shop', /color/],
    ['the longest customer', 'shop', /no column|could not/i],
  ]
  test.each(cases)('%s', async (question, name, reason) => {
    const outcome = await ask(question, databases[name])
    expect(outcome).toMatchObject({ kind: 'declined', reason: expect.stringMatching(reason) as unknown })
  })

  test('says what it can do instead, and can do it', async () => {
    const outcome = await ask('How many unicorns are there?', databases.school)
    const suggestions = outcome.kind === 'declined' ? outcome.suggestions : []
    expect(suggestions.length).toBeGreaterThan(1)
    for (const suggestion of suggestions) {
      expect(await ask(suggestion, databases.school), suggestion).toMatchObject({ kind: 'query' })
    }
  })

  test('does not insist when its query failed a check', async () => {
    const problem = {
      code: 'sql_refused',
      message: 'The table is not allowed.',
      action: '',
      whoseTurn: 'person',
    } as const
    const failures = [{ sql: 'SELECT 1', problems: [problem] }]
    const outcome = await ask('How many orders are there?', databases.tpch, { failures })
    expect(outcome).toMatchObject({ kind: 'declined', reason: expect.stringContaining('not allowed') as unknown })
  })
})

describe('asks back where two readings are equally good', () => {
  test('between tables', async () => {
    const outcome = await ask('What is the average account balance?', databases.tpch)
    expect(outcome).toMatchObject({
      kind: 'clarification',
      options: [
        'What is the average account balance of customers?',
        'What is the average account balance of suppliers?',
      ],
    })
  })

  test('every option can be answered', async () => {
    const outcome = await ask('What is the average account balance?', databases.tpch)
    for (const option of outcome.kind === 'clarification' ? outcome.options : ['nothing']) {
      expect(await ask(option, databases.tpch), option).toMatchObject({ kind: 'query' })
    }
  })
})

describe('says how it read a question', () => {
  const cases: readonly (readonly [question: string, database: Name, interpretation: string])[] = [
    [
      'Which five customers spent the most in 1996?',
      'tpch',
      'Sum of total price per customer name, where order date is in 1996, the 5 highest.',
    ],
    ['How many orders were placed per year?', 'tpch', 'Number of orders per year.'],
    ['customers without orders', 'tpch', 'Name of customers, where the customer has no orders.'],
    ['How many students live in Boston?', 'school', 'Number of students, where city is Boston.'],
    [
      'Which students have more than one pet?',
      'school',
      'First name and last name of students, where the number of has pets of the student is over 1.',
    ],
    ['average salary per department', 'shop', 'Average salary per department.'],
  ]
  test.each(cases)('%s', async (question, name, interpretation) => {
    expect(await ask(question, databases[name])).toMatchObject({ kind: 'query', interpretation })
  })

  const notes: readonly (readonly [question: string, database: Name, note: string])[] = [
    ['total revenue in 1996', 'tpch', 'Revenue is worked out as L_EXTENDEDPRICE × (1 − L_DISCOUNT).'],
    ['total revenue by nation in 1995', 'tpch', 'The nation is that of the customer.'],
    ['How many urgent orders are there?', 'tpch', '"urgent" is read as \'1-URGENT\'.'],
    ['line items per year', 'tpch', 'Dates are read from L_SHIPDATE.'],
    ['How many studnets are there?', 'school', '"studnets" is read as "student".'],
    ['customers named "Zelda"', 'shop', '"Zelda" is compared with full_name without regard to case.'],
  ]
  test.each(notes)('%s: assumes', async (question, name, note) => {
    const outcome = await ask(question, databases[name])
    expect(outcome.kind === 'query' ? outcome.assumptions : outcome).toContain(note)
  })
})

describe('writes plain Snowflake SQL', () => {
  const cases: readonly (readonly [question: string, database: Name, sql: string])[] = [
    [
      'How many orders were placed per year?',
      'tpch',
      'SELECT YEAR(O_ORDERDATE) AS YEAR, COUNT(*) AS NUMBER_OF_ORDERS\nFROM TPCH.MAIN.ORDERS\nGROUP BY YEAR(O_ORDERDATE)\nORDER BY YEAR',
    ],
    [
      'How many orders came from Spain?',
      'shop',
      `SELECT COUNT(*) AS NUMBER_OF_ORDERS\nFROM "shop"."main"."orders" AS O\nJOIN "shop"."main"."customers" AS C ON O."customer_id" = C."id"\nWHERE C."country" = 'Spain'`,
    ],
    [
      `How many customers are called "O'Hara"?`,
      'shop',
      `SELECT COUNT(*) AS NUMBER_OF_CUSTOMERS\nFROM "shop"."main"."customers"\nWHERE UPPER("full_name") = 'O''HARA'`,
    ],
  ]
  test.each(cases)('%s', async (question, name, sql) => {
    expect(await ask(question, databases[name])).toMatchObject({ kind: 'query', sql })
  })
})

describe('follow-ups', () => {
  const cases: readonly (readonly [before: string, question: string, alone: string])[] = [
    ['How many orders were placed in 1996?', 'and by month?', 'How many orders were placed in 1996 by month?'],
    ['How many orders were placed in 1996?', 'what about 1997?', 'How many orders were placed in 1997?'],
    ['How many customers are there?', 'only in Germany', 'How many customers are there in Germany?'],
    ['Number of orders by priority', 'now by status', 'Number of orders by status'],
  ]
  test.each(cases)('%s — %s', async (before, question, alone) => {
    const history = [{ question: before, sql: 'SELECT 1' }]
    const [outcome, wanted] = [await ask(question, databases.tpch, { history }), await ask(alone, databases.tpch)]
    expect(outcome).toMatchObject({ kind: 'query', sql: wanted.kind === 'query' ? wanted.sql : '' })
  })

  test('a full question stands alone', async () => {
    const history = [{ question: 'How many orders were placed in 1996?', sql: 'SELECT 1' }]
    const [outcome, alone] = [
      await ask('List all regions', databases.tpch, { history }),
      await ask('List all regions', databases.tpch),
    ]
    expect(outcome).toEqual(alone)
  })
})

test('stops at once when it is cancelled', async () => {
  const deltas = makeOfflineWriter().write(
    {
      question: 'How many orders?',
      catalog: databases.tpch.catalog,
      tables: [],
      history: [],
      failures: [],
      showSamples: true,
      today: '2025-06-30',
    },
    { signal: AbortSignal.abort(new Error('gone')) },
  )
  await expect(deltas.next()).rejects.toThrow('gone')
})

test('a name that was not sampled is looked for where names are written like it', async () => {
  const { catalog } = databases.tpch
  const tables = catalog.tables.map((table) => ({
    ...table,
    columns: table.columns.map((c) =>
      c.name === 'C_NAME' ? { ...c, samples: c.samples.slice(0, 3), samplesComplete: false } : c,
    ),
  }))
  const outcome = await ask('How many orders did Customer#000000009 place?', { catalog: { ...catalog, tables } })
  expect(outcome).toMatchObject({
    kind: 'query',
    sql: expect.stringContaining("UPPER(C.C_NAME) = 'CUSTOMER#000000009'") as unknown,
  })
})

test('the same question is written the same way every time', async () => {
  const once = await ask('revenue by nation', databases.tpch)
  expect(await ask('revenue by nation', databases.tpch)).toEqual(once)
})

import { describe, expect, test } from 'vitest'
import { pinNames } from '../catalog/pinned-names.ts'
import { openAgency } from './agency.test-database.ts'
import { openDatabase, type TestDatabase } from './database.test-support.ts'
import { openDepot } from './depot.test-database.ts'
import { openFleet } from './fleet.test-database.ts'
import { ask, expectRows, openAround, type Case } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'

/** Two schemas with a table of the same name, and names that no rule for words can read. */
const openTwins = (): Promise<TestDatabase> =>
  openDatabase(
    'twins',
    async (connection) => {
      for (const statement of [
        'CREATE SCHEMA eu',
        'CREATE SCHEMA us',
        `CREATE TABLE eu.orders AS SELECT * FROM (VALUES (1, 'new', 10), (2, 'paid', 20)) AS t(id, status, amount)`,
        `CREATE TABLE us.orders AS SELECT * FROM (VALUES (1, 'new', 100), (2, 'new', 200), (3, 'paid', 300)) AS t(id, status, amount)`,
        `CREATE TABLE eu."last year's ""top"" 5" AS SELECT * FROM (VALUES (1, 7), (2, 8)) AS t(id, "sum of, all")`,
        `CREATE TABLE eu."عدد الطلبات" AS SELECT * FROM (VALUES (1, 'شمال'), (2, 'جنوب')) AS t("رقم", "اسم")`,
        `CREATE TABLE eu.größe AS SELECT * FROM (VALUES (1, 'klein'), (2, 'groß'), (3, 'groß')) AS t(nr, maß)`,
      ])
        await connection.run(statement)
    },
    { keepCase: true },
  )

const databaseOf = openAround({
  agency: openAgency,
  depot: openDepot,
  fleet: openFleet,
  school: openSchool,
  shop: openShop,
  twins: openTwins,
})

/** Questions with names after `@`, and the rows of the one reading that they leave. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  shop: [
    ['average @products.unit_price', 'SELECT AVG(unit_price) FROM products'],
    ['average @order_items.unit_price', 'SELECT AVG(unit_price) FROM order_items'],
    ['number of rows in @order_items', 'SELECT COUNT(*) FROM order_items'],
    [
      'total amount per month @payments',
      "SELECT DATE_TRUNC('month', paid_on)::DATE, SUM(amount) FROM payments GROUP BY 1",
    ],
    ['total @orders.shipping_cost per @orders.status', 'SELECT status, SUM(shipping_cost) FROM orders GROUP BY 1'],
    ['how many @orders per @orders.customer_id', 'SELECT customer_id, COUNT(*) FROM orders GROUP BY 1'],
    ['customers in @customers.country Germany', "SELECT full_name FROM customers WHERE country = 'Germany'"],
    ['top 2 @products by @products.stock_quantity', "VALUES ('Lamp', 40), ('Desk', 12)"],
    ['the latest @orders."orderDate"', "VALUES ('2025-05-30')"],
  ],
  fleet: [
    ['average @captains.age', 'SELECT AVG(age) FROM captains'],
    ['average @sailors.age', 'SELECT AVG(age) FROM sailors'],
    [
      'number of races per captain',
      'SELECT captain_name, COUNT(*) FROM races JOIN captains ON captain_id = winning_captain_id GROUP BY 1',
    ],
    ['number of races per @races.captain', 'SELECT captain, COUNT(*) FROM races GROUP BY 1'],
  ],
  school: [
    ['average @Student.Age', 'SELECT AVG(Age) FROM Student'],
    ['average @Teacher.Age', 'SELECT AVG(Age) FROM Teacher'],
    ['oldest @teacher', "VALUES ('Kearsley Brown', 45)"],
    ['how many @Member_of_club', 'SELECT COUNT(*) FROM Member_of_club'],
  ],
  depot: [
    [
      'total @F_SHPMT.UNT_QTY per @D_VNDR.CNTRY_CDE',
      'SELECT CNTRY_CDE, SUM(UNT_QTY) FROM F_SHPMT JOIN D_VNDR USING (VNDR_SK) GROUP BY 1',
    ],
    ['how many @WRK_ORD are there', 'SELECT COUNT(*) FROM WRK_ORD'],
    ['number of @AUDITS per month', "SELECT DATE_TRUNC('month', AUDIT_DATE)::DATE, COUNT(*) FROM AUDITS GROUP BY 1"],
  ],
  agency: [
    ['total @refunds.amount', 'SELECT SUM(amount) FROM refunds'],
    ['total @jobs.amount', 'SELECT SUM(amount) FROM jobs'],
    [
      'total @jobs.amount per @clients.city',
      'SELECT city, SUM(amount) FROM jobs JOIN clients USING (client_id) GROUP BY 1',
    ],
    ['number of staff per @teams.city', 'SELECT city, COUNT(*) FROM staff JOIN teams USING (team_id) GROUP BY 1'],
  ],
  twins: [
    ['how many @eu.orders', 'VALUES (2)'],
    ['how many @us.orders', 'VALUES (3)'],
    ['total @us.orders.amount per @us.orders.status', 'SELECT status, SUM(amount) FROM us.orders GROUP BY 1'],
    ['total @eu.orders.amount where @eu.orders.status is paid', 'VALUES (20)'],
    ['how many rows in @eu."last year\'s ""top"" 5"', 'VALUES (2)'],
    ['total @eu."last year\'s ""top"" 5"."sum of, all"', 'VALUES (15)'],
    ['how many @eu."عدد الطلبات"', 'VALUES (2)'],
    ['how many @größe per @größe.maß', 'SELECT maß, COUNT(*) FROM eu.größe GROUP BY 1'],
  ],
}

describe.each(Object.entries(cases))('names after @ in %s', (name, list) => {
  test.each(list)('%s', async (question = '', sql = '') => {
    const database = databaseOf(name)
    await expectRows(database, [question, sql], { pinned: pinNames(question, [], database.catalog) })
  })
})

test('without the name the same words are open between two columns', async () => {
  expect(await ask('average unit price', databaseOf('shop'))).toMatchObject({
    kind: 'clarification',
    options: ['average unit price of order items', 'average unit price of products'],
  })
})

test('words without @ are tied as well, and the links tell their place in the question as it was asked', async () => {
  const { catalog } = databaseOf('shop')
  const question = 'average cost of things per category'
  const pinned = pinNames(
    question,
    [
      { from: 8, to: 12, kind: 'column', name: 'products.unit_price' },
      { from: 16, to: 22, kind: 'table', name: 'products' },
    ],
    catalog,
  )
  const outcome = await ask(question, { catalog }, { pinned })
  expect(outcome).toMatchObject({ kind: 'query' })
  if (outcome.kind !== 'query') return
  expect(outcome.sql).toContain('AVG("unit_price")')
  expect(outcome.links?.map(({ from, to, names }) => [question.slice(from, to), names])).toEqual(
    expect.arrayContaining([
      ['cost', ['unit_price']],
      ['things', ['products']],
      ['category', ['category']],
    ]),
  )
})

test.each([
  ['per @products.category', 'GROUP BY "category"'],
  ['only those above 50', '"unit_price" > 50'],
])('a follow-up inherits what the question before was tied to: %s', async (question, part) => {
  const { catalog } = databaseOf('shop')
  const before = 'average @products.unit_price'
  const earlier = { question: before, sql: null, pinned: pinNames(before, [], catalog) }
  const pinned = pinNames(question, [], catalog)
  const outcome = await ask(question, { catalog }, { history: [earlier], pinned })
  expect(outcome).toMatchObject({ kind: 'query', sql: expect.stringContaining(part) })
  expect(outcome).toMatchObject({ sql: expect.stringContaining('FROM "shop"."main"."products"') })
})

test('a reason and the options of a question back name what was written, never what stood in for it', async () => {
  const { catalog } = databaseOf('shop')
  for (const question of ['glorb per @products.category', 'top @customers', 'fly @orders to the moon']) {
    const outcome = await ask(question, { catalog }, { pinned: pinNames(question, [], catalog) })
    expect(JSON.stringify(outcome)).not.toContain('zqaa')
    if (outcome.kind === 'clarification') for (const option of outcome.options) expect(option).toContain('@customers')
  }
})

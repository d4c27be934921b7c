import { describe, expect, test } from 'vitest'
import { openAgency } from './agency.test-database.ts'
import { openDepot } from './depot.test-database.ts'
import { ask, expectRows, openAround } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

/** Kinds of question as they are asked at work, with the rows that answer them, over databases of different shapes. */
const answers: Readonly<Record<string, Readonly<Record<string, readonly Case[]>>>> = {
  'numbers of the related rows that meet a condition': {
    agency: [
      ['clients who placed at least 2 jobs in 2024', "VALUES ('Acme')"],
      ['In 2024, which clients placed at least 2 jobs?', "VALUES ('Acme')"],
      ['clients with more than 1 job over 500', "VALUES ('Acme')"],
    ],
    shop: [['customers with at least 2 delivered orders', "VALUES ('Ada Byron')"]],
    tpch: [
      [
        'customers who placed at least 3 orders in 1995',
        'SELECT c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders WHERE year(o_orderdate) = 1995 GROUP BY 1 HAVING COUNT(*) >= 3)',
      ],
      [
        'top 3 customers by number of urgent orders in 1996',
        `SELECT c_name, COUNT(*) n FROM customer JOIN orders ON o_custkey = c_custkey WHERE o_orderpriority = '1-URGENT' AND year(o_orderdate) = 1996
         GROUP BY 1 ORDER BY n DESC, 1 LIMIT 3`,
        'ordered',
      ],
    ],
  },
  'how many times something was done': {
    agency: [['cities used more than once by clients', "VALUES ('Oslo')"]],
    tpch: [
      ['ship modes used more than 40 times', 'SELECT l_shipmode FROM lineitem GROUP BY 1 HAVING COUNT(*) > 40'],
      [
        'customers who ordered at least 9 times',
        'SELECT c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders GROUP BY 1 HAVING COUNT(*) >= 9)',
      ],
    ],
  },
  'thresholds on what a row is worth': {
    agency: [
      ['how many jobs are over 600?', 'SELECT 4'],
      ['refunds between 30 and 60', 'SELECT * FROM refunds WHERE amount BETWEEN 30 AND 60'],
    ],
    shop: [['payments over 300', 'SELECT * FROM payments WHERE amount > 300']],
    tpch: [
      ['orders above 20000', 'SELECT * FROM orders WHERE o_totalprice > 20000'],
      [
        'customers with more than 2 orders over 15000',
        'SELECT c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders WHERE o_totalprice > 15000 GROUP BY 1 HAVING COUNT(*) > 2)',
      ],
    ],
  },
  'money by the name of its table': {
    agency: [
      ['total refunds', 'SELECT 165.00'],
      ['total of refunds in 2024', 'SELECT 165.00'],
      ['average refund', 'SELECT 55'],
      ['how many refunds', 'SELECT 3'],
      ['total number of refunds', 'SELECT 3'],
      ['total jobs', 'SELECT 5'],
    ],
    shop: [['total payments by method', 'SELECT method, SUM(amount) FROM payments GROUP BY 1']],
    tpch: [['total orders in 1996', 'SELECT COUNT(*) FROM orders WHERE year(o_orderdate) = 1996']],
  },
  'the time between two dates': {
    agency: [
      ['average days between placing and delivery', 'SELECT 34.5'],
      ['How long does it take from placing a job to delivery?', 'SELECT 34.5'],
      ['longest time from placing to delivery in 2024', 'SELECT 50'],
      ['jobs delivered more than 30 days after they were placed', 'SELECT * FROM jobs WHERE job_id IN (2, 3)'],
      ['which client has the longest average days between placing and delivery?', "VALUES ('Birch', 50)"],
      ['jobs delivered within 4 weeks of being placed', 'SELECT * FROM jobs WHERE job_id IN (1, 5)'],
    ],
    shop: [['average days between order and payment', 'SELECT 0.5']],
    tpch: [
      [
        'average days between order and ship date per ship mode',
        'SELECT l_shipmode, AVG(l_shipdate - o_orderdate) FROM lineitem JOIN orders ON l_orderkey = o_orderkey GROUP BY 1',
      ],
      [
        'how many line items were shipped more than 30 days after they were ordered?',
        'SELECT COUNT(*) FROM lineitem JOIN orders ON l_orderkey = o_orderkey WHERE l_shipdate - o_orderdate > 30',
      ],
    ],
  },
  'late and on time': {
    agency: [
      ['which jobs were delivered late?', 'SELECT * FROM jobs WHERE job_id IN (1, 3)'],
      ['how many jobs were not delivered on time?', 'SELECT 2'],
      ['number of jobs delivered on time per client', "VALUES ('Acme', 2)"],
      ['what share of jobs were delivered late?', 'SELECT 40'],
      ['overdue jobs', 'SELECT * FROM jobs WHERE job_id = 4'],
      ['jobs where the delivered date is before the due date', 'SELECT * FROM jobs WHERE job_id = 2'],
    ],
    tpch: [
      [
        'how many line items were shipped before the commit date?',
        'SELECT COUNT(*) FROM lineitem WHERE l_shipdate < l_commitdate',
      ],
      ['how many line items were shipped late?', 'SELECT COUNT(*) FROM lineitem WHERE l_shipdate > l_commitdate'],
    ],
  },
  'columns compared with each other': {
    agency: [
      ['supplies whose price is above cost', "VALUES ('Ink')"],
      ['supplies with a price higher than their cost', "VALUES ('Ink')"],
      ['how many supplies have a price below their cost?', 'SELECT 1'],
      ['staff earning more than their manager', "VALUES ('Tom Ray'), ('Sam Oke')"],
      ['how many staff have a higher salary than their manager?', 'SELECT 2'],
    ],
    shop: [['products whose stock quantity is higher than unit price', "VALUES ('Lamp')"]],
    tpch: [
      ['how many line items have an extended price below their quantity?', 'SELECT 0'],
      [
        'orders where the ship date is after the order date',
        'SELECT * FROM orders WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem WHERE l_shipdate > o_orderdate)',
      ],
    ],
  },
  'the biggest and the best by a measure': {
    agency: [
      ['biggest clients by revenue', "VALUES ('Acme', 1950), ('Birch', 1500), ('Cedar', 700)", 'ordered'],
      ['best clients by number of jobs', "VALUES ('Acme', 3), ('Birch', 1), ('Cedar', 1)", 'ordered'],
      ['top 2 clients by amount of jobs', "VALUES ('Acme', 1950), ('Birch', 1500)", 'ordered'],
      ['biggest supplies by price', 'SELECT supply_name, price FROM supplies ORDER BY price DESC', 'ordered'],
    ],
    shop: [['best 2 customers by number of orders', "VALUES ('Ada Byron', 3), ('Jean Roux', 2)", 'ordered']],
    tpch: [
      [
        'largest 3 customers by total price of orders',
        'SELECT c_name, SUM(o_totalprice) t FROM orders JOIN customer ON o_custkey = c_custkey GROUP BY 1 ORDER BY t DESC LIMIT 3',
        'ordered',
      ],
    ],
  },
  'states by their first letter': {
    agency: [
      ['failed jobs', 'SELECT * FROM jobs WHERE job_id = 3'],
      ['cancelled jobs', "SELECT * FROM jobs WHERE status = 'C'"],
      ['how many jobs are pending?', 'SELECT 1'],
      ['which clients have failed jobs?', "VALUES ('Birch')"],
      ['jobs that were not completed', 'SELECT * FROM jobs WHERE job_id IN (3, 4)'],
    ],
    tpch: [
      ['how many orders are open?', "SELECT COUNT(*) FROM orders WHERE o_orderstatus = 'O'"],
      ['open orders', "SELECT * FROM orders WHERE o_orderstatus = 'O'"],
      [
        'number of finished orders per year',
        "SELECT year(o_orderdate), COUNT(*) FROM orders WHERE o_orderstatus = 'F' GROUP BY 1",
      ],
    ],
    shop: [['how many orders are pending?', 'SELECT 2']],
  },
  'short forms of words': {
    shop: [
      ['avg qty per order', 'SELECT order_id, AVG(quantity) FROM order_items GROUP BY 1'],
      ['total qty per order', 'SELECT order_id, SUM(quantity) FROM order_items GROUP BY 1'],
      ['orders per cust', "VALUES ('Ada Byron', 3), ('Max Weber', 1), ('Ines Soler', 1), ('Jean Roux', 2)"],
    ],
    tpch: [
      ['avg qty per order', 'SELECT l_orderkey, AVG(l_quantity) FROM lineitem GROUP BY 1'],
      ['total qty per ship mode', 'SELECT l_shipmode, SUM(l_quantity) FROM lineitem GROUP BY 1'],
    ],
    depot: [['total qty per vendor', "VALUES ('Aldous Steel', 65), ('Cask Paper', 65), ('Brandt Glass', 25)"]],
  },
  'rows of what a value names': {
    agency: [
      ['list staff of the Design team', "VALUES ('Ida Berg'), ('Tom Ray')"],
      ['list rooms of the UP floor', "VALUES ('Fjord'), ('Moor')"],
    ],
    shop: [
      [
        'list orders of the Germany customers',
        "SELECT * FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'Germany')",
      ],
    ],
  },
}

/** Questions that are answered under an assumption, which is told. */
const told: Readonly<Record<string, readonly (readonly [question: string, note: string])[]>> = {
  agency: [
    ['total refunds', 'The total of "refunds" is that of AMOUNT.'],
    ['average days between placing and delivery', 'Days are counted from PLACED_ON to DELIVERED_ON.'],
    ['staff earning more than their manager', 'MANAGER_ID is taken to refer to STAFF_ID.'],
    ['which jobs were delivered late?', 'Rows without a DELIVERED_ON are left out.'],
    ['how many jobs failed?', `"failed" is read as 'F' of STATUS.`],
  ],
  tpch: [['orders above 20000', 'The amount is read from O_TOTALPRICE.']],
}

/** Questions that are asked back about, with the forms to choose from. */
const askedBack: Readonly<Record<string, readonly (readonly [question: string, options: readonly string[]])[]>> = {
  tpch: [
    ['top customers', ['top customers by total price of orders', 'top customers by number of orders']],
    [
      'Who are the best 3 customers in 1996?',
      [
        'Who are the best 3 customers by total price of orders in 1996?',
        'Who are the best 3 customers by number of orders in 1996?',
      ],
    ],
  ],
  agency: [['supplies over 10', ['supplies whose price is over 10', 'supplies whose cost is over 10']]],
}

/** Questions that are declined, each with the reason. */
const declined: Readonly<Record<string, readonly (readonly [question: string, reason: RegExp])[]>> = {
  agency: [
    ['how many clients are pending?', /which rows are "pending"/],
    ['rejected jobs', /"rejected"/],
  ],
  shop: [
    ['orders above 5', /which column of orders "orders" means/],
    ['orders shipped late', /"late"/],
    ['how many orders are overdue?', /"overdue"/],
  ],
  tpch: [
    ['average cost per order', /the average of/],
    ['customers with a balance above their name', /what "name" is compared with/],
    ['suppliers that customers visited more than once', /"visited"|"once"|"more than"/],
  ],
}

const databaseOf = openAround({ agency: openAgency, depot: openDepot, shop: openShop, tpch: openTpch })

const flat = <T>(byName: Readonly<Record<string, readonly T[]>>): readonly (readonly [string, T])[] =>
  Object.entries(byName).flatMap(([name, list]) => list.map((one) => [name, one] as const))

describe.each(Object.entries(answers))('%s', (_, byName) => {
  test.each(flat(byName).map(([name, asked]) => [name, asked[0], asked] as const))('%s: %s', (name, __, asked) =>
    expectRows(databaseOf(name), asked),
  )
})

test.each(flat(told).map(([name, [question, note]]) => [name, question, note] as const))(
  '%s: %s tells what is assumed',
  async (name, question, note) => {
    const outcome = await ask(question, databaseOf(name))
    expect(outcome).toMatchObject({ kind: 'query', assumptions: expect.arrayContaining([note]) as unknown })
  },
)

test.each(flat(askedBack).map(([name, [question, options]]) => [name, question, options] as const))(
  '%s: %s is asked back about',
  async (name, question, options) => {
    expect(await ask(question, databaseOf(name))).toMatchObject({ kind: 'clarification', options })
  },
)

test.each(flat(declined).map(([name, [question, reason]]) => [name, question, reason] as const))(
  '%s: %s is declined',
  async (name, question, reason) => {
    expect(await ask(question, databaseOf(name))).toMatchObject({
      kind: 'declined',
      reason: expect.stringMatching(reason) as unknown,
    })
  },
)

import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

const revenue = 'SUM(l_extendedprice * (1 - l_discount))'
const lines = 'lineitem JOIN orders ON l_orderkey = o_orderkey'

/** Kinds of question with the rows that answer them, over databases of different shapes. */
const answers: Readonly<Record<string, Readonly<Record<string, readonly Case[]>>>> = {
  'counts of several tables, each by its own rows': {
    school: [
      [
        'How many students and teachers are there?',
        'SELECT (SELECT COUNT(*) FROM Student), (SELECT COUNT(*) FROM Teacher)',
      ],
      [
        'number of courses, clubs and pets',
        'SELECT (SELECT COUNT(*) FROM Course), (SELECT COUNT(*) FROM Club), (SELECT COUNT(*) FROM pets)',
      ],
    ],
    shop: [
      [
        'How many orders and customers do we have?',
        'SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM customers)',
      ],
    ],
    tpch: [
      [
        'How many customers and suppliers are in Germany?',
        'SELECT (SELECT COUNT(*) FROM customer WHERE c_nationkey = 3), (SELECT COUNT(*) FROM supplier WHERE s_nationkey = 3)',
      ],
      [
        'How many customers are there and how many suppliers?',
        'SELECT (SELECT COUNT(*) FROM customer), (SELECT COUNT(*) FROM supplier)',
      ],
    ],
  },
  'shares in groups': {
    school: [
      [
        'percentage of female students per city',
        "SELECT City, ROUND(100.0 * COUNT(*) FILTER (Sex = 'F') / COUNT(*), 2) FROM Student GROUP BY City",
      ],
    ],
    shop: [
      [
        'share of orders by status',
        'SELECT status, ROUND(100.0 * COUNT(*) / SUM(COUNT(*)) OVER (), 2) FROM orders GROUP BY status',
      ],
      [
        'What percentage of orders were delivered in 2024?',
        'SELECT ROUND(100.0 * COUNT(*) FILTER (status = \'delivered\') / COUNT(*), 2) FROM orders WHERE year("orderDate") = 2024',
      ],
    ],
    tpch: [
      [
        'percentage of urgent orders per year',
        "SELECT year(o_orderdate), ROUND(100.0 * COUNT(*) FILTER (o_orderpriority = '1-URGENT') / COUNT(*), 2) FROM orders GROUP BY 1",
      ],
      [
        'What share of urgent orders comes from each region?',
        `SELECT r_name, ROUND(100.0 * COUNT(*) / SUM(COUNT(*)) OVER (), 2) FROM orders JOIN customer ON o_custkey = c_custkey JOIN nation ON c_nationkey = n_nationkey
         JOIN region ON n_regionkey = r_regionkey WHERE o_orderpriority = '1-URGENT' GROUP BY 1`,
      ],
      [
        'revenue share by market segment',
        `SELECT c_mktsegment, ROUND(100.0 * ${revenue} / SUM(${revenue}) OVER (), 2) FROM ${lines} JOIN customer ON o_custkey = c_custkey GROUP BY 1`,
      ],
    ],
  },
  medians: {
    school: [['median age of students per sex', 'SELECT Sex, median(Age) FROM Student GROUP BY Sex']],
    shop: [['What is the median unit price of products?', 'SELECT median(unit_price) FROM products']],
  },
  'places in the calendar, in its order': {
    shop: [
      [
        'How many orders per day of the week?',
        `SELECT dayname("orderDate"), COUNT(*) FROM orders GROUP BY 1, isodow("orderDate") ORDER BY isodow("orderDate")`,
        'ordered',
      ],
      [
        'orders per month of the year',
        `SELECT monthname("orderDate"), COUNT(*) FROM orders GROUP BY 1, month("orderDate") ORDER BY month("orderDate")`,
        'ordered',
      ],
    ],
    tpch: [
      [
        'On which weekday are most orders placed?',
        'SELECT dayname(o_orderdate), COUNT(*) c FROM orders GROUP BY 1 ORDER BY c DESC, 1 LIMIT 1',
      ],
      [
        'Which month had the highest revenue in 1995?',
        `SELECT date_trunc('month', o_orderdate), ${revenue} r FROM ${lines} WHERE year(o_orderdate) = 1995 GROUP BY 1 ORDER BY r DESC LIMIT 1`,
      ],
    ],
  },
  'rates, multiplied before they are added': {
    tpch: [
      [
        'Total discount given in 1996',
        'SELECT SUM(l_extendedprice * l_discount) FROM lineitem WHERE year(l_shipdate) = 1996',
      ],
      ['average discount', 'SELECT AVG(l_discount) FROM lineitem'],
      ['How many line items had a discount?', 'SELECT COUNT(*) FROM lineitem WHERE l_discount > 0'],
      [
        'average order value per market segment',
        'SELECT c_mktsegment, AVG(o_totalprice) FROM orders JOIN customer ON o_custkey = c_custkey GROUP BY 1',
      ],
      ['average revenue per order', `SELECT AVG(r) FROM (SELECT ${revenue} r FROM lineitem GROUP BY l_orderkey)`],
    ],
  },
  'roles of a table that several keys lead to': {
    tpch: [
      [
        'What are total sales by supplier nation?',
        `SELECT n_name, ${revenue} FROM lineitem JOIN supplier ON l_suppkey = s_suppkey JOIN nation ON s_nationkey = n_nationkey GROUP BY 1`,
      ],
      [
        'revenue by nation of the supplier',
        `SELECT n_name, ${revenue} FROM lineitem JOIN supplier ON l_suppkey = s_suppkey JOIN nation ON s_nationkey = n_nationkey GROUP BY 1`,
      ],
      [
        'number of orders by customer nation',
        'SELECT n_name, COUNT(*) FROM orders JOIN customer ON o_custkey = c_custkey JOIN nation ON c_nationkey = n_nationkey GROUP BY 1',
      ],
    ],
  },
  'values side by side': {
    school: [
      [
        'Compare the number of students in Boston and Baltimore',
        "SELECT City, COUNT(*) FROM Student WHERE City IN ('Boston', 'Baltimore') GROUP BY City",
      ],
    ],
    shop: [
      [
        'customers in Germany versus Spain',
        "SELECT country, COUNT(*) FROM customers WHERE country IN ('Germany', 'Spain') GROUP BY country",
      ],
    ],
    tpch: [
      [
        'compare revenue of 1995 and 1996',
        `SELECT year(o_orderdate), ${revenue} FROM ${lines} WHERE year(o_orderdate) IN (1995, 1996) GROUP BY 1`,
      ],
      [
        'revenue in France vs Germany',
        `SELECT n_name, ${revenue} FROM ${lines} JOIN customer ON o_custkey = c_custkey JOIN nation ON c_nationkey = n_nationkey WHERE n_name IN ('FRANCE', 'GERMANY') GROUP BY 1`,
      ],
      [
        'customers in France and Germany',
        "SELECT c_name, n_name FROM customer JOIN nation ON c_nationkey = n_nationkey WHERE n_name IN ('FRANCE', 'GERMANY')",
      ],
    ],
  },
  'neither … nor': {
    shop: [
      [
        'How many orders are neither delivered nor pending?',
        "SELECT COUNT(*) FROM orders WHERE status NOT IN ('delivered', 'pending')",
      ],
    ],
    tpch: [
      [
        'How many orders are neither urgent nor high priority?',
        "SELECT COUNT(*) FROM orders WHERE o_orderpriority NOT IN ('1-URGENT', '2-HIGH')",
      ],
    ],
  },
  'who did something, and who never did': {
    school: [
      [
        'How many students never enrolled?',
        'SELECT COUNT(*) FROM Student WHERE StuID NOT IN (SELECT StuID FROM Enrollment)',
      ],
      [
        'Which students are not enrolled?',
        'SELECT Fname, LName FROM Student WHERE StuID NOT IN (SELECT StuID FROM Enrollment)',
      ],
    ],
    shop: [
      [
        'customers who paid in 2024',
        'SELECT full_name FROM customers WHERE id IN (SELECT customer_id FROM orders JOIN payments ON order_id = id WHERE year(paid_on) = 2024)',
      ],
      ['Which orders have not been paid?', 'SELECT * FROM orders WHERE id NOT IN (SELECT order_id FROM payments)'],
      [
        'How many customers ordered in 2024?',
        'SELECT COUNT(DISTINCT customer_id) FROM orders WHERE year("orderDate") = 2024',
      ],
    ],
    tpch: [
      [
        'How many customers never ordered?',
        'SELECT COUNT(*) FROM customer WHERE c_custkey NOT IN (SELECT o_custkey FROM orders)',
      ],
      [
        'Which customers ordered both in 1995 and 1997?',
        `SELECT c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders WHERE year(o_orderdate) = 1995)
         AND c_custkey IN (SELECT o_custkey FROM orders WHERE year(o_orderdate) = 1997)`,
      ],
      [
        'parts ordered in January 1995',
        "SELECT DISTINCT p_name FROM part JOIN lineitem ON p_partkey = l_partkey JOIN orders ON l_orderkey = o_orderkey WHERE date_trunc('month', o_orderdate) = DATE '1995-01-01'",
      ],
      ['customers ordered by name', 'SELECT c_name FROM customer ORDER BY c_name', 'ordered'],
      [
        'Which customer placed the largest order?',
        'SELECT c_name, o_totalprice FROM orders JOIN customer ON o_custkey = c_custkey ORDER BY o_totalprice DESC LIMIT 1',
      ],
      ['Which ship mode is used most?', 'SELECT l_shipmode FROM lineitem GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1'],
    ],
  },
  'two periods set against each other': {
    shop: [
      [
        'How did the number of orders grow from 2024 to 2025?',
        'SELECT a, b, b - a, ROUND(100.0 * (b - a) / a, 2) FROM (SELECT COUNT(*) FILTER (year("orderDate") = 2024) a, COUNT(*) FILTER (year("orderDate") = 2025) b FROM orders)',
      ],
    ],
    tpch: [
      [
        'What is the difference in revenue between 1995 and 1996?',
        `SELECT a, b, b - a FROM (SELECT SUM(l_extendedprice * (1 - l_discount)) FILTER (year(o_orderdate) = 1995) a, SUM(l_extendedprice * (1 - l_discount)) FILTER (year(o_orderdate) = 1996) b FROM ${lines})`,
      ],
      [
        'year over year revenue growth',
        `SELECT y, r, ROUND(100.0 * (r - LAG(r) OVER (ORDER BY y)) / LAG(r) OVER (ORDER BY y), 2) FROM (SELECT year(o_orderdate) y, ${revenue} r FROM ${lines} GROUP BY 1) ORDER BY y`,
        'ordered',
      ],
    ],
  },
  'running totals': {
    shop: [
      [
        'running total of orders per year',
        'SELECT y, SUM(c) OVER (ORDER BY y) FROM (SELECT year("orderDate") y, COUNT(*) c FROM orders GROUP BY 1) ORDER BY y',
        'ordered',
      ],
    ],
    tpch: [
      [
        'cumulative revenue per month in 1996',
        `SELECT m, SUM(r) OVER (ORDER BY m) FROM (SELECT date_trunc('month', o_orderdate) m, ${revenue} r FROM ${lines} WHERE year(o_orderdate) = 1996 GROUP BY 1) ORDER BY m`,
        'ordered',
      ],
    ],
  },
  'yes and no': {
    shop: [
      ['How many vips are there?', 'SELECT COUNT(*) FROM customers WHERE is_vip'],
      ['Which products are out of stock?', 'SELECT product_name FROM products WHERE stock_quantity <= 0'],
    ],
  },
  'a chart as a wish': {
    school: [['Show me a pie chart of students by city', 'SELECT City, COUNT(*) FROM Student GROUP BY City']],
    shop: [['customers per country as a donut', 'SELECT country, COUNT(*) FROM customers GROUP BY country']],
    tpch: [['plot revenue by year', `SELECT year(o_orderdate), ${revenue} FROM ${lines} GROUP BY 1`]],
  },
}

const databases: Record<string, TestDatabase> = {}
beforeAll(async () => {
  Object.assign(databases, { school: await openSchool(), shop: await openShop(), tpch: await openTpch() })
})
afterAll(() => Object.values(databases).forEach((database) => database.close()))

const rowsOf = (cases: Readonly<Record<string, readonly Case[]>>) =>
  Object.entries(cases).flatMap(([name, list]) => list.map((row) => ({ name, row })))

const failed = (): never => {
  throw new Error('The database did not open.')
}

describe.each(Object.entries(answers))('%s', (_, cases) => {
  test.each(rowsOf(cases))('$name: $row.0', ({ name, row }) => expectRows(databases[name] ?? failed(), row))
})

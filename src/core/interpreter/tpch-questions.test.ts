import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openTpch } from './tpch.test-database.ts'

const revenue = 'SUM(l_extendedprice * (1 - l_discount))'
const sold = 'lineitem JOIN orders ON l_orderkey = o_orderkey'
const buyers = `${sold} JOIN customer ON o_custkey = c_custkey JOIN nation ON c_nationkey = n_nationkey`

const cases: readonly Case[] = [
  [
    'Which five customers spent the most in 1996?',
    'SELECT c_name, SUM(o_totalprice) s FROM orders JOIN customer ON o_custkey = c_custkey WHERE year(o_orderdate) = 1996 GROUP BY 1 ORDER BY s DESC LIMIT 5',
    'ordered',
  ],
  [
    'How many orders were placed per year?',
    'SELECT year(o_orderdate), COUNT(*) FROM orders GROUP BY 1 ORDER BY 1',
    'ordered',
  ],
  ['average account balance by market segment', 'SELECT c_mktsegment, AVG(c_acctbal) FROM customer GROUP BY 1'],
  ['top 10 parts by retail price', 'SELECT p_name, p_retailprice FROM part ORDER BY 2 DESC LIMIT 10', 'ordered'],
  [
    'total revenue by nation in 1995',
    `SELECT n_name, ${revenue} FROM ${buyers} WHERE year(o_orderdate) = 1995 GROUP BY 1`,
  ],
  [
    'how many customers are in Germany',
    "SELECT COUNT(*) FROM customer JOIN nation ON c_nationkey = n_nationkey WHERE n_name = 'GERMANY'",
  ],
  [
    'orders per month in 1997',
    "SELECT date_trunc('month', o_orderdate), COUNT(*) FROM orders WHERE year(o_orderdate) = 1997 GROUP BY 1 ORDER BY 1",
    'ordered',
  ],
  ['lowest supplier account balance', 'SELECT MIN(s_acctbal) FROM supplier'],
  [
    'how many line items were shipped by air in 1996?',
    "SELECT COUNT(*) FROM lineitem WHERE l_shipmode = 'AIR' AND year(l_shipdate) = 1996",
  ],
  ['what is the average discount?', 'SELECT AVG(l_discount) FROM lineitem'],
  [
    'number of suppliers per region',
    'SELECT r_name, COUNT(*) FROM supplier JOIN nation ON s_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey GROUP BY 1',
  ],
  ['customers without orders', 'SELECT c_name FROM customer WHERE c_custkey NOT IN (SELECT o_custkey FROM orders)'],
  [
    'How many customers have no orders?',
    'SELECT COUNT(*) FROM customer WHERE c_custkey NOT IN (SELECT o_custkey FROM orders)',
  ],
  ['average order value by priority', 'SELECT o_orderpriority, AVG(o_totalprice) FROM orders GROUP BY 1'],
  ['largest order', 'SELECT * FROM orders ORDER BY o_totalprice DESC LIMIT 1'],
  ['which brands have more than 4 parts', 'SELECT p_brand FROM part GROUP BY 1 HAVING COUNT(*) > 4'],
  [
    'monthly revenue in 1996',
    `SELECT date_trunc('month', o_orderdate), ${revenue} FROM ${sold} WHERE year(o_orderdate) = 1996 GROUP BY 1 ORDER BY 1`,
    'ordered',
  ],
  ['What was the total revenue in 1996?', `SELECT ${revenue} FROM ${sold} WHERE year(o_orderdate) = 1996`],
  [
    'Compare revenue in 1995 and 1996',
    `SELECT year(o_orderdate), ${revenue} FROM ${sold} WHERE year(o_orderdate) IN (1995, 1996) GROUP BY 1`,
  ],
  [
    'How many urgent orders were placed in 1995?',
    "SELECT COUNT(*) FROM orders WHERE o_orderpriority = '1-URGENT' AND year(o_orderdate) = 1995",
  ],
  [
    'List the names of suppliers in France or Germany',
    "SELECT s_name FROM supplier JOIN nation ON s_nationkey = n_nationkey WHERE n_name IN ('FRANCE', 'GERMANY')",
  ],
  [
    'Which nation has the most customers?',
    'SELECT n_name, COUNT(*) FROM customer JOIN nation ON c_nationkey = n_nationkey GROUP BY 1 ORDER BY 2 DESC LIMIT 1',
  ],
  [
    'What are the top 3 nations by revenue?',
    `SELECT n_name, ${revenue} FROM ${buyers} GROUP BY 1 ORDER BY 2 DESC LIMIT 3`,
    'ordered',
  ],
  [
    'What percentage of orders are urgent?',
    "SELECT ROUND(100.0 * COUNT(*) FILTER (o_orderpriority = '1-URGENT') / COUNT(*), 2) FROM orders",
  ],
  [
    'share of orders by status',
    'SELECT o_orderstatus, ROUND(100.0 * COUNT(*) / SUM(COUNT(*)) OVER (), 2) FROM orders GROUP BY 1',
  ],
  ['How many parts are there per brand?', 'SELECT p_brand, COUNT(*) FROM part GROUP BY 1'],
  ['most expensive part', 'SELECT p_name, p_retailprice FROM part ORDER BY 2 DESC LIMIT 1'],
  ['What are the three cheapest parts?', 'SELECT p_name, p_retailprice FROM part ORDER BY 2 LIMIT 3', 'ordered'],
  ['What is the total quantity per ship mode?', 'SELECT l_shipmode, SUM(l_quantity) FROM lineitem GROUP BY 1'],
  [
    'What is the maximum total price of orders in 1995?',
    'SELECT MAX(o_totalprice) FROM orders WHERE year(o_orderdate) = 1995',
  ],
  [
    'How many orders were placed between January 1996 and March 1996?',
    "SELECT COUNT(*) FROM orders WHERE o_orderdate >= '1996-01-01' AND o_orderdate < '1996-04-01'",
  ],
  [
    'orders in Q3 1996 by priority',
    "SELECT o_orderpriority, COUNT(*) FROM orders WHERE o_orderdate >= '1996-07-01' AND o_orderdate < '1996-10-01' GROUP BY 1",
  ],
  ['How many orders were placed since March 1997?', "SELECT COUNT(*) FROM orders WHERE o_orderdate >= '1997-03-01'"],
  ['How many orders were placed before 1996?', "SELECT COUNT(*) FROM orders WHERE o_orderdate < '1996-01-01'"],
  ['Which supplier has the highest account balance?', 'SELECT s_name, s_acctbal FROM supplier ORDER BY 2 DESC LIMIT 1'],
  ['How many different ship modes are there?', 'SELECT COUNT(DISTINCT l_shipmode) FROM lineitem'],
  ['How many orders have a total price above 20000?', 'SELECT COUNT(*) FROM orders WHERE o_totalprice > 20000'],
  [
    'How many orders have a total price between 5000 and 10000?',
    'SELECT COUNT(*) FROM orders WHERE o_totalprice BETWEEN 5000 AND 10000',
  ],
  [
    'How many customers in Asia?',
    "SELECT COUNT(*) FROM customer JOIN nation ON c_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey WHERE r_name = 'ASIA'",
  ],
  [
    'Show the number of customers by region and market segment',
    'SELECT r_name, c_mktsegment, COUNT(*) FROM customer JOIN nation ON c_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey GROUP BY ALL',
  ],
  ['How many parts have size 15?', 'SELECT COUNT(*) FROM part WHERE p_size = 15'],
  ['Which parts are of type PROMO BRUSHED TIN?', "SELECT p_name FROM part WHERE p_type = 'PROMO BRUSHED TIN'"],
  [
    'How many orders did Customer#000000001 place?',
    "SELECT COUNT(*) FROM orders JOIN customer ON o_custkey = c_custkey WHERE c_name = 'Customer#000000001'",
  ],
  [
    'customers in Germany or France with account balance over 500',
    "SELECT c_name FROM customer JOIN nation ON c_nationkey = n_nationkey WHERE n_name IN ('GERMANY', 'FRANCE') AND c_acctbal > 500",
  ],
  [
    'Which year had the fewest orders?',
    'SELECT year(o_orderdate), COUNT(*) FROM orders GROUP BY 1 ORDER BY 2, 1 LIMIT 1',
  ],
  [
    'In which month were the most orders over 20000 placed?',
    "SELECT date_trunc('month', o_orderdate), COUNT(*) FROM orders WHERE o_totalprice > 20000 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
  ],
  ['average number of orders per customer', 'SELECT AVG(n) FROM (SELECT COUNT(*) n FROM orders GROUP BY o_custkey)'],
  [
    'Which customers placed at least 9 orders?',
    'SELECT c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders GROUP BY 1 HAVING COUNT(*) >= 9)',
  ],
  ['When was the first order placed?', 'SELECT MIN(o_orderdate) FROM orders'],
  ['Which customers have a positive account balance?', 'SELECT c_name FROM customer WHERE c_acctbal > 0'],
  [
    'What was the monthly order count in 1996?',
    "SELECT date_trunc('month', o_orderdate), COUNT(*) FROM orders WHERE year(o_orderdate) = 1996 GROUP BY 1",
  ],
  ['list all regions', 'SELECT r_name FROM region'],
  ['What is the average account balance of customers?', 'SELECT AVG(c_acctbal) FROM customer'],
]

let database: TestDatabase
beforeAll(async () => {
  database = await openTpch()
})
afterAll(() => database.close())

describe('questions over a shop of the TPC-H kind', () => {
  test.each(cases.map((asked) => ({ question: asked[0], asked })))('$question', ({ asked }) =>
    expectRows(database, asked),
  )
})

import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openShop } from './shop.test-database.ts'

const sold = 'order_items i JOIN orders o ON i.order_id = o.id'
const bought = 'orders o JOIN customers c ON o.customer_id = c.id'

const cases: readonly Case[] = [
  ['How many customers do we have?', 'SELECT COUNT(*) FROM customers'],
  ['How many VIP customers are there?', 'SELECT COUNT(*) FROM customers WHERE is_vip'],
  ['List the names of customers from Germany.', "SELECT full_name FROM customers WHERE country = 'Germany'"],
  ['Which customers signed up in 2023?', 'SELECT full_name FROM customers WHERE year("signedUpAt") = 2023'],
  ['customers per country', 'SELECT country, COUNT(*) FROM customers GROUP BY 1'],
  ['Which customers have no email?', 'SELECT full_name FROM customers WHERE email IS NULL'],
  ['How many products are in the Furniture category?', "SELECT COUNT(*) FROM products WHERE category = 'Furniture'"],
  [
    'What is the average unit price by category of products?',
    'SELECT category, AVG(unit_price) FROM products GROUP BY 1',
  ],
  ['What is the most expensive product?', 'SELECT product_name, unit_price FROM products ORDER BY 2 DESC LIMIT 1'],
  ['Show the products that cost more than 100.', 'SELECT product_name FROM products WHERE unit_price > 100'],
  ['Which products are cheaper than 61?', 'SELECT product_name FROM products WHERE unit_price < 61'],
  ['What are the different categories of products?', 'SELECT DISTINCT category FROM products'],
  ['What is the total stock quantity?', 'SELECT SUM(stock_quantity) FROM products'],
  ['How many orders are pending?', "SELECT COUNT(*) FROM orders WHERE status = 'pending'"],
  ['How many orders were cancelled?', "SELECT COUNT(*) FROM orders WHERE status = 'cancelled'"],
  ['orders by status', 'SELECT status, COUNT(*) FROM orders GROUP BY 1'],
  ['number of orders per year', 'SELECT year("orderDate"), COUNT(*) FROM orders GROUP BY 1 ORDER BY 1', 'ordered'],
  [
    'How many orders were placed in March 2024?',
    `SELECT COUNT(*) FROM orders WHERE "orderDate" >= '2024-03-01' AND "orderDate" < '2024-04-01'`,
  ],
  ['How many orders were placed this year?', 'SELECT COUNT(*) FROM orders WHERE year("orderDate") = 2025'],
  [
    'How many orders were placed in the last 12 months?',
    `SELECT COUNT(*) FROM orders WHERE "orderDate" >= '2024-06-30' AND "orderDate" <= '2025-06-30'`,
  ],
  [
    'How many orders were placed last month?',
    `SELECT COUNT(*) FROM orders WHERE "orderDate" >= '2025-05-01' AND "orderDate" < '2025-06-01'`,
  ],
  ['average shipping cost of delivered orders', "SELECT AVG(shipping_cost) FROM orders WHERE status = 'delivered'"],
  ['total revenue', 'SELECT SUM(unit_price * quantity) FROM order_items'],
  [
    'revenue per year',
    `SELECT year("orderDate"), SUM(unit_price * quantity) FROM ${sold} GROUP BY 1 ORDER BY 1`,
    'ordered',
  ],
  [
    'revenue by category',
    'SELECT category, SUM(i.unit_price * i.quantity) FROM order_items i JOIN products p ON i.product_id = p.id GROUP BY 1',
  ],
  [
    'Which product has the highest revenue?',
    'SELECT product_name, SUM(i.unit_price * i.quantity) FROM order_items i JOIN products p ON i.product_id = p.id GROUP BY 1 ORDER BY 2 DESC LIMIT 1',
  ],
  [
    'What are the top 3 customers by revenue?',
    `SELECT full_name, SUM(unit_price * quantity) FROM ${sold} JOIN customers c ON o.customer_id = c.id GROUP BY 1 ORDER BY 2 DESC LIMIT 3`,
    'ordered',
  ],
  ['How many orders does each customer have?', `SELECT full_name, COUNT(*) FROM ${bought} GROUP BY 1`],
  [
    'Which customer placed the most orders?',
    `SELECT full_name, COUNT(*) FROM ${bought} GROUP BY 1 ORDER BY 2 DESC LIMIT 1`,
  ],
  [
    'Which customers have never placed an order?',
    'SELECT full_name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)',
  ],
  [
    'Which customers have more than 2 orders?',
    'SELECT full_name FROM customers WHERE id IN (SELECT customer_id FROM orders GROUP BY 1 HAVING COUNT(*) > 2)',
  ],
  ['How many orders came from Spain?', `SELECT COUNT(*) FROM ${bought} WHERE country = 'Spain'`],
  ['orders by country', `SELECT country, COUNT(*) FROM ${bought} GROUP BY 1`],
  ['What is the total amount of payments by method?', 'SELECT method, SUM(amount) FROM payments GROUP BY 1'],
  ['How many payments were made by card?', "SELECT COUNT(*) FROM payments WHERE method = 'card'"],
  ['largest payment', 'SELECT * FROM payments ORDER BY amount DESC LIMIT 1'],
  ['Which orders have no payments?', 'SELECT * FROM orders WHERE id NOT IN (SELECT order_id FROM payments)'],
  ['What is the average salary per department?', 'SELECT department, AVG(salary) FROM employees GROUP BY 1'],
  [
    'Who is the best paid employee?',
    'SELECT first_name, last_name, salary FROM employees ORDER BY salary DESC LIMIT 1',
  ],
  [
    'Which department has the most employees?',
    'SELECT department FROM employees GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1',
  ],
  [
    'List the first and last names of employees hired before 2020.',
    'SELECT first_name, last_name FROM employees WHERE year(hire_date) < 2020',
  ],
  [
    'How many employees earn between 2600 and 4000?',
    'SELECT COUNT(*) FROM employees WHERE salary BETWEEN 2600 AND 4000',
  ],
  ['What share of customers are VIP?', 'SELECT ROUND(100.0 * COUNT(*) FILTER (is_vip) / COUNT(*), 2) FROM customers'],
]

let database: TestDatabase
beforeAll(async () => {
  database = await openShop()
})
afterAll(() => database.close())

describe('questions over a shop with quoted names', () => {
  test.each(cases.map((asked) => ({ question: asked[0], asked })))('$question', ({ asked }) =>
    expectRows(database, asked),
  )
})

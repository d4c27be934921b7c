import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** A small shop whose names are stored in lower and mixed case, so that each needs quotes. */
export const openShop = (): Promise<TestDatabase> =>
  openDatabase(
    'shop',
    async (connection) => {
      for (const statement of statements) await connection.run(statement)
    },
    { keepCase: true },
  )

const statements = [
  `CREATE TABLE customers AS SELECT * FROM (VALUES (1, 'Ada Byron', 'ada@mail.org', 'Germany', DATE '2022-03-04', true), (2, 'Max Weber', 'max@post.de', 'Germany', DATE '2023-01-15', false),
     (3, 'Ines Soler', NULL, 'Spain', DATE '2023-06-30', false), (4, 'Jean Roux', 'jean@mail.org', 'France', DATE '2024-02-01', true), (5, 'Bo Lind', 'bo@mail.org', 'Sweden', DATE '2024-05-20', false))
     AS t(id, full_name, email, country, "signedUpAt", is_vip)`,
  `CREATE TABLE products AS SELECT * FROM (VALUES (1, 'Desk', 'Furniture', 200.00::DECIMAL(10,2), 12), (2, 'Chair', 'Furniture', 80.50::DECIMAL(10,2), 0), (3, 'Lamp', 'Lighting', 35.00::DECIMAL(10,2), 40),
     (4, 'Rug', 'Textiles', 120.00::DECIMAL(10,2), 5), (5, 'Mirror', 'Decor', 60.00::DECIMAL(10,2), 7)) AS t(id, product_name, category, unit_price, stock_quantity)`,
  `CREATE TABLE orders AS SELECT * FROM (VALUES (1, 1, DATE '2024-01-10', 'delivered', 9.90::DECIMAL(10,2)), (2, 1, DATE '2024-03-22', 'delivered', 0.00::DECIMAL(10,2)), (3, 2, DATE '2024-03-25', 'cancelled', 4.50::DECIMAL(10,2)),
     (4, 3, DATE '2024-07-02', 'shipped', 4.50::DECIMAL(10,2)), (5, 4, DATE '2025-01-05', 'delivered', 9.90::DECIMAL(10,2)), (6, 4, DATE '2025-02-14', 'pending', 4.50::DECIMAL(10,2)), (7, 1, DATE '2025-05-30', 'pending', 0.00::DECIMAL(10,2)))
     AS t(id, customer_id, "orderDate", status, shipping_cost)`,
  `CREATE TABLE "order_items" AS SELECT * FROM (VALUES (1, 1, 1, 200.00::DECIMAL(10,2)), (1, 3, 2, 35.00::DECIMAL(10,2)), (2, 2, 4, 80.50::DECIMAL(10,2)), (3, 4, 1, 120.00::DECIMAL(10,2)), (4, 3, 1, 35.00::DECIMAL(10,2)),
     (5, 1, 2, 190.00::DECIMAL(10,2)), (6, 2, 1, 80.50::DECIMAL(10,2)), (7, 3, 3, 33.00::DECIMAL(10,2))) AS t(order_id, product_id, quantity, unit_price)`,
  `CREATE TABLE payments AS SELECT * FROM (VALUES (1, 1, DATE '2024-01-11', 279.90::DECIMAL(10,2), 'card'), (2, 2, DATE '2024-03-22', 322.00::DECIMAL(10,2), 'paypal'), (3, 4, DATE '2024-07-03', 39.50::DECIMAL(10,2), 'card'),
     (4, 5, DATE '2025-01-05', 389.90::DECIMAL(10,2), 'transfer')) AS t(payment_id, order_id, paid_on, amount, method)`,
  `CREATE TABLE employees AS SELECT * FROM (VALUES (1, 'Ute', 'Kern', 'Sales', 3900.00::DECIMAL(10,2), DATE '2019-04-01'), (2, 'Tom', 'Hardy', 'Support', 2800.00::DECIMAL(10,2), DATE '2021-09-15'), (3, 'Lea', 'Brandt', 'Sales', 4200.00::DECIMAL(10,2), DATE '2016-01-02'),
     (4, 'Sam', 'Okoro', 'Warehouse', 2500.00::DECIMAL(10,2), DATE '2023-11-01')) AS t(emp_id, first_name, last_name, department, salary, hire_date)`,
]

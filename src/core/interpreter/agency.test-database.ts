import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** An agency with promised and actual dates, staff that have managers, amounts, and a one-letter status. */
export const openAgency = (): Promise<TestDatabase> =>
  openDatabase('agency', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })

const statements = [
  `CREATE TABLE teams AS SELECT * FROM (VALUES (1, 'Design', 'Oslo'), (2, 'Support', 'Rome'), (3, 'Legal', 'Oslo')) AS t(team_id, team_name, city)`,
  `CREATE TABLE staff AS SELECT * FROM (VALUES (1, 'Ida Berg', 1, NULL, 5000.00::DECIMAL(10,2), DATE '2019-04-01'), (2, 'Tom Ray', 1, 1, 6000.00, DATE '2020-01-01'), (3, 'Lea Holm', 2, 1, 3000.00, DATE '2021-05-05'), (4, 'Sam Oke', 2, 2, 6500.00, DATE '2022-06-06'))
     AS t(staff_id, full_name, team_id, manager_id, salary, hired_on)`,
  `CREATE TABLE clients AS SELECT * FROM (VALUES (1, 'Acme', 'Oslo'), (2, 'Birch', 'Rome'), (3, 'Cedar', 'Oslo'), (4, 'Dover', 'Bonn')) AS t(client_id, client_name, city)`,
  `CREATE TABLE jobs AS SELECT * FROM (VALUES
     (1, 1, 2, DATE '2024-01-03', DATE '2024-01-20', DATE '2024-01-25', 'C', 900.00::DECIMAL(10,2)), (2, 1, 3, DATE '2024-02-01', DATE '2024-03-20', DATE '2024-03-10', 'C', 400.00),
     (3, 2, 3, DATE '2024-02-11', DATE '2024-02-20', DATE '2024-04-01', 'F', 1500.00), (4, 3, 4, DATE '2024-05-03', DATE '2024-06-01', NULL, 'P', 700.00),
     (5, 1, 4, DATE '2024-06-03', DATE '2024-07-01', DATE '2024-07-01', 'C', 650.00)) AS t(job_id, client_id, staff_id, placed_on, due_on, delivered_on, status, amount)`,
  `CREATE TABLE refunds AS SELECT * FROM (VALUES (1, 2, DATE '2024-05-01', 100.00::DECIMAL(10,2)), (2, 2, DATE '2024-05-09', 40.00), (3, 1, DATE '2024-08-01', 25.00)) AS t(refund_id, client_id, refunded_on, amount)`,
  `CREATE TABLE supplies AS SELECT * FROM (VALUES (1, 'Ink', 12.50::DECIMAL(10,2), 8.00::DECIMAL(10,2), 0.50::DECIMAL(10,2), false), (2, 'Glue', 4.00, 5.00, 2.00, true), (3, 'Paint', 30.00, 30.00, 0.00, false))
     AS t(supply_id, supply_name, price, cost, litres, discontinued)`,
  `CREATE TABLE floors AS SELECT * FROM (VALUES ('GR', 'Ground'), ('UP', 'Upper')) AS t(floor_code, floor_name)`,
  `CREATE TABLE rooms AS SELECT * FROM (VALUES (1, 'Fjord', 'UP'), (2, 'Dune', 'GR'), (3, 'Moor', 'UP')) AS t(room_id, room_name, floor_code)`,
]

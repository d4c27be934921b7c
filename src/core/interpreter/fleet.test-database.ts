import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** Fleets of ships with captains, sailors and races: people beside things with an age of their own, counts two keys away, roles, amounts to add up. */
export const openFleet = (): Promise<TestDatabase> =>
  openDatabase('fleet', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })

const statements = [
  `CREATE TABLE fleets AS SELECT * FROM (VALUES (1, 'North', 3), (2, 'South', 5), (3, 'West', NULL)) AS t(fleet_id, fleet_name, employee_no)`,
  `CREATE TABLE ships AS SELECT * FROM (VALUES
     (1, 1, 'Alba', 'tanker', 'Norway', 1971, 800.5, 'red hull'), (2, 1, 'Brio', 'ferry', 'Malta', 1999, 420.0, 'new engine'),
     (3, 2, 'Cora', 'ferry', 'Malta', 1964, 510.0, 'wooden deck'), (4, 2, 'Dune', 'tanker', 'Panama', 2004, 950.0, NULL))
     AS t(ship_id, fleet_id, ship_name, ship_type, flag, built_year, weight_tons, other_ship_details)`,
  `CREATE TABLE captains AS SELECT * FROM (VALUES
     (1, 'Ana Roth', 61, 'master', 1), (2, 'Bo Lind', 34, 'mate', 3), (3, 'Cy Hart', 61, 'master', 3), (4, 'Di Moss', 47, 'mate', 3), (5, 'Ed Voss', 52, 'mate', 4))
     AS t(captain_id, captain_name, age, rank, ship_id)`,
  `CREATE TABLE sailors AS SELECT * FROM (VALUES (1, 'Flo', 22, 'Oslo', DATE '2001-04-02', 2020), (2, 'Gus', 35, 'Bari', DATE '1988-09-12', 2011), (3, 'Hal', 29, 'Oslo', DATE '1994-01-30', 2018), (4, 'Ivo', 51, 'Kiel', DATE '1972-07-07', 1995))
     AS t(sailor_id, sailor_name, age, home_town, date_of_birth, joined_year)`,
  `CREATE TABLE crews AS SELECT * FROM (VALUES (1, 1, 2021), (2, 1, 2019), (2, 3, 2020), (3, 3, 2022), (1, 2, 2022), (3, 2, 2023)) AS t(sailor_id, captain_id, year)`,
  `CREATE TABLE races AS SELECT * FROM (VALUES
     (1, 'Fjord Cup', 3, DATE '2021-06-01', 'C. Hart', '09:00'), (2, 'Bay Cup', 2, DATE '2022-06-01', 'B. Lind', '10:30'), (3, 'Cape Cup', 3, DATE '2023-06-01', 'C. Hart', '08:15'))
     AS t(race_id, race_name, winning_captain_id, held_on, captain, time)`,
  `CREATE TABLE results AS SELECT * FROM (VALUES (1, 1, 30), (1, 2, 10), (2, 2, 25), (2, 3, 15), (3, 2, 5), (3, 4, 45)) AS t(race_id, ship_id, points)`,
  `CREATE TABLE employees AS SELECT * FROM (VALUES (3, 'Jan'), (4, 'Kit'), (5, 'Lou'), (6, 'Mia')) AS t(employee_no, employee_name)`,
  `CREATE TABLE postings AS SELECT * FROM (VALUES (3, 1), (4, 2), (5, 2), (6, 2)) AS t(employee_no, fleet_id)`,
  `CREATE TABLE repairs AS SELECT * FROM (VALUES (1, 1, 'hull', 70.0), (2, 3, 'mast', 20.0)) AS t(repair_id, ship_id, repair_details, price)`,
]

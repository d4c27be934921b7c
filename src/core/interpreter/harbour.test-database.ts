import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** A harbour: people with a first and a last name, lengths in two units, yes and no in letters and words, keys that people speak of, a column called details. */
export const openHarbour = (): Promise<TestDatabase> =>
  openDatabase('harbour', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })

const statements = [
  `CREATE TABLE divisions AS SELECT * FROM (VALUES (40, 'Repairs', 9000, 1), (50, 'Pilots', 25000, 4), (60, 'Stores', 4000, NULL)) AS t(division_id, division_name, budget, head_id)`,
  `CREATE TABLE sailors AS SELECT * FROM (VALUES
     (1, 'Mara', 'Steen', 31, 182, 50, 3100.00::DECIMAL(10,2), 200.00::DECIMAL(10,2), DATE '2015-03-01', 'Y', 600, 'm.steen@quay.org'),
     (2, 'Sven', 'Moberg', 23, 171, 50, 2500.00, NULL, DATE '2021-07-15', 'N', 600, NULL),
     (3, 'Anna', 'Sund', 52, 165, 40, 8200.00, 150.00, DATE '2002-01-20', 'Y', 520, 'anna@quay.org'),
     (4, 'Olof', 'Tamm', 46, 203, 40, 4100.00, NULL, DATE '2010-09-30', 'N', 310, 'olof@tide.net'),
     (5, 'Diana', 'Holm', 19, 178, 60, 2100.00, NULL, DATE '2023-05-05', 'N', 520, 'di@tide.net'))
     AS t(sailor_id, first_name, last_name, age, height, division_id, salary, commission, hired_on, licensed, rank_code, email)`,
  `CREATE TABLE boats AS SELECT * FROM (VALUES
     (1, 'Grey Gull', 'tug', 82, 25, 1999, 120000, 'Yes', 'two masts', 'Harbour North'), (2, 'Morning Star', 'ferry', 328, 100, 2010, 950000, 'No', 'car deck', 'Harbour South'),
     (3, 'Stella', 'ferry', 262, 80, 1987, 400000, 'No', 'old deck', 'Harbour North'), (4, 'Little Auk', 'tug', 66, 20, 2015, 60000, 'Yes', NULL, 'Canal Basin'),
     (5, 'Marlin', 'yacht', 49, 15, 2020, 8500000, 'No', 'teak', 'Canal Basin')) AS t(boat_id, boat_name, boat_type, length_feet, length_metres, built_year, price, wifi, boat_details, berth)`,
  `CREATE TABLE repairs AS SELECT * FROM (VALUES (1, 1, 3, DATE '2024-01-10', 500.00::DECIMAL(10,2), 'new rudder'), (2, 1, 4, DATE '2024-02-11', 75.00, 'paint'), (3, 2, 3, DATE '2024-03-12', 1200.00, 'engine'),
     (4, 3, 4, DATE '2024-03-13', 90.00, 'paint')) AS t(repair_id, boat_id, sailor_id, repaired_on, cost, repair_description)`,
  `CREATE TABLE members AS SELECT * FROM (VALUES (1, '900', 'tern', 15, 120), (2, '338', 'wader', 1200, 40), (3, '900', 'heron', 320, 75)) AS t(member_id, account_name, nickname, followers, visits)`,
]

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'
import { ask, expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'

let office: TestDatabase
beforeAll(async () => {
  office = await openDatabase('office', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })
})
afterAll(() => office.close())

const statements = [
  `CREATE TABLE depots AS SELECT * FROM (VALUES (1, '0070', '00815', 5), (2, '0071', '00816', 7), (3, '0070', '00900', 4), (4, '70', NULL, 9))
     AS t(depot_id, depot_code, zip_code, desks)`,
  `CREATE TABLE ledgers AS SELECT * FROM (VALUES (9223372036854775806, 12345678901234567.25::DECIMAL(20, 2)), (9223372036854775807, 7.5), (12, 1))
     AS t(ledger_no, balance)`,
  `CREATE TABLE visits AS SELECT * FROM (VALUES ('Sun', 'September', 9, 3, 'ok'), ('Mon', 'March', 3, NULL, NULL), ('Thu', 'March', 3, 7, 'late'))
     AS t(dayname, monthname, month, guests, remark_code)`,
  `CREATE TABLE runners AS SELECT * FROM (VALUES (1, 'Ann', 'north', 9), (2, 'Bo', 'north', 8), (3, 'Cy', 'north', 1), (4, 'Zed', 'south', 10))
     AS t(entry, runner, club, points)`,
  `CREATE TABLE members AS SELECT * FROM (VALUES (1, 'Ida'), (2, 'Jo')) AS t(member_id, name)`,
  `CREATE TABLE bookings AS SELECT * FROM (VALUES (10, 1, DATE '2024-01-05', 100), (11, 1, DATE '2024-02-06', 50), (12, 2, DATE '2024-03-07', 70), (13, 9, DATE '2024-03-08', 30))
     AS t(booking_id, member_id, booked_on, price)`,
  `CREATE TABLE flights AS SELECT * FROM (VALUES (1, 'Oslo', 'Rome', 10), (2, 'Rome', 'Oslo', 20), (3, 'Oslo', 'Paris', 30))
     AS t(flight_id, "from", "to", distance)`,
  `CREATE TABLE receipts AS SELECT * FROM (VALUES (1, 10, 60), (2, 10, 40), (3, 12, 70)) AS t(receipt_id, booking_id, paid)`,
]

const kinds: Readonly<Record<string, readonly Case[]>> = {
  'codes keep their zeros': [
    ['desks of depots with depot code 0070', "SELECT desks FROM depots WHERE depot_code = '0070'"],
    ['how many depots have the zip code 00815?', "SELECT COUNT(*) FROM depots WHERE zip_code = '00815'"],
    ['desks of depots with zip code 00815 or 00900', "SELECT desks FROM depots WHERE zip_code IN ('00815', '00900')"],
    ['desks of depots with depot code 70', "SELECT desks FROM depots WHERE depot_code = '70'"],
  ],
  'long numbers keep their digits': [
    ['balance of ledger no 9223372036854775807', 'SELECT balance FROM ledgers WHERE ledger_no = 9223372036854775807'],
    [
      'how many ledgers have a ledger no 9223372036854775806 or 12?',
      'SELECT COUNT(*) FROM ledgers WHERE ledger_no IN (9223372036854775806, 12)',
    ],
    [
      'how many ledgers have a balance over 12345678901234567.24?',
      'SELECT COUNT(*) FROM ledgers WHERE balance > 12345678901234567.24',
    ],
  ],
  'months and weekdays that a column names or numbers': [
    ['total guests per monthname', "VALUES ('March', 7), ('September', 3)", 'ordered'],
    ['number of visits per dayname', "VALUES ('Mon', 1), ('Thu', 1), ('Sun', 1)", 'ordered'],
    ['number of visits per month', 'VALUES (3, 2), (9, 1)', 'ordered'],
  ],
  'a number of names': [
    ['which club has the most runners?', "VALUES ('north')"],
    ['which club has the fewest runners?', "VALUES ('south')"],
    ['share of runners per club', "VALUES ('north', 75), ('south', 25)"],
  ],
  'rows with a value': [
    ['number of visits with a remark code', 'SELECT 2'],
    ['total guests of visits with a remark code', 'SELECT 10'],
  ],
  'measures of several tables, each by its own rows': [
    ['total price and total paid', 'SELECT 250, 170'],
    ['average paid and total price', 'SELECT AVG(paid), 250 FROM receipts'],
  ],
  'columns named like small words': [
    ['total distance per from', "VALUES ('Oslo', 40), ('Rome', 20)"],
    ['number of flights by to', "VALUES ('Oslo', 1), ('Rome', 1), ('Paris', 1)"],
    ['number of flights per from and to', 'SELECT "from", "to", COUNT(*) FROM flights GROUP BY ALL'],
    ['total distance of flights whose to is Rome', 'SELECT 10'],
  ],
  'two numbers of the same rows': [
    ['How many bookings are there and what is the latest booked on?', "SELECT 4, DATE '2024-03-08'"],
    ['What is the total price and the highest price of bookings?', 'SELECT 250, 100'],
  ],
  'what was never done': [
    ['total price of bookings that were not paid', 'SELECT 80'],
    ['how many bookings were not paid?', 'SELECT 2'],
  ],
}

describe.each(Object.entries(kinds))('%s', (_, cases) => {
  test.each(cases.map((asked) => [asked[0], asked] as const))('%s', (__, asked) => expectRows(office, asked))
})

test.each([
  ['desks of depots whose zip code is not 00815', 'Rows without a ZIP_CODE are left out.'],
  ['total price per member', 'Bookings whose MEMBER_ID is not in MEMBERS are left out.'],
])('%s says which rows it leaves out', async (question, note) => {
  expect(await ask(question, office)).toMatchObject({ kind: 'query', assumptions: expect.arrayContaining([note]) })
})

import { afterAll, beforeAll, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { openDepot } from './depot.test-database.ts'
import { expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'

let depot: TestDatabase
beforeAll(async () => {
  depot = await openDepot()
})
afterAll(() => depot.close())

const cases: readonly Case[] = [
  ['How many vendors are there?', 'SELECT COUNT(*) FROM D_VNDR'],
  ['List the names of all warehouses', 'SELECT WHSE_NAM FROM D_WHSE'],
  ['What is the capacity of the warehouse Harbour?', "SELECT CPCTY_QTY FROM D_WHSE WHERE WHSE_NAM = 'Harbour'"],
  ['How many shipments were received in March 2024?', 'SELECT COUNT(*) FROM F_SHPMT WHERE MONTH(RCVD_DTE) = 3'],
  [
    'total freight amount per vendor',
    'SELECT VNDR_NAM, SUM(FRGHT_AMT) FROM F_SHPMT JOIN D_VNDR USING (VNDR_SK) GROUP BY 1',
  ],
  [
    'Which vendors have at least 2 shipments?',
    "SELECT VNDR_NAM FROM D_VNDR WHERE VNDR_NAM IN ('Aldous Steel', 'Cask Paper')",
  ],
  // Of several dates the one named after its table.
  ['How many audits were there in 2024?', 'SELECT COUNT(*) FROM AUDITS WHERE YEAR(AUDIT_DATE) = 2024'],
  ['List the names of all audits', 'SELECT AUDIT_NAME FROM AUDITS'],
  ['Which employees work in shift NGT?', "SELECT empnam FROM empmst WHERE shftcde = 'NGT'"],
  ['How many work orders are there?', 'SELECT COUNT(*) FROM WRK_ORD'],
  ['average rating of vendors', 'SELECT AVG(RTG_VAL) FROM D_VNDR'],
  ['number of employees per shift', 'SELECT shftcde, COUNT(*) FROM empmst GROUP BY 1'],
]

test.each(cases.map((asked) => [asked[0], asked] as const))('%s', (_, asked) => expectRows(depot, asked))

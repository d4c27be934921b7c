import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** A depot with names as old warehouses have them: abbreviated, in one piece, with prefixes for the kind of table, no keys declared. */
export const openDepot = (): Promise<TestDatabase> =>
  openDatabase('depot', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })

const statements = [
  `CREATE TABLE D_VNDR AS SELECT * FROM (VALUES (1, 'Aldous Steel', 'NO', 4), (2, 'Brandt Glass', 'DE', 2), (3, 'Cask Paper', 'NO', 5), (4, 'Dune Paint', 'FR', 1))
     AS t(VNDR_SK, VNDR_NAM, CNTRY_CDE, RTG_VAL)`,
  `CREATE TABLE D_WHSE AS SELECT * FROM (VALUES (10, 'North', 500), (11, 'South', 800), (12, 'Harbour', 300)) AS t(WHSE_SK, WHSE_NAM, CPCTY_QTY)`,
  `CREATE TABLE F_SHPMT AS SELECT * FROM (VALUES
     (100, 1, 10, DATE '2024-01-05', 40, 120.50), (101, 1, 11, DATE '2024-02-11', 10, 33.00), (102, 2, 10, DATE '2024-02-20', 25, 80.10),
     (103, 3, 12, DATE '2024-03-02', 60, 210.00), (104, 3, 12, DATE '2024-03-09', 5, 12.75), (105, 1, 12, DATE '2024-03-30', 15, 60.00))
     AS t(SHPMT_SK, VNDR_SK, WHSE_SK, RCVD_DTE, UNT_QTY, FRGHT_AMT)`,
  `CREATE TABLE AUDITS AS SELECT * FROM (VALUES (1, DATE '2023-12-20', DATE '2024-01-10', 'Fire doors'), (2, DATE '2024-02-01', DATE '2024-02-11', 'Scales'), (3, DATE '2024-12-01', DATE '2025-01-08', 'Stock'))
     AS t(AUDIT_ID, BOOKED_ON, AUDIT_DATE, AUDIT_NAME)`,
  `CREATE TABLE WRK_ORD AS SELECT * FROM (VALUES (1, 1, 5), (2, 1, 7), (3, 3, 2)) AS t(WO_SK, EMPID, ITM_CNT)`,
  `CREATE TABLE empmst AS SELECT * FROM (VALUES (1, 'Ines', 'NGT', 10), (2, 'Oda', 'DAY', 10), (3, 'Pelle', 'NGT', 12)) AS t(empid, empnam, shftcde, whsesk)`,
]

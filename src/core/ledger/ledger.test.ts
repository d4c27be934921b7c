import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorkerSqlParsers } from '../../adapters/sql-parsers/worker-sql-parsers.ts'
import { wordsLeftOver, type LedgerEntry } from '../../contract/ledger.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { makeLedger } from './account-for.ts'

const parsers = makeWorkerSqlParsers({ timeoutMs: 30_000 })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())

const table = (name: string, columns: Readonly<Record<string, string>>): CatalogTable => ({
  database: 'SHOP',
  schema: 'PUBLIC',
  name,
  kind: 'table',
  comment: null,
  columns: Object.entries(columns).map(([column, type]) => ({
    name: column,
    type,
    nullable: true,
    comment: null,
    samples: [],
    samplesComplete: false,
  })),
  primaryKey: [],
  foreignKeys: [],
  rowCount: null,
})

const catalog: Catalog = {
  defaultDatabase: 'SHOP',
  defaultSchema: 'PUBLIC',
  tables: [
    table('CUSTOMER', { C_CUSTKEY: 'NUMBER', C_NAME: 'VARCHAR', C_NATION: 'VARCHAR', C_ACCTBAL: 'NUMBER(12,2)' }),
    table('ORDERS', { O_ORDERKEY: 'NUMBER', O_CUSTKEY: 'NUMBER', O_ORDERDATE: 'DATE', O_TOTALPRICE: 'NUMBER(12,2)' }),
    table('LINEITEM', {
      L_ORDERKEY: 'NUMBER',
      L_PARTKEY: 'NUMBER',
      L_QUANTITY: 'NUMBER',
      L_RETURNFLAG: 'VARCHAR',
      L_SHIPDATE: 'DATE',
    }),
    table('PART', { P_PARTKEY: 'NUMBER', P_NAME: 'VARCHAR', P_BRAND: 'VARCHAR' }),
    table('REGION', { R_REGIONKEY: 'NUMBER', R_NAME: 'VARCHAR' }),
  ],
}

const readLedger = makeLedger()
async function ledgerOf(
  question: string,
  sql: string,
  assumptions: readonly string[] = [],
): Promise<readonly LedgerEntry[]> {
  const parts = await parsers.placedParts(sql)
  expect(parts, sql).not.toBeNull()
  return readLedger({ question, today: '2025-06-30', parts: parts ?? [], catalog, links: [], assumptions })
}
const leftOver = async (question: string, sql: string): Promise<readonly string[]> =>
  wordsLeftOver(await ledgerOf(question, sql))

const perRegion = `SELECT R_NAME, P_NAME, SUM(L_QUANTITY) AS Q FROM LINEITEM JOIN PART ON L_PARTKEY = P_PARTKEY JOIN REGION ON 1 = 1 GROUP BY R_NAME, P_NAME`

/** A question, a query, and the words that it leaves over. */
const cases: readonly (readonly [question: string, sql: string, left: readonly string[]])[] = [
  ['How many customers never ordered?', 'SELECT COUNT(*) FROM CUSTOMER', ['never', 'ordered']],
  [
    'How many customers never ordered?',
    'SELECT COUNT(*) FROM CUSTOMER WHERE C_CUSTKEY NOT IN (SELECT O_CUSTKEY FROM ORDERS)',
    [],
  ],
  [
    'How many customers never ordered?',
    'SELECT COUNT(*) FROM CUSTOMER AS C LEFT JOIN ORDERS AS O ON O.O_CUSTKEY = C.C_CUSTKEY WHERE O.O_ORDERKEY IS NULL',
    [],
  ],
  ['How many customers are in Germany?', 'SELECT COUNT(*) FROM CUSTOMER', ['Germany']],
  ['How many customers are in Germany?', "SELECT COUNT(*) FROM CUSTOMER WHERE C_NATION = 'GERMANY'", []],
  ['How many German customers are there?', "SELECT COUNT(*) FROM CUSTOMER WHERE C_NATION = 'Germany'", []],
  [
    'customers per nation as a heat map, one chart per nation',
    'SELECT C_NATION, COUNT(*) FROM CUSTOMER GROUP BY 1',
    [],
  ],
  [
    'customers per nation as stacked bars, no, as a table',
    'SELECT C_NATION, COUNT(*) FROM CUSTOMER GROUP BY 1',
    ['no'],
  ],
  ['Top 3 parts by quantity in each region', `${perRegion} ORDER BY Q DESC LIMIT 3`, ['in each']],
  [
    'Top 3 parts by quantity in each region',
    `${perRegion} QUALIFY ROW_NUMBER() OVER (PARTITION BY R_NAME ORDER BY SUM(L_QUANTITY) DESC) <= 3`,
    [],
  ],
  [
    'How many returned items per month in 1994?',
    "SELECT DATE_TRUNC('month', L_SHIPDATE), COUNT(*) FROM LINEITEM WHERE L_SHIPDATE >= DATE '1994-01-01' AND L_SHIPDATE < DATE '1995-01-01' GROUP BY 1",
    ['returned'],
  ],
  [
    'How many returned items per month in 1994?',
    "SELECT DATE_TRUNC('month', L_SHIPDATE), COUNT(*) FROM LINEITEM WHERE L_RETURNFLAG = 'R' AND YEAR(L_SHIPDATE) = 1994 GROUP BY 1",
    [],
  ],
  [
    'How many orders were placed in 1996?',
    "SELECT COUNT(*) FROM ORDERS WHERE O_ORDERDATE BETWEEN '1996-01-01' AND '1996-12-31'",
    [],
  ],
  [
    'How many orders were placed in 1996?',
    "SELECT COUNT(*) FROM ORDERS WHERE O_ORDERDATE >= '1997-01-01'",
    ['in 1996'],
  ],
  ['Show the five latest orders', 'SELECT * FROM ORDERS ORDER BY O_ORDERDATE DESC LIMIT 5', []],
  ['Show the five latest orders', 'SELECT * FROM ORDERS ORDER BY O_ORDERDATE LIMIT 5', ['latest']],
  ['Show the five latest orders', 'SELECT * FROM ORDERS ORDER BY O_ORDERDATE DESC', ['five', 'latest']],
  ['Which customers have a balance over 1k?', 'SELECT C_NAME FROM CUSTOMER WHERE C_ACCTBAL > 1000', []],
  ['Which customers have a balance over 1k?', 'SELECT C_NAME FROM CUSTOMER WHERE C_ACCTBAL < 1000', ['over']],
  ['Average balance per nation', 'SELECT AVG(C_ACCTBAL) FROM CUSTOMER', ['per', 'nation']],
  ['Average balance per nation', 'SELECT C_NATION, AVG(C_ACCTBAL) FROM CUSTOMER GROUP BY C_NATION', []],
  ['Average balance per nation', 'SELECT C_NATION, SUM(C_ACCTBAL) FROM CUSTOMER GROUP BY C_NATION', ['Average']],
  [
    'What share of customers comes from each nation?',
    'SELECT C_NATION, COUNT(*) FROM CUSTOMER GROUP BY C_NATION',
    ['share of'],
  ],
  ['How many different nations do customers come from?', 'SELECT COUNT(C_NATION) FROM CUSTOMER', ['different']],
  ['How many different nations do customers come from?', 'SELECT COUNT(DISTINCT C_NATION) FROM CUSTOMER', []],
  [
    'How did revenue grow from 1996 to 1997?',
    "SELECT SUM(O_TOTALPRICE) FROM ORDERS WHERE O_ORDERDATE >= '1996-01-01' AND O_ORDERDATE < '1998-01-01'",
    ['grow'],
  ],
  [
    'How did revenue grow from 1996 to 1997?',
    "SELECT SUM(O_TOTALPRICE * (1 - 0.1)) AS REVENUE FROM ORDERS WHERE O_ORDERDATE >= '1996-01-01' AND O_ORDERDATE < '1998-01-01'",
    ['grow'],
  ],
  [
    'How did revenue grow from 1996 to 1997?',
    'SELECT SUM(IFF(YEAR(O_ORDERDATE) = 1997, O_TOTALPRICE, 0)) - SUM(IFF(YEAR(O_ORDERDATE) = 1996, O_TOTALPRICE, 0)) AS GROWTH FROM ORDERS',
    [],
  ],
  [
    'Hmm, how many orders were not placed in 1996?',
    "SELECT COUNT(*) FROM ORDERS WHERE O_ORDERDATE < DATE '1996-01-01' OR O_ORDERDATE >= DATE '1997-01-01'",
    [],
  ],
  ['Top 3 parts per region by quantity', `${perRegion} ORDER BY Q DESC LIMIT 3`, ['per']],
  ['Which region has the most quantity per part?', `${perRegion} ORDER BY Q DESC LIMIT 1`, []],
  ['Which customers are not in France?', "SELECT C_NAME FROM CUSTOMER WHERE C_NATION = 'FRANCE'", ['not']],
  [
    'Which nations have both more than 10 customers and less than 20?',
    'SELECT C_NATION FROM CUSTOMER GROUP BY C_NATION HAVING COUNT(*) > 10',
    ['less than', '20'],
  ],
  ['How many customers with orders?', 'SELECT COUNT(*) FROM CUSTOMER', ['orders']],
  ['List customers by balance', 'SELECT C_NAME FROM CUSTOMER ORDER BY C_ACCTBAL DESC', []],
  ['What is the median balance?', 'SELECT AVG(C_ACCTBAL) FROM CUSTOMER', ['median']],
  ['Parts of brand 13', "SELECT P_NAME FROM PART WHERE P_BRAND = 'Brand#13'", []],
]

describe('what a query leaves over of its question', () => {
  test.each(cases)('%s – %s', async (question, sql, left) => {
    expect(await leftOver(question, sql)).toEqual(left)
  })
})

/** A right query, and what is left over as soon as one of its clauses is deleted. */
const wholes: readonly (readonly [question: string, sql: string, clauses: readonly string[]])[] = [
  [
    'Which 3 nations have the most customers with a balance over 100?',
    'SELECT C_NATION, COUNT(*) AS N FROM CUSTOMER WHERE C_ACCTBAL > 100 GROUP BY C_NATION ORDER BY N DESC LIMIT 3',
    [' WHERE C_ACCTBAL > 100', ' LIMIT 3', ' ORDER BY N DESC'],
  ],
  [
    'Total price of orders per customer in 1995',
    'SELECT O_CUSTKEY, SUM(O_TOTALPRICE) FROM ORDERS JOIN CUSTOMER ON O_CUSTKEY = C_CUSTKEY WHERE YEAR(O_ORDERDATE) = 1995 GROUP BY O_CUSTKEY',
    [' WHERE YEAR(O_ORDERDATE) = 1995', ' GROUP BY O_CUSTKEY'],
  ],
  ['List the distinct brands of parts', 'SELECT DISTINCT P_BRAND FROM PART', [' DISTINCT']],
  [
    'Which parts have never been returned?',
    "SELECT P_NAME FROM PART WHERE P_PARTKEY NOT IN (SELECT L_PARTKEY FROM LINEITEM WHERE L_RETURNFLAG = 'R')",
    [
      " WHERE P_PARTKEY NOT IN (SELECT L_PARTKEY FROM LINEITEM WHERE L_RETURNFLAG = 'R')",
      " WHERE L_RETURNFLAG = 'R'",
      ' NOT',
    ],
  ],
]

test.each(wholes)('nothing may be deleted from a right query: %s', async (question, sql, clauses) => {
  expect(await leftOver(question, sql)).toEqual([])
  for (const clause of clauses) {
    expect(sql).toContain(clause)
    expect(await leftOver(question, sql.replace(clause, '')), clause).not.toEqual([])
  }
})

test('an entry says where its words stand and which part of the SQL answers them', async () => {
  const question = 'How many customers are not in France?'
  const sql = "SELECT COUNT(*) AS N FROM CUSTOMER WHERE C_NATION <> 'FRANCE'"
  const entries = await ledgerOf(question, sql)
  const told = entries.map(({ from, to, text, answeredBy }) => ({
    isWritten: question.slice(from, to) === text,
    text,
    parts: Array.isArray(answeredBy) ? answeredBy.map((span) => sql.slice(span.from, span.to)) : answeredBy,
  }))
  expect(told).toEqual([
    { isWritten: true, text: 'How many', parts: ['COUNT(*)'] },
    { isWritten: true, text: 'customers', parts: ['CUSTOMER'] },
    { isWritten: true, text: 'not', parts: ["C_NATION <> 'FRANCE'"] },
    { isWritten: true, text: 'France', parts: ["'FRANCE'"] },
  ])
})

test('an assumption that quotes a word and names its column answers the word; one that drops it does not', async () => {
  const question = 'How many loyal customers are there?'
  const sql = 'SELECT COUNT(*) FROM CUSTOMER WHERE C_ACCTBAL > 0'
  const meant = '"loyal" is read as C_ACCTBAL > 0.'
  const answers = async (assumption: string) =>
    (await ledgerOf(question, sql, [assumption])).find(({ text }) => text === 'loyal')
  expect(await answers(meant)).toMatchObject({ answeredBy: meant })
  expect(await answers('"loyal" does not narrow the rows.')).toMatchObject({ answeredBy: null })
})

test('a text that cannot be read has no parts', async () => {
  expect(await parsers.placedParts('SELECT FROM WHERE')).toBeNull()
})

test('including those without any is answered by what keeps them, and by no plain join', async () => {
  const question = 'number of orders per customer including those without orders'
  const numbers =
    'SELECT C.C_NAME, (SELECT COUNT(*) FROM ORDERS O WHERE O.O_CUSTKEY = C.C_CUSTKEY) AS N FROM CUSTOMER C'
  const joined = (join: string): string =>
    `SELECT C.C_NAME, COUNT(O.O_ORDERKEY) FROM CUSTOMER C ${join} ORDERS O ON O.O_CUSTKEY = C.C_CUSTKEY GROUP BY C.C_NAME`
  expect(await leftOver(question, numbers)).toEqual([])
  expect(await leftOver(question, joined('LEFT JOIN'))).toEqual([])
  expect(await leftOver(question, joined('JOIN'))).toEqual(['without'])
})

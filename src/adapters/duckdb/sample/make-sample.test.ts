import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSample } from './make-sample.ts'
import { sampleTables } from './tpch-tables.ts'
import { writeSample } from './write-sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-sample-'))
const scale = 0.01
const never = new AbortController().signal
let instance: DuckDBInstance
let connection: DuckDBConnection

const open = async (path: string) => {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  await connection.run('USE TPCH_SF1')
  return { instance, connection }
}
beforeAll(async () => {
  const path = await makeSample({ dir: folder, scale }).ensure(never)
  ;({ instance, connection } = await open(path))
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true })
})

const rows = async (sql: string, from = connection) => (await from.runAndReadAll(sql)).getRowsJson()
const one = async (sql: string) => (await rows(sql))[0]
const checksums = async (from: DuckDBConnection) =>
  Promise.all(
    sampleTables.map(async ({ name }) => [
      name,
      (await rows(`SELECT count(*), sum(hash(t)::HUGEINT)::VARCHAR FROM ${name} t`, from))[0],
    ]),
  )

describe('the same everywhere', () => {
  test('two generations have the same checksum of every table', async () => {
    const path = join(folder, 'again.duckdb')
    await writeSample(path, scale)
    const again = await open(path)
    expect(await checksums(again.connection)).toEqual(await checksums(connection))
    again.connection.closeSync()
    again.instance.closeSync()
  })

  test('and always had: these sums change only with the generator', async () => {
    expect(
      await one(`SELECT (SELECT count(*) FROM LINEITEM), (SELECT sum(O_TOTALPRICE) FROM ORDERS),
        (SELECT sum(strlen(L_COMMENT)) FROM LINEITEM), (SELECT min(md5(P_NAME)) FROM PART)`),
    ).toMatchInlineSnapshot(`
      [
        "60156",
        "2127950228.84",
        "1593008",
        "0035b86ef99ad5fe5a744c5a423e1a4c",
      ]
    `)
  })
})

describe('shape', () => {
  test('the eight tables with their columns, types and comments', async () => {
    const found = await rows(`SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
      WHERE schema_name = 'TPCH_SF1' ORDER BY table_oid, column_index`)
    const physical = (type: string): string => {
      if (type === 'NUMBER(38,0)') return 'BIGINT'
      return type.startsWith('VARCHAR') ? 'VARCHAR' : type.replace('NUMBER', 'DECIMAL')
    }
    const byTable = (name: string) => found.filter((row) => row[0] === name)
    for (const table of sampleTables) {
      expect(byTable(table.name)).toEqual(
        table.columns.map((column) => [table.name, column.name, physical(column.type), column.comment]),
      )
    }
    expect(found).toHaveLength(61)
  })

  test.each([
    ['REGION', 5],
    ['NATION', 25],
    ['SUPPLIER', 100],
    ['CUSTOMER', 1_500],
    ['PART', 2_000],
    ['PARTSUPP', 8_000],
    ['ORDERS', 15_000],
  ])('%s has %i rows', async (table, count) => {
    expect(await one(`SELECT count(*)::INTEGER FROM ${table}`)).toEqual([count])
  })

  test('texts fit their declared lengths and are never empty', async () => {
    const unfit: string[] = []
    for (const table of sampleTables) {
      for (const column of table.columns) {
        const length = /^VARCHAR\((\d+)\)$/.exec(column.type)?.[1]
        if (length === undefined) continue
        const [shortest, longest] = (await one(
          `SELECT min(length(${column.name}))::INTEGER, max(length(${column.name}))::INTEGER FROM ${table.name}`,
        )) as number[]
        if (Number(longest) > Number(length) || Number(shortest) < 1) unfit.push(column.name)
      }
    }
    expect(unfit).toEqual([])
  })
})

describe('keys', () => {
  const keyed = sampleTables.map((table) => [table.name, table.primaryKey] as const)
  test.each(keyed)('%s is identified by %s', async (table, key) => {
    expect(await rows(`SELECT ${key.join(', ')} FROM ${table} GROUP BY ALL HAVING count(*) > 1`)).toEqual([])
  })

  const references = sampleTables.flatMap((table) => table.foreignKeys.map((key) => [table.name, key] as const))
  test.each(references)('every %s refers to an existing row', async (table, key) => {
    const match = key.columns.map((column, index) => `t.${column} = u.${key.targetColumns[index]}`).join(' AND ')
    expect(await rows(`SELECT 1 FROM ${table} t ANTI JOIN ${key.target.name} u ON ${match}`)).toEqual([])
  })

  test('every part has four suppliers; every supplier has parts', async () => {
    expect(await rows('SELECT PS_PARTKEY FROM PARTSUPP GROUP BY 1 HAVING count(DISTINCT PS_SUPPKEY) <> 4')).toEqual([])
    expect(await one('SELECT count(DISTINCT PS_SUPPKEY)::INTEGER FROM PARTSUPP')).toEqual([100])
  })

  test('only 8 of 32 order keys are used, and every third customer orders nothing', async () => {
    expect(await rows('SELECT 1 FROM ORDERS WHERE O_ORDERKEY % 32 > 7 OR O_CUSTKEY % 3 = 0')).toEqual([])
    expect(await one('SELECT count(DISTINCT O_CUSTKEY)::INTEGER FROM ORDERS')).toEqual([1_000])
  })
})

/** Each must hold for every row; the figures are the specification's (4.2.2, 4.2.3). */
describe('values', () => {
  test.each([
    ['order dates', "SELECT 1 FROM ORDERS WHERE O_ORDERDATE NOT BETWEEN DATE '1992-01-01' AND DATE '1998-08-02'"],
    [
      'ship, commit and receipt dates follow the order date',
      `SELECT 1 FROM LINEITEM JOIN ORDERS ON L_ORDERKEY = O_ORDERKEY
        WHERE L_SHIPDATE - O_ORDERDATE NOT BETWEEN 1 AND 121 OR L_COMMITDATE - O_ORDERDATE NOT BETWEEN 30 AND 90
          OR L_RECEIPTDATE - L_SHIPDATE NOT BETWEEN 1 AND 30`,
    ],
    [
      'return flag and line status follow the dates',
      `SELECT 1 FROM LINEITEM WHERE (L_RECEIPTDATE <= DATE '1995-06-17') <> (L_RETURNFLAG IN ('R', 'A'))
        OR (L_SHIPDATE > DATE '1995-06-17') <> (L_LINESTATUS = 'O')`,
    ],
    [
      'order status and total price follow the items',
      `SELECT 1 FROM (SELECT O_ORDERSTATUS, O_TOTALPRICE, count(*) AS n, count(*) FILTER (WHERE L_LINESTATUS = 'O') AS o,
          sum(L_EXTENDEDPRICE * (1 + L_TAX) * (1 - L_DISCOUNT)) AS total
        FROM ORDERS JOIN LINEITEM ON L_ORDERKEY = O_ORDERKEY GROUP BY O_ORDERKEY, O_ORDERSTATUS, O_TOTALPRICE)
        WHERE O_ORDERSTATUS <> CASE WHEN o = 0 THEN 'F' WHEN o = n THEN 'O' ELSE 'P' END OR abs(O_TOTALPRICE - total) > 0.005`,
    ],
    [
      'retail and extended prices',
      `SELECT 1 FROM LINEITEM JOIN PART ON L_PARTKEY = P_PARTKEY WHERE L_EXTENDEDPRICE <> L_QUANTITY * P_RETAILPRICE
        OR P_RETAILPRICE * 100 <> 90000 + (P_PARTKEY // 10) % 20001 + 100 * (P_PARTKEY % 1000)`,
    ],
    [
      'ranges of items',
      `SELECT 1 FROM LINEITEM WHERE L_QUANTITY NOT BETWEEN 1 AND 50 OR L_DISCOUNT NOT BETWEEN 0 AND 0.1
        OR L_TAX NOT BETWEEN 0 AND 0.08 OR L_LINENUMBER NOT BETWEEN 1 AND 7`,
    ],
    [
      'balances and costs',
      `SELECT 1 FROM CUSTOMER WHERE C_ACCTBAL NOT BETWEEN -999.99 AND 9999.99
        UNION ALL SELECT 1 FROM SUPPLIER WHERE S_ACCTBAL NOT BETWEEN -999.99 AND 9999.99
        UNION ALL SELECT 1 FROM PARTSUPP WHERE PS_SUPPLYCOST NOT BETWEEN 1 AND 1000 OR PS_AVAILQTY NOT BETWEEN 1 AND 9999`,
    ],
    [
      'phones start with the country code',
      `SELECT 1 FROM CUSTOMER WHERE C_PHONE NOT SIMILAR TO '\\d{2}-\\d{3}-\\d{3}-\\d{4}' OR C_PHONE[1:2]::INTEGER <> C_NATIONKEY + 10
        UNION ALL SELECT 1 FROM SUPPLIER WHERE S_PHONE[1:2]::INTEGER <> S_NATIONKEY + 10`,
    ],
    [
      'brands belong to makers',
      "SELECT 1 FROM PART WHERE P_BRAND NOT SIMILAR TO concat('Brand#', right(P_MFGR, 1), '[1-5]')",
    ],
    [
      'part names are five different words',
      "SELECT 1 FROM PART WHERE len(list_distinct(string_split(P_NAME, ' '))) <> 5",
    ],
  ])('%s', async (_, violations) => {
    expect(await rows(violations)).toEqual([])
  })

  test.each([
    ['150 types', 'SELECT count(DISTINCT P_TYPE)::INTEGER FROM PART', 150],
    ['40 containers', 'SELECT count(DISTINCT P_CONTAINER)::INTEGER FROM PART', 40],
    ['25 brands', 'SELECT count(DISTINCT P_BRAND)::INTEGER FROM PART', 25],
    ['50 sizes', 'SELECT count(DISTINCT P_SIZE)::INTEGER FROM PART', 50],
    [
      '92 colours',
      "SELECT count(DISTINCT c)::INTEGER FROM (SELECT unnest(string_split(P_NAME, ' ')) AS c FROM PART)",
      92,
    ],
    ['5 segments', 'SELECT count(DISTINCT C_MKTSEGMENT)::INTEGER FROM CUSTOMER', 5],
    ['5 priorities', 'SELECT count(DISTINCT O_ORDERPRIORITY)::INTEGER FROM ORDERS', 5],
    ['7 ship modes', 'SELECT count(DISTINCT L_SHIPMODE)::INTEGER FROM LINEITEM', 7],
    ['4 instructions', 'SELECT count(DISTINCT L_SHIPINSTRUCT)::INTEGER FROM LINEITEM', 4],
    ['nearly all of 2,406 days', 'SELECT count(DISTINCT O_ORDERDATE) > 2390 FROM ORDERS', true],
    ['complaints', "SELECT count(*)::INTEGER FROM SUPPLIER WHERE S_COMMENT LIKE '%Customer%Complaints%'", 1],
    ['recommendations', "SELECT count(*)::INTEGER FROM SUPPLIER WHERE S_COMMENT LIKE '%Customer%Recommends%'", 1],
  ])('%s', async (_, sql, expected) => {
    expect(await one(sql)).toEqual([expected])
  })

  test('values are spread evenly: no group of a uniform column is far from its share', async () => {
    for (const column of ['L_QUANTITY', 'L_DISCOUNT', 'L_TAX', 'L_SHIPMODE', 'L_SHIPINSTRUCT']) {
      const [spread] = (await one(
        `SELECT max(n) / min(n) FROM (SELECT count(*) AS n FROM LINEITEM GROUP BY ${column})`,
      )) as number[]
      expect(spread).toBeLessThan(1.25)
    }
    expect(
      await one(
        'SELECT avg(items) BETWEEN 3.9 AND 4.1 FROM (SELECT count(*) AS items FROM LINEITEM GROUP BY L_ORDERKEY)',
      ),
    ).toEqual([true])
  })

  test('columns do not follow one another', async () => {
    const pairs = [
      ['L_QUANTITY', 'L_DISCOUNT'],
      ['L_DISCOUNT', 'L_TAX'],
      ['L_PARTKEY', 'L_QUANTITY'],
      ['L_ORDERKEY', 'L_QUANTITY'],
    ]
    for (const [a, b] of pairs) {
      const [correlation] = (await one(`SELECT abs(corr(${a}, ${b})) FROM LINEITEM`)) as number[]
      expect(correlation).toBeLessThan(0.015)
    }
  })

  test('some orders mention special requests, as the 13th query wants', async () => {
    const [share] = (await one("SELECT avg((O_COMMENT LIKE '%special%requests%')::INTEGER) FROM ORDERS")) as number[]
    expect(share).toBeGreaterThan(0.003)
    expect(share).toBeLessThan(0.05)
  })
})

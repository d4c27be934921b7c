import { DuckDBInstance } from '@duckdb/node-api'
import { sampleSchema, sampleTables } from './tpch-tables.ts'
import { makeAddressLines, makeTextLines } from './tpch-text.ts'
import * as words from './tpch-words.ts'

/** Generates the sample into a new DuckDB file. The same scale gives the same rows everywhere. */
export async function writeSample(path: string, scale: number): Promise<void> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    await connection.run(`CREATE SCHEMA ${sampleSchema}`)
    await connection.run(`USE ${sampleSchema}`)
    const statements = [...sampleMacros(), ...sampleStatements(scale), ...comments(), 'CHECKPOINT']
    for (const statement of statements) await connection.run(statement)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const comments = (): readonly string[] =>
  sampleTables.flatMap((table) => [
    `COMMENT ON TABLE ${table.name} IS ${quote(table.comment)}`,
    ...table.columns.map((column) => `COMMENT ON COLUMN ${table.name}.${column.name} IS ${quote(column.comment)}`),
  ])

const textLines = 2_048
const textWidth = 512
const addressLines = 512
const addressWidth = 128

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
const list = (items: readonly string[]): string => `[${items.map(quote).join(', ')}]`

/**
 * Random values as SQL. `draw(stream, key, n)` is a whole number from 0 to below n that depends on its arguments only: MurmurHash3's
 * finaliser over the key and the number of the stream, in 64-bit arithmetic that cannot overflow.
 */
const randomness: readonly string[] = [
  'CREATE TEMP MACRO fold(h, bits) AS xor(h, h >> bits)',
  'CREATE TEMP MACRO low(h) AS h & 4294967295::UBIGINT',
  'CREATE TEMP MACRO blend(h) AS fold(low(fold(low(fold(h, 16) * 2246822507::UBIGINT), 13) * 3266489909::UBIGINT), 16)',
  // Streams start far apart on the same cycle. Hashing the key first would double the depth, and a macro copies its argument.
  `CREATE TEMP MACRO draw(stream, key, n) AS
    ((blend(low(key::UBIGINT + stream::UBIGINT * 2654435761::UBIGINT)) * n::UBIGINT) >> 32)::BIGINT`,
  'CREATE TEMP MACRO between_(stream, key, low_, high_) AS low_ + draw(stream, key, high_ - low_ + 1)',
  'CREATE TEMP MACRO pick(stream, key, items) AS items[1 + draw(stream, key, len(items))]',
  'CREATE TEMP MACRO cents(stream, key, low_, high_) AS (between_(stream, key, low_, high_) / 100)::DECIMAL(12, 2)',
]

/** Texts as SQL: cut from lines made beforehand. A stream of `prose` or `address` uses the two numbers after it as well. */
const texts: readonly string[] = [
  `CREATE TEMP MACRO cut(lines, width, stream, key, low_, high_) AS
    substring(pick(stream, key, lines), 1 + draw(stream + 1, key, width - high_), between_(stream + 2, key, low_, high_))`,
  `CREATE TEMP MACRO prose(stream, key, low_, high_) AS
    cut(getvariable('prose_lines'), ${textWidth}, stream, key, low_, high_)`,
  `CREATE TEMP MACRO address(stream, key) AS
    cut(getvariable('address_lines'), ${addressWidth}, stream, key, 10, 40)`,
  `CREATE TEMP MACRO phone(stream, key, nation) AS
    format('{}-{}-{}-{}', nation + 10, between_(stream, key, 100, 999), between_(stream + 1, key, 100, 999),
      between_(stream + 2, key, 1000, 9999))`,
  "CREATE TEMP MACRO numbered(prefix, n) AS concat(prefix, '#', lpad(n::VARCHAR, 9, '0'))",
  // 4.2.3: the price of a part, and the i-th of the four suppliers of a part.
  'CREATE TEMP MACRO retail_cents(part) AS 90000 + (part // 10) % 20001 + 100 * (part % 1000)',
  'CREATE TEMP MACRO supplier_of(part, i, suppliers) AS (part + i * (suppliers // 4 + (part - 1) // suppliers)) % suppliers + 1',
]

/** Statements that make the random functions and the texts they cut from. They live as long as the connection. */
export const sampleMacros = (): readonly string[] => [
  `SET VARIABLE prose_lines = ${list(makeTextLines(textLines, textWidth))}`,
  `SET VARIABLE address_lines = ${list(makeAddressLines(addressLines, addressWidth))}`,
  ...randomness,
  ...texts,
]

const regions = `CREATE TABLE REGION AS SELECT key::BIGINT AS R_REGIONKEY, name AS R_NAME, prose(10, key, 31, 115) AS R_COMMENT
  FROM (SELECT unnest(${list(words.regions)}) AS name, unnest(range(${words.regions.length})) AS key)`

const nations = `CREATE TABLE NATION AS SELECT key::BIGINT AS N_NATIONKEY, name AS N_NAME, region::BIGINT AS N_REGIONKEY,
    prose(20, key, 31, 114) AS N_COMMENT
  FROM (SELECT unnest(${list(words.nations.map(([name]) => name))}) AS name,
    unnest([${words.nations.map(([, region]) => region).join(', ')}]) AS region, unnest(range(${words.nations.length})) AS key)`

const customers = (count: number): string => `CREATE TABLE CUSTOMER AS
  SELECT key AS C_CUSTKEY, numbered('Customer', key) AS C_NAME, address(30, key) AS C_ADDRESS, nation AS C_NATIONKEY,
    phone(34, key, nation) AS C_PHONE, cents(37, key, -99999, 999999) AS C_ACCTBAL,
    pick(38, key, ${list(words.segments)}) AS C_MKTSEGMENT, prose(39, key, 29, 116) AS C_COMMENT
  FROM (SELECT range AS key, draw(33, range, 25) AS nation FROM range(1, ${count + 1}))`

/** Some suppliers have a comment of their customers spliced in: first `marked` complaints, then as many recommendations. */
const suppliers = (count: number, marked: number): string => `CREATE TABLE SUPPLIER AS
  SELECT key AS S_SUPPKEY, numbered('Supplier', key) AS S_NAME, address(50, key) AS S_ADDRESS, nation AS S_NATIONKEY,
    phone(54, key, nation) AS S_PHONE, cents(57, key, -99999, 999999) AS S_ACCTBAL,
    CASE WHEN mark IS NULL THEN text ELSE concat(substring(text, 1, spot), 'Customer', substring(text, spot + 9, gap), mark,
      substring(text, spot + 9 + gap + length(mark))) END AS S_COMMENT
  FROM (
    SELECT key, nation, prose(58, key, 25, 100) AS text, draw(61, key, 4) AS spot, 1 + draw(62, key, 3) AS gap,
      CASE WHEN place <= ${marked} THEN 'Complaints' WHEN place <= ${2 * marked} THEN 'Recommends' END AS mark
    FROM (
      SELECT range AS key, draw(53, range, 25) AS nation, row_number() OVER (ORDER BY draw(63, range, 4294967295), range) AS place
      FROM range(1, ${count + 1})
    )
  ) ORDER BY key`

const parts = (count: number): string => `CREATE TABLE PART AS
  SELECT key AS P_PARTKEY, array_to_string(five_colors(key), ' ') AS P_NAME,
    concat('Manufacturer#', maker) AS P_MFGR, concat('Brand#', maker, between_(76, key, 1, 5)) AS P_BRAND,
    concat_ws(' ', pick(77, key, ${list(words.finishes)}), pick(78, key, ${list(words.treatments)}),
      pick(79, key, ${list(words.metals)})) AS P_TYPE,
    between_(80, key, 1, 50) AS P_SIZE,
    concat_ws(' ', pick(81, key, ${list(words.containerSizes)}), pick(82, key, ${list(words.containerKinds)})) AS P_CONTAINER,
    (retail_cents(key) / 100)::DECIMAL(12, 2) AS P_RETAILPRICE, prose(83, key, 5, 22) AS P_COMMENT
  FROM (SELECT range AS key, between_(75, range, 1, 5) AS maker FROM range(1, ${count + 1}))`

/**
 * Five different colours: places in a list from which those chosen before are taken out, as a hand draws cards.
 * The i-th draw is below 92 - i; each earlier, lower or equal place moves it up by one.
 */
const fiveColors = `CREATE TEMP MACRO five_colors(key) AS
  list_transform(
    list_reduce([[draw(70, key, 92)], [draw(71, key, 91)], [draw(72, key, 90)], [draw(73, key, 89)], [draw(74, key, 88)]],
      lambda taken, next:
        list_append(taken, list_reduce(list_sort(taken), lambda place, other: place + (place >= other)::BIGINT, next[1]))),
    lambda place: (${list(words.colors)})[place + 1])`

const partSuppliers = (parts: number, suppliers: number): string => `CREATE TABLE PARTSUPP AS
  SELECT part AS PS_PARTKEY, supplier_of(part, i, ${suppliers}) AS PS_SUPPKEY,
    between_(90, part * 4 + i, 1, 9999) AS PS_AVAILQTY, cents(91, part * 4 + i, 100, 100000) AS PS_SUPPLYCOST,
    prose(92, part * 4 + i, 49, 198) AS PS_COMMENT
  FROM (SELECT range AS part, unnest([0, 1, 2, 3]) AS i FROM range(1, ${parts + 1}))`

/** Orders before their items are known. Only 8 of 32 keys are used; every third customer places no orders. */
const orderSkeleton = (orders: number, customers: number): string => `CREATE TEMP TABLE skeleton AS
  SELECT i, ((i >> 3) << 5) | (i & 7) AS orderkey, c + c // 2 + 1 AS custkey,
    DATE '1992-01-01' + draw(101, i, date_diff('day', DATE '1992-01-01', DATE '1998-08-02') + 1)::INTEGER AS orderdate,
    between_(102, i, 1, 7) AS items
  FROM (SELECT range AS i, draw(100, range, ${customers - Math.floor(customers / 3)}) AS c FROM range(1, ${orders + 1}))`

const lineItems = (parts: number, suppliers: number): string => `CREATE TABLE LINEITEM AS
  SELECT orderkey AS L_ORDERKEY, part AS L_PARTKEY, supplier_of(part, draw(111, key, 4), ${suppliers}) AS L_SUPPKEY,
    line AS L_LINENUMBER, quantity::DECIMAL(12, 2) AS L_QUANTITY,
    (quantity * retail_cents(part) / 100)::DECIMAL(12, 2) AS L_EXTENDEDPRICE,
    cents(113, key, 0, 10) AS L_DISCOUNT, cents(114, key, 0, 8) AS L_TAX,
    CASE WHEN receiptdate <= DATE '1995-06-17' THEN pick(115, key, ['R', 'A']) ELSE 'N' END AS L_RETURNFLAG,
    CASE WHEN shipdate > DATE '1995-06-17' THEN 'O' ELSE 'F' END AS L_LINESTATUS,
    shipdate AS L_SHIPDATE, orderdate + between_(117, key, 30, 90)::INTEGER AS L_COMMITDATE, receiptdate AS L_RECEIPTDATE,
    pick(119, key, ${list(words.instructions)}) AS L_SHIPINSTRUCT, pick(120, key, ${list(words.shipModes)}) AS L_SHIPMODE,
    prose(121, key, 10, 43) AS L_COMMENT
  FROM (SELECT *, shipdate + between_(118, key, 1, 30)::INTEGER AS receiptdate FROM (
    SELECT *, between_(110, key, 1, ${parts}) AS part, between_(112, key, 1, 50) AS quantity,
      orderdate + between_(116, key, 1, 121)::INTEGER AS shipdate
    FROM (SELECT *, i * 8 + line AS key FROM (SELECT *, unnest(range(1, items + 1)) AS line FROM skeleton))))`

const orders = (clerks: number): string => `CREATE TABLE ORDERS AS
  SELECT orderkey AS O_ORDERKEY, custkey AS O_CUSTKEY,
    CASE WHEN open_items = 0 THEN 'F' WHEN open_items = items THEN 'O' ELSE 'P' END AS O_ORDERSTATUS,
    total::DECIMAL(12, 2) AS O_TOTALPRICE, orderdate AS O_ORDERDATE,
    pick(130, i, ${list(words.priorities)}) AS O_ORDERPRIORITY, numbered('Clerk', between_(131, i, 1, ${clerks})) AS O_CLERK,
    0::BIGINT AS O_SHIPPRIORITY, prose(132, i, 19, 78) AS O_COMMENT
  FROM skeleton JOIN (
    SELECT L_ORDERKEY AS orderkey, count(*) FILTER (WHERE L_LINESTATUS = 'O') AS open_items,
      sum(L_EXTENDEDPRICE * (1 + L_TAX) * (1 - L_DISCOUNT)) AS total
    FROM LINEITEM GROUP BY ALL
  ) USING (orderkey) ORDER BY orderkey`

/** Statements that fill the current schema with the eight tables at a scale (1 is 6 million line items), in the order to run them. */
export function sampleStatements(scale: number): readonly string[] {
  const count = (atOne: number): number => Math.max(1, Math.round(atOne * scale))
  const size = {
    suppliers: Math.max(4, count(10_000)),
    parts: count(200_000),
    customers: Math.max(3, count(150_000)),
    orders: count(1_500_000),
    clerks: count(1_000),
  }
  return [
    fiveColors,
    regions,
    nations,
    customers(size.customers),
    suppliers(size.suppliers, Math.ceil(5 * scale)),
    parts(size.parts),
    partSuppliers(size.parts, size.suppliers),
    orderSkeleton(size.orders, size.customers),
    lineItems(size.parts, size.suppliers),
    orders(size.clerks),
  ]
}

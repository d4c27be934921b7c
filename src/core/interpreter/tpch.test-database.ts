import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** A handful of rows in the shape of TPC-H, its columns named with prefixes and without separators. */
export const openTpch = (): Promise<TestDatabase> =>
  openDatabase('TPCH', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })

const statements = [
  `CREATE TABLE REGION AS SELECT * FROM (VALUES (0, 'AFRICA'), (1, 'AMERICA'), (2, 'ASIA'), (3, 'EUROPE')) AS t(R_REGIONKEY, R_NAME)`,
  `CREATE TABLE NATION AS SELECT * FROM (VALUES (0, 'EGYPT', 0), (1, 'BRAZIL', 1), (2, 'FRANCE', 3), (3, 'GERMANY', 3), (4, 'INDIA', 2),
     (5, 'JAPAN', 2), (6, 'UNITED STATES', 1), (7, 'KENYA', 0)) AS t(N_NATIONKEY, N_NAME, N_REGIONKEY)`,
  `CREATE TABLE CUSTOMER AS SELECT i::INTEGER AS C_CUSTKEY, printf('Customer#%09d', i) AS C_NAME, (i % 8)::INTEGER AS C_NATIONKEY,
     (i * 731.25 - 1500)::DECIMAL(12,2) AS C_ACCTBAL,
     (['BUILDING', 'AUTOMOBILE', 'MACHINERY', 'HOUSEHOLD', 'FURNITURE'])[1 + i % 5] AS C_MKTSEGMENT FROM range(1, 18) t(i)`,
  `CREATE TABLE SUPPLIER AS SELECT i::INTEGER AS S_SUPPKEY, printf('Supplier#%09d', i) AS S_NAME, ((i * 3) % 8)::INTEGER AS S_NATIONKEY,
     (9000 - i * 1234.5)::DECIMAL(12,2) AS S_ACCTBAL FROM range(1, 8) t(i)`,
  `CREATE TABLE PART AS SELECT i::INTEGER AS P_PARTKEY, (['red', 'green', 'blue'])[1 + i % 3] || ' part ' || i AS P_NAME,
     'Brand#' || (10 + i % 4) AS P_BRAND, (['PROMO BRUSHED TIN', 'SMALL PLATED STEEL'])[1 + i % 2] AS P_TYPE,
     (1 + (i * 7) % 20)::INTEGER AS P_SIZE, (900 + i * 3.5)::DECIMAL(12,2) AS P_RETAILPRICE FROM range(1, 21) t(i)`,
  `CREATE TABLE PARTSUPP AS SELECT (1 + i % 20)::INTEGER AS PS_PARTKEY, (1 + i % 7)::INTEGER AS PS_SUPPKEY, (i * 13)::INTEGER AS PS_AVAILQTY,
     (i * 2.25)::DECIMAL(12,2) AS PS_SUPPLYCOST FROM range(1, 41) t(i)`,
  `CREATE TABLE ORDERS AS SELECT i::INTEGER AS O_ORDERKEY, (1 + (i * 7) % 12)::INTEGER AS O_CUSTKEY, (['F', 'O', 'P'])[1 + i % 3] AS O_ORDERSTATUS,
     (1000 + (i * 137) % 90 * 250.5)::DECIMAL(12,2) AS O_TOTALPRICE, DATE '1995-01-03' + (i * 11)::INTEGER AS O_ORDERDATE,
     (['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])[1 + i % 5] AS O_ORDERPRIORITY FROM range(1, 101) t(i)`,
  `CREATE TABLE LINEITEM AS SELECT (1 + i % 100)::INTEGER AS L_ORDERKEY, (1 + (i * 3) % 20)::INTEGER AS L_PARTKEY, (1 + i % 7)::INTEGER AS L_SUPPKEY,
     (i // 100 + 1)::INTEGER AS L_LINENUMBER, (1 + i % 9)::DECIMAL(12,2) AS L_QUANTITY, (100 + i * 17 % 3000)::DECIMAL(12,2) AS L_EXTENDEDPRICE,
     ((i % 11) / 100.0)::DECIMAL(12,2) AS L_DISCOUNT, (['N', 'R', 'A'])[1 + i % 3] AS L_RETURNFLAG,
     DATE '1995-01-10' + ((1 + i % 100) * 11 + i % 30)::INTEGER AS L_SHIPDATE, DATE '1995-02-10' + ((1 + i % 100) * 11)::INTEGER AS L_COMMITDATE,
     (['AIR', 'REG AIR', 'RAIL', 'SHIP', 'TRUCK'])[1 + i % 5] AS L_SHIPMODE FROM range(1, 301) t(i)`,
]

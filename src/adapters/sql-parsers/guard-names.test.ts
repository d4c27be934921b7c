import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import { strictPolicy } from '../../contract/guard-policy.ts'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { makeWorkerSqlParsers } from './worker-sql-parsers.ts'

const column = { type: 'VARCHAR', nullable: true, comment: null, samples: [], samplesComplete: false }
const bare = { kind: 'table', comment: null, primaryKey: [], foreignKeys: [], rowCount: null } as const
const table = (database: string, schema: string, name: string, columns: readonly string[]): CatalogTable => ({
  ...bare,
  database,
  schema,
  name,
  columns: columns.map((own) => ({ ...column, name: own })),
})

const catalog: Catalog = {
  tables: [
    table('SHOP', 'PUBLIC', 'ORDERS', ['ID', 'CUSTOMER_ID', 'TOTAL', 'ORDERED_AT', 'V']),
    table('SHOP', 'PUBLIC', 'CUSTOMERS', ['ID', 'NAME', 'userName', 'Größe']),
    table('SHOP', 'PUBLIC', 'Mixed Case', ['ID', 'First Name']),
    table('SHOP', 'ARCHIVE', 'ORDERS_2019', ['ID', 'TOTAL']),
    table('SHOP', 'PUBLIC', 'SECRET', ['PASSWORD']),
  ],
  defaultDatabase: 'SHOP',
  defaultSchema: 'PUBLIC',
}
const withoutDefaults: Catalog = { ...catalog, defaultDatabase: null, defaultSchema: null }

const parsers = makeWorkerSqlParsers({ timeoutMs: 5000 })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())

const tablesOf = async (sql: string, options = catalog) => {
  const verdict = await guard.guardSql(sql, { catalog: options, policy: strictPolicy })
  return verdict.ok ? verdict.tables.map(({ name }) => name) : `${verdict.code}: ${verdict.reason}`
}

describe('a CTE hides a table only inside its scope', () => {
  test.each([
    ['its own body reads the table', 'WITH orders AS (SELECT * FROM orders) SELECT * FROM orders', ['ORDERS']],
    ['the query below reads the CTE', 'WITH secret AS (SELECT 1 AS a) SELECT a FROM secret', []],
    [
      'a sibling before it reads the table',
      'WITH a AS (SELECT * FROM secret), secret AS (SELECT 1 AS x) SELECT * FROM a, secret',
      ['SECRET'],
    ],
    [
      'a sibling after it reads the CTE',
      'WITH secret AS (SELECT 1 AS x), a AS (SELECT x FROM secret) SELECT x FROM a',
      [],
    ],
    [
      'outside of the subquery it is the table',
      'SELECT * FROM (WITH secret AS (SELECT 1 AS x) SELECT * FROM secret) s, secret',
      ['SECRET'],
    ],
    ['a qualified name is always the table', 'WITH secret AS (SELECT 1 AS x) SELECT * FROM public.secret', ['SECRET']],
    [
      'a quoted name of another case is the table',
      'WITH "Mixed Case" AS (SELECT 1 AS x) SELECT x FROM "Mixed Case"',
      [],
    ],
    ['a lower-case quoted CTE hides nothing else', 'WITH "secret" AS (SELECT 1 AS x) SELECT * FROM secret', ['SECRET']],
    [
      'recursion reads itself',
      'WITH RECURSIVE r AS (SELECT id FROM orders UNION ALL SELECT id + 1 FROM r) SELECT id FROM r',
      ['ORDERS'],
    ],
    [
      'its first branch reads the table',
      'WITH orders AS (SELECT id FROM orders UNION ALL SELECT id FROM orders) SELECT id FROM orders',
      ['ORDERS'],
    ],
    [
      'inside EXISTS it still hides',
      'WITH secret AS (SELECT 1 AS x) SELECT 1 FROM orders WHERE EXISTS (SELECT x FROM secret)',
      ['ORDERS'],
    ],
  ])('%s', async (_, sql, tables) => {
    expect(await tablesOf(sql)).toEqual(tables)
  })
})

describe('a table is looked up and told wherever it stands', () => {
  test.each([
    ['the place of time travel', 'SELECT * FROM customers AT (TIMESTAMP => (SELECT password FROM $))'],
    ['a filter of a semantic view', 'SELECT * FROM SEMANTIC_VIEW(customers METRICS id WHERE id IN (SELECT 1 FROM $))'],
    ['a replaced column', 'SELECT * REPLACE ((SELECT MAX(password) FROM $) AS id) FROM customers'],
    ['a replaced column of one table', 'SELECT c.* REPLACE ((SELECT 1 FROM $) AS id) FROM customers c'],
    [
      'the rows of a match',
      'SELECT id FROM customers MATCH_RECOGNIZE (ORDER BY id MEASURES 1 AS m PATTERN (u) DEFINE u AS id IN (SELECT 1 FROM $))',
    ],
    ['the values of a pivot', 'SELECT * FROM orders PIVOT (MAX(total) FOR id IN (SELECT password FROM $))'],
    ['a window', 'SELECT SUM(id) OVER (ORDER BY (SELECT MAX(password) FROM $)) FROM customers'],
  ])('%s', async (_, sql) => {
    expect(await tablesOf(sql.replace('$', 'secret'))).toContain('SECRET')
    expect(await tablesOf(sql.replace('$', 'nowhere'))).toContain('unknown_table')
  })
})

describe('names as Snowflake folds them', () => {
  test.each([
    ['unquoted, any case', 'SELECT Id, toTal FROM Orders'],
    ['quoted, exact', 'SELECT "ID", "userName", "Größe" FROM "CUSTOMERS"'],
    ['with blanks', 'SELECT m."First Name" FROM "Mixed Case" AS m'],
    ['fully qualified', 'SELECT shop.public.orders.id FROM shop.public.orders'],
    ['schema and table', 'SELECT orders_2019.total FROM archive.orders_2019'],
    ['the double dot', 'SELECT id FROM shop..orders'],
    [
      'aliases in the same list',
      'SELECT total * 2 AS double, double + 1 AS more FROM orders WHERE more > 3 GROUP BY ALL ORDER BY more',
    ],
    ['an alias of the table hides its name', 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id'],
    ['columns of a subquery', 'SELECT s.n FROM (SELECT name AS n FROM customers) s'],
    ['renamed columns of a subquery', 'SELECT s.x FROM (SELECT name FROM customers) s (x)'],
    ['columns of a CTE by list', 'WITH c (a, b) AS (SELECT id, name FROM customers) SELECT a, b FROM c'],
    ['correlation outwards', 'SELECT (SELECT MAX(total) FROM orders o WHERE o.customer_id = c.id) FROM customers c'],
    ['lateral', 'SELECT x.t FROM customers c, LATERAL (SELECT total AS t FROM orders WHERE customer_id = c.id) x'],
    ['flatten', 'SELECT f.value:a, f.index, key FROM orders o, LATERAL FLATTEN(INPUT => o.v:items) f'],
    [
      'parts of a date are no columns',
      "SELECT DATEADD(day, 1, ordered_at), DATE_TRUNC(month, ordered_at), DATE_PART('year', ordered_at) FROM orders",
    ],
    ['lambda parameters', 'SELECT FILTER(v, x -> x > total) FROM orders'],
    ['values', 'SELECT column1, v.column2 FROM VALUES (1, 2) AS v'],
    ['values with names', 'SELECT n FROM (VALUES (1), (2)) AS v (n)'],
    ['set operations in order by', 'SELECT id AS k FROM orders UNION ALL SELECT id FROM customers ORDER BY k'],
    [
      'union by name has both sides',
      'SELECT name, total FROM (SELECT name FROM customers UNION ALL BY NAME SELECT total FROM orders)',
    ],
    ['star with exclude and rename', 'SELECT who FROM (SELECT * EXCLUDE id RENAME name AS who FROM customers)'],
    ['after a pivot nothing is foretold', "SELECT whatever FROM orders PIVOT(SUM(total) FOR id IN ('1', '2')) AS p"],
    ['unnamed expressions by their quoted text', 'SELECT "COUNT(*)" FROM (SELECT COUNT(*) FROM orders)'],
    ['level in a hierarchy', 'SELECT id, LEVEL FROM orders START WITH id = 1 CONNECT BY PRIOR id = customer_id'],
    ['dual', 'SELECT 1 FROM dual'],
    ['context without brackets', 'SELECT CURRENT_USER, CURRENT_DATE FROM orders'],
    ['recursive columns', 'WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT n FROM r'],
    ['merge of using', 'SELECT id, name, total FROM orders JOIN customers USING (id)'],
    ['all columns in order', 'SELECT id, total FROM orders ORDER BY ALL DESC NULLS LAST'],
    ['all columns in groups and order', 'SELECT id, COUNT(*) FROM orders GROUP BY ALL ORDER BY ALL'],
    ['the names of a star left out', 'SELECT OBJECT_CONSTRUCT(* EXCLUDE id), {* EXCLUDE (id, v)} FROM orders'],
    ['a column that is a word of the syntax', 'SELECT s.interval FROM (SELECT id AS interval FROM orders) s'],
    ['paths after expressions', 'SELECT ANY_VALUE(v):a.b, v::VARIANT:c FROM orders'],
    ['qualify on an alias', 'SELECT id, ROW_NUMBER() OVER (ORDER BY total) AS rn FROM orders QUALIFY rn = 1'],
  ])('%s', async (_, sql) => {
    const verdict = await guard.guardSql(sql, { catalog, policy: strictPolicy })
    expect(verdict).toMatchObject({ ok: true, sql })
  })
})

describe('names that do not exist', () => {
  test('are all told at once, each with the nearest', async () => {
    const verdict = await guard.guardSql('SELECT o.totl, o.custmer_id FROM orders o JOIN custommers c ON c.x = o.id', {
      catalog,
      policy: strictPolicy,
    })
    expect(verdict).toMatchObject({
      ok: false,
      code: 'unknown_column',
      others: [expect.stringContaining('custmer_id'), expect.stringContaining('custommers')],
      repaired: null,
    })
    expect(verdict.ok ? '' : [verdict.reason, ...verdict.others].join(' ')).toMatch(
      /CUSTOMER_ID.*SHOP\.PUBLIC\.CUSTOMERS/,
    )
  })

  test.each([
    ['a table', 'SELECT 1 FROM nowhere', 'unknown_table'],
    ['a table of another schema', 'SELECT 1 FROM archive.orders', 'unknown_table'],
    ['a column', 'SELECT nothing FROM orders', 'unknown_column'],
    ['a column of a CTE', 'WITH c AS (SELECT id FROM orders) SELECT total FROM c', 'unknown_column'],
    ['a column of a subquery', 'SELECT s.total FROM (SELECT id FROM orders) s', 'unknown_column'],
    ['a column that only a sibling has', 'SELECT * FROM orders o, (SELECT o.id) x', 'unknown_column'],
    ['an alias that nothing has', 'SELECT z.id FROM orders o', 'unknown_column'],
    ['a table’s name behind its alias', 'SELECT orders.id FROM orders o', 'unknown_column'],
    ['a column in a join condition', 'SELECT 1 FROM orders o JOIN customers c ON c.nope = o.id', 'unknown_column'],
    ['a quoted ALL, which is a column', 'SELECT id FROM orders ORDER BY "ALL"', 'unknown_column'],
    ['a column behind a path', 'SELECT MAX(nope):a FROM orders', 'unknown_column'],
    ['a table after NOT LIKE', 'SELECT id FROM orders WHERE NOT v LIKE (SELECT a FROM nowhere)', 'unknown_table'],
    ['metadata of another database', 'SELECT * FROM elsewhere.information_schema.tables', 'unknown_table'],
    ['a column in a window', 'SELECT SUM(total) OVER (PARTITION BY nope) FROM orders', 'unknown_column'],
    [
      'a column in a CTE’s first branch',
      'WITH r AS (SELECT nope FROM orders UNION ALL SELECT 1 FROM r) SELECT 1 FROM r',
      'unknown_column',
    ],
  ])('%s', async (_, sql, code) => {
    expect(await guard.guardSql(sql, { catalog, policy: strictPolicy })).toMatchObject({ ok: false, code })
  })
})

describe('slips of case, quotes and qualifiers are mended', () => {
  test.each([
    ['a column that needs quotes', 'SELECT username FROM customers', 'SELECT "userName" FROM customers'],
    ['with its qualifier', 'SELECT c.username FROM customers c', 'SELECT c."userName" FROM customers c'],
    ['a column that needs none', 'SELECT "id" FROM orders', 'SELECT ID FROM orders'],
    ['a table in the wrong case', 'SELECT id FROM "orders"', 'SELECT id FROM SHOP.PUBLIC.ORDERS'],
    ['a table that needs quotes', 'SELECT id FROM "mixed case"', 'SELECT id FROM SHOP.PUBLIC."Mixed Case"'],
    [
      'a table of another schema that is the only one',
      'SELECT id FROM orders_2019',
      'SELECT id FROM SHOP.ARCHIVE.ORDERS_2019',
    ],
    [
      'a table and then its column',
      'SELECT "First name" FROM "mixed case"',
      'SELECT "First Name" FROM SHOP.PUBLIC."Mixed Case"',
    ],
    ['accents', 'SELECT größe FROM customers', 'SELECT "Größe" FROM customers'],
    [
      'several at once',
      'SELECT username, "name" FROM "customers"',
      'SELECT "userName", NAME FROM SHOP.PUBLIC.CUSTOMERS',
    ],
    ['past emoji', "SELECT '👩‍💻𝒳', username FROM customers", 'SELECT \'👩‍💻𝒳\', "userName" FROM customers'],
  ])('%s', async (_, sql, repaired) => {
    expect(await guard.guardSql(sql, { catalog, policy: strictPolicy })).toMatchObject({ ok: false, repaired })
  })

  test('a missing database where the connection sets none', async () => {
    const verdict = await guard.guardSql('SELECT id FROM orders', { catalog: withoutDefaults, policy: strictPolicy })
    expect(verdict).toMatchObject({ code: 'unknown_table', repaired: 'SELECT id FROM SHOP.PUBLIC.ORDERS' })
  })

  test('nothing is offered where one name stays wrong', async () => {
    const verdict = await guard.guardSql('SELECT username, nope FROM customers', { catalog, policy: strictPolicy })
    expect(verdict).toMatchObject({ ok: false, repaired: null })
  })
})

describe('tables of a query', () => {
  test.each(['SELECT * FROM information_schema.columns', 'SELECT t.x FROM shop.INFORMATION_SCHEMA.COLUMNS t'])(
    'are marked by their schema where they are metadata: %s',
    async (sql) => {
      const verdict = await guard.guardSql(sql, { catalog, policy: strictPolicy })
      expect(verdict).toMatchObject({ tables: [{ database: 'SHOP', schema: 'INFORMATION_SCHEMA', name: 'COLUMNS' }] })
    },
  )

  test('are not those of Snowflake itself, even where its database is the default', async () => {
    const inSnowflake: Catalog = { ...catalog, defaultDatabase: 'SNOWFLAKE' }
    const verdict = await guard.guardSql('SELECT * FROM information_schema.tables', {
      catalog: inSnowflake,
      policy: strictPolicy,
    })
    expect(verdict).toMatchObject({ code: 'table_not_allowed' })
  })

  test('are as written without a catalog', async () => {
    expect(await guard.guardSql('SELECT a FROM s.t', { catalog: null, policy: strictPolicy })).toMatchObject({
      tables: [{ database: '', schema: 'S', name: 'T' }],
    })
  })
})

describe('catalogs', () => {
  const wide: Catalog = {
    ...catalog,
    tables: Array.from({ length: 3000 }, (_, index) =>
      table('SHOP', 'PUBLIC', `T${index}`, ['ID', `C${index}`, 'X', 'Y']),
    ),
  }

  test('of any size arrive whole, however many ask at once', async () => {
    const verdicts = await Promise.all(
      [0, 1499, 2999].map((n) => guard.guardSql(`SELECT c${n} FROM t${n}`, { catalog: wide, policy: strictPolicy })),
    )
    expect(verdicts.map((verdict) => verdict.ok)).toEqual([true, true, true])
    expect(await tablesOf('SELECT c1 FROM t2', wide)).toMatch(/^unknown_column/)
  })

  test('are kept apart, and sent again once others have pushed them out', async () => {
    const others = Array.from({ length: 70 }, (_, index): Catalog => ({
      ...catalog,
      tables: [table('SHOP', 'PUBLIC', 'SOLE', [`C${index}`])],
    }))
    for (const round of [0, 1]) {
      for (const [index, other] of others.entries()) {
        expect(await tablesOf(`SELECT c${index} FROM sole${round === 0 ? '' : ' AS o'}`, other)).toEqual(['SOLE'])
      }
    }
    expect(await tablesOf('SELECT id FROM orders')).toEqual(['ORDERS'])
  })
})

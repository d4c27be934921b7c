import { Dialect, generate, parse } from '@polyglot-sql/sdk'
import { describe, expect, test } from 'vitest'
import type { Tree } from '../guard/trees/tree.ts'
import { explainQuery } from './explain-query.ts'
import type { TypedTable } from './typed-tables.ts'

const print = (tree: Tree): string => generate([tree], Dialect.Snowflake).sql?.[0] ?? ''

const column = (name: string, type: string, nullable = true) => ({ name, type, nullable })
const typed: readonly TypedTable[] = [
  {
    database: 'D',
    schema: 'S',
    name: 'EVENTS',
    columns: [
      column('ID', 'NUMBER(38,0)', false),
      column('TS', 'TIMESTAMP_NTZ(9)'),
      column('DAY', 'DATE'),
      column('NAME', 'VARCHAR(50)'),
      column('CODE', 'VARCHAR(2)', false),
      column('AMOUNT', 'NUMBER(12,2)'),
      column('USER_ID', 'NUMBER(38,0)'),
    ],
  },
  {
    database: 'D',
    schema: 'S',
    name: 'USERS',
    columns: [column('ID', 'NUMBER(38,0)', false), column('CITY', 'VARCHAR(50)'), column('BORN', 'DATE')],
  },
]

function explain(sql: string, tables: readonly TypedTable[]): string {
  const { ast } = parse(sql, Dialect.Snowflake)
  return explainQuery((ast as unknown as readonly Tree[])[0], print, tables)
}

type Row = readonly [sql: string, contains: string, lacks?: string]

const events = 'SELECT id FROM events WHERE '
const withTypes: readonly Row[] = [
  // A timestamp equals a day only at its midnight.
  [`${events}ts <= '2024-03-05'`, 'TS is on or before 2024-03-05 00:00, the rest of that day left out'],
  [`${events}ts > '2024-03-05'`, 'TS is after 2024-03-05 00:00'],
  [`${events}ts = '2024-03-05'`, 'TS is 2024-03-05 00:00'],
  [`${events}ts <> '2024-03-05'`, 'TS is not 2024-03-05 00:00 (missing values do not match)'],
  [
    `${events}ts BETWEEN '2024-03-01' AND '2024-03-05'`,
    'TS is from 2024-03-01 to 2024-03-05 00:00, the rest of that day left out',
  ],
  [`${events}NOT ts > '2024-03-05'`, 'TS is on or before 2024-03-05 00:00, the rest of that day left out', 'not ('],
  [`${events}ts <= DATE '2024-03-05'`, '2024-03-05 00:00'],
  [`${events}ts <= TO_DATE('2024-03-05')`, '2024-03-05 00:00'],
  [`${events}ts <= CURRENT_DATE`, '(00:00 of that day)'],
  [`${events}ts >= '2024-03-05'`, 'TS is on or after 2024-03-05', '00:00'],
  [`${events}ts < '2024-03-05'`, 'TS is before 2024-03-05', '00:00'],
  [`${events}ts >= '2024-01-01' AND ts < '2025-01-01'`, 'TS is in 2024', '00:00'],
  [`${events}DATE_TRUNC('day', ts) <= '2024-03-05'`, 'is on or before 2024-03-05', '00:00'],
  [`${events}DATE_TRUNC('hour', ts) <= '2024-03-05'`, '2024-03-05 00:00'],
  [`${events}ts::DATE <= '2024-03-05'`, 'the date of TS is on or before 2024-03-05', '00:00'],
  [`${events}TO_DATE(ts) = '2024-03-05'`, 'is 2024-03-05', '00:00'],
  [
    "WITH x AS (SELECT ts AS moment FROM events) SELECT * FROM x WHERE moment <= '2024-03-05'",
    'MOMENT is on or before 2024-03-05 00:00',
  ],
  ["SELECT * FROM (SELECT day d FROM events) q WHERE q.d <= '2024-03-05'", 'D is on or before 2024-03-05', '00:00'],
  // A date has no time of day.
  [`${events}day <= '2024-03-05'`, 'DAY is on or before 2024-03-05', '00:00'],
  [`${events}day = '2024-03-05'`, 'DAY is 2024-03-05', '00:00'],
  [`${events}day BETWEEN '2024-03-01' AND '2024-03-05'`, 'DAY is from 2024-03-01 to 2024-03-05', '00:00'],
  // Text is compared letter by letter.
  [
    `${events}name >= '1995-01-01' AND name < '1996-01-01'`,
    "NAME is at least '1995-01-01', compared as text",
    'in 1995',
  ],
  [`${events}name <= '2024-03-05'`, "NAME is at most '2024-03-05', compared as text", 'on or before'],
  [`${events}name = '2024-03-05'`, "NAME is '2024-03-05'", '00:00'],
  [`${events}name BETWEEN '2024-01-01' AND '2024-02-01'`, 'compared as text', '00:00'],
  // NULLs are the largest values in an order.
  ['SELECT amount FROM events ORDER BY amount DESC LIMIT 1', 'Sorted by AMOUNT (largest first, missing values first)'],
  ['SELECT amount FROM events ORDER BY amount', 'Sorted by AMOUNT (smallest first, missing values last)'],
  ['SELECT id FROM events ORDER BY id DESC', 'Sorted by ID (largest first).', 'missing'],
  ['SELECT amount FROM events ORDER BY amount DESC NULLS LAST', '(largest first, missing values last)'],
  ['SELECT day, COUNT(*) n FROM events GROUP BY day ORDER BY n DESC', 'Sorted by N (largest first).', 'missing'],
  ['SELECT day, COUNT(*) n FROM events GROUP BY day ORDER BY 2 DESC', 'Sorted by N (largest first).', 'missing'],
  [
    'SELECT day, SUM(amount) s FROM events GROUP BY day ORDER BY s DESC',
    'Sorted by S (largest first, missing values first)',
  ],
  ['SELECT day, MAX(id) m FROM events GROUP BY day ORDER BY m DESC', 'Sorted by M (largest first).'],
  [
    'SELECT u.id FROM events e LEFT JOIN users u ON u.id = e.user_id ORDER BY u.id DESC',
    '(largest first, missing values first)',
  ],
  [
    'SELECT ROW_NUMBER() OVER (ORDER BY amount DESC) FROM events',
    'in order of AMOUNT (largest first, missing values first)',
  ],
  // Negations and lists with NULL.
  [`${events}user_id NOT IN (1, NULL)`, 'USER_ID is not one of 1 or NULL, which is never true because of the NULL'],
  [`${events}user_id IN (1, NULL)`, 'USER_ID is one of 1 (a missing value never matches)'],
  [`${events}user_id NOT IN (1, 2)`, 'USER_ID is not one of 1 or 2 (missing values do not match)'],
  [`${events}id NOT IN (1, 2)`, 'ID is not one of 1 or 2.', 'missing'],
  [`${events}id NOT IN (SELECT user_id FROM events)`, 'which is never true once one of them is missing'],
  [`${events}id NOT IN (SELECT user_id FROM events WHERE user_id IS NOT NULL)`, 'not among the results', 'never true'],
  [`${events}id NOT IN (SELECT id FROM users)`, 'not among the results', 'missing'],
  [`${events}user_id = NULL`, 'USER_ID is compared with NULL, which is never true'],
  [`${events}user_id <> NULL`, 'which is never true'],
  [`${events}NOT (user_id = 1)`, 'USER_ID is not 1 (missing values do not match)'],
  [`${events}name <> 'x'`, "NAME is not 'x' (missing values do not match)"],
  [`${events}code <> 'x'`, "CODE is not 'x'.", 'missing'],
  [`${events}amount NOT BETWEEN 1 AND 5`, 'AMOUNT is not from 1 to 5 (missing values do not match)'],
  [`${events}name NOT LIKE 'a%'`, "NAME does not start with 'a' (case matters, missing values do not match)"],
  [`${events}user_id IS DISTINCT FROM 3`, 'USER_ID is different from 3, a missing value counting as one'],
  // Letters.
  [`${events}name LIKE 'a%'`, "NAME starts with 'a' (case matters)"],
  [`${events}name ILIKE 'a%'`, "NAME starts with 'a' (in any case of letters)", 'matters'],
  [`${events}name LIKE '7%'`, "NAME starts with '7'.", 'case'],
  [`${events}name LIKE 'a_c%'`, '% stands for any text, _ for one character'],
  // Counts.
  ['SELECT COUNT(user_id) FROM events', 'the number of rows where USER_ID has a value'],
  ['SELECT COUNT(id) FROM events', 'Shows the number of rows.'],
  ['SELECT COUNT(DISTINCT user_id) FROM events', 'the number of different USER_ID (missing ones not counted)'],
  ['SELECT COUNT(DISTINCT id) FROM events', 'Shows the number of different ID.'],
  [
    'SELECT COUNT(DISTINCT user_id, day) FROM events',
    'the number of different combinations of USER_ID and DAY without a missing value',
  ],
  // Limits without an order.
  ['SELECT id FROM events LIMIT 5', 'At most 5 rows (no order is given, so it may be any of them)'],
  ['SELECT id FROM events ORDER BY id LIMIT 5', 'At most 5 rows.', 'no order'],
  ['SELECT COUNT(*) FROM events LIMIT 5', 'At most 5 rows.', 'no order'],
  // Sets.
  ['SELECT id FROM events EXCEPT SELECT id FROM users', 'that the second does not have, each once'],
  ['SELECT id FROM events INTERSECT SELECT id FROM users', 'Keeps the rows that two queries share, each once'],
  ['SELECT id FROM events UNION SELECT id FROM users', 'doubles removed'],
  ['SELECT id FROM events UNION ALL SELECT id FROM users', 'doubles kept'],
  // Total rows.
  [
    'SELECT day, name, SUM(amount) FROM events GROUP BY ROLLUP (day, name)',
    'For each DAY and NAME, with total rows for each DAY and over everything (NULL standing in the columns added up), shows',
  ],
  [
    'SELECT day, name, SUM(amount) FROM events GROUP BY CUBE (day, name)',
    'with total rows for every smaller combination of them and over everything',
  ],
  [
    'SELECT day, name, SUM(amount) FROM events GROUP BY GROUPING SETS ((day, name), (day), ())',
    'For each DAY and NAME, for each DAY then over everything (NULL standing in the columns added up), shows',
  ],
  [
    'SELECT code, day, SUM(amount) FROM events GROUP BY code, ROLLUP (day)',
    'For each CODE and DAY, with total rows for each CODE (NULL',
  ],
  ['SELECT code, COUNT(*) FROM events GROUP BY ROLLUP (code) ORDER BY code DESC', '(Z to A, missing values first)'],
  // Outer joins that a condition undoes.
  [
    "SELECT e.id FROM events e LEFT JOIN users u ON u.id = e.user_id WHERE u.city = 'Bonn'",
    '; a later condition leaves out the rows that have no match in U',
    'keeping rows',
  ],
  [
    'SELECT e.id FROM events e LEFT JOIN users u ON u.id = e.user_id WHERE u.id IS NULL',
    'keeping rows that have no match in U',
  ],
  [
    "SELECT e.id FROM events e LEFT JOIN users u ON u.id = e.user_id WHERE COALESCE(u.city, '') <> 'Bonn'",
    'keeping rows that have no match in U',
  ],
  [
    "SELECT e.id FROM events e LEFT JOIN users u ON u.id = e.user_id WHERE u.city = 'Bonn' OR u.id IS NULL",
    'keeping rows that have no match in U',
  ],
  [
    'SELECT e.id FROM events e LEFT JOIN users u ON u.id = e.user_id JOIN users w ON w.born = u.born',
    '; a later condition leaves out the rows that have no match in U',
  ],
  [
    'SELECT u.id FROM events e RIGHT JOIN users u ON u.id = e.user_id WHERE e.amount > 5',
    '; a later condition leaves out the rows of U that have no match',
  ],
  // Windows, lists and other constructs.
  [
    'SELECT AVG(amount) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) FROM events',
    'over this row, the 1 before it and the 2 after it in order of ID (smallest first)',
  ],
  [
    'SELECT SUM(amount) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM events',
    'over this row and all rows after it in order of ID',
  ],
  [
    'SELECT SUM(amount) OVER (ORDER BY day) FROM events',
    'the running total of AMOUNT in order of DAY (earliest first, missing values last), equal rows added at once',
  ],
  [
    'SELECT SUM(amount) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING) FROM events',
    'the running total of AMOUNT in order of DAY',
    'equal rows',
  ],
  [
    'SELECT id FROM events QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY ts DESC) = 1',
    'Of those, keeps only rows where the row number within each USER_ID in order of TS (latest first, missing values first) is 1',
  ],
  [
    "SELECT LISTAGG(DISTINCT name, ', ') WITHIN GROUP (ORDER BY name) FROM events",
    "the different values of NAME as one text, separated by ', ', in order of NAME (A to Z, missing values last)",
  ],
  ['SELECT MAX_BY(name, ts) FROM events', 'NAME of a row with the largest TS'],
  ['SELECT * EXCLUDE (amount, ts) FROM events', 'all columns but AMOUNT and TS'],
]

const withoutTypes: readonly Row[] = [
  ["SELECT a FROM t WHERE ts <= '2024-03-05'", 'TS is on or before 2024-03-05 (00:00 if it has a time of day)'],
  ["SELECT a FROM t WHERE ts > '2024-03-05'", 'TS is after 2024-03-05 (00:00 if it has a time of day)'],
  ["SELECT a FROM t WHERE ts BETWEEN '2024-03-01' AND '2024-03-05'", 'to 2024-03-05 (00:00 if it has a time of day)'],
  ["SELECT a FROM t WHERE ts::DATE <= '2024-03-05'", 'is on or before 2024-03-05', '00:00'],
  ["SELECT a FROM t WHERE ts >= '2024-01-01' AND ts < '2025-01-01'", 'TS is in 2024'],
  ['SELECT a FROM t ORDER BY a DESC LIMIT 1', '(largest first, missing values first)'],
  ['SELECT a FROM t WHERE a NOT IN (SELECT b FROM u)', 'never true once one of them is missing'],
  ['SELECT a FROM t WHERE a <> 1', '(missing values do not match)'],
]

const asCase =
  (tables: readonly TypedTable[]) =>
  ([sql, contains, lacks]: Row) => ({ sql, contains, lacks, tables })

describe('sentences are true of what the query does', () => {
  test.each(withTypes.map(asCase(typed)))('with types: $sql', expectSentence)
  test.each(withoutTypes.map(asCase([])))('without types: $sql', expectSentence)
})

function expectSentence({ sql, contains, lacks, tables }: ReturnType<ReturnType<typeof asCase>>): void {
  const explanation = explain(sql, tables)
  expect(explanation).toContain(contains)
  if (lacks !== undefined) expect(explanation).not.toContain(lacks)
}

import { expect, test } from 'vitest'
import { sqlTitle } from './sql-title.ts'

test.each([
  ['SELECT 1', 'SELECT 1'],
  ['  select\n  R_NAME,\tR_ID\nfrom REGION ', 'select R_NAME, R_ID from REGION'],
  ['-- regions of all\n/* and\nmore */ SELECT 1 -- one', 'SELECT 1 -- one'],
  ['-- nothing else', 'Query in SQL'],
  ['', 'Query in SQL'],
  [
    `SELECT ${'COLUMN_OF_IT, '.repeat(20)}1`,
    'SELECT COLUMN_OF_IT, COLUMN_OF_IT, COLUMN_OF_IT, COLUMN_OF_IT, COLUMN_OF_IT,…',
  ],
  [`SELECT '${'x'.repeat(200)}'`, `SELECT '${'x'.repeat(32)}…`],
])('%j is called %j', (sql, title) => expect(sqlTitle(sql)).toBe(title))

import { expect, test } from 'vitest'
import { looksLikeSql, questionFault } from './composer.tsx'

test.each([
  ['', /empty/],
  [' \n ', /empty/],
  ['x'.repeat(8_001), /8,001 characters.*8,000/],
])('a text that cannot be asked says why', (text, fault) => {
  expect(questionFault(text)).toMatch(fault)
})

test.each(['How many?', ` ${'x'.repeat(8_000)} `])('a question has no fault', (text) => {
  expect(questionFault(text)).toBeNull()
})

test.each([
  'SELECT * FROM orders',
  'select o_totalprice, o_orderkey from orders',
  'with t as (select 1) select * from t',
  'SELECT name FROM customers WHERE id = 3',
  'select count(*) from orders;',
  'select x from a join b using (id)',
])('%s is SQL', (text) => {
  expect(looksLikeSql(text)).toBe(true)
})

test.each([
  'select customers from Germany',
  'Select the best customers from each region',
  'How many orders are there?',
  'with which customers did we grow',
  'show me everything from orders',
  'selected orders from 1996',
])('%s may be a question', (text) => {
  expect(looksLikeSql(text)).toBe(false)
})

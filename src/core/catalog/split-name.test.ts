import { describe, expect, test } from 'vitest'
import { makeNameSplitter, waysToSay } from './split-name.ts'
import { rootOf, singular } from './word-forms.ts'

describe('takes names apart', () => {
  const splitter = makeNameSplitter(['pet'])
  const cases: readonly (readonly [name: string, words: string])[] = [
    ['O_ORDERDATE', 'o order date'],
    ['L_EXTENDEDPRICE', 'l extended price'],
    ['C_ACCTBAL', 'c acct bal'],
    ['PS_SUPPLYCOST', 'ps supply cost'],
    ['customerId', 'customer id'],
    ['HTTPStatusCode', 'http status code'],
    ['pettype', 'pet type'],
    ['LName', 'lname'],
    ['Level_of_membership', 'level of membership'],
    ['addr2', 'addr 2'],
    ['highschooler', 'high schooler'],
    ['season', 'season'],
    ['xqzzt', 'xqzzt'],
    ['Straße_Nr', 'straße nr'],
  ]
  test.each(cases)('%s', (name, words) => expect(splitter.split(name).join(' ')).toBe(words))
})

test('short forms are said in full as well', () => {
  expect(waysToSay(['acct', 'bal'])).toEqual([
    ['account', 'balance'],
    ['acct', 'bal'],
  ])
  expect(waysToSay(['fname'])).toEqual([['first', 'name'], ['fname']])
  expect(waysToSay(['orders'])).toEqual([['order']])
})

test.each([
  ['orders', 'order'],
  ['countries', 'country'],
  ['addresses', 'address'],
  ['boxes', 'box'],
  ['people', 'person'],
  ['ids', 'id'],
  ['status', 'status'],
  ['series', 'series'],
  ['sales', 'sales'],
  ['analyses', 'analysis'],
])('one of the %s is a %s', (many, one) => expect(singular(many)).toBe(one))

test.each([
  ['directed', 'directors'],
  ['visited', 'visit'],
  ['shipping', 'shipped'],
  ['registration', 'registered'],
  ['published', 'publication'],
  ['bought', 'buy'],
  ['weighs', 'weight'],
])('%s and %s share a root', (a, b) => expect(rootOf(a)).toBe(rootOf(b)))

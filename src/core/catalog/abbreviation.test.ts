import { expect, test } from 'vitest'
import { makeAbbreviationScore, scorePieces } from './likeness.ts'

const scoreOf = makeAbbreviationScore()

test.each([
  ['vndr', 'vendor'],
  ['wrhs', 'warehouse'],
  ['prvdr', 'provider'],
  ['sched', 'schedule'],
  ['shpmt', 'shipment'],
  ['flt', 'flight'],
  ['apt', 'airport'],
  ['dprtmt', 'department'],
  ['cntrct', 'contract'],
])('%s abbreviates %s', (short, word) => expect(scoreOf(short, word)).toBeGreaterThanOrEqual(0.6))

test.each([
  ['vendor', 'vendor'],
  ['order', 'orderer'],
  ['cost', 'customer cost'],
  ['vndr', 'render'],
  ['rdv', 'vendor'],
  ['st', 'state'],
  ['abc', 'abstract'],
  ['prs', 'provider'],
  ['ctr', 'category'],
])('%s does not abbreviate %s', (short, word) => expect(scoreOf(short, word)).toBe(0))

test('dropped vowels alone fit better than dropped consonants', () => {
  expect(scoreOf('vstr', 'visitor')).toBeGreaterThan(scoreOf('vst', 'visitor'))
  expect(scoreOf('vst', 'visit')).toBeGreaterThan(scoreOf('vst', 'visitor'))
})

test.each([
  ['mnyrnk', ['money', 'rank'], true],
  ['unitprc', ['unit', 'price'], true],
  ['srcapt', ['source', 'airport'], true],
  ['pkplyr', ['poker', 'player'], true],
  ['mnyrnk', ['rank', 'money'], false],
  ['mnyrnk', ['money'], false],
  ['mnyrnk', ['money', 'rank', 'year'], false],
])('pieces of %s: %j', (name, words, fits) => expect(scorePieces(name, words, scoreOf) > 0).toBe(fits))

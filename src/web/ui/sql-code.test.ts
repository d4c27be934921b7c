import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenizeSql, type SqlTokenKind } from './sql-code.tsx'

const textOf = (sql: string): string =>
  tokenizeSql(sql)
    .map((token) => token.text)
    .join('')

const coloured: readonly [sql: string, tokens: readonly (readonly [SqlTokenKind, string])[]][] = [
  [
    "SELECT 'it''s'",
    [
      ['keyword', 'SELECT'],
      ['string', "'it''s'"],
    ],
  ],
  [
    "WHERE a = 'half",
    [
      ['keyword', 'WHERE'],
      ['name', 'a'],
      ['punctuation', '='],
      ['string', "'half"],
    ],
  ],
  [
    'sum(x)',
    [
      ['function', 'sum'],
      ['punctuation', '('],
      ['name', 'x'],
      ['punctuation', ')'],
    ],
  ],
  [
    '-- all of it\n1',
    [
      ['comment', '-- all of it'],
      ['number', '1'],
    ],
  ],
  ['/* open', [['comment', '/* open']]],
  ['$$ body', [['string', '$$ body']]],
  [
    '"select"."Ünï"',
    [
      ['name', '"select"'],
      ['punctuation', '.'],
      ['name', '"Ünï"'],
    ],
  ],
  [
    'v:path::date',
    [
      ['name', 'v'],
      ['punctuation', ':'],
      ['name', 'path'],
      ['punctuation', ':'],
      ['punctuation', ':'],
      ['keyword', 'date'],
    ],
  ],
  ['1.5e10', [['number', '1.5e10']]],
]

describe('colours', () => {
  test.each(coloured)('%s', (sql, tokens) => {
    const seen = tokenizeSql(sql).filter((token) => token.kind !== 'space')
    expect(seen.map(({ kind, text }) => [kind, text])).toEqual(tokens)
  })
})

test('the pieces make up the text, whatever it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (sql) => textOf(sql) === sql))
})

test('the pieces make up every beginning of a text, as it streams', () => {
  const sql = `SELECT DATE_TRUNC('month', "o"."d")::date -- why\nFROM db.s.t /* x */ WHERE a >= $$x$$ AND b < 1.5`
  for (let length = 0; length <= sql.length; length++) expect(textOf(sql.slice(0, length))).toBe(sql.slice(0, length))
})

import { describe, expect, test } from 'vitest'
import { scanSql } from './scan-sql.ts'

const textsOf = (sql: string) => {
  const scan = scanSql(sql)
  return scan.ok ? scan.tokens.map((token) => token.text) : `${scan.fault} at ${scan.span.start}`
}

describe('tokens by Snowflake’s lexical rules', () => {
  test.each([
    ['comments do not nest', 'a /* x /* y */ b */', ['a', 'b', '*', '/']],
    ['two slashes begin a comment', 'a // b; c\nd', ['a', 'd']],
    ['two dashes begin a comment', 'a -- b; c\nd', ['a', 'd']],
    ['a backslash escapes a quote', String.raw`'a\' b' c`, [String.raw`'a\' b'`, 'c']],
    ['a doubled backslash does not', String.raw`'a\\' b`, [String.raw`'a\\'`, 'b']],
    ['a doubled quote stays inside', "'a''b' c", ["'a''b'", 'c']],
    ['nothing escapes between dollars', String.raw`$$a\$$ b`, [String.raw`$$a\$$`, 'b']],
    ['dollars are not a tag', '$x$ a $x$', ['$x$', 'a', '$x$']],
    ['a quoted name holds doubled quotes', '"a""b" c', ['"a""b"', 'c']],
    ['comment signs in strings are text', "'--' '/*' \"//\"", ["'--'", "'/*'", '"//"']],
    ['accented names are words', 'größe 日本', ['größe', '日本']],
    ['dollars may stand in names', 'SYSTEM$WAIT', ['SYSTEM$WAIT']],
    ['longest signs first', 'a->>b a->b a=>b a::b', ['a', '->>', 'b', 'a', '->', 'b', 'a', '=>', 'b', 'a', '::', 'b']],
    ['numbers', '1 1.5 .5 1e3 1.5E-2', ['1', '1.5', '.5', '1e3', '1.5E-2']],
    ['carriage returns before line feeds are blanks', 'a\r\nb', ['a', 'b']],
  ])('%s', (_, sql, texts) => {
    expect(textsOf(sql)).toEqual(texts)
  })

  test.each([
    ['an open string', "SELECT 'a", 'unterminated at 7'],
    ['an open name', 'SELECT "a', 'unterminated at 7'],
    ['an open comment', 'SELECT /* a', 'unterminated at 7'],
    ['open dollars', 'SELECT $$a', 'unterminated at 7'],
    ['a carriage return alone', 'SELECT 1 --\r; b', 'bad_character at 11'],
    ['a line separator in a comment', 'SELECT 1 -- \u2028 b', 'bad_character at 12'],
    ['a zero-width space in a word', 'SEL\u200bECT', 'bad_character at 3'],
    ['a byte-order mark', '\ufeffSELECT 1', 'bad_character at 0'],
    ['a direction mark in a name', 'SELECT "a\u202eb"', 'bad_character at 9'],
    ['a non-breaking space', 'SELECT\u00a01', 'bad_character at 6'],
    ['NUL in a string', "SELECT 'a\0'", 'bad_character at 9'],
    ['a backtick', 'SELECT `a`', 'bad_character at 7'],
    ['a backslash outside of strings', String.raw`\! ls`, 'bad_character at 0'],
    ['a lone surrogate', 'SELECT \ud800', 'bad_character at 7'],
  ])('%s is refused', (_, sql, fault) => {
    expect(textsOf(sql)).toBe(fault)
  })

  test('every character of a text is in a token, a blank or a comment', () => {
    const sql = 'SELECT a, \'b\' /* c */ FROM "t" -- d'
    const scan = scanSql(sql)
    const left = scan.ok
      ? scan.tokens.reduceRight((text, token) => text.slice(0, token.start) + text.slice(token.end), sql)
      : ''
    expect(left.replace(/\s+/g, ' ')).toBe(' /* c */ -- d')
  })
})

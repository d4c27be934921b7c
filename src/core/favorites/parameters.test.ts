import { describe, expect, test } from 'vitest'
import type { FavoriteParameter, ParameterValue } from '../../contract/favorites.ts'
import { scanSql } from '../guard/scan-sql.ts'
import { bindParameters, declareParameters, parameterNames } from './parameters.ts'

const parameter = (kind: FavoriteParameter['kind'], more: Partial<FavoriteParameter> = {}): FavoriteParameter => ({
  name: 'x',
  kind,
  label: null,
  default: null,
  options: [],
  ...more,
})
const bind = (kind: FavoriteParameter['kind'], value: ParameterValue, sql = 'SELECT :x'): string =>
  bindParameters(sql, [parameter(kind, { options: ["O'Hara", 'plain'] })], { x: value })

describe('names in SQL', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['a comparison', 'SELECT 1 FROM T WHERE A >= :since', ['since']],
    ['without blanks', 'SELECT 1 FROM T WHERE A>=:since AND B<:until', ['since', 'until']],
    ['behind a keyword', 'SELECT 1 WHERE A BETWEEN :low AND :high LIMIT :most', ['low', 'high', 'most']],
    ['touching a keyword', 'SELECT 1 WHERE A BETWEEN:low AND:high', ['low', 'high']],
    ['in a list', 'SELECT 1 WHERE A IN (:a, :b)', ['a', 'b']],
    ['twice in other letters', 'SELECT :Since, :since', ['Since']],
    ['with a cast', 'SELECT :day::DATE', ['day']],
    ['with a path of its own', 'SELECT PARSE_JSON(:doc):a', ['doc']],
    ['in an object', "SELECT {'a': :x}", ['x']],
    ['no name in a string', "SELECT ':since', 'it''s :x', 'a\\':y'", []],
    ['no name in a dollar string', 'SELECT $$ :since $$', []],
    ['no name in a quoted name', 'SELECT ":since" FROM T', []],
    ['no name in comments', 'SELECT 1 -- :a\n// :b\n/* :c */', []],
    ['no cast', 'SELECT A::since, B :: DATE', []],
    ['no path', 'SELECT A:b, A:b:c, A :b, T.A:b.c, "A":b', []],
    ['no path behind brackets', 'SELECT F(A):b, A[0]:c', []],
    ['no path of a column named like a keyword', 'SELECT ISSUE:name, DATE:x, START:y', []],
    ['no path of a staged column', 'SELECT $1:a', []],
    ['no key of an object', "SELECT {'a':b}", []],
    ['no number', 'SELECT :1', []],
    ['no blank behind the colon', 'SELECT : x', []],
    ['nothing in text that cannot be read', "SELECT :x, 'open", []],
  ])('%s', (_, sql, names) => expect(parameterNames(sql)).toEqual(names))
})

describe('values', () => {
  test.each<readonly [string, FavoriteParameter['kind'], ParameterValue, string]>([
    ['a quote and a statement', 'text', "'; DROP TABLE T; --", "SELECT '''; DROP TABLE T; --'"],
    ['a backslash before a quote', 'text', "\\'; SELECT 1", "SELECT '\\\\''; SELECT 1'"],
    ['a backslash at the end', 'text', 'a\\', "SELECT 'a\\\\'"],
    ['an escape by code', 'text', '\\u0027 OR 1=1', "SELECT '\\\\u0027 OR 1=1'"],
    ['line ends', 'text', 'a\nb\r\nc\td', "SELECT 'a\\nb\\r\\nc\\td'"],
    ['dollar signs', 'text', '$$ || 1', "SELECT '$$ || 1'"],
    ['a comment', 'text', '*/ -- //', "SELECT '*/ -- //'"],
    ['another parameter', 'text', ':x', "SELECT ':x'"],
    ['letters of other scripts', 'text', 'Größe ’ 漢字 🙂', "SELECT 'Größe ’ 漢字 🙂'"],
    ['an empty text', 'text', '', "SELECT ''"],
    ['blanks', 'text', ' a ', "SELECT ' a '"],
    ['a number', 'number', 12.5, 'SELECT 12.5'],
    ['digits that a double cannot hold', 'number', '12345678901234567890.123', 'SELECT 12345678901234567890.123'],
    ['a tiny number', 'number', 1e-7, 'SELECT 0.0000001'],
    ['a negative number', 'number', -5, 'SELECT (-5)'],
    ['a day', 'date', '2024-02-29', "SELECT '2024-02-29'::DATE"],
    ['true', 'boolean', true, 'SELECT TRUE'],
    ['false as a word', 'boolean', 'False', 'SELECT FALSE'],
    ['a choice', 'choice', "O'Hara", "SELECT 'O''Hara'"],
  ])('%s', (_, kind, value, sql) => {
    expect(bind(kind, value)).toBe(sql)
    const scan = scanSql(sql)
    expect(scan.ok && scan.tokens.filter(({ kind: token }) => token === 'string').length).toBe(
      sql.includes("'") ? 1 : 0,
    )
  })

  test.each<readonly [string, FavoriteParameter['kind'], ParameterValue]>([
    ['SQL for a number', 'number', '1 OR 1=1'],
    ['a hexadecimal number', 'number', '0x10'],
    ['an exponent in text', 'number', '1e400'],
    ['no number', 'number', Number.NaN],
    ['an infinite number', 'number', Number.POSITIVE_INFINITY],
    ['an empty number', 'number', ''],
    ['a boolean for a number', 'number', true],
    ['a day that is none', 'date', '2023-02-29'],
    ['a day with a statement', 'date', "2024-01-01'; DROP TABLE T"],
    ['a moment for a day', 'date', '2024-01-01T00:00:00Z'],
    ['a word for a boolean', 'boolean', 'yes'],
    ['what was not offered', 'choice', 'other'],
    ['NUL', 'text', 'a\0b'],
    ['half of a surrogate pair', 'text', 'a\uD800'],
  ])('refuses %s', (_, kind, value) => expect(() => bind(kind, value)).toThrow('"x" must be'))

  test.each<readonly [string, string, ParameterValue, string]>([
    ['a minus before a negative number is no comment', 'SELECT 1 -:x', -5, 'SELECT 1 -(-5)'],
    [
      'a keyword and a number stay two words',
      'SELECT 1 WHERE A BETWEEN:x AND:x',
      5,
      'SELECT 1 WHERE A BETWEEN 5 AND 5',
    ],
    ['a point makes no other number', 'SELECT :x.5', 5, 'SELECT 5 .5'],
  ])('%s', (_, sql, value, bound) => expect(bind('number', value, sql)).toBe(bound))

  test('a text does not grow together with a string behind it', () =>
    expect(bind('text', 'a', "SELECT :x'b'")).toBe("SELECT 'a' 'b'"))

  test('each place of a name has its value; strings, casts and paths stay as they are', () => {
    const sql = "SELECT A:x, ':x', B::x, :X -- :x\nFROM T WHERE C = :x"
    expect(bind('text', 'v', sql)).toBe("SELECT A:x, ':x', B::x, 'v' -- :x\nFROM T WHERE C = 'v'")
  })

  test('takes the default, and says what has no value and what is unknown', () => {
    const sql = 'SELECT :x'
    expect(bindParameters(sql, [parameter('number', { default: 7 })], {})).toBe('SELECT 7')
    expect(() => bindParameters(sql, [parameter('number', { label: 'Most rows' })], {})).toThrow(
      '"Most rows" has no value',
    )
    expect(() => bindParameters(sql, [], { x: 1, y: 2 })).toThrow('no parameter "y"')
  })

  test('what is declared follows the SQL', () => {
    const known = [parameter('date', { default: '2024-01-01' }), parameter('text', { name: 'gone' })]
    expect(declareParameters('SELECT :X, :new', known)).toEqual([known[0], parameter('text', { name: 'new' })])
    expect(() => declareParameters('SELECT :x', [parameter('number', { default: 'a' })])).toThrow(
      '"x" must be a number',
    )
  })
})

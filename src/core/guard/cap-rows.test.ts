import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capRows } from './cap-rows.ts'

describe('the row limit', () => {
  test.each([
    ['is added', 'SELECT a FROM t', 'SELECT a FROM t\nLIMIT 10'],
    ['is lowered', 'SELECT a FROM t LIMIT 500', 'SELECT a FROM t LIMIT 10'],
    ['stays where it is smaller', 'SELECT a FROM t LIMIT 5', 'SELECT a FROM t LIMIT 5'],
    ['replaces NULL', 'SELECT a FROM t LIMIT NULL', 'SELECT a FROM t LIMIT 10'],
    ['replaces an empty string', "SELECT a FROM t LIMIT ''", 'SELECT a FROM t LIMIT 10'],
    ['replaces empty dollars', 'SELECT a FROM t LIMIT $$$$', 'SELECT a FROM t LIMIT 10'],
    ['understands exponents', 'SELECT a FROM t LIMIT 1e9', 'SELECT a FROM t LIMIT 10'],
    ['keeps an offset', 'SELECT a FROM t LIMIT 50 OFFSET 7', 'SELECT a FROM t LIMIT 10 OFFSET 7'],
    ['goes before a lone offset', 'SELECT a FROM t OFFSET 7', 'SELECT a FROM t LIMIT 10 OFFSET 7'],
    ['lowers FETCH', 'SELECT a FROM t FETCH FIRST 50 ROWS ONLY', 'SELECT a FROM t FETCH FIRST 10 ROWS ONLY'],
    [
      'lowers FETCH after OFFSET',
      'SELECT a FROM t OFFSET 5 ROWS FETCH NEXT 50 ROWS ONLY',
      'SELECT a FROM t OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY',
    ],
    ['lowers a short FETCH', 'SELECT a FROM t FETCH 50', 'SELECT a FROM t FETCH 10'],
    ['lowers TOP', 'SELECT TOP 50 a FROM t', 'SELECT TOP 10 a FROM t'],
    ['lowers TOP after DISTINCT', 'SELECT DISTINCT TOP 50 a FROM t', 'SELECT DISTINCT TOP 10 a FROM t'],
    ['keeps a smaller TOP', 'SELECT TOP 3 a FROM t', 'SELECT TOP 3 a FROM t'],
    [
      'is added to a union, TOP or not',
      'SELECT TOP 50 a FROM t UNION SELECT b FROM u',
      'SELECT TOP 50 a FROM t UNION SELECT b FROM u\nLIMIT 10',
    ],
    [
      'of a union is the whole’s',
      'SELECT a FROM t UNION SELECT b FROM u LIMIT 50',
      'SELECT a FROM t UNION SELECT b FROM u LIMIT 10',
    ],
    ['inside brackets is not the whole’s', '(SELECT a FROM t LIMIT 50)', '(SELECT a FROM t LIMIT 50)\nLIMIT 10'],
    [
      'of a bracketed branch stays',
      '(SELECT a FROM t LIMIT 5) UNION (SELECT b FROM u)',
      '(SELECT a FROM t LIMIT 5) UNION (SELECT b FROM u)\nLIMIT 10',
    ],
    [
      'inside a CTE stays',
      'WITH c AS (SELECT a FROM t LIMIT 50) SELECT a FROM c',
      'WITH c AS (SELECT a FROM t LIMIT 50) SELECT a FROM c\nLIMIT 10',
    ],
    ['inside a subquery stays', 'SELECT (SELECT a FROM t LIMIT 1)', 'SELECT (SELECT a FROM t LIMIT 1)\nLIMIT 10'],
    ['outlives a comment at the end', 'SELECT a FROM t -- LIMIT 3', 'SELECT a FROM t\nLIMIT 10'],
    ['is found before a comment', 'SELECT a FROM t LIMIT 50 /* all */', 'SELECT a FROM t LIMIT 10'],
    ['is found across a comment', 'SELECT a FROM t LIMIT /* many */ 50', 'SELECT a FROM t LIMIT /* many */ 10'],
    ['drops semicolons', 'SELECT a FROM t; ;', 'SELECT a FROM t\nLIMIT 10'],
    ['is no column called limit', 'SELECT t.limit FROM t', 'SELECT t.limit FROM t\nLIMIT 10'],
    ['is no alias called limit', 'SELECT a AS "limit", 5 FROM t', 'SELECT a AS "limit", 5 FROM t\nLIMIT 10'],
    ['is no text', "SELECT 'LIMIT 50'", "SELECT 'LIMIT 50'\nLIMIT 10"],
    ['counts past emoji', "SELECT '👩‍💻𝒳' FROM t LIMIT 50", "SELECT '👩‍💻𝒳' FROM t LIMIT 10"],
  ])('%s', (_, sql, capped) => {
    expect(capRows(sql, 10)).toBe(capped)
  })

  const piece = fc.constantFrom(
    'a',
    "'x;--'",
    '$$y$$',
    '"limit"',
    '/* LIMIT 9 */',
    '-- LIMIT 8\n',
    '(SELECT 1 LIMIT 4)',
    '+',
    ',',
    '1',
    "'🙂'",
  )
  test('leaves everything before the limit as it was written, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 5000 }),
        (pieces, max) => {
          const sql = `SELECT ${pieces.join(' ')} FROM t`
          expect(capRows(sql, max)).toBe(`${sql}\nLIMIT ${max}`)
          expect(capRows(`${sql} LIMIT 77`, max)).toBe(`${sql} LIMIT ${Math.min(77, max)}`)
        },
      ),
    )
  })

  test('capping twice is capping by the smaller', () => {
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(9999), fc.nat(9999), (written, first, second) => {
        const sql = `SELECT a FROM t LIMIT ${written}`
        expect(capRows(capRows(sql, first), second)).toBe(capRows(sql, Math.min(first, second)))
      }),
    )
  })
})

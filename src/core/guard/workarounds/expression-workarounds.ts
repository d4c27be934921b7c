import type { Token } from '../scan-sql.ts'
import { both, isName, only, partnerOf, sign, word } from './workaround.ts'
import type { Workaround } from './workaround.ts'

/** `* ILIKE '…'` picks columns; polyglot cannot read it in a select list. */
const starIlike: Workaround = {
  what: '* ILIKE',
  isExact: false,
  parsers: ['polyglot'],
  starts: '*',
  find(tokens, at) {
    const opens = /^(?:,|\.|SELECT|DISTINCT|ALL)$/.test(sign(tokens[at - 1]))
    const picks = word(tokens[at + 1]) === 'ILIKE' && tokens[at + 2]?.kind === 'string'
    return opens && picks ? only(at, 3, '*') : null
  },
}

/** Counts the tokens of `EXCLUDE (a, b)` or `ILIKE 'x%'` between a star and a closing bracket; 0 if anything else follows the star. */
function starOptionsLength(tokens: readonly Token[], at: number): number {
  const isList = tokens[at + 2]?.text === '('
  const last = isList ? partnerOf(tokens, at + 2, 1) : at + 2
  const names = isList ? tokens.slice(at + 3, last) : tokens.slice(at + 2, last + 1)
  const areNames = names.length % 2 === 1 && names.every((one, n) => (n % 2 === 0 ? isName(one) : one.text === ','))
  const isKnown =
    (word(tokens[at + 1]) === 'EXCLUDE' && areNames) ||
    (word(tokens[at + 1]) === 'ILIKE' && tokens[at + 2]?.kind === 'string')
  return isKnown && last > 0 && /^[)}]$/.test(tokens[last + 1]?.text ?? '') ? last - at : 0
}

/** `COUNT(* EXCLUDE (a, b))`: the options name columns only, so dropping them hides no call. */
const countOfStar: Workaround = {
  what: 'COUNT of some columns (* EXCLUDE)',
  parsers: ['polyglot'],
  isExact: false,
  starts: '*',
  find(tokens, at) {
    const length = word(tokens[at - 2]) === 'COUNT' && tokens[at - 1]?.text === '(' ? starOptionsLength(tokens, at) : 0
    return length === 0 ? null : only(at, length + 1, '*')
  },
}

/** `{t.* ILIKE 'x%'}`, `HASH(t.* EXCLUDE a)`: sqlparser reads the options of a star only where no table is named. */
const qualifiedStarOptions: Workaround = {
  what: 'some columns of a table as arguments (t.* EXCLUDE)',
  parsers: ['sqlparser'],
  isExact: false,
  starts: '*',
  find(tokens, at) {
    const length = tokens[at - 1]?.text === '.' ? starOptionsLength(tokens, at) : 0
    return length === 0 ? null : only(at, length + 1, '*')
  },
}

/** `{*}` is an object of all columns. */
const starObject: Workaround = {
  what: 'an object of all columns ({*})',
  isExact: true,
  parsers: both,
  starts: '{',
  find(tokens, at) {
    let star = at + 1
    while (isName(tokens[star]) && tokens[star + 1]?.text === '.') star += 2
    const end = tokens[star]?.text === '*' ? partnerOf(tokens, at, 1) : -1
    if (end < 0) return null
    return [...only(at, 1, 'OBJECT_CONSTRUCT('), ...only(end, 1, ')')]
  },
}

/** `f(**[1, 2])` spreads an array into arguments. */
const spread: Workaround = {
  what: 'the spread operator **',
  isExact: false,
  parsers: both,
  starts: '*',
  find(tokens, at) {
    const [before, star, next] = [tokens[at - 1]?.text, tokens[at], tokens[at + 1]]
    const isSpread = (before === '(' || before === ',') && next?.text === '*' && next.start === star?.end
    const operand = tokens[at + 2]
    return isSpread && (isName(operand) || operand?.text === '[') ? only(at, 2, '') : null
  },
}

/** `NOT a LIKE 'x'` becomes opaque to polyglot; `a NOT LIKE 'x'` is the same. */
const notLike: Workaround = {
  what: 'NOT before a LIKE',
  isExact: true,
  parsers: ['polyglot'],
  starts: 'NOT',
  find(tokens, at) {
    let index = at + 1
    for (let cases = 0; index < tokens.length; index += 1) {
      const text = sign(tokens[index])
      if (text === 'CASE') cases += 1
      else if (text === 'END' && cases > 0) cases -= 1
      else if (cases > 0) continue
      else if (/^(?:LIKE|ILIKE)$/.test(text) && index > at + 1) break
      else if (/^[([{]$/.test(text)) index = partnerOf(tokens, index, 1)
      else if (endsOperand.has(text) || index < 0) return null
      if (index < 0) return null
    }
    if (index >= tokens.length) return null
    return [...only(at, 1, ''), ...only(index, 1, `NOT ${sign(tokens[index])}`)]
  },
}
const endsOperand = new Set(
  (
    ', ; ) ] } = <> != < > <= >= AND OR NOT IS IN BETWEEN RLIKE REGEXP WHEN THEN ELSE END SELECT FROM WHERE ON USING GROUP ORDER HAVING QUALIFY ' +
    'LIMIT FETCH OFFSET UNION INTERSECT EXCEPT MINUS AS ASC DESC EXISTS'
  ).split(' '),
)

/** `f(x):key`, `a[0]:key`, `CASE … END:key`, `v::OBJECT:key`: polyglot reads a path only after a column. */
const pathAfterExpression: Workaround = {
  what: 'a path after an expression',
  isExact: true,
  parsers: ['polyglot'],
  starts: ': ::',
  find(tokens, at) {
    const isCast = tokens[at]?.text === '::'
    if (isCast && !/^(?:VARIANT|OBJECT|ARRAY)$/.test(word(tokens[at + 1]))) return null
    const colon = isCast ? at + 2 : at
    const key = tokens[colon + 1]
    const follows = isCast || endsExpression(tokens, at - 1)
    if (tokens[colon]?.text !== ':' || key === undefined || !isName(key) || !follows) return null
    const name = key.kind === 'quoted' ? key.text.slice(1, -1).replaceAll('""', '"') : key.text
    return only(at, colon + 2 - at, `['${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}']`)
  },
}

/** The most keys of a path that are followed back. A longer path stays as it is and is refused. */
const longestPath = 50

/** Whether the expression that ends at a token is not a column or a path of a column. */
function endsExpression(tokens: readonly Token[], at: number): boolean {
  let index = at
  const first = at - 2 * longestPath
  while (index > first && isName(tokens[index]) && /^[:.]$/.test(tokens[index - 1]?.text ?? '')) index -= 2
  const isCast = /^(?:VARIANT|OBJECT|ARRAY)$/.test(word(tokens[index])) && tokens[index - 1]?.text === '::'
  return isCast || /^(?:\)|\]|\}|END)$/.test(sign(tokens[index]))
}

/** `ARRAY_AGG(x) WITHIN GROUP (ORDER BY y)[0]`, `f(x) OVER (…):key`: polyglot wants brackets around the call. */
const afterWindow: Workaround = {
  what: 'an element of a window function or ordered aggregate',
  isExact: true,
  parsers: ['polyglot'],
  starts: 'OVER GROUP',
  find(tokens, at) {
    const close = tokens[at + 1]?.text === '(' ? partnerOf(tokens, at + 1, 1) : -1
    if (close < 0 || !/^[[:]$/.test(tokens[close + 1]?.text ?? '')) return null
    let first = at
    while (/^(?:OVER|GROUP|WITHIN|NULLS|IGNORE|RESPECT)$/.test(word(tokens[first]))) {
      first -= 1
      if (tokens[first]?.text === ')') first = partnerOf(tokens, first, -1) - 1
    }
    if (first < 0 || tokens[first]?.kind !== 'word' || tokens[first - 1]?.text === '.') return null
    return [...only(first, 1, `(${tokens[first]?.text}`), ...only(close, 1, '))')]
  },
}

/** Workarounds for stars, spreads, negations and paths. */
export const expressionWorkarounds: readonly Workaround[] = [
  starObject,
  spread,
  starIlike,
  countOfStar,
  qualifiedStarOptions,
  notLike,
  afterWindow,
  pathAfterExpression,
]

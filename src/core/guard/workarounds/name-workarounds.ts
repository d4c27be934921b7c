import { structuredTypeLength } from '../trees/data-types.ts'
import { both, only, sign, word } from './workaround.ts'
import type { Workaround } from './workaround.ts'

const quote = (name: string): string => `"${name.toUpperCase().replaceAll('"', '""')}"`

/** `größe` without quotes: fine in Snowflake, not in sqlparser. */
const accentedName: Workaround = {
  what: 'a name with accents',
  isExact: true,
  parsers: both,
  starts: '',
  find(tokens, at) {
    const token = tokens[at]
    if (token?.kind !== 'word' || tokens[at + 1]?.text === '(' || !/[^\w$]/.test(token.text)) return null
    return only(at, 1, quote(token.text))
  },
}

/** `::MAP(VARCHAR, INT)`: the types inside hold no table and no call. */
const structuredType: Workaround = {
  what: 'a structured type',
  isExact: false,
  parsers: both,
  starts: 'ARRAY OBJECT MAP',
  find(tokens, at) {
    if (tokens[at + 1]?.text !== '(' || !/^(?:::|AS)$/.test(sign(tokens[at - 1]))) return null
    const count = structuredTypeLength(tokens, at)
    return count === 0 ? null : only(at, count, 'VARIANT')
  },
}

/** Optional words, each after the word or bracket that it belongs to. Leaving them out changes no table and no call. */
const fillers = [
  [/^(?:TIMESTAMP|TIME|\))$/, 'WITH LOCAL TIME ZONE'],
  [/^MATCH$/, 'SHOW EMPTY MATCHES'],
  [/^MATCH$/, 'OMIT EMPTY MATCHES'],
  [/^MATCH$/, 'WITH UNMATCHED ROWS'],
] as const
const filler: Workaround = {
  what: 'words that only one reading has',
  isExact: false,
  parsers: both,
  starts: 'WITH SHOW OMIT',
  find(tokens, at) {
    for (const [after, text] of fillers) {
      const words = text.split(' ')
      const isHere = after.test(sign(tokens[at - 1])) && words.every((one, index) => word(tokens[at + index]) === one)
      if (isHere) return only(at, words.length, '')
    }
    return null
  },
}

/** Functions that FINAL and RUNNING may precede in MATCH_RECOGNIZE. */
const measuring = /^(?:FIRST|LAST|COUNT|SUM|AVG|MIN|MAX|CLASSIFIER|MATCH_NUMBER)$/

/** `NTH_VALUE(x, 2) FROM LAST`, `CROSS DIRECTED JOIN`, `FINAL LAST(x)`. */
const lonelyWords: Workaround = {
  what: 'FROM LAST, DIRECTED or FINAL',
  isExact: false,
  parsers: ['sqlparser'],
  starts: 'FROM DIRECTED FINAL RUNNING',
  find(tokens, at) {
    const [own, next, after] = [word(tokens[at]), word(tokens[at + 1]), word(tokens[at + 2])]
    const counted = own === 'FROM' && /^(?:FIRST|LAST)$/.test(next) && /^(?:IGNORE|RESPECT|OVER)$/.test(after)
    if (counted && tokens[at - 1]?.text === ')') return only(at, 2, '')
    const joins = own === 'DIRECTED' && next === 'JOIN'
    if (joins && /^(?:CROSS|INNER|LEFT|RIGHT|FULL|OUTER)$/.test(word(tokens[at - 1]))) return only(at, 1, '')
    const measured = /^(?:FINAL|RUNNING)$/.test(own) && measuring.test(next) && tokens[at + 2]?.text === '('
    return measured ? only(at, 1, '') : null
  },
}

/** `DATE_PART(year FROM d)`. */
const datePartFrom: Workaround = {
  what: 'DATE_PART with FROM',
  isExact: true,
  parsers: ['sqlparser'],
  starts: 'FROM',
  find: (tokens, at) =>
    word(tokens[at - 3]) === 'DATE_PART' && tokens[at - 2]?.text === '(' ? only(at, 1, ',') : null,
}

/** Words that a parser reserves and Snowflake does not, in places where they can only be names. */
const reservedName: Workaround = {
  what: 'a name that is a word of the syntax',
  isExact: true,
  parsers: both,
  starts:
    'BOTH LEADING TRAILING IDENTIFIER DATE TIMESTAMP TIME INTERVAL LAMBDA LIMIT ONLY TOP UNPIVOT FORMAT SETTINGS BINARY',
  find(tokens, at) {
    const name = word(tokens[at])
    const [before, after] = [sign(tokens[at - 1]), sign(tokens[at + 1])]
    if (after === '(') return null
    const isNamed = (before === '.' || before === 'AS') && /^(?:BOTH|LEADING|TRAILING|IDENTIFIER)$/.test(name)
    const holder = /^(?:BOTH|DATE|TIMESTAMP|TIME|INTERVAL|LAMBDA|LEADING|TRAILING|LIMIT|ONLY|TOP|UNPIVOT)$/
    const isHolder = after === '.' && before !== '.' && holder.test(name)
    const isListed = listable.test(name) && opensItem.test(before) && closesItem(before, after)
    const isOperand = /^(?:INTERVAL|TOP|BINARY)$/.test(name) && !/^(?:::|AS|\.)$/.test(before) && afterColumn.has(after)
    return isNamed || isHolder || isListed || isOperand ? only(at, 1, quote(name)) : null
  },
}
const listable = /^(?:BOTH|LEADING|TRAILING|LAMBDA|FORMAT|SETTINGS|BINARY)$/
const opensItem = /^(?:,|\(|SELECT|BY|DISTINCT)$/
const closesItem = (before: string, after: string): boolean =>
  after === '' || after === ',' || after === ')' || (after === 'FROM' && before !== '(')
/** Tokens that can follow a column but not the keywords INTERVAL and TOP or a type. */
const afterColumn = new Set(
  (
    ', ) ] = <> != < > <= >= + - * / % || :: : [ FROM AS ASC DESC NULLS AND OR THEN ELSE END WHEN IS IN NOT BETWEEN LIKE ILIKE WHERE GROUP ORDER ' +
    'HAVING QUALIFY LIMIT FETCH OFFSET UNION INTERSECT EXCEPT MINUS'
  ).split(' '),
)

/** Workarounds for names, types and optional words. */
export const nameWorkarounds: readonly Workaround[] = [
  accentedName,
  structuredType,
  reservedName,
  filler,
  lonelyWords,
  datePartFrom,
]

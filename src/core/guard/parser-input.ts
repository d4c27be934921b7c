import { isDataType } from './trees/data-types.ts'
import type { Token } from './scan-sql.ts'

/** A text as one parser is given it, and the way back to the places in the source. */
export interface ParserInput {
  readonly text: string
  /** An offset in `text` as an offset in the source. */
  readonly toSource: (offset: number) => number
}

export type ParserName = 'polyglot' | 'sqlparser'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** How many tokens an edit takes, from the one it was tried at; null where it does not apply. */
type Workaround = (tokens: readonly Token[], at: number) => { readonly count: number; readonly text: string } | null

/**
 * Works around what a parser cannot read although Snowflake can: each workaround is a narrow pattern of tokens, replaced for the eyes of that parser only.
 * What runs is always the source.
 */
export function parserInput(sql: string, tokens: readonly Token[], parser: ParserName): ParserInput {
  const edits: Edit[] = []
  const tried = workarounds[parser]
  const isAscii = /^[\x20-\x7e\s]*$/.test(sql)
  for (let at = 0; at < tokens.length; at += 1) {
    if (isAscii && !mayBegin(tokens[at])) continue
    const found = firstWorkaround(tried, tokens, at)
    const last = found === null ? undefined : tokens[at + found.count - 1]
    const start = tokens[at]?.start ?? 0
    if (found === null || last === undefined) continue
    edits.push({ start, end: last.end, text: found.text })
    at += found.count - 1
  }
  return edits.length === 0 ? { text: sql, toSource: (offset) => offset } : applyEdits(sql, edits)
}

/** Most tokens begin no workaround; asking this first is what keeps the search cheap. */
const mayBegin = (token: Token | undefined): boolean =>
  token !== undefined && beginners.has(token.kind === 'word' ? token.word : token.text)
const beginners = new Set(
  (
    '* : ARRAY OBJECT MAP BOTH LEADING TRAILING IDENTIFIER DATE TIMESTAMP TIME INTERVAL LAMBDA LIMIT ONLY TOP UNPIVOT FORMAT SETTINGS BINARY ' +
    'WITH SHOW OMIT FROM DIRECTED FINAL RUNNING'
  ).split(' '),
)

function firstWorkaround(tried: readonly Workaround[], tokens: readonly Token[], at: number): ReturnType<Workaround> {
  for (const workaround of tried) {
    const found = workaround(tokens, at)
    if (found !== null) return found
  }
  return null
}

function applyEdits(sql: string, edits: readonly Edit[]): ParserInput {
  const pieces: string[] = []
  const shifts: { readonly from: number; readonly to: number; readonly source: Edit }[] = []
  let at = 0
  let length = 0
  for (const edit of edits) {
    pieces.push(sql.slice(at, edit.start), edit.text)
    const from = length + edit.start - at
    length = from + edit.text.length
    shifts.push({ from, to: length, source: edit })
    at = edit.end
  }
  const toSource = (offset: number): number => {
    const last = shifts.findLast((shift) => shift.from <= offset)
    if (last === undefined) return offset
    if (offset >= last.to) return last.source.end + offset - last.to
    return offset === last.from ? last.source.start : last.source.end
  }
  return { text: [...pieces, sql.slice(at)].join(''), toSource }
}

const upper = (token: Token | undefined): string => token?.word ?? ''
const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted'
const quote = (name: string): string => `"${name.toUpperCase().replaceAll('"', '""')}"`

/** `größe` without quotes: fine in Snowflake, not in sqlparser. */
const accentedName: Workaround = (tokens, at) => {
  const token = tokens[at]
  if (token?.kind !== 'word' || tokens[at + 1]?.text === '(' || !/[^\w$]/.test(token.text)) return null
  return { count: 1, text: quote(token.text) }
}

/** `* ILIKE '…'` picks columns; polyglot reads plain `*` instead. */
const starIlike: Workaround = (tokens, at) => {
  const before = tokens[at - 1]
  const opens = before?.text === ',' || before?.text === '.' || /^(?:SELECT|DISTINCT|ALL)$/.test(upper(before))
  const picks = upper(tokens[at + 1]) === 'ILIKE' && tokens[at + 2]?.kind === 'string'
  return tokens[at]?.text === '*' && opens && picks ? { count: 3, text: '*' } : null
}

const typeWord = /^(?:ARRAY|OBJECT|MAP)$/

/** `::MAP(VARCHAR, INT)`: what a structured type holds says nothing about what is read. */
const structuredType: Workaround = (tokens, at) => {
  const before = tokens[at - 1]
  const isType = typeWord.test(upper(tokens[at])) && tokens[at + 1]?.text === '('
  if (!isType || (before?.text !== '::' && upper(before) !== 'AS')) return null
  const end = typeEnd(tokens, at + 1)
  return end === null ? null : { count: end - at + 1 + fieldsClause(tokens, end + 1), text: 'VARIANT' }
}

/** The bracket that closes a type, if all in between are types, sizes and names of fields. */
function typeEnd(tokens: readonly Token[], open: number): number | null {
  let depth = 0
  let words: string[] = []
  for (let at = open; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined) return null
    if (isName(token) || token.kind === 'number') words.push(token.text.toUpperCase())
    else if (!/^[(),]$/.test(token.text) || (at > open && !isField(words))) return null
    else words = []
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0) return at
  }
  return null
}

/** `name TYPE NOT NULL`, a type alone, a size, or what follows a closed bracket. */
function isField(words: readonly string[]): boolean {
  const bare = words
    .join(' ')
    .replace(/ ?NOT NULL$/, '')
    .split(' ')
    .filter((word) => word !== '')
  const last = bare.at(-1)
  return last === undefined || (bare.length <= 2 && (isDataType(last) || /^\d+$/.test(last)))
}

/** `RENAME FIELDS` and `ADD FIELDS` after a structured type. */
function fieldsClause(tokens: readonly Token[], at: number): number {
  let count = 0
  while (/^(?:RENAME|ADD)$/.test(upper(tokens[at + count])) && upper(tokens[at + count + 1]) === 'FIELDS') {
    count += tokens[at + count + 2]?.text === ',' ? 3 : 2
  }
  return count
}

/** Words that may be left out without changing what is read, after the word or bracket that they belong to. */
const fillers: readonly { readonly after: RegExp; readonly words: readonly string[] }[] = [
  { after: /^(?:TIMESTAMP|TIME|\))$/, words: ['WITH', 'LOCAL', 'TIME', 'ZONE'] },
  { after: /^MATCH$/, words: ['SHOW', 'EMPTY', 'MATCHES'] },
  { after: /^MATCH$/, words: ['OMIT', 'EMPTY', 'MATCHES'] },
  { after: /^MATCH$/, words: ['WITH', 'UNMATCHED', 'ROWS'] },
]
const filler: Workaround = (tokens, at) => {
  const before = upper(tokens[at - 1]) || (tokens[at - 1]?.text ?? '')
  const found = fillers.find(
    ({ after, words }) => after.test(before) && words.every((word, index) => upper(tokens[at + index]) === word),
  )
  return found === undefined ? null : { count: found.words.length, text: '' }
}

/** What MATCH_RECOGNIZE takes over the final or the running rows of a match. */
const measuring = /^(?:FIRST|LAST|COUNT|SUM|AVG|MIN|MAX|CLASSIFIER|MATCH_NUMBER)$/

/** `NTH_VALUE(x, 2) FROM LAST`, `CROSS DIRECTED JOIN`, `FINAL LAST(x)`. */
const lonelyWords: Workaround = (tokens, at) => {
  const [word, next, after] = [upper(tokens[at]), upper(tokens[at + 1]), upper(tokens[at + 2])]
  const counted = word === 'FROM' && /^(?:FIRST|LAST)$/.test(next) && /^(?:IGNORE|RESPECT|OVER)$/.test(after)
  if (counted && tokens[at - 1]?.text === ')') return { count: 2, text: '' }
  const joins = word === 'DIRECTED' && next === 'JOIN'
  if (joins && /^(?:CROSS|INNER|LEFT|RIGHT|FULL|OUTER)$/.test(upper(tokens[at - 1]))) return { count: 1, text: '' }
  const measured = /^(?:FINAL|RUNNING)$/.test(word) && measuring.test(next) && tokens[at + 2]?.text === '('
  return measured ? { count: 1, text: '' } : null
}

/** `DATE_PART(year FROM d)`. */
const datePartFrom: Workaround = (tokens, at) => {
  const isCall = upper(tokens[at - 3]) === 'DATE_PART' && tokens[at - 2]?.text === '('
  return isCall && upper(tokens[at]) === 'FROM' ? { count: 1, text: ',' } : null
}

/** `f(x)[0]:"k"`: a path after a bracket. */
const pathAfterBracket: Workaround = (tokens, at) => {
  const key = tokens[at + 1]
  if (key === undefined || tokens[at]?.text !== ':' || tokens[at - 1]?.text !== ']' || !isName(key)) return null
  const name = key.kind === 'quoted' ? key.text.slice(1, -1).replaceAll('""', '"') : key.text
  return { count: 2, text: `['${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}']` }
}

/** Words that a parser reserves and Snowflake does not, where they can only be names. */
const reservedName: Workaround = (tokens, at) => {
  const token = tokens[at]
  const name = upper(token)
  if (token === undefined || name === '' || tokens[at + 1]?.text === '(') return null
  const named = tokens[at - 1]?.text === '.' || upper(tokens[at - 1]) === 'AS'
  if (named && /^(?:BOTH|LEADING|TRAILING|IDENTIFIER)$/.test(name)) return { count: 1, text: quote(name) }
  const holds = tokens[at + 1]?.text === '.' && tokens[at - 1]?.text !== '.'
  const holder = /^(?:BOTH|DATE|TIMESTAMP|TIME|INTERVAL|LAMBDA|LEADING|TRAILING|LIMIT|ONLY|TOP|UNPIVOT)$/
  if (holds && holder.test(name)) return { count: 1, text: quote(name) }
  return isListed(tokens, at) && /^(?:BOTH|LEADING|TRAILING|LAMBDA|FORMAT|SETTINGS|BINARY)$/.test(name)
    ? { count: 1, text: quote(name) }
    : null
}

/** A word alone between commas or clauses can only be a column. */
function isListed(tokens: readonly Token[], at: number): boolean {
  const [before, after] = [tokens[at - 1], tokens[at + 1]]
  const opens = before?.text === ',' || before?.text === '(' || /^(?:SELECT|BY|DISTINCT)$/.test(upper(before))
  const closes =
    after === undefined || after.text === ',' || after.text === ')' || (upper(after) === 'FROM' && before?.text !== '(')
  return opens && closes
}

const both: readonly Workaround[] = [accentedName, structuredType, reservedName]
const workarounds: Readonly<Record<ParserName, readonly Workaround[]>> = {
  polyglot: [...both, starIlike, pathAfterBracket, filler],
  sqlparser: [...both, filler, lonelyWords, datePartFrom],
}

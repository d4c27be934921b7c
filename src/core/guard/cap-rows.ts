import { problem } from '../problem.ts'
import { scanSql } from './scan-sql.ts'
import type { Token } from './scan-sql.ts'

/**
 * The same text with its row limit lowered to `maxRows`. Only the limit's number is replaced or a LIMIT added; what stands before stays as
 * written, comments and semicolons after the last word fall away. Throws `sql_refused` for a text that cannot be cut into tokens.
 */
export function capRows(sql: string, maxRows: number): string {
  const scan = scanSql(sql)
  if (!scan.ok) throw problem('sql_refused', 'The text cannot be read as SQL.', 'Mend it, then try again.')
  const tokens = topLevel(scan.tokens)
  const end = tokens.at(-1)?.end ?? 0
  const tail = readTail(tokens)
  if (tail === null) return capTop(sql, tokens, maxRows, end)
  if (tail.kind === 'offset') return `${sql.slice(0, tail.at)}LIMIT ${maxRows} ${sql.slice(tail.at, end)}`
  const { count } = tail
  return sql.slice(0, count.start) + smaller(count, maxRows) + sql.slice(count.end, end)
}

const upper = (token: Token | undefined): string => token?.word ?? ''

/** The tokens outside of every bracket, brackets themselves included, without semicolons. */
function topLevel(tokens: readonly Token[]): readonly Token[] {
  const top: Token[] = []
  let depth = 0
  for (const token of tokens) {
    const opens = token.kind === 'symbol' && /^[([{]$/.test(token.text)
    const closes = token.kind === 'symbol' && /^[)\]}]$/.test(token.text)
    if (closes) depth -= 1
    if (depth === 0 && token.text !== ';') top.push(token)
    if (opens) depth += 1
  }
  return top
}

type Tail = { readonly kind: 'count'; readonly count: Token } | { readonly kind: 'offset'; readonly at: number } | null

const isCount = (token: Token | undefined): token is Token =>
  token !== undefined &&
  (token.kind === 'number' || token.kind === 'variable' || token.kind === 'string' || upper(token) === 'NULL')

/** Finds LIMIT, OFFSET or FETCH from the end, because elsewhere these words may be names of columns. */
function readTail(tokens: readonly Token[]): Tail {
  let at = tokens.length - 1
  const back = (...words: readonly string[]): boolean => {
    const found = words.includes(upper(tokens[at])) && tokens[at - 1]?.text !== '.'
    if (found) at -= 1
    return found
  }
  back('ONLY')
  back('ROW', 'ROWS')
  const count = tokens[at]
  if (!isCount(count)) return null
  at -= 1
  if (back('LIMIT')) return { kind: 'count', count }
  back('FIRST', 'NEXT')
  if (back('FETCH')) return { kind: 'count', count }
  if (!back('OFFSET')) return null
  const before = tokens[at]
  if (isCount(before) && upper(tokens[at - 1]) === 'LIMIT') return { kind: 'count', count: before }
  return { kind: 'offset', at: tokens[at + 1]?.start ?? 0 }
}

const smaller = (count: Token, maxRows: number): string => {
  const written = count.kind === 'number' ? Number(count.text) : Number.NaN
  return written <= maxRows ? count.text : String(maxRows)
}

/** Lowers TOP of a single SELECT. A set operation needs a LIMIT of its own. */
function capTop(sql: string, tokens: readonly Token[], maxRows: number, end: number): string {
  const whole = sql.slice(0, end)
  const selects = tokens.filter((token) => upper(token) === 'SELECT')
  const chained = tokens.some((token) => /^(?:UNION|INTERSECT|EXCEPT|MINUS)$/.test(upper(token)))
  const count = selects.length === 1 && !chained ? topCount(tokens) : null
  if (count === null) return `${whole}\nLIMIT ${maxRows}`
  return sql.slice(0, count.start) + smaller(count, maxRows) + sql.slice(count.end, end)
}

function topCount(tokens: readonly Token[]): Token | null {
  let at = tokens.findIndex((token) => upper(token) === 'SELECT') + 1
  if (/^(?:DISTINCT|ALL)$/.test(upper(tokens[at]))) at += 1
  const count = tokens[at + 1]
  const after = tokens[at + 2]
  const isTop = upper(tokens[at]) === 'TOP' && count?.kind === 'number'
  return isTop && after !== undefined && after.text !== ',' && upper(after) !== 'FROM' ? count : null
}

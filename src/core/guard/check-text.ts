import type { Span } from '../../contract/problem.ts'
import { scanSql } from './scan-sql.ts'
import type { Token } from './scan-sql.ts'
import type { Fault, RefusalCode } from './verdict.ts'

/** The longest text that is judged, in UTF-16 code units. */
export const maxSqlLength = 100_000
/** Brackets deeper than this are refused before any parser sees them. */
const maxDepth = 60
const maxTokens = 16_000
/** A chain of one operator becomes a tree as deep as it is long, which is what kills a parser. */
const maxChain = 500

export type TextCheck =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly faults: readonly [Fault, ...Fault[]] }

/** The refusal of a text that no parser will be given. */
export const tooLong = (length: number): Fault => ({
  code: 'too_long',
  reason: `The text has ${length} characters; at most ${maxSqlLength} are judged.`,
  action: 'Shorten the query.',
  span: null,
})

/** What can be said of a text before parsing: size, characters, statements, and the signs that no plain query holds. */
export function checkText(sql: string): TextCheck {
  if (sql.length > maxSqlLength) return { ok: false, faults: [tooLong(sql.length)] }
  const scan = scanSql(sql)
  if (!scan.ok) return scan.fault === 'bad_character' ? badCharacter(scan.what, scan.span) : open(scan.what, scan.span)
  const tokens = withoutEnd(scan.tokens)
  const first = tokens[0]
  if (first === undefined) return refused('empty', 'There is no query in this text.', 'Write a SELECT query.', null)
  const faults = [...statementFaults(tokens, first), ...signFaults(tokens), ...shapeFaults(tokens)]
  const [worst, ...rest] = faults
  return worst === undefined ? { ok: true, tokens } : { ok: false, faults: [worst, ...rest] }
}

const refused = (code: RefusalCode, reason: string, action: string, span: Span | null): TextCheck => ({
  ok: false,
  faults: [{ code, reason, action, span }],
})
const badCharacter = (what: string, span: Span) =>
  refused('bad_character', `The text holds ${what}, which does not belong in SQL.`, 'Remove or retype it.', span)
const open = (what: string, span: Span) =>
  refused('syntax', `${what} is opened and never closed.`, 'Close it, then try again.', span)

/** Semicolons at the end say nothing. */
function withoutEnd(tokens: readonly Token[]): readonly Token[] {
  let end = tokens.length
  while (end > 0 && tokens[end - 1]?.text === ';') end -= 1
  return tokens.slice(0, end)
}

const spanOf = ({ start, end }: Token): Span => ({ start, end })

const writers = new Set(
  (
    'INSERT UPDATE DELETE MERGE TRUNCATE CREATE ALTER DROP UNDROP GRANT REVOKE COMMENT COPY PUT REMOVE RM REPLACE ' +
    'EXPORT IMPORT ATTACH INSTALL LOAD VACUUM CHECKPOINT UPSERT RENAME'
  ).split(' '),
)
const metadata = new Set('SHOW DESCRIBE DESC EXPLAIN LIST LS PRAGMA SUMMARIZE'.split(' '))

/** One statement, and one that begins as a query does. */
function statementFaults(tokens: readonly Token[], first: Token): readonly Fault[] {
  const split = tokens.find((token) => token.text === ';')
  const faults: Fault[] = []
  if (split !== undefined) {
    faults.push({
      code: 'several_statements',
      reason: 'The text holds more than one statement.',
      action: 'Send one query at a time.',
      span: spanOf(split),
    })
  }
  const start = firstWordFault(first)
  return start === null ? faults : [start, ...faults]
}

function firstWordFault(first: Token): Fault | null {
  const name = first.text.toUpperCase()
  if (first.kind === 'symbol' ? first.text === '(' : name === 'SELECT' || name === 'WITH') return null
  const span = spanOf(first)
  if (first.kind === 'word' && writers.has(name)) {
    return { code: 'writes', reason: `${name} changes data or objects.`, action: 'Only SELECT queries run.', span }
  }
  if (first.kind === 'word' && metadata.has(name)) {
    const reason = `${name} describes the warehouse instead of querying it.`
    return { code: 'metadata_command', reason, action: 'Browse the schema instead, or write a SELECT.', span }
  }
  const reason = `A query begins with SELECT or WITH, not with ${first.text.slice(0, 40)}.`
  return { code: 'not_a_query', reason, action: 'Write it as a SELECT query.', span }
}

type Sign = readonly [RefusalCode, string, string]
const bind: Sign = ['session_variable', 'A placeholder has no value here.', 'Write the value itself.']
const notSql: Sign = ['syntax', 'This sign is not part of Snowflake SQL.', 'Remove it.']
const template: Sign = ['dynamic_name', 'A template has not been filled in.', 'Write the query without template marks.']
const signs: Record<string, Sign> = {
  '->>': ['flow_operator', 'The flow operator ->> chains statements.', 'Write one query, with subqueries if needed.'],
  '@': ['stage_access', 'Reading files in a stage is not allowed.', 'Query tables and views only.'],
  '!': ['function_not_allowed', 'Calling a method of a model or instance is not allowed.', 'Leave the call out.'],
  '&': ['dynamic_name', 'A client variable (&name) has not been filled in.', 'Write the value or name itself.'],
  '#': notSql,
  '~': notSql,
  '?': bind,
  '^': notSql,
  $: notSql,
}
/** Signs that a MATCH_RECOGNIZE pattern may hold. */
const patternSigns = new Set(['?', '^', '$'])

/** Signs that no plain query holds, whatever a parser makes of them. */
function signFaults(tokens: readonly Token[]): readonly Fault[] {
  const matching = tokens.some((token) => token.kind === 'word' && token.text.toUpperCase() === 'MATCH_RECOGNIZE')
  return tokens.flatMap((token, index) => {
    const sign = signAt(token, tokens[index + 1])
    if (sign === null || (matching && patternSigns.has(token.text))) return []
    const [code, reason, action] = sign
    return [{ code, reason, action, span: spanOf(token) }]
  })
}

const prefixed: Sign = [
  'syntax',
  'Snowflake has no such string prefix.',
  'Write the string without a letter before it.',
]
const variable: Sign = ['session_variable', 'Session variables are not allowed.', 'Write the value or name itself.']

function signAt(token: Token, next: Token | undefined): Sign | null {
  const touches = next !== undefined && next.start === token.end
  if (token.kind === 'variable') return /^\$\d+$/.test(token.text) ? null : variable
  if (token.kind === 'word' && touches && next.text.startsWith("'") && /^(?:[a-wyz]|br|rb|nq|uq?)$/i.test(token.text)) {
    return prefixed
  }
  if (token.kind !== 'symbol') return null
  if (token.text === '{' && touches && /^[{%#]$/.test(next.text)) return template
  if (token.text === '<' && touches && next.text === '%') return template
  if (token.text === ':' && !touches) return null
  return signs[token.text] ?? null
}

/** Depth and length that would harm a parser are refused before it. */
function shapeFaults(tokens: readonly Token[]): readonly Fault[] {
  const deep = depthOf(tokens) > maxDepth
  const long = tokens.length > maxTokens || longestChain(tokens) > maxChain
  if (!deep && !long) return []
  const reason = deep
    ? `Brackets are nested deeper than ${maxDepth}.`
    : 'The query is too long a chain of conditions or terms.'
  return [{ code: 'too_complex', reason, action: 'Split the query, or list values with IN.', span: null }]
}

function depthOf(tokens: readonly Token[]): number {
  let depth = 0
  let deepest = 0
  for (const { kind, text } of tokens) {
    if (kind !== 'symbol') continue
    if (/^[([{]$/.test(text)) depth += 1
    else if (/^[)\]}]$/.test(text)) depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

const clause = /^(?:SELECT|FROM|WHERE|ON|HAVING|QUALIFY|WHEN|THEN|ELSE|END|BY)$/i
const chained = /^(?:AND|OR|NOT|\|\||[-+*/%])$/i
const setOperator = /^(?:UNION|INTERSECT|EXCEPT|MINUS)$/i

/** The longest run of operators between two commas or clauses of one bracket, and of set operators: how deep a tree may get. */
function longestChain(tokens: readonly Token[]): number {
  const open: number[] = [0]
  let longest = 0
  let sets = 0
  for (const { kind, text } of tokens) {
    if (kind !== 'word' && kind !== 'symbol') continue
    const last = open.length - 1
    if (/^[([{]$/.test(text)) open.push(0)
    else if (/^[)\]}]$/.test(text)) open.length = Math.max(1, last)
    else if (text === ',' || clause.test(text)) open[last] = 0
    else if (setOperator.test(text)) sets += 1
    else if (chained.test(text)) longest = Math.max(longest, (open[last] = (open[last] ?? 0) + 1))
  }
  return Math.max(longest, sets)
}

import { maxSqlLength } from '../../contract/command.ts'
import type { Span } from '../../contract/problem.ts'
import { checkSigns } from './check-tokens.ts'
import { scanSql } from './scan-sql.ts'
import type { Token } from './scan-sql.ts'
import type { Fault, RefusalCode } from './verdict.ts'

export type TextCheck =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly faults: readonly [Fault, ...Fault[]] }

/** The fault of a text that is too long to be parsed. */
export const tooLong = (length: number): Fault => ({
  code: 'too_long',
  reason: `The text has ${length} characters; at most ${maxSqlLength} are checked.`,
  action: 'Shorten the query.',
  span: null,
})

/** Checks that need no parser: size, characters, number of statements, first word, signs and shape. */
export function checkText(sql: string): TextCheck {
  if (sql.length > maxSqlLength) return { ok: false, faults: [tooLong(sql.length)] }
  const scan = scanSql(sql)
  if (!scan.ok) return scan.fault === 'bad_character' ? badCharacter(scan.what, scan.span) : open(scan.what, scan.span)
  const tokens = withoutEnd(scan.tokens)
  const first = tokens[0]
  if (first === undefined) return refused('empty', 'There is no query in this text.', 'Write a SELECT query.', null)
  const faults = [...statementFaults(tokens, first), ...checkSigns(tokens), ...checkShape(tokens)]
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

/** Drops semicolons at the end. */
function withoutEnd(tokens: readonly Token[]): readonly Token[] {
  let end = tokens.length
  while (end > 0 && tokens[end - 1]?.text === ';') end -= 1
  return tokens.slice(0, end)
}

const writers = new Set(
  (
    'INSERT UPDATE DELETE MERGE TRUNCATE CREATE ALTER DROP UNDROP GRANT REVOKE COMMENT COPY PUT REMOVE RM REPLACE ' +
    'EXPORT IMPORT ATTACH INSTALL LOAD VACUUM CHECKPOINT UPSERT RENAME'
  ).split(' '),
)
const metadata = new Set('SHOW DESCRIBE DESC EXPLAIN LIST LS PRAGMA SUMMARIZE'.split(' '))

/** Refuses several statements and a first word that begins no query. */
function statementFaults(tokens: readonly Token[], first: Token): readonly Fault[] {
  const split = tokens.find((token) => token.text === ';')
  const faults: Fault[] = []
  if (split !== undefined) {
    faults.push({
      code: 'several_statements',
      reason: 'The text holds more than one statement.',
      action: 'Send one query at a time.',
      span: { start: split.start, end: split.end },
    })
  }
  const start = firstWordFault(first)
  return start === null ? faults : [start, ...faults]
}

function firstWordFault(first: Token): Fault | null {
  const name = first.word
  if (first.text === '(' || name === 'SELECT' || name === 'WITH') return null
  const span = { start: first.start, end: first.end }
  if (writers.has(name)) {
    return { code: 'writes', reason: `${name} changes data or objects.`, action: 'Only SELECT queries run.', span }
  }
  if (metadata.has(name)) {
    const reason = `${name} describes the warehouse instead of querying it.`
    return { code: 'metadata_command', reason, action: 'Browse the schema instead, or write a SELECT.', span }
  }
  const reason = `A query begins with SELECT or WITH, not with ${first.text.slice(0, 40)}.`
  return { code: 'not_a_query', reason, action: 'Write it as a SELECT query.', span }
}

/** Brackets deeper than this are refused before any parser sees them. */
const maxDepth = 60
const maxTokens = 60_000
/** The longest chain of operators. A chain becomes a tree as deep as it is long, which overflows a parser's stack. */
const maxChain = 500

/** Refuses nesting and length that could break a parser. */
export function checkShape(tokens: readonly Token[]): readonly Fault[] {
  const { depth, chain } = measure(tokens)
  if (depth <= maxDepth && chain <= maxChain && tokens.length <= maxTokens) return []
  const reason =
    depth > maxDepth
      ? `Brackets are nested deeper than ${maxDepth}.`
      : 'The query is too long a chain of conditions, terms, joins or queries.'
  return [{ code: 'too_complex', reason, action: 'Split the query, or list values with IN.', span: null }]
}

const opening = new Set('([{')
const closing = new Set(')]}')
const clauses = new Set([',', ...'SELECT FROM WHERE ON HAVING QUALIFY WHEN THEN ELSE END BY'.split(' ')])
const chained = new Set('AND OR NOT || - + * / %'.split(' '))
/** Words counted over the whole text: each joins a further query or table. */
const joining = new Set('UNION INTERSECT EXCEPT MINUS JOIN SELECT'.split(' '))

/** Measures the depth of brackets, and the longest run of operators within a clause or of a word that joins queries or tables. */
function measure(tokens: readonly Token[]): { readonly depth: number; readonly chain: number } {
  const runs: number[] = [0]
  let depth = 0
  let chain = 0
  const counts = new Map<string, number>()
  for (const { kind, text, word } of tokens) {
    if (kind !== 'word' && kind !== 'symbol') continue
    const sign = kind === 'word' ? word : text
    const last = runs.length - 1
    if (opening.has(sign)) depth = Math.max(depth, runs.push(0) - 1)
    else if (closing.has(sign)) runs.length = Math.max(1, last)
    else if (clauses.has(sign)) runs[last] = 0
    else if (chained.has(sign)) chain = Math.max(chain, (runs[last] = (runs[last] ?? 0) + 1))
    if (joining.has(sign)) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  }
  return { depth, chain: Math.max(chain, ...counts.values()) }
}

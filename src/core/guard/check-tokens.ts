import type { Token } from './scan-sql.ts'
import type { Fault, RefusalCode } from './verdict.ts'

type Sign = readonly [RefusalCode, string, string]
const bind: Sign = ['session_variable', 'A placeholder has no value here.', 'Write the value itself.']
const notSql: Sign = ['syntax', 'This sign is not part of Snowflake SQL.', 'Remove it.']
const template: Sign = ['dynamic_name', 'A template has not been filled in.', 'Write the query without template marks.']
const signs = new Map<string, Sign>(
  Object.entries({
    '->>': ['flow_operator', 'The flow operator ->> chains statements.', 'Write one query, with subqueries if needed.'],
    '@': ['stage_access', 'Reading files in a stage is not allowed.', 'Query tables and views only.'],
    '!': ['function_not_allowed', 'Calling a method of a model or instance is not allowed.', 'Leave the call out.'],
    '&': ['dynamic_name', 'A client variable (&name) has not been filled in.', 'Write the value or name itself.'],
    '#': notSql,
    '~': notSql,
    '?': bind,
    '^': notSql,
    $: notSql,
  }),
)
/** Signs that a MATCH_RECOGNIZE pattern may hold. */
const patternSigns = new Set(['?', '^', '$'])

/** Returns a fault for every sign that no plain query contains, independently of the parsers. */
export function checkSigns(tokens: readonly Token[]): readonly Fault[] {
  const matching = tokens.some((token) => token.word === 'MATCH_RECOGNIZE')
  const faults: Fault[] = []
  for (const [index, token] of tokens.entries()) {
    const sign = signAt(token, tokens[index + 1])
    if (sign === null || (matching && patternSigns.has(token.text))) continue
    const [code, reason, action] = sign
    faults.push({ code, reason, action, span: { start: token.start, end: token.end } })
  }
  return faults
}

const prefixed: Sign = [
  'syntax',
  'Snowflake has no such string prefix.',
  'Write the string without a letter before it.',
]
/** String prefixes of other dialects. Snowflake has only `X'…'`. */
const prefixes = /^(?:[A-WYZ]|BR|RB|NQ|UQ?)$/
const variable: Sign = ['session_variable', 'Session variables are not allowed.', 'Write the value or name itself.']

function signAt(token: Token, next: Token | undefined): Sign | null {
  if (token.kind === 'variable') return /^\$\d+$/.test(token.text) ? null : variable
  const touching = next?.start === token.end ? next.text : ''
  if (token.kind === 'word') return touching.startsWith("'") && prefixes.test(token.word) ? prefixed : null
  if (token.kind !== 'symbol') return null
  if (token.text === '{' && /^[{%#]$/.test(touching)) return template
  if (token.text === '<' && touching === '%') return template
  return signs.get(token.text) ?? null
}

/** Words that Snowflake reserves for statements that write. In a query they must be quoted to be a name. */
const changing = new Set('ALTER CREATE DELETE DROP GRANT INSERT INTO REVOKE SET TRIGGER UPDATE'.split(' '))

/** Returns a fault for every word that no plain query contains, independently of the parsers. */
export function checkWords(tokens: readonly Token[]): readonly Fault[] {
  const faults: Fault[] = []
  for (const [index, token] of tokens.entries()) {
    const found = wordFault(token, tokens[index - 1], tokens[index + 1])
    if (found !== null) faults.push(found)
  }
  return faults
}

function wordFault(token: Token, before: Token | undefined, after: Token | undefined): Fault | null {
  if (token.kind !== 'word' && token.kind !== 'quoted') return null
  const name = token.kind === 'word' ? token.word : token.text.slice(1, -1).toUpperCase()
  if ((name === 'NEXTVAL' || name === 'CURRVAL') && before?.text === '.') {
    return fault(token, 'sequence_access', 'Reading a sequence advances it.', 'Number rows with ROW_NUMBER() instead.')
  }
  if (name.startsWith('METADATA$')) {
    return fault(token, 'stage_access', `${name} tells of files and changes, not of rows.`, 'Leave it out.')
  }
  if (name === 'INFORMATION_SCHEMA' && /[^ -~]/.test(token.text)) {
    const reason = `${token.text} only looks like INFORMATION_SCHEMA.`
    return fault(token, 'table_not_allowed', reason, 'Write it in plain letters.')
  }
  const isPart = before?.text === '.' || before?.text === ':'
  const isCall = name === 'INSERT' && after?.text === '('
  if (token.kind === 'quoted' || isPart || isCall || !changing.has(name)) return null
  return fault(
    token,
    'writes',
    `${name} belongs to statements that change something.`,
    'Put quotes around it if it is a name.',
  )
}

/** Constructs of other dialects, each with what to write instead. */
const substitutes: readonly (readonly [pattern: RegExp, reason: string, action: string])[] = [
  [
    / OVER \w+ .* WINDOW \w+ AS \( /,
    'Snowflake has no WINDOW clause.',
    'Repeat the window in brackets after each OVER.',
  ],
  [
    / FILTER \( WHERE /,
    'Snowflake has no FILTER clause.',
    'Use IFF or CASE in the aggregate, as in SUM(IFF(a, x, 0)).',
  ],
  [
    / DISTINCT ON \( /,
    'Snowflake has no DISTINCT ON.',
    'Use QUALIFY ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) = 1.',
  ],
  [/ AT TIME ZONE /, 'Snowflake has no AT TIME ZONE.', 'Use CONVERT_TIMEZONE(zone, timestamp).'],
  [/ LIMIT \S+ , \S+ /, 'Snowflake has no LIMIT with two numbers.', 'Write LIMIT count OFFSET start.'],
  [/ SIMILAR TO /, 'Snowflake has no SIMILAR TO.', 'Use RLIKE with a regular expression.'],
]
/** Tokens that are searched for such a construct. */
const mostSearched = 4_000

/** Replaces the reason of a vague fault where the text uses a construct of another dialect. The code stays the same. */
export function withSubstitute(fault: Fault, tokens: readonly Token[]): Fault {
  const isVague = fault.code === 'syntax' || fault.code === 'construct_not_allowed'
  const words = isVague ? tokens.slice(0, mostSearched).map(({ word, text }) => (word === '' ? text : word)) : []
  const text = ` ${words.join(' ')} `
  const [, reason, action] = substitutes.find(([pattern]) => pattern.test(text)) ?? []
  return reason === undefined || action === undefined ? fault : { ...fault, reason, action }
}

const fault = ({ start, end }: Token, code: RefusalCode, reason: string, action: string): Fault => ({
  code,
  reason,
  action,
  span: { start, end },
})

import type { FavoriteParameter, ParameterValue, ParameterValues } from '../../contract/favorites.ts'
import { quotedText } from '../catalog/sql-quoting.ts'
import { scanSql, type Token } from '../guard/scan-sql.ts'
import { problem } from '../problem.ts'

/** A place in SQL that stands for a value. */
interface Placeholder {
  /** As first written in the SQL. */
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * Finds `:name` in SQL. A colon behind a name, a closing bracket or a string is a path into JSON (`src:field`), `::` is a cast, and what stands
 * in strings, quoted names and comments is no token of its own. Text that cannot be scanned has no parameters: the guard refuses it.
 */
function findPlaceholders(sql: string): readonly Placeholder[] {
  const scan = scanSql(sql)
  if (!scan.ok) return []
  return scan.tokens.flatMap((token, at) => {
    const name = scan.tokens[at + 1]
    if (token.text !== ':' || name?.kind !== 'word' || name.start !== token.end) return []
    if (!/^[A-Za-z_]\w{0,99}$/.test(name.text) || isPathAfter(scan.tokens[at - 1])) return []
    return [{ name: name.text, start: token.start, end: name.end }]
  })
}

/** Words that name no column and that a value may follow. */
const leading = new Set(
  `SELECT DISTINCT ALL ANY SOME WHERE AND OR NOT IN LIKE ILIKE RLIKE REGEXP BETWEEN CASE WHEN THEN ELSE ON HAVING QUALIFY BY LIMIT OFFSET
  FROM VALUES UNION INTERSECT MINUS`.split(/\s+/),
)

/** Whether a colon behind this token begins a path into JSON, or continues a cast. */
function isPathAfter(before: Token | undefined): boolean {
  if (before === undefined) return false
  if (before.kind === 'word') return !leading.has(before.word)
  return before.kind !== 'symbol' || [')', ']', '}', '::', '.'].includes(before.text)
}

/** The names that SQL has values for, in the order of their first places. */
export function parameterNames(sql: string): readonly string[] {
  const found = new Map<string, string>()
  for (const { name } of findPlaceholders(sql)) if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), name)
  return [...found.values()]
}

/** The parameters that SQL names: those known keep what is known of them, new ones are texts without a default. */
export function declareParameters(sql: string, known: readonly FavoriteParameter[]): readonly FavoriteParameter[] {
  const declared = parameterNames(sql).map(
    (name): FavoriteParameter =>
      known.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? {
        name,
        kind: 'text',
        label: null,
        default: null,
        options: [],
      },
  )
  for (const parameter of declared) if (parameter.default !== null) literalOf(parameter, parameter.default)
  return declared
}

/**
 * The SQL with a literal in each place. A literal is made here from the parsed value, never from text of the caller as it is, and the whole is
 * still only a text that the guard judges. Throws `bad_request` for a value that is missing, unknown or not of its kind.
 */
export function bindParameters(sql: string, parameters: readonly FavoriteParameter[], values: ParameterValues): string {
  const declared = declareParameters(sql, parameters)
  const given = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]))
  const unknown = Object.keys(values).find(
    (name) => !declared.some((one) => one.name.toLowerCase() === name.toLowerCase()),
  )
  if (unknown !== undefined) throw problem('bad_request', `The query has no parameter "${unknown}".`, 'Leave it out.')
  const literals = new Map(
    declared.map((parameter) => {
      const value = given.get(parameter.name.toLowerCase()) ?? parameter.default
      if (value === null)
        throw problem('bad_request', `"${parameter.label ?? parameter.name}" has no value.`, 'Give it one.')
      return [parameter.name.toLowerCase(), literalOf(parameter, value)]
    }),
  )
  let bound = ''
  let from = 0
  for (const { name, start, end } of findPlaceholders(sql)) {
    const literal = literals.get(name.toLowerCase()) ?? ''
    // Nothing may grow together: `AND:n` would become a name, `:a'b'` one string, `:n.5` another number.
    const before = /[\w$'".]$/.test(sql.slice(from, start)) ? ' ' : ''
    const after = /^[\w$'".]/.test(sql.slice(end, end + 1)) ? ' ' : ''
    bound += sql.slice(from, start) + before + literal + after
    from = end
  }
  return bound + sql.slice(from)
}

const wholeOrDecimal = /^[+-]?(?:\d{1,38}(?:\.\d{0,37})?|\.\d{1,37})$/

/** A value as a literal of Snowflake's dialect. Throws `bad_request` where it is not of the parameter's kind. */
function literalOf(parameter: FavoriteParameter, value: ParameterValue): string {
  const { kind, options } = parameter
  const text = String(value).trim()
  switch (kind) {
    case 'text':
      return textLiteral(parameter, String(value))
    case 'choice':
      if (!options.includes(String(value)))
        throw notA(parameter, `one of ${options.map((one) => `"${one}"`).join(', ')}`)
      return textLiteral(parameter, String(value))
    case 'number': {
      const plain = typeof value === 'number' && !Number.isInteger(value) ? plainDecimal(value) : text
      if (typeof value === 'boolean' || !wholeOrDecimal.test(plain)) throw notA(parameter, 'a number, such as 1250.5')
      const number = plain.replace(/^\+/, '').replace(/\.$/, '')
      // A minus behind a minus would begin a comment.
      return number.startsWith('-') ? `(${number})` : number
    }
    case 'date':
      if (!isDate(text)) throw notA(parameter, 'a day, such as 2026-01-31')
      return `'${text}'::DATE`
    case 'boolean':
      if (!/^(?:true|false)$/i.test(text)) throw notA(parameter, 'true or false')
      return text.toUpperCase()
  }
}

/** A number as digits: `1e-7` is `0.0000001`. */
const plainDecimal = (value: number): string => {
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text
}

/** Line ends and tabs become escapes, so that a value never changes how the lines of the query read. */
function textLiteral(parameter: FavoriteParameter, value: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw notA(parameter, 'a text without NUL and broken characters')
  return quotedText(value).replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
}

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (parts === null || parts[1] === '0000') return false
  const moment = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text)
}

const notA = ({ label, name }: FavoriteParameter, what: string) =>
  problem('bad_request', `"${label ?? name}" must be ${what}.`, 'Change the value.')

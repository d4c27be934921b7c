import { parse } from '@guanmingchiu/sqlparser-ts'
import { problem } from '../../../core/problem.ts'
import { expression } from './expressions.ts'
import { query } from './query.ts'
import { bodyIf, cannotRun, type Node } from './syntax.ts'
import { emptyScope, type Scope, type Translator } from './translator.ts'

/**
 * A Snowflake query in DuckDB's dialect, answering as Snowflake would. The parser must have been initialised. The text calls the
 * macros of the dialect by full name and still has to be checked by DuckDB's own parser before it runs.
 * Two-part table names lie in `database`; null leaves them to DuckDB's search path.
 * Throws problems `sql_invalid` (not one query) and `sql_unsupported` (names what only Snowflake can run).
 */
export function toDuckdb(sql: string, options: { readonly database: string | null } = { database: null }): string {
  refuseEscapes(sql)
  const root = bodyIf(oneStatement(sql), 'Query')
  if (root === undefined) throw cannotRun('a statement that is no query')
  return translate(root, sql, options.database)
}

const pieces = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|--[^\n]*|\/\*[\s\S]*?\*\//g

/** The parser drops the backslash of escapes by code (`\u2744`), so that text with one would come out as something else. */
function refuseEscapes(sql: string): void {
  for (const [piece] of sql.matchAll(pieces)) {
    if (piece.startsWith("'") && /^'(?:[^\\]|\\[^ux0-7])*\\[ux0-7]/.test(piece))
      throw cannotRun('text with an escape by code')
  }
}

function oneStatement(sql: string): Node {
  let statements: readonly Node[]
  try {
    statements = parse(sql, 'snowflake')
  } catch (error) {
    if (isTrap(error)) throw error
    throw problem(
      'sql_invalid',
      'The text is not a query that can be read.',
      'Check the syntax near the place named.',
      {
        details: [error instanceof Error ? error.message : String(error)],
        cause: error,
      },
    )
  }
  const [only, ...others] = statements
  if (only === undefined || others.length > 0) {
    throw problem('sql_invalid', 'The text is not exactly one query.', 'Ask one query at a time.')
  }
  return only
}

/** The parser broke rather than refused: its caller must not use it again. */
const isTrap = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')

function translate(root: Node, source: string, database: string | null): string {
  const make = (scope: Scope): Translator => {
    const t: Translator = {
      scope,
      source,
      database,
      expr: (node) => expression(node, t),
      query: (node) => query(node, t),
      inside: (change) => make({ ...scope, ...change }),
    }
    return t
  }
  return query(root, make(emptyScope)).text
}

import type { Parsed } from '../../../core/guard/text-readers.ts'
import { problem } from '../../../core/problem.ts'
import type { Declarations } from './declared-columns.ts'
import { expression } from './expressions.ts'
import { query } from './query.ts'
import { bodyIf, cannotRun, type Node } from './syntax.ts'
import { emptyScope, type Scope, type Translator } from './translator.ts'

/**
 * A Snowflake query in DuckDB's dialect, answering as Snowflake would. `parse` is the sqlparser reading of a text. The result calls the
 * macros of the dialect by full name and still has to be checked by DuckDB's own parser before it runs. What is declared of tables makes
 * the text shorter and faster to bind; types that are not declared are asked of DuckDB's binder by the macros. Two-part table names lie in
 * the declared database; without one they are left to DuckDB's search path.
 * Throws problems `sql_invalid` (not one query) and `sql_unsupported` (names what only Snowflake can run).
 */
export function toDuckdb(
  sql: string,
  parse: (sql: string) => Parsed,
  declared: Declarations = { tables: [], database: null, schema: null },
): string {
  refuseEscapes(sql)
  const root = bodyIf(oneStatement(parse(sql)), 'Query')
  if (root === undefined) throw cannotRun('a statement that is no query')
  if (countRelations(root) > mostRelations) throw cannotRun(`a query over more than ${mostRelations} tables`)
  const make = (scope: Scope): Translator => {
    const t: Translator = {
      scope,
      source: sql,
      declared,
      expr: (node) => expression(node, t),
      query: (node) => query(node, t),
      inside: (change) => make({ ...scope, ...change }),
    }
    return t
  }
  return query(root, make(emptyScope)).text
}

/** DuckDB plans the joins of many more for minutes, and does not stop when told. */
const mostRelations = 100

/** The tables, subqueries and table functions in all FROM clauses of a query. */
function countRelations(node: Node): number {
  if (typeof node !== 'object' || node === null) return 0
  const own = 'relation' in node ? 1 : 0
  return Object.values(node).reduce((sum: number, value: Node) => sum + countRelations(value), own)
}

const pieces = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|(?:--|\/\/)[^\n]*|\/\*[\s\S]*?\*\//g

/** The parser drops the backslash of escapes by code (`\u2744`), so that text with one would come out as something else. */
function refuseEscapes(sql: string): void {
  for (const [piece] of sql.matchAll(pieces)) {
    if (piece.startsWith("'") && /^'(?:[^\\]|\\[^ux0-7])*\\[ux0-7]/.test(piece))
      throw cannotRun('text with an escape by code')
  }
}

function oneStatement(parsed: Parsed): Node {
  if (!parsed.ok) {
    if (/recursion limit/i.test(parsed.message)) throw cannotRun('a query nested as deeply as this one')
    throw problem(
      'sql_invalid',
      'The text is not a query that can be read.',
      'Check the syntax near the place named.',
      { details: [parsed.message] },
    )
  }
  const [only, ...others] = parsed.statements
  if (only === undefined || others.length > 0) {
    throw problem('sql_invalid', 'The text is not exactly one query.', 'Ask one query at a time.')
  }
  return only
}

import { Parser, init } from '@guanmingchiu/sqlparser-ts'
import { explainQuery } from '../../core/explain/explain-query.ts'
import type { Parsed, Parsers } from '../../core/guard/analyze-query.ts'
import { parserInput } from '../../core/guard/parser-input.ts'
import { scanSql } from '../../core/guard/scan-sql.ts'
import type { Tree } from '../../core/guard/trees/tree.ts'
import { problem } from '../../core/problem.ts'
import { Dialect, generate, initPolyglot, parse } from './polyglot.ts'

/** A parser broke rather than refused; its memory cannot be trusted afterwards. */
export class ParserTrap extends Error {}

/** A query in plain words, from polyglot's tree. Throws `sql_refused` for a text that it cannot read. */
export function explainSql(sql: string, polyglot: Parsers['polyglot']): string {
  const parsed = polyglot(sql)
  if (parsed.ok && parsed.statements[0] !== undefined) return explainQuery(parsed.statements[0], print)
  const scan = scanSql(sql)
  const view = scan.ok ? parserInput(sql, scan.tokens, 'polyglot').text : sql
  const again = view === sql ? parsed : polyglot(view)
  const tree = again.ok ? again.statements[0] : undefined
  if (tree === undefined) throw problem('sql_refused', 'The text cannot be read as SQL.', 'Mend it, then try again.')
  // The one thing kept from the parser that says what is shown.
  const picked = /\*\s*ILIKE\b/i.test(sql) && !/\*\s*ILIKE\b/i.test(view) ? `\n${picksColumns}` : ''
  return explainQuery(tree, print) + picked
}

const picksColumns =
  'Of all columns, shows only those whose names match a pattern (* ILIKE); which is best read in the SQL.'

/** A part of a query as SQL, for the eyes only. */
function print(tree: Tree): string {
  const result = generate([tree], Dialect.Snowflake)
  return result.success ? (result.sql?.[0] ?? '') : ''
}

/** Loads both parsers. Throws `ParserTrap` from a parse when one of them breaks. */
export async function loadParsers(): Promise<Parsers> {
  await Promise.all([initPolyglot(), init()])
  return {
    polyglot: rememberLatest((sql) => guarded(() => readPolyglot(sql))),
    sqlparser: (sql) => guarded(() => readSqlparser(sql)),
  }
}

const remembered = 4
/** The tree of a longer text takes too much memory to be kept. */
const longestRemembered = 20_000

/** Keeps the trees of the latest texts: what was judged is explained next, and often judged again. */
function rememberLatest(read: (sql: string) => Parsed): (sql: string) => Parsed {
  const known = new Map<string, Parsed>()
  return (sql) => {
    const found = known.get(sql) ?? read(sql)
    if (sql.length > longestRemembered) return found
    known.delete(sql)
    known.set(sql, found)
    const [oldest] = known.keys()
    if (known.size > remembered && oldest !== undefined) known.delete(oldest)
    return found
  }
}

/** Polyglot reports its own breaking as an ordinary error. */
const trapWords = /unreachable|out of bounds|call stack|RuntimeError/i

function readPolyglot(sql: string): Parsed {
  const result = parse(sql, Dialect.Snowflake)
  const message = result.error ?? 'unreadable'
  if (!result.success && trapWords.test(message)) throw new ParserTrap(message)
  if (!result.success) return { ok: false, message }
  return { ok: true, statements: (result.ast ?? []) as Tree[] }
}

/** Every fault that sqlparser finds in a text begins so; its breaking is reported by the same type of error without it. */
const faultWords = /^sql parser error: /

function readSqlparser(sql: string): Parsed {
  try {
    return { ok: true, statements: Parser.parse(sql, 'snowflake') as unknown as Tree[] }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!faultWords.test(message)) throw new ParserTrap(message)
    return { ok: false, message }
  }
}

function guarded(read: () => Parsed): Parsed {
  try {
    return read()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof ParserTrap || error instanceof RangeError || isWasmTrap(error)) throw new ParserTrap(message)
    return { ok: false, message }
  }
}

/** `WebAssembly.RuntimeError` by name, for its type belongs to no library that is loaded here. */
const isWasmTrap = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError'

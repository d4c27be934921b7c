import { readFile } from 'node:fs/promises'
import { Parser, init } from '@guanmingchiu/sqlparser-ts'
import type * as Polyglot from '@polyglot-sql/sdk'
import * as loadedPolyglot from '@polyglot-sql/sdk/manual'
import { LRUCache } from 'lru-cache'
import { explainQuery } from '../../core/explain/explain-query.ts'
import type { TypedTable } from '../../core/explain/name-facts.ts'
import type { Parsed, Parsers } from '../../core/guard/analyze-query.ts'
import { parserInput } from '../../core/guard/parser-input.ts'
import { scanSql } from '../../core/guard/scan-sql.ts'
import type { Tree } from '../../core/guard/trees/tree.ts'
import { problem } from '../../core/problem.ts'

// The entry that leaves loading to its caller declares no members: they are those of the main entry.
const { Dialect, generate, parse } = loadedPolyglot as unknown as typeof Polyglot

/** A parser broke rather than refused; its memory cannot be trusted afterwards. */
export class ParserTrap extends Error {}

/** A query in plain words, from polyglot's tree. Throws `sql_refused` for a text that it cannot read. */
export function explainSql(sql: string, polyglot: Parsers['polyglot'], tables: readonly TypedTable[]): string {
  const parsed = polyglot(sql)
  if (parsed.ok && parsed.statements[0] !== undefined) return explainQuery(parsed.statements[0], print, tables)
  const scan = scanSql(sql)
  const view = scan.ok ? parserInput(sql, scan.tokens, 'polyglot').text : sql
  const again = view === sql ? parsed : polyglot(view)
  const tree = again.ok ? again.statements[0] : undefined
  if (tree === undefined) throw problem('sql_refused', 'The text cannot be read as SQL.', 'Mend it, then try again.')
  // The parser was given a plain star in place of `* ILIKE`, so the explanation adds what that left out.
  const picked = /\*\s*ILIKE\b/i.test(sql) && !/\*\s*ILIKE\b/i.test(view) ? `\n${picksColumns}` : ''
  return explainQuery(tree, print, tables) + picked
}

const picksColumns =
  'Of all columns, shows only those whose names match a pattern (* ILIKE); which is best read in the SQL.'

/** A part of a query as SQL, for an explanation; never run. */
function print(tree: Tree): string {
  const result = generate([tree], Dialect.Snowflake)
  return result.success ? (result.sql?.[0] ?? '') : ''
}

/** Trees kept by their text: what was analyzed is explained next, and often analyzed again. */
const keptTrees = 4
/** The tree of a longer text takes too much memory to be kept. */
const longestKept = 20_000

/** Loads both parsers. Throws `ParserTrap` from a parse when one of them breaks. */
export async function loadParsers(): Promise<Parsers> {
  await Promise.all([initPolyglot(), init()])
  const kept = new LRUCache<string, Parsed>({ max: keptTrees })
  return {
    polyglot(sql) {
      const parsed = kept.get(sql) ?? trapsThrown(() => readPolyglot(sql))
      if (sql.length <= longestKept) kept.set(sql, parsed)
      return parsed
    },
    sqlparser: (sql) => trapsThrown(() => readSqlparser(sql)),
  }
}

/** Loads polyglot from its file. Its main entry loads itself, but through `fetch`, which takes 40 MB and 50 ms more. */
async function initPolyglot(): Promise<void> {
  const bytes = await readFile(new URL(import.meta.resolve('@polyglot-sql/sdk/polyglot_sql.wasm')))
  // The loader accepts the bytes as well as an address; only the address is typed.
  await loadedPolyglot.default.init({ wasmUrl: bytes as unknown as URL })
}

/** Polyglot reports that it broke as an ordinary error with one of these words. */
const trapWords = /unreachable|out of bounds|call stack|RuntimeError/i

function readPolyglot(sql: string): Parsed {
  const result = parse(sql, Dialect.Snowflake)
  const message = result.error ?? 'unreadable'
  if (!result.success && trapWords.test(message)) throw new ParserTrap(message)
  if (!result.success) return { ok: false, message }
  return { ok: true, statements: (result.ast ?? []) as Tree[] }
}

/** How every fault that sqlparser finds in a text begins; the same type of error without it means that sqlparser broke. */
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

/** Turns every sign of a broken parser into `ParserTrap`. */
function trapsThrown(read: () => Parsed): Parsed {
  try {
    return read()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // WebAssembly's error is told by its name, for no library that is loaded here declares its type.
    const isTrap = error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')
    if (isTrap || error instanceof ParserTrap) throw new ParserTrap(message)
    return { ok: false, message }
  }
}

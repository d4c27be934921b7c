import { readFile } from 'node:fs/promises'
import { Parser, init } from '@guanmingchiu/sqlparser-ts'
import type * as Polyglot from '@polyglot-sql/sdk'
import * as loadedPolyglot from '@polyglot-sql/sdk/manual'
import { LRUCache } from 'lru-cache'
import { explainQuery } from '../../core/explain/explain-query.ts'
import { readQueryOutline, type QueryOutline } from '../../core/explain/query-outline.ts'
import type { TypedTable } from '../../core/explain/typed-tables.ts'
import type { Parsed, Parsers, TextReaders } from '../../core/guard/text-readers.ts'
import { parserInput } from '../../core/guard/parser-input.ts'
import { scanSql } from '../../core/guard/scan-sql.ts'
import type { Tree } from '../../core/guard/trees/tree.ts'
import { readQueryParts, type QueryParts } from '../../core/probe/query-parts.ts'
import type { QueryPart } from '../../core/ledger/query-parts.ts'
import { readParts } from '../../core/ledger/read-parts.ts'
import { problem } from '../../core/problem.ts'
import type { Declarations } from '../../dialect/duckdb/translate/declared-columns.ts'
import { cannotRun } from '../../dialect/duckdb/translate/syntax.ts'
import { toDuckdb } from '../../dialect/duckdb/translate/to-duckdb.ts'

// The entry without automatic loading has no type declarations of its own; its members are those of the main entry.
const { Dialect, generate, parse } = loadedPolyglot as unknown as typeof Polyglot

/** A parser broke rather than refused; its memory cannot be trusted afterwards. */
export class ParserTrap extends Error {}

/** A query in plain words, from polyglot's tree. Throws `sql_refused` for a text that it cannot read. */
export function explainSql(sql: string, read: TextReaders['polyglot'], tables: readonly TypedTable[]): string {
  const scan = scanSql(sql)
  const reading = scan.ok ? read(sql, scan.tokens) : null
  if (reading === null || 'code' in reading)
    throw problem('sql_refused', 'The text cannot be read as SQL.', 'Mend it, then try again.')
  const explained = explainQuery(reading.statement, print, tables)
  // Constructs that were rewritten for the parser are not in its tree, so the explanation names them.
  const left = [...new Set(reading.rewritten.filter(({ isExact }) => !isExact).map(({ what }) => what))]
  return left.length === 0 ? explained : `${explained}\nBest read in the SQL: ${left.join(', ')}.`
}

/** The parts of a query; null where its tree is not exactly what was written, or the text cannot be read. */
export function partsOfSql(
  sql: string,
  read: TextReaders['polyglot'],
  tables: readonly TypedTable[],
): QueryParts | null {
  const scan = scanSql(sql)
  const reading = scan.ok ? read(sql, scan.tokens) : null
  if (reading === null || 'code' in reading || reading.rewritten.some(({ isExact }) => !isExact)) return null
  return readQueryParts(reading.statement, print, tables)
}

/** The outline of a query; null under the same conditions as its parts. */
export function outlineOfSql(
  sql: string,
  read: TextReaders['polyglot'],
  tables: readonly TypedTable[],
): QueryOutline | null {
  const scan = scanSql(sql)
  const reading = scan.ok ? read(sql, scan.tokens) : null
  if (reading === null || 'code' in reading || reading.rewritten.some(({ isExact }) => !isExact)) return null
  return readQueryOutline(reading.statement, print, tables)
}

/** The parts of a query with their places, from sqlparser's tree, which places every name and literal; null for a text that it cannot read. */
export function placedPartsOfSql(sql: string, read: TextReaders['sqlparser']): readonly QueryPart[] | null {
  const scan = scanSql(sql)
  const reading = scan.ok ? read(sql, scan.tokens) : null
  if (reading === null || 'code' in reading || !scan.ok) return null
  return readParts(reading.statement, reading.offsets, scan.tokens)
}

/**
 * Translates a query to DuckDB's dialect. What sqlparser cannot read is first rewritten to an exact equivalent; a construct without one is
 * refused by name.
 */
export function translateToDuckdb(sql: string, parse: Parsers['sqlparser'], declared: Declarations): string {
  const scan = scanSql(sql)
  const tokens = scan.ok ? scan.tokens : []
  const { text } = parserInput(sql, tokens, 'sqlparser', { onlyExact: true })
  const parsed = parse(text)
  const [construct] = parsed.ok ? [] : parserInput(text, tokens, 'sqlparser').rewritten
  if (construct !== undefined) throw cannotRun(construct.what)
  return toDuckdb(text, () => parsed, declared)
}

/** A part of a query as SQL, for an explanation or for a probe, which is guarded anew. */
function print(tree: Tree): string {
  const result = generate([tree], Dialect.Snowflake)
  return result.success ? (result.sql?.[0] ?? '') : ''
}

/** Trees cached by their text, because an analyzed text is explained next and often analyzed again. */
const keptTrees = 4
/** Texts above this length are not cached, because their trees take too much memory. */
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

/** Polyglot reports an internal failure as an ordinary error with one of these words. */
const trapWords = /unreachable|out of bounds|call stack|RuntimeError/i

function readPolyglot(sql: string): Parsed {
  const result = parse(sql, Dialect.Snowflake)
  const message = result.error ?? 'unreadable'
  if (!result.success && trapWords.test(message)) throw new ParserTrap(message)
  if (!result.success) return { ok: false, message }
  return { ok: true, statements: (result.ast ?? []) as Tree[] }
}

/** Every syntax error of sqlparser begins so; an error of the same type without it is an internal failure. */
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
    // WebAssembly.RuntimeError is recognised by name, because its type is not declared here.
    const isTrap = error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')
    if (isTrap || error instanceof ParserTrap) throw new ParserTrap(message)
    return { ok: false, message }
  }
}

import { Dialect, parse } from '@polyglot-sql/sdk'
import { Parser, init } from '@guanmingchiu/sqlparser-ts'
import type { Parsed, Parsers } from '../../core/guard/judge-query.ts'
import type { Tree } from '../../core/guard/trees/tree.ts'

/** A parser broke rather than refused; its memory cannot be trusted afterwards. */
export class ParserTrap extends Error {}

/** Loads both parsers. Throws `ParserTrap` from a parse when one of them breaks. */
export async function loadParsers(): Promise<Parsers> {
  await init()
  return {
    polyglot: (sql) => guarded(() => readPolyglot(sql)),
    sqlparser: (sql) => guarded(() => ({ ok: true, statements: Parser.parse(sql, 'snowflake') as unknown as Tree[] })),
  }
}

function readPolyglot(sql: string): Parsed {
  const result = parse(sql, Dialect.Snowflake)
  if (!result.success) return { ok: false, message: result.error ?? 'unreadable' }
  return { ok: true, statements: (result.ast ?? []) as Tree[] }
}

function guarded(read: () => Parsed): Parsed {
  try {
    return read()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof RangeError || isWasmTrap(error)) throw new ParserTrap(message)
    return { ok: false, message }
  }
}

/** `WebAssembly.RuntimeError` by name, for its type belongs to no library that is loaded here. */
const isWasmTrap = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError'

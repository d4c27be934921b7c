import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { QueryFacts, Refusal } from '../guard/verdict.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import type { QueryParts } from '../probe/query-parts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { QueryPart } from '../ledger/query-parts.ts'

/** What a text reads, or why it may not run. */
export type Analysis = ({ readonly ok: true } & QueryFacts) | Refusal

/**
 * Parses SQL in isolation: every call has a deadline and a memory limit, and a hang or crash of a parser becomes a refusal. The rules of
 * `core/guard` run beside the parsers.
 */
export interface SqlParsers {
  /** Analyzes a text with both parsers. With a catalog, names are resolved against it; the policy adds what an operator allows. */
  analyze(sql: string, options: { readonly catalog: Catalog | null; readonly policy: GuardPolicy }): Promise<Analysis>
  /** The same text with its row limit lowered to `maxRows` by splicing tokens; everything else stays as it was written. */
  capRows(sql: string, maxRows: number): Promise<string>
  /**
   * Translates a guarded statement to DuckDB's dialect. Column types of the catalog make the result faster to bind. The result must be checked
   * with DuckDB's own parser before it runs. Throws problem `sql_unsupported` if DuckDB cannot do what Snowflake would.
   */
  toDuckdb(sql: ReadOnlySql, options?: { readonly catalog: Catalog | null }): Promise<string>
  /** A guarded statement in plain words, from its syntax tree. The catalog's types make sentences about dates and NULLs precise. */
  explain(sql: ReadOnlySql, options?: { readonly catalog: Catalog | null }): Promise<string>
  /** What decides which rows a guarded statement reads, in parts that can be left out; null for anything but a SELECT from tables. */
  partsOf(sql: ReadOnlySql, options: { readonly catalog: Catalog }): Promise<QueryParts | null>
  /** How the result of a guarded statement comes to be, from its syntax tree; null where the tree is not exactly what was written. */
  outline(sql: ReadOnlySql, options?: { readonly catalog: Catalog | null }): Promise<QueryOutline | null>
  /** The parts of a text, each with its place, from its syntax tree; null for a text that cannot be read. It need not have passed the guard. */
  placedParts(sql: string): Promise<readonly QueryPart[] | null>
  close(): Promise<void>
}

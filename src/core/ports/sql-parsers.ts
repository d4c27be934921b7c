import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { QueryFacts, Refusal } from '../guard/verdict.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { Catalog } from '../catalog/catalog.ts'

export type Analysis = ({ readonly ok: true } & QueryFacts) | Refusal

/**
 * The parsers, kept where a hang or a crash cannot hurt anyone: every call has a deadline and memory limit, after which the
 * answer is a refusal. Judging is by the rules of `core/guard`, run beside the parsers.
 */
export interface SqlParsers {
  /** Judges a text by both parsers. With a catalog, names are resolved against it; the policy opens what an operator allowed. */
  analyze(sql: string, options: { readonly catalog: Catalog | null; readonly policy: GuardPolicy }): Promise<Analysis>
  /** The same text with its row limit lowered to `maxRows` by splicing tokens; everything else stays as it was written. */
  capRows(sql: string, maxRows: number): Promise<string>
  /**
   * A guarded statement in DuckDB's dialect. The catalog, where there is one, tells the types of columns, which makes the text faster to bind. Not yet safe to run: whoever runs it checks the text again with DuckDB's own parser.
   * Throws problem `sql_unsupported` where the sample's engine cannot do what Snowflake would.
   */
  toDuckdb(sql: ReadOnlySql, options?: { readonly catalog: Catalog | null }): Promise<string>
  /** A guarded statement in plain words, from its syntax tree. The catalog's types make sentences about dates and NULLs precise. */
  explain(sql: ReadOnlySql, options?: { readonly catalog: Catalog | null }): Promise<string>
  close(): Promise<void>
}

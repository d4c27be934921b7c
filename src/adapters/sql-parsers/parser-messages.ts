import type { Problem } from '../../contract/problem.ts'
import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { NameDefaults, NamedTable } from '../../core/guard/names/catalog-index.ts'
import type { QueryOutline } from '../../core/explain/query-outline.ts'
import type { TypedTable } from '../../core/explain/typed-tables.ts'
import type { QueryParts } from '../../core/probe/query-parts.ts'
import type { QueryPart } from '../../core/ledger/query-parts.ts'
import type { Analysis } from '../../core/ports/sql-parsers.ts'
import type { Declarations } from '../../dialect/duckdb/translate/declared-columns.ts'
import type { CatalogPart } from '../processes/catalog-transfer.ts'

/** The names of some tables of a catalog. */
export interface ParserCatalogPart extends CatalogPart<NamedTable> {
  readonly kind: 'catalog'
  readonly defaults: NameDefaults
}

/** What the parsers' worker is asked, one at a time. */
export type ParserRequest =
  /** `catalogId` refers to a catalog sent before; null takes names as written. */
  | { readonly kind: 'analyze'; readonly sql: string; readonly policy: GuardPolicy; readonly catalogId: number | null }
  | ParserCatalogPart
  | { readonly kind: 'cap-rows'; readonly sql: string; readonly maxRows: number }
  | { readonly kind: 'to-duckdb'; readonly sql: string; readonly declared: Declarations }
  | { readonly kind: 'explain' | 'parts' | 'outline'; readonly sql: string; readonly tables: readonly TypedTable[] }
  | { readonly kind: 'placed-parts'; readonly sql: string }

export type ParserAnswer =
  | { readonly kind: 'verdict'; readonly verdict: Analysis }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'outline'; readonly outline: QueryOutline | null }
  | { readonly kind: 'parts'; readonly parts: QueryParts | null }
  | { readonly kind: 'placed-parts'; readonly parts: readonly QueryPart[] | null }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** A part of a catalog was stored. */
  | { readonly kind: 'received' }
  /** The worker does not have the catalog; send it, then ask again. */
  | { readonly kind: 'catalog-missing' }
  /** A parser broke; the worker must be replaced. */
  | { readonly kind: 'trap'; readonly message: string }

/** Messages of the worker: one when it is ready, then one answer for each request. */
export type FromWorker = { readonly kind: 'ready' } | ParserAnswer

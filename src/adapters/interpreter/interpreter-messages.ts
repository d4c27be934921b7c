import type { Problem } from '../../contract/problem.ts'
import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import type { WriterOutcome, WriteRequest } from '../../core/ports/writer.ts'
import type { CatalogPart } from '../processes/catalog-transfer.ts'

/** Some tables of a catalog, and everything else that is in it. */
export interface InterpreterCatalogPart extends CatalogPart<CatalogTable> {
  readonly kind: 'catalog'
  readonly rest: Omit<Catalog, 'tables'>
}

/** What is asked about a catalog that was sent before. Tables go by their positions in it. */
export type CatalogQuestion =
  | { readonly kind: 'find-tables'; readonly question: string; readonly limit: number }
  | {
      readonly kind: 'write'
      readonly request: Omit<WriteRequest, 'catalog' | 'tables'>
      readonly tables: readonly number[]
    }
  | { readonly kind: 'starters' }
  | { readonly kind: 'follow-ups'; readonly question: string; readonly today: string }

/** What the interpreter's worker is asked, one at a time. */
export type InterpreterRequest = InterpreterCatalogPart | (CatalogQuestion & { readonly catalogId: number })

export type InterpreterAnswer =
  | { readonly kind: 'tables'; readonly positions: readonly number[] }
  | { readonly kind: 'outcome'; readonly outcome: WriterOutcome }
  | { readonly kind: 'questions'; readonly questions: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** A part of a catalog arrived. */
  | { readonly kind: 'received' }
  /** The worker does not have the catalog; send it, then ask again. */
  | { readonly kind: 'catalog-missing' }
  /** Something that should not happen did; the worker goes on. */
  | { readonly kind: 'defect'; readonly stack: string }

/** What a worker says: once that it is ready, then an answer a request. */
export type FromInterpreter = { readonly kind: 'ready' } | InterpreterAnswer

import type { Problem } from '../../contract/problem.ts'
import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import type { AnsweredQuestion, KnownJoin } from '../../core/ports/interpreter.ts'
import type { WriterOutcome, WriteRequest } from '../../core/ports/writer.ts'
import type { CatalogPart } from '../processes/catalog-transfer.ts'

/** Some tables of a catalog and, in the last part, the rest of it. */
export interface InterpreterCatalogPart extends CatalogPart<CatalogTable> {
  readonly kind: 'catalog'
  readonly rest: Omit<Catalog, 'tables'>
}

/** A request about a catalog that was sent before. Tables are given by their positions in it. */
export type CatalogQuestion =
  | { readonly kind: 'find-tables'; readonly question: string; readonly limit: number }
  | {
      readonly kind: 'write'
      readonly request: Omit<WriteRequest, 'catalog' | 'tables'>
      readonly tables: readonly number[]
    }
  | { readonly kind: 'starters' }
  | { readonly kind: 'outlook'; readonly table: number }
  | (AnsweredQuestion & { readonly kind: 'follow-ups' })

/** A request to the interpreter's worker, which handles one at a time. */
export type InterpreterRequest = InterpreterCatalogPart | (CatalogQuestion & { readonly catalogId: number })

export type InterpreterAnswer =
  | { readonly kind: 'tables'; readonly positions: readonly number[] }
  | { readonly kind: 'outcome'; readonly outcome: WriterOutcome }
  | { readonly kind: 'questions'; readonly questions: readonly string[] }
  | {
      readonly kind: 'outlook'
      readonly joins: readonly (Omit<KnownJoin, 'table'> & { readonly table: number })[]
      readonly questions: readonly string[]
    }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Confirms a part of a catalog. */
  | { readonly kind: 'received' }
  /** The worker does not have the catalog. Send it, then ask again. */
  | { readonly kind: 'catalog-missing' }
  /** An unexpected error; the worker stays usable. */
  | { readonly kind: 'defect'; readonly stack: string }

/** A message from the worker: `ready` once, then one answer per request. */
export type FromInterpreter = { readonly kind: 'ready' } | InterpreterAnswer

/** Turns tables into positions in their catalog, for messages to and from the worker. */
interface TablePositions {
  of(catalog: Catalog, tables: readonly CatalogTable[]): readonly number[]
}

/** Caches one index per catalog object. */
export function makeTablePositions(): TablePositions {
  const indexes = new WeakMap<Catalog, ReadonlyMap<CatalogTable, number>>()
  return {
    of(catalog, tables) {
      const index = indexes.get(catalog) ?? new Map(catalog.tables.map((table, position) => [table, position]))
      indexes.set(catalog, index)
      return tables.flatMap((table) => index.get(table) ?? [])
    },
  }
}

export const tablesAt = (catalog: Catalog, positions: readonly number[]): readonly CatalogTable[] =>
  positions.flatMap((position) => catalog.tables[position] ?? [])

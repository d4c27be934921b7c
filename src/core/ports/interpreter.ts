import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { EarlierTurn, Writer } from './writer.ts'

/** One way that a table joins another: along declared keys, or along what names and values say. */
export interface KnownJoin {
  readonly table: CatalogTable
  readonly columns: readonly string[]
  readonly otherColumns: readonly string[]
  /** Whether each row has at most one row of the other table. */
  readonly isToOne: boolean
  readonly isDeclared: boolean
}

/** What the rules find out about one table. */
export interface TableOutlook {
  /** Likeliest first. */
  readonly joins: readonly KnownJoin[]
  /** Questions about it that the writer answers. */
  readonly questions: readonly string[]
}

/** Turns questions into SQL by rules, without a model. Asynchronous because the rules run beside the event loop. */
export interface Interpreter {
  /** The built-in writer. */
  readonly writer: Writer
  /** Questions to begin with; empty when finding them takes too long. */
  readonly suggestQuestions: (catalog: Catalog, signal: AbortSignal) => Promise<readonly string[]>
  /** What can be asked of a table of the catalog, and how it joins; null when finding that takes too long. */
  readonly outlookOf: (catalog: Catalog, table: CatalogTable, signal: AbortSignal) => Promise<TableOutlook | null>
  /** Questions close to the one asked; empty when finding them takes too long. */
  readonly suggestFollowUps: (
    asked: AnsweredQuestion & { readonly catalog: Catalog },
    signal: AbortSignal,
  ) => Promise<readonly string[]>
}

/** A question that was answered, with what tells which questions lie close to it. */
export interface AnsweredQuestion {
  readonly question: string
  /** `YYYY-MM-DD`. */
  readonly today: string
  /** The questions that it may follow, oldest first; left out for none. */
  readonly earlier?: readonly EarlierTurn[]
  /** Whether nothing was found, so that questions about the same rows would find nothing either. */
  readonly isEmpty?: boolean
}

/** How the built-in writer is chosen, and what people see. */
export const offlineWriterId = 'offline'
export const offlineWriterLabel = 'Built-in interpreter'

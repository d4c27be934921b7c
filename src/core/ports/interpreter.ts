import type { Catalog } from '../catalog/catalog.ts'
import type { Writer } from './writer.ts'

/** Turns questions into SQL by rules, without a model. Asynchronous because the rules run beside the event loop. */
export interface Interpreter {
  /** The built-in writer. */
  readonly writer: Writer
  /** Questions to begin with; empty when finding them takes too long. */
  readonly suggestQuestions: (catalog: Catalog, signal: AbortSignal) => Promise<readonly string[]>
  /** Questions close to the one asked; empty when finding them takes too long. `today` is `YYYY-MM-DD`. */
  readonly suggestFollowUps: (
    asked: { readonly question: string; readonly catalog: Catalog; readonly today: string },
    signal: AbortSignal,
  ) => Promise<readonly string[]>
}

/** How the built-in writer is chosen, and what people see. */
export const offlineWriterId = 'offline'
export const offlineWriterLabel = 'Built-in interpreter'

import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { Writer } from './writer.ts'

/** What rules can read of a question against a catalog, without a model. It takes a processor, so none of it happens at once. */
export interface Interpreter {
  /** The built-in writer. */
  readonly writer: Writer
  /** The tables a question is about, best first, at most `limit`. Throws `too_busy` where the catalog takes too long to read. */
  readonly findTables: (
    question: string,
    catalog: Catalog,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ) => Promise<readonly CatalogTable[]>
  /** Questions to begin with; none where finding them takes too long. */
  readonly suggestQuestions: (catalog: Catalog, signal: AbortSignal) => Promise<readonly string[]>
  /** Questions near the one asked; none where finding them takes too long. `today` is `YYYY-MM-DD`. */
  readonly suggestFollowUps: (
    asked: { readonly question: string; readonly catalog: Catalog; readonly today: string },
    signal: AbortSignal,
  ) => Promise<readonly string[]>
}

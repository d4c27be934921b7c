import type { Problem } from '../../contract/problem.ts'
import type { Column, Estimate } from '../../contract/result.ts'
import type { CatalogTable } from '../../core/catalog/catalog.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

/** What a DuckDB process is told. `open` comes first; every later message belongs to a request by `id`. */
export type ToChild =
  | { readonly kind: 'open'; readonly settings: EngineSettings }
  | { readonly kind: 'catalog'; readonly id: number; readonly budgetMs: number }
  | { readonly kind: 'compile'; readonly id: number; readonly sql: string }
  | {
      readonly kind: 'run'
      readonly id: number
      readonly sql: string
      readonly maxRows: number
      readonly maxBytes: number
      readonly timeoutMs: number
    }
  /** Asks for `count` more batches of a result. */
  | { readonly kind: 'more'; readonly id: number; readonly count: number }
  | { readonly kind: 'cancel'; readonly id: number }

/** What a DuckDB process answers. Each request ends with exactly one of `answer`, `end`, `problem` and `stopped`. */
export type FromChild =
  | { readonly kind: 'opened' }
  | { readonly kind: 'unopened'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'columns'; readonly id: number; readonly columns: readonly Column[] }
  | { readonly kind: 'batch'; readonly id: number; readonly rowCount: number; readonly json: Uint8Array }
  | { readonly kind: 'end'; readonly id: number; readonly truncated: boolean }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: Problem; readonly fatal: boolean }
  | { readonly kind: 'stopped'; readonly id: number }

export type Answer =
  | { readonly kind: 'compiled'; readonly columns: readonly Column[]; readonly estimate: Estimate }
  | { readonly kind: 'tables'; readonly tables: readonly CatalogTable[] }

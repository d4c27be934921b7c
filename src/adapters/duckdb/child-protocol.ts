import type { Column, Estimate } from '../../contract/result.ts'
import type { CatalogTable } from '../../core/catalog/catalog.ts'
import type { ChildControl, ChildReply, ChildState } from '../processes/child-link.ts'
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
  | ChildControl

/** What a DuckDB process answers. */
export type FromChild = ChildState | ChildReply<Answer>

export type Answer =
  | {
      readonly kind: 'compiled'
      readonly columns: readonly Column[]
      readonly estimate: Estimate
      /** Whether the plan expects it to use much of the engine. */
      readonly heavy: boolean
    }
  | { readonly kind: 'tables'; readonly tables: readonly CatalogTable[] }

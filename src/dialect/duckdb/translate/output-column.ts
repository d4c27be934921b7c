import type { Kind } from './emitted.ts'

/** What is known of one output column of a query. */
export interface OutputColumn {
  readonly name: string
  readonly kind: Kind
  readonly scale: string | null
}

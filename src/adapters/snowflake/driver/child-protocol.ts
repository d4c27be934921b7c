import type { Problem } from '../../../contract/problem.ts'
import type { Column } from '../../../contract/result.ts'
import type { SnowflakeLimits } from '../session/snowflake-limits.ts'
import type { SmallResult, SnowflakeCredential, SnowflakeTarget, StatementTag } from '../snowflake-link.ts'

/** What a driver process is made for. */
export interface ChildSettings {
  readonly target: SnowflakeTarget
  readonly limits: SnowflakeLimits
  /** Origins that results may be fetched from besides Snowflake's storage. */
  readonly resultOrigins: readonly string[]
  /** `HTTPS_PROXY` and its like; empty where requests go straight. */
  readonly proxy: Readonly<Record<string, string>>
}

/** How much of a result is wanted. */
export interface RowLimits {
  readonly maxRows: number
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** What a driver process is asked to do. */
export type ChildRequest =
  | {
      readonly kind: 'query'
      readonly id: number
      readonly sql: string
      readonly tag: StatementTag
      readonly timeoutMs: number
    }
  | {
      readonly kind: 'describe'
      readonly id: number
      readonly sql: string
      readonly tag: StatementTag
      readonly timeoutMs: number
    }
  | ({ readonly kind: 'run'; readonly id: number; readonly sql: string; readonly tag: StatementTag } & RowLimits)
  /** The rows of a finished query once more, from row number `fromRow` on. */
  | ({ readonly kind: 'reread'; readonly id: number; readonly queryId: string; readonly fromRow: number } & RowLimits)
  | { readonly kind: 'abandon'; readonly id: number; readonly queryId: string; readonly timeoutMs: number }

/** What a driver process is told. `open` comes first; every later message belongs to a request or to a question of the process by `id`. */
export type ToChild =
  | { readonly kind: 'open'; readonly settings: ChildSettings }
  | ChildRequest
  /** Answers `credential-wanted`: how to sign in, or why that cannot be told. */
  | { readonly kind: 'credential'; readonly id: number; readonly credential: SnowflakeCredential }
  | { readonly kind: 'no-credential'; readonly id: number; readonly problem: Problem }
  /** Asks for `count` more batches of a result. */
  | { readonly kind: 'more'; readonly id: number; readonly count: number }
  | { readonly kind: 'cancel'; readonly id: number }

/** What a driver process answers. Each request ends with exactly one of `answer`, `end`, `problem` and `stopped`. */
export type FromChild =
  | { readonly kind: 'opened' }
  | { readonly kind: 'credential-wanted'; readonly id: number; readonly isRefused: boolean }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: ChildAnswer }
  | {
      readonly kind: 'working'
      readonly id: number
      readonly queryId: string
      readonly state: 'running' | 'queued' | 'resuming'
    }
  | { readonly kind: 'columns'; readonly id: number; readonly columns: readonly Column[] }
  | { readonly kind: 'batch'; readonly id: number; readonly rowCount: number; readonly json: Uint8Array }
  | { readonly kind: 'end'; readonly id: number; readonly truncated: boolean }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: Problem }
  | { readonly kind: 'stopped'; readonly id: number }

export type ChildAnswer =
  | { readonly kind: 'small'; readonly result: SmallResult }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  | { readonly kind: 'abandoned' }

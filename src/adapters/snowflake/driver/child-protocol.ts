import type { Problem } from '../../../contract/problem.ts'
import type { Column } from '../../../contract/result.ts'
import type { ChildControl, ChildReply, ChildState } from '../../processes/child-link.ts'
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
  | ChildControl

/** The process is about to sign in; `isRefused` where Snowflake would not have the credential it was told last. */
export interface CredentialWanted {
  readonly kind: 'credential-wanted'
  readonly id: number
  readonly isRefused: boolean
}

/** What a driver process answers. */
export type FromChild = ChildState | ChildReply<ChildAnswer> | CredentialWanted

export type ChildAnswer =
  | { readonly kind: 'small'; readonly result: SmallResult }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  | { readonly kind: 'abandoned' }

import type { Problem } from '../../../contract/problem.ts'
import type { Column } from '../../../contract/result.ts'
import type { RowsFile, SavedRows } from '../../../core/ports/rows-file.ts'
import type { ChildControl, ChildReply, ChildState } from '../../processes/child-link.ts'
import type { SnowflakeLimits } from '../session/snowflake-limits.ts'
import type { SmallResult, SnowflakeCredential, SnowflakeTarget, StatementTag } from '../snowflake-link.ts'

/** The settings of a driver process. */
export interface ChildSettings {
  readonly target: SnowflakeTarget
  readonly limits: SnowflakeLimits
  /** Origins that results may be fetched from besides Snowflake's storage. */
  readonly resultOrigins: readonly string[]
  /** `HTTPS_PROXY` and its like; empty without a proxy. */
  readonly proxy: Readonly<Record<string, string>>
}

/** Where the rows of a result go, and their limits. */
export interface RowLimits {
  /** Written by the process itself; without it rows are handed over. */
  readonly file?: RowsFile
  readonly maxRows: number
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** The requests to a driver process. */
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
  /** Reads the rows of a finished query again, from row number `fromRow` on. */
  | ({ readonly kind: 'reread'; readonly id: number; readonly queryId: string; readonly fromRow: number } & RowLimits)
  | { readonly kind: 'abandon'; readonly id: number; readonly queryId: string; readonly timeoutMs: number }

/** The messages to a driver process. `open` comes first; later ones belong to a request, or to a question of the process, by `id`. */
export type ToChild =
  | { readonly kind: 'open'; readonly settings: ChildSettings }
  | ChildRequest
  /** Answers `credential-wanted` with the credential, or with the problem in reading it. */
  | { readonly kind: 'credential'; readonly id: number; readonly credential: SnowflakeCredential }
  | { readonly kind: 'no-credential'; readonly id: number; readonly problem: Problem }
  | ChildControl

/** Asks for the credential before a sign-in; `isRefused` when Snowflake has just refused the last one. */
export interface CredentialWanted {
  readonly kind: 'credential-wanted'
  readonly id: number
  readonly isRefused: boolean
}

/** The messages from a driver process. */
export type FromChild = ChildState | ChildReply<ChildAnswer> | CredentialWanted

export type ChildAnswer =
  | { readonly kind: 'small'; readonly result: SmallResult }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  | { readonly kind: 'saved'; readonly saved: SavedRows }
  | { readonly kind: 'abandoned' }

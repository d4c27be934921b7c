import type { ConnectionReport } from '../contract/connection.ts'
import type { AppInfo, ConversationSummary, TurnSummary } from '../contract/api.ts'
import type { TableName } from '../contract/turn-event.ts'
import type { Turns } from './ask/turns.ts'
import type { Caller } from './caller.ts'
import type { SavedConnections } from './connections/saved-connections.ts'
import type { ExportResult } from './export/export-result.ts'
import type { Refusal } from './guard/verdict.ts'
import type { StoredEvent } from './ports/turn-store.ts'

/** A dependency's state, as `/readyz` and `floe doctor` show it. */
export interface Health {
  readonly name: string
  readonly state: 'ok' | 'starting' | 'failed'
  /** What was seen, one sentence. */
  readonly detail: string
  /** What to do when it is not ok; null when it is. */
  readonly action: string | null
}

/** What `floe check` prints of one text. */
export type CheckVerdict =
  { readonly ok: true; readonly tables: readonly TableName[] } | (Refusal & { readonly tables: readonly TableName[] })

/** What `floe explain` says of one text. */
export type ExplainVerdict =
  { readonly ok: true; readonly tables: readonly TableName[]; readonly explanation: string } | Refusal

/** Everything the doors may use. `compose` makes it; nothing in it starts before it is first needed. */
export interface Services {
  readonly turns: Turns
  readonly history: {
    list(caller: Caller, limit: number): Promise<readonly ConversationSummary[]>
    /** Throws `not_found`. */
    read(
      caller: Caller,
      conversationId: string,
    ): Promise<{ readonly conversation: ConversationSummary; readonly turns: readonly TurnSummary[] }>
    /** A turn and the text of its stored events after `afterSeq`. Throws `not_found`. */
    readTurn(
      caller: Caller,
      turnId: string,
      afterSeq: number,
    ): Promise<{ readonly turn: TurnSummary; readonly events: readonly StoredEvent[] }>
  }
  /** Judges a text without running it; with a connection, names are resolved against its catalog. */
  check(caller: Caller, sql: string, connection: string | null): Promise<CheckVerdict>
  /** Judges a text as `check` does and says in plain words what it would do, one sentence a line. */
  explain(caller: Caller, sql: string, connection: string | null): Promise<ExplainVerdict>
  /** Writes the whole result of a query as a file. */
  readonly exportResult: ExportResult
  appInfo(caller: Caller): Promise<AppInfo>
  /** Questions that a connection can answer; none while it cannot be opened, which asking it then explains. */
  starters(caller: Caller, connection: string, signal: AbortSignal): Promise<readonly string[]>
  readonly connections: SavedConnections
  /** The state of each dependency, asked now. */
  health(): Promise<readonly Health[]>
  /** Tries a connection step by step, whatever kind it is. Throws `connection_unknown`. */
  diagnose(caller: Caller, connection: string, signal: AbortSignal): Promise<ConnectionReport>
  /** Cancels what runs, stores what is left, closes every dependency. */
  close(): Promise<void>
}

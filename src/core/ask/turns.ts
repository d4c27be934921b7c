import type { TurnState } from '../../contract/api.ts'
import type { Approve, Ask, Cancel, Edit } from '../../contract/command.ts'
import type { AutoRun } from '../../contract/preferences.ts'
import type { FileForm } from '../../contract/result-file.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Caller } from '../caller.ts'
import type { ExportedFile, ExportProgress } from '../ports/exporter.ts'

/** An ask whose gaps the person's preferences may have filled: `autoRun` is then their limit. */
export interface FilledAsk extends Omit<Ask, 'autoRun'> {
  readonly autoRun?: boolean | AutoRun | undefined
}

/** An event of a turn, encoded once for every reader. */
export interface EncodedEvent {
  readonly seq: number
  readonly kind: TurnEvent['kind']
  /** The whole TurnEvent as JSON text on one line. */
  readonly json: string
}

/** Wants a turn's result as a file instead of rows. */
export interface ResultFile {
  readonly form: FileForm
  /** Null for every row. */
  readonly maxRows: number | null
  /** Takes the finished file. The turn says `result.done` once this resolves. */
  deliver(file: ExportedFile): Promise<void>
  readonly onProgress?: (progress: ExportProgress) => void
}

/**
 * Turns as every transport sees them: started, followed, decided about. Reads and commands see only turns of the caller.
 * All methods throw problems; commands on a turn that is over or unknown throw `turn_not_waiting` or `not_found`.
 */
export interface Turns {
  /** Starts a turn, or finds the one of the same `turnId`. Events follow through `events`. */
  ask(caller: Caller, ask: FilledAsk, file?: ResultFile): Promise<{ readonly turnId: string }>
  /**
   * The events after `afterSeq`, stored ones first, then live ones, ending after the turn's last event. Aborting `signal` ends the
   * reading quietly, not the turn; a turn without readers is cancelled after a grace time.
   */
  events(caller: Caller, turnId: string, afterSeq: number, signal: AbortSignal): AsyncIterable<EncodedEvent>
  /** Throws `stale_approval` unless the digest is the one now proposed. */
  approve(caller: Caller, command: Approve): Promise<void>
  /** Throws `sql_refused` and the like when the new text does not pass; the earlier proposal then stands. */
  edit(caller: Caller, command: Edit): Promise<void>
  /**
   * Stops the turn wherever it is, the warehouse's query included. Resolves once it has stopped, and when it was over already. Throws
   * `turn_not_waiting` for a turn that another process runs, which cannot be stopped from here.
   */
  cancel(caller: Caller, command: Cancel): Promise<void>
  /** Refuses new turns, cancels the running ones and waits until their last events are stored, within limits. */
  close(): Promise<void>
}

/** What else this process knows of the turns it runs. */
export interface RunningTurns extends Turns {
  /**
   * Throws `too_busy` where the person may start nothing more at the moment and no turn of that id is here to be followed: a look that costs
   * nothing, for before anything is read for an ask.
   */
  expectRoom(caller: Caller, turnId: string | undefined): void
  /** Whether a turn is started, runs, waits or is still being stored here. */
  isRunHere(turnId: string): boolean
  /** The state of such a turn, which is ahead of the store's; null for any other. */
  stateHere(turnId: string): TurnState | null
}

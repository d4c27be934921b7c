import type { Approve, Ask, Cancel, Edit } from '../../contract/command.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Caller } from '../caller.ts'

/** An event of a turn, encoded once for every reader. */
export interface EncodedEvent {
  readonly seq: number
  readonly kind: TurnEvent['kind']
  /** The whole TurnEvent as JSON text on one line. */
  readonly json: string
}

/**
 * Turns as every door sees them: started, followed, steered. Reads and commands see only turns of the caller.
 * All methods throw problems; commands on a turn that is over or unknown throw `turn_not_waiting` or `not_found`.
 */
export interface Turns {
  /** Starts a turn, or finds the one of the same `turnId`. Events follow through `events`. */
  ask(caller: Caller, ask: Ask): Promise<{ readonly turnId: string }>
  /**
   * The events after `afterSeq`, stored ones first, then live ones, ending after the turn's last event. Aborting `signal` ends the
   * reading quietly, not the turn; a turn nobody reads any more is cancelled after a grace time.
   */
  events(caller: Caller, turnId: string, afterSeq: number, signal: AbortSignal): AsyncIterable<EncodedEvent>
  /** Throws `stale_approval` unless the digest is the one now proposed. */
  approve(caller: Caller, command: Approve): Promise<void>
  /** Throws `sql_refused` and the like when the new text does not pass; the earlier proposal then stands. */
  edit(caller: Caller, command: Edit): Promise<void>
  /** Stops the turn wherever it is, the warehouse's query included. Resolves once it has stopped; harmless when it is over already. */
  cancel(caller: Caller, command: Cancel): Promise<void>
  /** Refuses new turns, cancels the running ones and waits until their last events are stored. */
  close(): Promise<void>
}

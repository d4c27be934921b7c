import type { TurnState } from '../../contract/api.ts'
import type { Problem } from '../../contract/problem.ts'
import { finalKinds, type CancelReason, type TurnEvent, type TurnFact } from '../../contract/turn-event.ts'
import type { StoredEvent } from '../ports/turn-store.ts'
import { presentProblem, problem } from '../problem.ts'
import type { EncodedEvent } from './turns.ts'

/** What a journey yields: a fact, with rows still as the text the engine encoded. */
export type LiveFact =
  Exclude<TurnFact, { kind: 'result.rows' }> | { readonly kind: 'result.rows'; readonly rowsJson: string }

/** The last fact of a turn. */
export type FinalFact = Extract<TurnFact, { kind: (typeof finalKinds)[number] }>

/** The wire text of an event. Row text is spliced in as the engine wrote it, never parsed and printed again. */
export function encodeEvent(
  envelope: { readonly turnId: string; readonly seq: number; readonly at: string },
  fact: LiveFact,
): EncodedEvent {
  const json =
    fact.kind === 'result.rows'
      ? `${JSON.stringify({ kind: fact.kind, ...envelope }).slice(0, -1)},"rows":${fact.rowsJson}}`
      : JSON.stringify({ ...envelope, ...fact })
  return { seq: envelope.seq, kind: fact.kind, json }
}

/** A stored event with its kind. Row events can be large: theirs is read from the front of the text without parsing the rows. */
export function readStored({ seq, json }: StoredEvent): EncodedEvent {
  const isRows = json.startsWith('{"kind":"result.rows"')
  return { seq, json, kind: isRows ? 'result.rows' : (JSON.parse(json) as TurnEvent).kind }
}

const finals: readonly string[] = finalKinds

/** Whether an event is the last one of its turn. */
export const isFinal = (kind: string): boolean => finals.includes(kind)

/** Whether a turn in this state says nothing more. */
export const isOver = (state: TurnState): boolean => state !== 'running' && state !== 'waiting'

/** The state a turn is in after a fact, given the state before it. */
export function stateAfter(before: TurnState, fact: LiveFact): TurnState {
  if (fact.kind === 'query.proposed') return 'waiting'
  if (fact.kind === 'query.approved') return 'running'
  if (fact.kind === 'turn.done') return 'done'
  if (fact.kind === 'turn.cancelled') return 'cancelled'
  if (fact.kind === 'turn.failed') return fact.problem.code === 'interrupted' ? 'interrupted' : 'failed'
  return before
}

/** Why a turn was stopped from outside. */
export type StopReason = CancelReason | 'shutdown'

/** What a journey's signal is aborted with. */
export class TurnStopped extends Error {
  readonly reason: StopReason
  constructor(reason: StopReason) {
    super(`the turn was stopped: ${reason}`)
    this.name = 'TurnStopped'
    this.reason = reason
  }
}

/** A stop of a turn: why, and where nobody read it, for how long. */
export interface Stop {
  readonly reason: StopReason
  readonly unreadMs?: number
}

/** The last fact of a turn that ended on an error or a stop. `wasWaiting`: it waited for a decision when it was stopped. */
export function finalFactOf(error: unknown, stopped: Stop | null, wasWaiting: boolean): FinalFact {
  if (stopped?.reason === 'shutdown') return { kind: 'turn.failed', problem: processStopped(wasWaiting) }
  if (stopped !== null) return { kind: 'turn.cancelled', ...stopped, reason: stopped.reason }
  return { kind: 'turn.failed', problem: presentProblem(error) }
}

/** The problem of a turn whose end its process could not store. */
export const notStored = (): Problem =>
  problem('interrupted', 'The rest of this answer could not be stored.', 'Run it again.').problem

/** The problem of a turn whose process went away while it ran, or while its proposal waited. */
export const processStopped = (wasWaiting: boolean): Problem =>
  wasWaiting
    ? problem('interrupted', 'Floe was stopped while this query waited for you. It was not run.', 'Ask again.').problem
    : problem('interrupted', 'Floe stopped while this question was being answered.', 'Run it again.').problem

import type { Ask } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import { problem, ProblemError } from '../problem.ts'
import type { EncodedEvent, ResultFile, Turns } from './turns.ts'

/** A query that waits for a decision. */
export type Proposal = Extract<TurnEvent, { readonly kind: 'query.proposed' }>

/** What is decided about a proposal; `stop` ends the turn without running it. */
export type ApprovalDecision =
  { readonly kind: 'approve' } | { readonly kind: 'edit'; readonly sql: string } | { readonly kind: 'stop' }

/** How a turn is followed. */
export interface Following {
  readonly signal: AbortSignal
  /** Decides about a proposal that waits. After an edit that was refused it is asked again, with the refusal. */
  readonly decide: (proposal: Proposal, refusal: Problem | null) => Promise<ApprovalDecision>
  /** Hears every event; the next one waits for it. */
  readonly onEvent: (event: TurnEvent, encoded: EncodedEvent) => Promise<void>
  /** Wants the result as a file instead of rows. */
  readonly file?: ResultFile
}

/** How a turn that was followed to its end came out. */
export type TurnOutcome =
  | { readonly kind: 'answered' }
  /** It ended with a question back to the person. */
  | { readonly kind: 'clarification' }
  /** The decision was to stop at this proposal. */
  | { readonly kind: 'undecided'; readonly proposal: Proposal }
  | { readonly kind: 'failed'; readonly problem: Problem }

/**
 * Asks, decides about what is proposed and follows the turn to its end. An ending from this side (an abort, an error of `decide` or
 * `onEvent`) cancels the turn and is thrown.
 */
export type AnswerTurn = (caller: Caller, ask: Ask, following: Following) => Promise<TurnOutcome>

/** How long a cancellation waits for the warehouse before the caller goes on without it. */
const cancelPatienceMs = 5_000

export function makeAnswerTurn({ turns, clock }: { readonly turns: Turns; readonly clock: Clock }): AnswerTurn {
  const cancel = async (caller: Caller, turnId: string): Promise<void> => {
    const late = Promise.withResolvers<void>()
    const takeBack = clock.after(cancelPatienceMs, late.resolve)
    try {
      await Promise.race([turns.cancel(caller, { turnId }), late.promise])
    } finally {
      takeBack()
    }
  }

  return async (caller, ask, following) => {
    const { signal, onEvent, file } = following
    const { turnId } = await turns.ask(caller, ask, file)
    let outcome: TurnOutcome = { kind: 'failed', problem: cutShort }
    // Once a person decides about a proposal, a person decides about every later one.
    let isAsked = !ask.autoRun
    try {
      for await (const encoded of turns.events(caller, turnId, 0, signal)) {
        // Our own encoding of our own type: reading it back needs no second look.
        const event = JSON.parse(encoded.json) as TurnEvent
        await onEvent(event, encoded)
        if (event.kind === 'query.proposed') {
          isAsked ||= event.heldBack !== undefined
          if (!isAsked || (await decideAbout(turns, caller, event, following))) continue
          await cancel(caller, turnId)
          return { kind: 'undecided', proposal: event }
        }
        outcome = outcomeAfter(outcome, event)
      }
      signal.throwIfAborted()
      return outcome
    } catch (error) {
      await cancel(caller, turnId)
      throw error
    }
  }
}

/** Carries out what was decided; false when that was to stop. */
async function decideAbout(
  turns: Turns,
  caller: Caller,
  proposal: Proposal,
  { decide, signal }: Following,
): Promise<boolean> {
  const { turnId, digest } = proposal
  for (let refusal: Problem | null = null; ;) {
    const decision = await decide(proposal, refusal)
    signal.throwIfAborted()
    if (decision.kind === 'stop') return false
    try {
      if (decision.kind === 'approve') await turns.approve(caller, { turnId, digest })
      else await turns.edit(caller, { turnId, sql: decision.sql })
      return true
    } catch (error) {
      // A refused edit leaves the proposal as it stands.
      if (decision.kind === 'approve' || !(error instanceof ProblemError)) throw error
      refusal = error.problem
    }
  }
}

function outcomeAfter(before: TurnOutcome, event: TurnEvent): TurnOutcome {
  if (event.kind === 'clarification') return { kind: 'clarification' }
  if (event.kind === 'turn.done') return before.kind === 'clarification' ? before : { kind: 'answered' }
  if (event.kind === 'turn.failed') return { kind: 'failed', problem: event.problem }
  return event.kind === 'turn.cancelled' ? { kind: 'failed', problem: cancelledElsewhere } : before
}

const cancelledElsewhere = problem('interrupted', 'The question was cancelled elsewhere.', 'Ask it again.').problem
const cutShort = problem('interrupted', 'The question ended without a last event.', 'Ask it again.').problem

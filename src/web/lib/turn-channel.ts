import type { z } from 'zod'
import type { Approve, Ask, Cancel, Edit } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ReceivedEvent } from './apply-event.ts'

/** What a person asks, with the id that makes asking it twice harmless. */
export type AskCommand = z.input<typeof Ask> & { readonly turnId: string }

/** Whether the server can be heard: not yet, yes, or not any more. */
export type LinkState = 'connecting' | 'open' | 'reconnecting'

/** A turn that is followed, and the last of its events that was seen. */
export interface Position {
  readonly turnId: string
  readonly afterSeq: number
}

/** What a channel tells its owner, and what it needs to know to take up the thread after a break. */
export interface ChannelOwner {
  onEvent(event: ReceivedEvent): void
  onLink(state: LinkState): void
  /** The turns to be followed, asked after every break. */
  positions(): readonly Position[]
  /** A turn could not be followed any more. */
  onLost(turnId: string, problem: Problem): void
}

/**
 * The way to the server. Commands wait for a broken link to come back and are sent again, which is harmless by their ids;
 * their promises reject with `RefusedCommand`. Events of asked and resumed turns arrive at the owner, possibly twice.
 */
export interface TurnChannel {
  readonly ask: (ask: AskCommand) => Promise<void>
  readonly approve: (approve: Approve) => Promise<void>
  readonly edit: (edit: Edit) => Promise<void>
  readonly cancel: (cancel: Cancel) => Promise<void>
  /** Follows a turn after `afterSeq`; unknown turns are reported by `onLost`. */
  readonly resume: (position: Position) => void
  /** Tries at once instead of waiting for the next attempt. */
  readonly hurry: () => void
  readonly close: () => void
}

/** The server's answer to a command it will not carry out. */
export class RefusedCommand extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'RefusedCommand'
    this.problem = problem
  }
}

/** The problem to show for whatever went wrong on the way. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RefusedCommand) return error.problem
  return {
    code: 'internal',
    message: 'The page could not talk to Floe.',
    action: 'Check that Floe is running, then try again.',
    whoseTurn: 'operator',
    details: [String(error)],
  }
}

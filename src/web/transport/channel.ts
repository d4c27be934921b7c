import type { TurnCommand } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ReceivedEvent } from '../turns/apply-event.ts'

/** Whether the server can be heard: not yet, yes, not any more, or not before the person has signed in again. */
export type LinkState = 'connecting' | 'open' | 'reconnecting' | 'signed_out'

/** A turn that is followed, and the last of its events that was seen. */
export interface Position {
  readonly turnId: string
  readonly afterSeq: number
}

/** What a channel tells its owner, and what it needs to know to resume after a break. */
export interface ChannelOwner {
  onEvent(event: ReceivedEvent): void
  onLink(state: LinkState): void
  /** The person's preferences were changed, here or elsewhere. */
  onPreferences(state: unknown): void
  /** The turns to be followed, read after every break. */
  positions(): readonly Position[]
  /** A turn could not be followed any more. */
  onLost(turnId: string, problem: Problem): void
}

/**
 * The connection to the server. Commands wait for a broken link to come back and are sent again, which is harmless by their ids.
 * Events of asked and resumed turns arrive at the owner, possibly twice.
 */
export interface TurnChannel {
  /** Resolves once the server has accepted the command; rejects with `RefusedCommand`. */
  send(command: TurnCommand): Promise<void>
  /** Follows a turn after `afterSeq`; unknown turns are reported by `onLost`. */
  resume(position: Position): void
  /** Checks the link at once and reconnects without waiting for the next attempt. */
  hurry(): void
  close(): void
}

/** The server's answer to a request or command it will not carry out. */
export class RefusedCommand extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'RefusedCommand'
    this.problem = problem
  }
}

/** Whether an error says that the session of this browser has ended. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof RefusedCommand && error.problem.code === 'signed_out'

/** The problem to show for any error on the way to the server. */
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

/** Milliseconds to wait before attempt `attempt` (from 0): doubling up to 8 s, spread so that many pages do not come back at once. */
export const backoffMs = (attempt: number): number =>
  Math.round(Math.min(8_000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2))

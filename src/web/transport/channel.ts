import type { TurnCommand } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ReceivedEvent } from '../turns/apply-event.ts'
import { problemWords } from '../words/shell.ts'

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
  /** Something in one of the person's conversations has changed, here or elsewhere. */
  onConversation(conversationId: string): void
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

/** Whether a command counts as carried out: one that had to be sent twice may have been so the first time. */
export const hasWorked = (problem: Problem | null, sent: number): problem is null =>
  problem === null || (sent > 1 && problem.code === 'turn_not_waiting')

/** Whether an error says that the session of this browser has ended. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof RefusedCommand && error.problem.code === 'signed_out'

/** The problem to show for any error on the way to the server. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RefusedCommand) return error.problem
  return ofThisPage({
    code: 'internal',
    message: problemWords.unreachable,
    action: problemWords.unreachableAction,
    whoseTurn: 'operator',
    details: [String(error)],
  })
}

const wordedHere = new WeakSet<Problem>()

/** Marks a problem that the page words itself, in its own language. */
export function ofThisPage(problem: Problem): Problem {
  wordedHere.add(problem)
  return problem
}

/** The `lang` of an element that holds a problem's sentences: those of the server are English. */
export const languageOf = (problem: Problem): 'en' | undefined => (wordedHere.has(problem) ? undefined : 'en')

/** Milliseconds to wait before attempt `attempt` (from 0): doubling up to 8 s, spread so that many pages do not come back at once. */
export const backoffMs = (attempt: number): number =>
  Math.round(Math.min(8_000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2))

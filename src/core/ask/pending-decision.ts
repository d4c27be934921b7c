import { problem } from '../problem.ts'

/** What a person decided about a proposal. */
export type DecisionCommand =
  { readonly kind: 'approve'; readonly digest: string } | { readonly kind: 'edit'; readonly sql: string }

/** A decision on its way: the journey answers it by `accept` or `refuse`. */
export type Decision = DecisionCommand & { readonly accept: () => void; readonly refuse: (error: unknown) => void }

/** Hands decisions to a journey while it waits for one, one at a time: a second approval finds no journey waiting. */
export interface PendingDecision {
  /** The next decision; rejects with the signal's reason when aborted. */
  next(signal: AbortSignal): Promise<Decision>
  /** Whether the journey waits for a decision. */
  isOpen(): boolean
  /**
   * Hands a decision to the journey and waits for its answer. Throws `turn_not_waiting` when the journey waits for none, and what `end` was
   * given when the journey ended without an answer.
   */
  send(command: DecisionCommand): Promise<void>
  /** The journey has ended: a decision that it took and has not answered is refused with this. */
  end(reason: Error): void
}

/** `onOpen` is called each time the journey begins to wait. */
export function makePendingDecision(onOpen: () => void): PendingDecision {
  let take: ((decision: Decision) => void) | null = null
  let refuseTaken = (_reason: Error): void => undefined
  return {
    next: (signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          take = null
          reject(signal.reason as Error)
        }
        if (signal.aborted) return abort()
        signal.addEventListener('abort', abort, { once: true })
        take = (decision) => {
          take = null
          signal.removeEventListener('abort', abort)
          resolve(decision)
        }
        onOpen()
      }),
    isOpen: () => take !== null,
    send: (command) =>
      new Promise((resolve, reject) => {
        if (take === null) reject(notWaiting())
        else {
          take({ ...command, accept: resolve, refuse: reject })
          refuseTaken = reject
        }
      }),
    end: (reason) => refuseTaken(reason),
  }
}

/** The answer to a decision that comes too late or too early. */
export const notWaiting = (): Error =>
  problem(
    'turn_not_waiting',
    'This question is not waiting for a decision.',
    'Look at its latest state; ask again to run it once more.',
  )

import { problem } from '../problem.ts'

/** A command for a turn that waits: the journey answers it by `accept` or `refuse`. */
export type Steer = { readonly accept: () => void; readonly refuse: (error: unknown) => void } & (
  { readonly kind: 'approve'; readonly digest: string } | { readonly kind: 'edit'; readonly sql: string }
)

/** The journey's side of the wheel. */
export interface Steering {
  /** The next command; rejects with the signal's reason when aborted. */
  next(signal: AbortSignal): Promise<Steer>
}

/** Both sides of the wheel. */
export interface Wheel extends Steering {
  /** Hands a command to the journey and waits for its answer. Throws `turn_not_waiting` when nothing waits for one. */
  send(command: { kind: 'approve'; digest: string } | { kind: 'edit'; sql: string }): Promise<void>
}

/** Commands reach a journey only while it waits for them, one at a time: a second approval finds nobody waiting. */
export function makeWheel(): Wheel {
  let taker: ((steer: Steer) => void) | null = null
  return {
    next: (signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          taker = null
          reject(signal.reason as Error)
        }
        if (signal.aborted) return abort()
        signal.addEventListener('abort', abort, { once: true })
        taker = (steer) => {
          taker = null
          signal.removeEventListener('abort', abort)
          resolve(steer)
        }
      }),
    send: (command) =>
      new Promise((resolve, reject) => {
        if (taker === null) {
          reject(
            problem(
              'turn_not_waiting',
              'This question is not waiting for a decision.',
              'Look at its latest state; ask again to run it once more.',
            ),
          )
          return
        }
        taker({ ...command, accept: resolve, refuse: reject })
      }),
  }
}

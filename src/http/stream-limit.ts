import { problem } from '../core/problem.ts'

/** Counts what stays open (streams and sockets) and refuses more than the process can carry. */
export interface StreamLimit {
  /** Takes a place and returns the function that gives it back. Throws `too_busy`. */
  enter(): () => void
}

/** Makes a limit of `max` places. */
export function makeStreamLimit(max: number): StreamLimit {
  let open = 0
  return {
    enter() {
      if (open >= max)
        throw problem(
          'too_busy',
          `The server already serves ${max} streams.`,
          'Close other pages or try again shortly.',
        )
      open += 1
      let left = false
      return () => {
        if (!left) open -= 1
        left = true
      }
    },
  }
}

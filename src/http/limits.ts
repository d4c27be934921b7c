import { problem } from '../core/problem.ts'

/** The largest request body and socket frame. */
export const bodyLimitBytes = 1_048_576
/** How long a request may take to arrive whole. */
export const requestTimeoutMs = 60_000
/** Streams and sockets served at once, all people together. */
export const maxStreams = 500
/** How often a silent stream or socket shows a sign of life. */
export const heartbeatMs = 15_000
/** A reader that takes nothing for this long is gone. */
export const stallMs = 300_000
/** Text that may wait in the process for one socket before its reading pauses. */
export const maxBufferedBytes = 262_144
/** Commands of one socket under way before it stops reading more. */
export const maxPendingCommands = 32
/** Turns read at once on one socket. */
export const maxReadingsPerSocket = 32

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

import type { ChildProcess } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** The diagnostics channel that tells of each `ChildWords`. */
export const childWords = 'floe.child-words'

/** A line that a child process wrote to its standard error. */
export interface ChildWords {
  /** What the process is for. */
  readonly child: string
  readonly pid: number | null
  readonly line: string
}

/** A process's standard error. Against its types Node makes no pipe while no file can be opened: `error` then tells that nothing was started. */
export const stderrOf = (child: ChildProcess): Readable | null => child.stderr ?? null

/** Tells what a child process, whose standard error is a pipe, writes there, and returns the process. Reading it keeps nothing alive. */
export function tellWords(started: ChildProcess, child: string): ChildProcess {
  const { pid = null } = started
  const stderr = stderrOf(started)
  if (stderr === null) return started
  createInterface({ input: stderr }).on('line', (line) =>
    channel(childWords).publish({ child, pid, line } satisfies ChildWords),
  )
  if ('unref' in stderr && typeof stderr.unref === 'function') stderr.unref()
  return started
}

const mostPlaces = 12

/** The places that an error came through, innermost first. Its message is left out, even where lines of it look like places. */
export function placesIn({ stack = '', message }: Error): readonly string[] {
  const head = stack.indexOf(message)
  const lines = (head < 0 ? stack : stack.slice(head + message.length)).split('\n')
  return lines
    .filter((line) => /^\s+at .*[\d>)]$/.test(line))
    .slice(0, mostPlaces)
    .map((line) => line.trim())
}

/** The sort of an error and its places, without its message, which might quote a secret or what somebody asked. */
export const placesOf = (error: unknown): string =>
  error instanceof Error ? [error.name, ...placesIn(error)].join(' ') : typeof error

import type { Writable } from 'node:stream'
import { problem } from '../core/problem.ts'
import { Stopped, type Output } from './cli-io.ts'
import { exitCodes } from './exit-codes.ts'

/**
 * Makes the output over a stream. A reader that has seen enough (`| head`) stops the run quietly; a disk that is full stops it
 * with a problem.
 */
export function makeOutput(stream: Writable, stop: AbortController): Output {
  const { signal } = stop
  let last: Promise<void> = Promise.resolve()
  let wake = (): void => undefined
  signal.addEventListener('abort', () => wake())
  stream.on('error', (error: NodeJS.ErrnoException) => stop.abort(reasonOf(error)))
  return {
    async write(text) {
      signal.throwIfAborted()
      last = new Promise((resolve) => {
        wake = resolve
        stream.write(text, () => resolve())
      })
      if (stream.writableNeedDrain) await last
      signal.throwIfAborted()
    },
    async flush() {
      await last
      signal.throwIfAborted()
    },
  }
}

const reasonOf = (error: NodeJS.ErrnoException): Error =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
    ? new Stopped(exitCodes.done)
    : problem(
        'internal',
        `The output could not be written: ${error.code ?? 'unknown'}.`,
        'Look at the disk or the program that reads it.',
        { cause: error },
      )

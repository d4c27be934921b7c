import type { Command } from 'commander'
import { Stopped, type CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'

/** `floe serve`: the server, until it is told to stop. */
export const addServe = (
  program: Command,
  { needs, signal }: CliContext,
  finish: (exitCode: number) => void,
): Command =>
  program
    .command('serve')
    .description('serves the page and the API')
    .action(async () => {
      await needs.serve(signal)
      // Stopped in order on request: service managers call that success.
      if (signal.aborted && signal.reason instanceof Stopped) throw new Stopped(exitCodes.done)
      finish(exitCodes.done)
    })

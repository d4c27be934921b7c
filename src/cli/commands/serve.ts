import type { Command } from 'commander'
import { Stopped, withServices, type CliContext } from '../cli-io.ts'
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

/** `floe admin`: what an operator does without the page. */
export function addAdmin(program: Command, { needs, output }: CliContext, finish: (exitCode: number) => void): Command {
  const group = program.command('admin').description('what an operator needs')
  group
    .command('rotate-secrets')
    .description('seals every stored secret under the newest key')
    .option('--json', 'prints one JSON object')
    .action(async ({ json }: { readonly json?: true }) => {
      const report = await withServices(needs, ({ connections }) => connections.rotateSecrets())
      const { sealedAnew, current, unreadable } = report
      const words = `Sealed anew: ${sealedAnew}. Already under the newest key: ${current}. Unreadable: ${unreadable}.\n`
      const lost = 'Enter the secrets of the unreadable connections again, or put back the key that sealed them.\n'
      await output.write(json ? `${JSON.stringify(report)}\n` : words + (unreadable === 0 ? '' : lost))
      finish(unreadable === 0 ? exitCodes.done : exitCodes.unhealthy)
    })
  return group
}

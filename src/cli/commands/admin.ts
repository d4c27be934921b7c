import type { Command } from 'commander'
import { withServices, type CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { addUsers } from './admin-users.ts'

type Finish = (exitCode: number) => void

/** `floe admin`: what an operator does without the page. */
export function addAdmin(program: Command, context: CliContext, finish: Finish): Command {
  const group = program.command('admin').description('what an operator needs')
  addUsers(group, context)
  addRotateSecrets(group, context, finish)
  return group
}

function addRotateSecrets(group: Command, { needs, output }: CliContext, finish: Finish): void {
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
}

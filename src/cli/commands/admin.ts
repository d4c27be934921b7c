import type { Command } from 'commander'
import type { RotationReport } from '../../core/connections/rotate-secrets.ts'
import { withServices, type CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { addGroups } from './admin-groups.ts'
import { addBackup, addMigrate, addRestore } from './admin-store.ts'
import { addUsers } from './admin-users.ts'

type Finish = (exitCode: number) => void

/** `floe admin`: what an operator does without the page. */
export function addAdmin(program: Command, context: CliContext, finish: Finish): Command {
  const group = program.command('admin').description('what an operator needs')
  addUsers(group, context)
  addGroups(group, context)
  addMigrate(group, context, finish)
  addBackup(group, context)
  addRestore(group, context)
  addRotateSecrets(group, context, finish)
  return group
}

interface RotationOptions {
  readonly json?: true
  readonly dropOldKeys?: true
}

function addRotateSecrets(group: Command, { needs, output }: CliContext, finish: Finish): void {
  group
    .command('rotate-secrets')
    .description('seals every stored secret under the newest key, and says which keys can leave')
    .option('--drop-old-keys', 'makes no new key; takes those that seal nothing out of the key file')
    .option('--json', 'prints one JSON object')
    .action(async ({ json, dropOldKeys }: RotationOptions) => {
      const report = await withServices(needs, ({ secrets }) =>
        dropOldKeys ? secrets.dropOldKeys() : secrets.rotate(),
      )
      await output.write(json ? `${JSON.stringify(report)}\n` : escapeLines(describeRotation(report)))
      const isKept = dropOldKeys === true && report.keys.length > 1
      finish(report.unreadable === 0 && !isKept ? exitCodes.done : exitCodes.unhealthy)
    })
}

function describeRotation({
  sealedAnew,
  current,
  unreadable,
  keys,
  source,
  isOwnFile,
  dropped,
}: RotationReport): string {
  const idle = keys.filter(({ seals, isNewest }) => seals === 0 && !isNewest).map(({ id }) => id)
  return [
    `Sealed anew: ${sealedAnew}. Already under the newest key: ${current}. Unreadable: ${unreadable}.`,
    ...keys.map(
      ({ id, seals, isNewest }) =>
        `Key "${id}"${isNewest ? ' (newest)' : ''} seals ${seals === 0 ? 'no' : seals} ${seals === 1 ? 'secret' : 'secrets'}.`,
    ),
    ...(unreadable === 0
      ? []
      : ['Enter the secrets of the unreadable connections again, or put back the key that sealed them.']),
    ...(dropped.length === 0 ? [] : [`Taken out of ${source}: ${dropped.join(', ')}.`]),
    ...(idle.length === 0
      ? []
      : [
          isOwnFile
            ? `Can leave: ${idle.join(', ')}. A minute from now, run floe admin rotate-secrets --drop-old-keys.`
            : `Can leave: ${idle.join(', ')}. Take them out of SECRET_KEYS once every copy of the server runs with the newest key.`,
        ]),
    '',
  ].join('\n')
}

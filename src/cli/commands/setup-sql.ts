import { Option, type Command } from 'commander'
import type { CliContext } from '../cli-io.ts'
import { kindNamed, kindOption } from '../connection-options.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'

/** `floe connection setup-sql`: the SQL for an administrator of the account. Nothing is opened and nobody is asked. */
export function addSetupSql(
  group: Command,
  { needs, output }: CliContext,
  finish: (exitCode: number) => void,
): Command {
  const command = group
    .command('setup-sql')
    .description(
      'prints the SQL an administrator of the account runs once: a role that reads, a warehouse, a user, a read-only scope',
    )
    .addHelpText('after', '\nNames fold to capitals as in SQL; put double quotes around one to keep it as it is.')
    .addOption(kindOption(needs.kinds))
  for (const { option, description, repeats = false, defaultValue } of needs.kinds.flatMap(
    ({ commandLine }) => commandLine.setup,
  )) {
    const taken = new Option(option, description)
    if (defaultValue !== undefined) taken.default(defaultValue)
    command.addOption(repeats ? taken.argParser(collect) : taken)
  }
  return command.action(async (given: Readonly<Record<string, string | readonly string[]>>) => {
    await output.write(escapeLines(kindNamed(needs.kinds, given['kind']).setupScript(given)))
    finish(exitCodes.done)
  })
}

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text]

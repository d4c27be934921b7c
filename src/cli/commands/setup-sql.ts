import { Option, type Command } from 'commander'
import type { CliContext, KindForCli } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'

/** `floe connection setup-sql`: the SQL for an administrator of the account. Nothing is opened and nobody is asked. */
export function addSetupSql(
  group: Command,
  kind: KindForCli,
  { output }: CliContext,
  finish: (exitCode: number) => void,
): Command {
  const command = group
    .command('setup-sql')
    .description(
      'prints the SQL an administrator of the account runs once: a role that reads, a warehouse, a user, a read-only scope',
    )
    .addHelpText('after', '\nNames fold to capitals as in SQL; put double quotes around one to keep it as it is.')
  for (const { option, description, repeats = false, defaultValue } of kind.commandLine.setup) {
    const taken = new Option(option, description)
    if (defaultValue !== undefined) taken.default(defaultValue)
    command.addOption(repeats ? taken.argParser(collect) : taken)
  }
  return command.action(async (given: Readonly<Record<string, string | readonly string[]>>) => {
    await output.write(escapeLines(kind.setupScript(given)))
    finish(exitCodes.done)
  })
}

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text]

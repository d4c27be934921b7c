import { type Command, Option } from 'commander'
import { z } from 'zod'
import { ConnectionChange, NewConnection, type SavedConnection } from '../../contract/connection.ts'
import { problem } from '../../core/problem.ts'
import type { Services } from '../../core/services.ts'
import { type CliContext, type KindForCli, withServices } from '../cli-io.ts'
import {
  addKindOptions,
  type GivenOptions,
  kindNamed,
  kindOption,
  leavesSecretToFloe,
  readChangedSettings,
  readNewSettings,
} from '../connection-options.ts'
import { exitCodes } from '../exit-codes.ts'
import { describeReport, reportLines } from '../format/report.ts'
import { escapeLines } from '../format/terminal-text.ts'

interface JsonOption {
  readonly json?: true
}

type Finish = (exitCode: number) => void

/** `floe connection`: saved connections without the page. */
export function addConnection(program: Command, context: CliContext, finish: Finish): Command {
  const group = program.command('connection').description('adds, lists, changes, tests and removes saved connections')
  addAdd(group, context, finish)
  addUpdate(group, context, finish)
  addList(group, context)
  addTest(group, context, finish)
  addRemove(group, context)
  addSetupSql(group, context, finish)
  return group
}

function addAdd(group: Command, context: CliContext, finish: Finish): void {
  const { needs, output } = context
  const command = group.command('add').description('saves a connection').argument('<name>', 'what to call it')
  addKindOptions(command, needs.kinds)
    .addOption(kindOption(needs.kinds))
    .option('--no-test', 'does not try the connection after saving it')
    .option('--json', 'prints one JSON object a line')
    .action(async (name: string, options: GivenOptions & JsonOption & { readonly test: boolean }) => {
      const kind = kindNamed(needs.kinds, options['kind'])
      const given = parse(NewConnection, { name, ...(await readNewSettings(kind, options, context)) }, 'add')
      finish(
        await withServices(needs, async (services) => {
          const added = await services.connections.add(needs.caller, given)
          await output.write(options.json ? `${JSON.stringify(added)}\n` : describeSaved(needs.kinds, added))
          const isReady = !added.needsSignIn && !leavesSecretToFloe(kind, options)
          return isReady && options.test ? await test(context, services, added, options) : exitCodes.done
        }),
      )
    })
}

function addUpdate(group: Command, context: CliContext, finish: Finish): void {
  const { needs, output } = context
  const command = group
    .command('update')
    .description('changes what is given of one and keeps the rest; --method replaces its sign-in')
    .argument('<name>', 'its name')
    .option('--rename <name>', 'what to call it from now on')
  addKindOptions(command, needs.kinds)
    .option('--no-test', 'does not try the connection after changing it')
    .option('--json', 'prints one JSON object a line')
    .addHelpText('after', '\nEmpty text takes a setting away, for example --role "".')
    .action(async (name: string, options: GivenOptions & JsonOption & { readonly test: boolean }) => {
      const isChange = Object.keys(options).some((option) => option !== 'test' && option !== 'json')
      if (!isChange) throw problem('bad_request', 'Nothing is to be changed.', 'See floe connection update --help.')
      const rename = options['rename'] === undefined ? {} : { name: options['rename'] }
      parse(ConnectionChange, rename, 'update')
      finish(
        await withServices(needs, async (services) => {
          const { id, kind: kindName } = await services.connections.find(needs.caller, name)
          const kind = kindNamed(needs.kinds, kindName)
          const changed = await readChangedSettings(kind, options, context)
          const change = parse(ConnectionChange, { ...changed, ...rename }, 'update')
          const updated = await services.connections.update(needs.caller, id, change)
          await output.write(options.json ? `${JSON.stringify(updated)}\n` : describeSaved(needs.kinds, updated))
          const isReady = !updated.needsSignIn && !leavesSecretToFloe(kind, options)
          return isReady && options.test ? await test(context, services, updated, options) : exitCodes.done
        }),
      )
    })
}

function addList(group: Command, { needs, output }: CliContext): void {
  group
    .command('list')
    .description('lists them')
    .option('--json', 'prints one JSON object a line')
    .action(async ({ json }: JsonOption) => {
      const all = await withServices(needs, ({ connections }) => connections.list(needs.caller))
      for (const one of all) await output.write(json ? `${JSON.stringify(one)}\n` : describeOne(needs.kinds, one))
    })
}

function addTest(group: Command, context: CliContext, finish: Finish): void {
  const { needs } = context
  group
    .command('test')
    .description('tries one step by step')
    .argument('<name>', 'its name')
    .option('--json', 'prints one JSON object a line')
    .action(async (name: string, options: JsonOption) => {
      finish(
        await withServices(needs, async (services) =>
          test(context, services, await services.connections.find(needs.caller, name), options),
        ),
      )
    })
}

function addRemove(group: Command, { needs, output }: CliContext): void {
  group
    .command('remove')
    .description('removes one with its secret')
    .argument('<name>', 'its name')
    .option('--json', 'prints one JSON object')
    .action(async (name: string, { json }: JsonOption) => {
      const { id, name: removed } = await withServices(needs, async ({ connections }) => {
        const found = await connections.find(needs.caller, name)
        await connections.remove(needs.caller, found.id)
        return found
      })
      await output.write(json ? `${JSON.stringify({ removed: id })}\n` : escapeLines(`Removed "${removed}".\n`))
    })
}

/** Throws `bad_request` naming every value that is missing or wrong. */
function parse<T extends z.core.$ZodType>(schema: T, given: unknown, command: string): z.output<T> {
  const parsed = z.safeParse(schema, given)
  if (parsed.success) return parsed.data
  throw problem(
    'bad_request',
    'The connection is not complete.',
    `Mend what the details name; see floe connection ${command} --help.`,
    { details: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
  )
}

async function test(
  { needs, output, signal }: CliContext,
  { connections }: Services,
  { id, name }: SavedConnection,
  { json }: JsonOption,
): Promise<number> {
  const report = await connections.test(needs.caller, id, signal)
  await output.write(json ? reportLines(name, report) : describeReport(name, report))
  return report.steps.some(({ state }) => state === 'failed') ? exitCodes.unhealthy : exitCodes.done
}

function describeSaved(kinds: readonly KindForCli[], saved: SavedConnection): string {
  const { name, kind, setupSql, needsSignIn } = saved
  const [where = kind] = kindNamed(kinds, kind).summarize(saved)
  const setup = setupSql === null ? '' : `An administrator has to run this once:\n  ${setupSql}\n`
  const signIn = needsSignIn ? `Open the page, choose "${name}" and sign in.\n` : ''
  return escapeLines(`Saved "${name}" to ${where}.\n${setup}${signIn}`)
}

function describeOne(kinds: readonly KindForCli[], saved: SavedConnection): string {
  const { name, kind, needsSignIn, warning } = saved
  const notes = [...(needsSignIn ? ['nobody is signed in'] : []), ...(warning === null ? [] : [`WARNING: ${warning}`])]
  return escapeLines(`${[name, ...kindNamed(kinds, kind).summarize(saved), ...notes].join('  ')}\n`)
}

/** `floe connection setup-sql`: the SQL for an administrator of the account. Nothing is opened and nobody is asked. */
function addSetupSql(group: Command, { needs, output }: CliContext, finish: (exitCode: number) => void): Command {
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

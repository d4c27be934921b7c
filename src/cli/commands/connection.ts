import type { Command } from 'commander'
import type { SavedConnection } from '../../contract/connection.ts'
import type { Services } from '../../core/services.ts'
import type { CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { describeReport, reportLines } from '../format/report.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { addNewConnectionOptions, type NewConnectionOptions } from '../new-connection-options.ts'
import { readNewConnection } from '../read-new-connection.ts'
import { withServices } from '../with-services.ts'
import { addSetupSql } from './setup-sql.ts'

interface JsonOption {
  readonly json?: true
}

/** `floe connection`: saved connections without the page. */
export function addConnection(program: Command, context: CliContext, finish: (exitCode: number) => void): Command {
  const { needs, output } = context
  const { caller } = needs
  const group = program.command('connection').description('adds, lists, tests and removes saved connections')
  addNewConnectionOptions(
    group.command('add').description('saves a connection to Snowflake').argument('<name>', 'what to call it'),
  ).action(async (name: string, options: NewConnectionOptions) => {
    const given = await readNewConnection(name, options, context)
    finish(
      await withServices(needs, async (services) => {
        const added = await services.connections.add(caller, given)
        await output.write(options.json ? `${JSON.stringify(added)}\n` : describeAdded(added))
        const isReady = !added.needsSignIn && options.generateKey === undefined
        return isReady && options.test ? await test(context, services, added, options) : exitCodes.done
      }),
    )
  })
  group
    .command('list')
    .description('lists them')
    .option('--json', 'prints one JSON object a line')
    .action(async ({ json }: JsonOption) => {
      const all = await withServices(needs, ({ connections }) => connections.list(caller))
      for (const one of all) await output.write(json ? `${JSON.stringify(one)}\n` : describeOne(one))
    })
  group
    .command('test')
    .description('tries one step by step')
    .argument('<name>', 'its name')
    .option('--json', 'prints one JSON object a line')
    .action(async (name: string, options: JsonOption) => {
      finish(
        await withServices(needs, async (services) =>
          test(context, services, await services.connections.find(caller, name), options),
        ),
      )
    })
  group
    .command('remove')
    .description('removes one with its secret')
    .argument('<name>', 'its name')
    .option('--json', 'prints one JSON object')
    .action(async (name: string, { json }: JsonOption) => {
      const { id, name: removed } = await withServices(needs, async ({ connections }) => {
        const found = await connections.find(caller, name)
        await connections.remove(caller, found.id)
        return found
      })
      await output.write(json ? `${JSON.stringify({ removed: id })}\n` : escapeLines(`Removed "${removed}".\n`))
    })
  addSetupSql(group, context, finish)
  return group
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

function describeAdded({ name, account, setupSql, needsSignIn }: SavedConnection): string {
  const setup = setupSql === null ? '' : `An administrator has to run this once:\n  ${setupSql}\n`
  const signIn = needsSignIn ? `Open the page, choose "${name}" and sign in.\n` : ''
  return escapeLines(`Saved "${name}" to ${account}.\n${setup}${signIn}`)
}

function describeOne({ name, account, role, signIn, needsSignIn, warning }: SavedConnection): string {
  const parts = [account, role ?? 'default role', signIn.method.replaceAll('_', ' ')]
  const notes = [...(needsSignIn ? ['nobody is signed in'] : []), ...(warning === null ? [] : [`WARNING: ${warning}`])]
  return escapeLines(`${[name, ...parts, ...notes].join('  ')}\n`)
}

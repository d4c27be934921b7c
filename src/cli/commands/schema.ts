import type { Command } from 'commander'
import { isReservedRef } from '../../core/connections/combine-connections.ts'
import { problem } from '../../core/problem.ts'
import type { CliContext } from '../cli-io.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { withServices } from '../cli-io.ts'

/** `floe schema`: what Floe knows of a connection's tables. */
export function addSchema(program: Command, { needs, output, io, signal }: CliContext): Command {
  const group = program.command('schema').description('what is known of the tables of a connection')
  group
    .command('refresh')
    .description('compares the tables of a saved connection with the account')
    .requiredOption('--connection <name>', 'a saved name')
    .option('--json', 'prints one JSON object')
    .action(async ({ connection, json }: { readonly connection: string; readonly json?: true }) => {
      if (isReservedRef(connection))
        throw problem(
          'bad_request',
          'The sample and folders are read anew whenever they change.',
          'Name a saved connection.',
        )
      const state = await withServices(needs, async ({ connections }) => {
        const { id } = await connections.find(needs.caller, connection)
        return await connections.refreshCatalog(needs.caller, id, signal, (fact) => {
          io.stderr.write(escapeLines(`${fact}\n`))
        })
      })
      const [tables, columns] = [state.tables, state.columns].map((count) => count.toLocaleString('en-US'))
      const gap = state.state === 'partial' ? ' Some could not be read; see floe doctor.' : ''
      await output.write(json ? `${JSON.stringify(state)}\n` : `${tables} tables with ${columns} columns.${gap}\n`)
    })
  return group
}

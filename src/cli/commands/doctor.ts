import type { Command } from 'commander'
import type { Health } from '../../core/services.ts'
import type { CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { withServices } from '../with-services.ts'

const marks = { ok: 'ok      ', starting: 'starting', failed: 'FAILED  ' } as const

/** `floe doctor`: every dependency with its state, and what to do about those that failed. */
export const addDoctor = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('doctor')
    .description('checks configuration, stores, models and a connection')
    .option('--connection <name>', 'also opens and tries this connection: a saved name, sample, or folder:PATH')
    .option('--json', 'prints one JSON object a line')
    .action(async ({ connection, json }: { readonly connection?: string; readonly json?: true }) => {
      const checks = await withServices(context.needs, (services) => services.health(connection ?? null))
      for (const check of checks) await context.output.write(json ? `${JSON.stringify(check)}\n` : describe(check))
      finish(checks.some(({ state }) => state === 'failed') ? exitCodes.unhealthy : exitCodes.done)
    })

const describe = ({ name, state, detail, action }: Health): string =>
  escapeLines(`${marks[state]}  ${name}: ${detail}\n${action === null ? '' : `          ${action}\n`}`)

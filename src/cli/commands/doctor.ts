import type { Command } from 'commander'
import type { Health, Services } from '../../core/services.ts'
import type { CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { describeReport, reportLines } from '../format/report.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { withServices } from '../cli-io.ts'

const marks = { ok: 'ok      ', starting: 'starting', degraded: 'degraded', failed: 'FAILED  ' } as const

/** `floe doctor`: every dependency with its state, a connection step by step, and what to do about those that failed. */
export const addDoctor = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('doctor')
    .description('checks configuration, stores, models and a connection')
    .option('--connection <name>', 'also tries this connection: a saved name, sample, or folder:PATH')
    .option('--json', 'prints one JSON object a line')
    .action(async ({ connection, json }: { readonly connection?: string; readonly json?: true }) => {
      const isWell = await withServices(context.needs, async (services) => {
        const belowIsWell = await showHealth(context, services, json ?? false)
        return (connection === undefined || (await tryOut(context, services, connection, json ?? false))) && belowIsWell
      })
      finish(isWell ? exitCodes.done : exitCodes.unhealthy)
    })

async function showHealth({ output }: CliContext, services: Services, isJson: boolean): Promise<boolean> {
  const checks = await services.health()
  for (const check of checks) await output.write(isJson ? `${JSON.stringify(check)}\n` : describe(check))
  return !checks.some(({ state }) => state === 'failed')
}

async function tryOut(context: CliContext, services: Services, connection: string, isJson: boolean): Promise<boolean> {
  const { needs, output, signal } = context
  const report = await services.diagnose(needs.caller, connection, signal)
  await output.write(isJson ? reportLines(connection, report) : describeReport(connection, report))
  return !report.steps.some(({ state }) => state === 'failed')
}

const describe = ({ name, state, detail, action }: Health): string =>
  escapeLines(`${marks[state]}  ${name}: ${detail}\n${action === null ? '' : `          ${action}\n`}`)

import type { Command } from 'commander'
import { ProblemError } from '../../core/problem.ts'
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
        const health = await services.health()
        const isStoreAway = health.some(({ name, state }) => name === 'store' && state === 'failed')
        const checks = [...health, ...(isStoreAway ? [] : await tryOwnKeys(context, services))]
        for (const check of checks) await context.output.write(json ? `${JSON.stringify(check)}\n` : describe(check))
        const belowIsWell = !checks.some(({ state }) => state === 'failed')
        return (connection === undefined || (await tryOut(context, services, connection, json ?? false))) && belowIsWell
      })
      finish(isWell ? exitCodes.done : exitCodes.unhealthy)
    })

/** Asks the providers of the person's own keys whether they still take them. */
async function tryOwnKeys({ needs, signal }: CliContext, { people: { models } }: Services): Promise<readonly Health[]> {
  const { keys } = await models.read(needs.caller)
  return await Promise.all(
    keys.map(async ({ provider, writer, lastFour, refusal }): Promise<Health> => {
      const name = `own key of ${provider}`
      if (refusal !== null)
        return { name, state: 'degraded', detail: refusal, action: 'Remove it under Settings → Models.' }
      try {
        await models.test(needs.caller, { provider }, signal)
        const key = lastFour === null ? 'The key' : `The key that ends in ${lastFour}`
        return { name, state: 'ok', detail: `${key} works; --model ${writer} asks with it.`, action: null }
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        return { name, state: 'failed', detail: error.problem.message, action: error.problem.action }
      }
    }),
  )
}

async function tryOut(context: CliContext, services: Services, connection: string, isJson: boolean): Promise<boolean> {
  const { needs, output, signal } = context
  const report = await services.diagnose(needs.caller, connection, signal)
  await output.write(isJson ? reportLines(connection, report) : describeReport(connection, report))
  return !report.steps.some(({ state }) => state === 'failed')
}

const describe = ({ name, state, detail, action }: Health): string =>
  escapeLines(`${marks[state]}  ${name}: ${detail}\n${action === null ? '' : `          ${action}\n`}`)

import type { Command } from 'commander'
import { text as readAll } from 'node:stream/consumers'
import type { ExplainVerdict } from '../../core/explain/explain-sql.ts'
import { refusalProblem } from '../../core/guard/verdict.ts'
import type { CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { describeProblem } from '../format/report.ts'
import { withServices } from '../cli-io.ts'

interface ExplainOptions {
  readonly connection?: string
  readonly json?: true
}

/** `floe explain`: what a query would do, in plain words. Nothing is run; a text that does not only read is refused. */
export const addExplain = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('explain')
    .description('says in plain words what a query would do')
    .argument('<sql>', 'the query, or - to read it from stdin')
    .option('--connection <name>', 'resolves names against this connection')
    .option('--json', 'prints one JSON object')
    .action(async (given: string, { connection, json }: ExplainOptions) => {
      const { io, needs, output, signal } = context
      const sql = given === '-' ? await readAll(io.stdin) : given
      const verdict = await withServices(needs, (services) =>
        services.explain(needs.caller, sql, connection ?? null, signal),
      )
      if (json) await output.write(`${JSON.stringify(present(verdict))}\n`)
      else if (verdict.ok) await output.write(`${escapeLines(verdict.explanation)}\n`)
      else io.stderr.write(describeProblem(refusalProblem(verdict).problem))
      finish(verdict.ok ? exitCodes.done : exitCodes.refused)
    })

/** What `--json` prints: a sentence an item, tables as `DATABASE.SCHEMA.TABLE` as far as known. */
function present(verdict: ExplainVerdict) {
  if (!verdict.ok) return { ok: false, code: verdict.code, reason: verdict.reason, action: verdict.action }
  const tables = verdict.tables.map(({ database, schema, name }) =>
    [database, schema, name].filter((part) => part !== '').join('.'),
  )
  return { ok: true, tables, explanation: verdict.explanation.split('\n') }
}

import { Option, type Command } from 'commander'
import { text as readAll } from 'node:stream/consumers'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { CliContext } from '../cli-io.ts'
import { connectionOption, maxRowsOption } from '../command-options.ts'
import { decideProposal } from '../decide-proposal.ts'
import { followTurn } from '../follow-turn.ts'
import { makeCsvWriter } from '../format/csv.ts'
import { makeJsonWriter, makeNdjsonWriter } from '../format/json.ts'
import type { ResultWriter, WriteText } from '../format/result-writer.ts'
import { makeTableWriter } from '../format/table.ts'
import { makePrompt } from '../make-prompt.ts'
import { withServices } from '../with-services.ts'

interface SqlOptions {
  readonly connection: string
  readonly format: keyof typeof formats
  readonly maxRows: number
}

const formats = {
  table: makeTableWriter,
  csv: makeCsvWriter,
  json: makeJsonWriter,
  ndjson: makeNdjsonWriter,
} as const satisfies Record<string, (write: WriteText, maxWidth: number | null) => ResultWriter>

/** `floe sql`: runs given SQL on the same guarded path as any question and streams the rows. */
export const addSql = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('sql')
    .description('runs SQL that only reads')
    .argument('<sql>', 'the query, or - to read it from stdin')
    .addOption(connectionOption())
    .addOption(new Option('--format <format>', 'how to print the rows').choices(Object.keys(formats)).default('table'))
    .addOption(maxRowsOption())
    .action(async (given: string, { connection, format, maxRows }: SqlOptions) => {
      const sql = given === '-' ? await readAll(context.io.stdin) : given
      const { io, output } = context
      const writer = formats[format]((text) => output.write(text), io.stdout.columns ?? null)
      const prompt = makePrompt(context.io, context.signal)
      try {
        finish(
          await withServices(context.needs, (services) =>
            followTurn(context, services, { sql, connection, maxRows, autoRun: true }, async (event) => {
              if (event.kind === 'query.proposed' && event.heldBack !== undefined)
                await decideProposal(context, services, prompt, event)
              await printResult(event, writer, io.stderr)
            }),
          ),
        )
      } finally {
        prompt.close()
      }
    })

async function printResult(
  event: TurnEvent,
  writer: ResultWriter,
  stderr: { write(text: string): unknown },
): Promise<void> {
  if (event.kind === 'result.columns') await writer.start(event.columns)
  else if (event.kind === 'result.rows') await writer.rows(event.rows)
  else if (event.kind === 'result.done') {
    await writer.end(event)
    if (event.truncated)
      stderr.write(`floe: These are the first ${event.rowCount} rows; there are more. Raise --max-rows.\n`)
  }
}

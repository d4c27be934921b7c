import { Option, type Command } from 'commander'
import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { bytesInWords, countInWords } from '../../contract/words/amounts.ts'
import { exportFormats, type ExportFormat } from '../../core/ports/exporter.ts'
import { problem } from '../../core/problem.ts'
import type { CliContext } from '../cli-io.ts'
import { connectionOption, maxRowsOption } from '../command-options.ts'
import { decideProposal } from '../decide-proposal.ts'
import { exitCodes } from '../exit-codes.ts'
import { followTurn } from '../follow-turn.ts'
import { makeCsvWriter } from '../format/csv.ts'
import { makeJsonWriter, makeNdjsonWriter } from '../format/json.ts'
import type { ResultWriter, WriteText } from '../format/result-writer.ts'
import { makeTableWriter } from '../format/table.ts'
import { makePrompt } from '../make-prompt.ts'
import { withServices } from '../with-services.ts'

interface SqlOptions {
  readonly connection: string
  readonly format: Format
  readonly maxRows: number
  readonly output?: string
}

type Format = keyof typeof formats | ExportFormat

const formats = {
  table: makeTableWriter,
  csv: makeCsvWriter,
  json: makeJsonWriter,
  ndjson: makeNdjsonWriter,
} as const satisfies Record<string, (write: WriteText, maxWidth: number | null) => ResultWriter>

/**
 * `floe sql`: runs given SQL on the same guarded path as any question and streams the rows. Parquet, and whatever goes into a file, is
 * written by the engine itself: every row, unless `--max-rows` says otherwise.
 */
export const addSql = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('sql')
    .description('runs SQL that only reads')
    .argument('<sql>', 'the query, or - to read it from stdin')
    .addOption(connectionOption())
    .addOption(
      new Option('--format <format>', 'how to print the rows')
        .choices([...Object.keys(formats), ...exportFormats.filter((format) => !(format in formats))])
        .default('table'),
    )
    .addOption(maxRowsOption())
    .option('--output <file>', 'writes the whole result to a file, as csv or parquet')
    .action(async (given: string, options: SqlOptions, command: Command) => {
      const sql = given === '-' ? await readAll(context.io.stdin) : given
      if (options.output === undefined && isPrinted(options.format)) {
        finish(await print(context, sql, { ...options, format: options.format }))
        return
      }
      const isCut = command.getOptionValueSource('maxRows') !== 'default'
      await exportFile(context, sql, options, isCut ? options.maxRows : null)
      finish(exitCodes.done)
    })

const isPrinted = (format: Format): format is keyof typeof formats => format in formats

async function print(
  context: CliContext,
  sql: string,
  { connection, format, maxRows }: SqlOptions & { readonly format: keyof typeof formats },
): Promise<number> {
  const { io, output } = context
  const writer = formats[format]((text) => output.write(text), io.stdout.columns ?? null)
  const prompt = makePrompt(io, context.signal)
  try {
    return await withServices(context.needs, (services) =>
      followTurn(context, services, { sql, connection, maxRows, autoRun: true }, async (event) => {
        if (event.kind === 'query.proposed' && event.heldBack !== undefined)
          await decideProposal(context, services, prompt, event)
        await printResult(event, writer, io.stderr)
      }),
    )
  } finally {
    prompt.close()
  }
}

async function exportFile(
  context: CliContext,
  sql: string,
  { connection, format, output }: SqlOptions,
  maxRows: number | null,
): Promise<void> {
  const { io, needs, signal } = context
  const found = exportFormats.find((one) => one === format)
  if (found === undefined)
    throw problem('bad_request', `A file cannot be written as ${format}.`, 'Use --format csv or --format parquet.')
  if (output === undefined && io.stdout.columns !== undefined)
    throw problem('bad_request', 'Parquet is no text for a terminal.', 'Name a file with --output, or redirect it.')
  if (output !== undefined) checkFolder(output)
  await withServices(needs, async ({ exportResult }) => {
    const file = await exportResult(needs.caller, { sql, connection, format: found, maxRows }, signal)
    if (output === undefined) for await (const chunk of file.content) await context.output.write(chunk)
    else await file.saveAs(output)
    io.stderr.write(`floe: ${countInWords(file.rowCount, 'row')}, ${bytesInWords(file.bytes)}\n`)
  })
}

/** Said before the work instead of after it. */
function checkFolder(output: string): void {
  try {
    accessSync(dirname(resolve(output)), constants.W_OK)
  } catch (cause) {
    const message = `Nothing can be written to the folder of ${output}.`
    throw problem('bad_request', message, 'Make the folder, or name another.', { cause })
  }
}

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

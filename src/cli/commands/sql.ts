import { Option, type Command } from 'commander'
import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { maxRowsLimit } from '../../contract/command.ts'
import { bytesInWords, countInWords } from '../../contract/words/amounts.ts'
import { CsvSeparator, ResultFormat, type FileForm } from '../../contract/result-file.ts'
import { problem } from '../../core/problem.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { CliContext } from '../cli-io.ts'
import { makeCsvWriter, makeJsonWriter, makeNdjsonWriter } from '../format/result-writer.ts'
import type { ResultWriter, WriteText } from '../format/result-writer.ts'
import { makeTableWriter } from '../format/table.ts'
import { escapeLines } from '../format/terminal-text.ts'
import { connectionOption, maxRowsOption, runTurn } from '../run-turn.ts'

interface SqlOptions {
  readonly connection: string
  readonly format: Format
  readonly maxRows: number
  readonly output?: string
  readonly bom?: true
  readonly separator?: CsvSeparator
  readonly decimalMark?: NonNullable<FileForm['decimalMark']>
}

type Format = keyof typeof formats | ResultFormat

const formats = {
  table: makeTableWriter,
  csv: makeCsvWriter,
  json: makeJsonWriter,
  ndjson: makeNdjsonWriter,
} as const satisfies Record<string, (write: WriteText, maxWidth: number | null) => ResultWriter>

/**
 * `floe sql`: runs given SQL on the same guarded path as any question and streams the rows. Parquet, and every file, is
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
        .choices([...Object.keys(formats), ...ResultFormat.options.filter((format) => !(format in formats))])
        .default('table'),
    )
    .addOption(maxRowsOption())
    .option('--output <file>', 'writes the whole result to a file, in any format but table')
    .option('--bom', 'begins csv with a byte order mark, by which Excel knows UTF-8')
    .addOption(new Option('--separator <name>', 'what stands between the fields of csv').choices(CsvSeparator.options))
    .addOption(new Option('--decimal-mark <name>', 'the mark before decimals in csv').choices(['point', 'comma']))
    .action(async (given: string, options: SqlOptions, command: Command) => {
      for (const [flag, given] of Object.entries(csvOnly))
        if (options[given] !== undefined && options.format !== 'csv')
          throw problem('bad_request', `${flag} is for CSV only.`, `Add --format csv, or leave ${flag} out.`)
      const sql = given === '-' ? await readAll(context.io.stdin) : given
      const isStyled = options.separator !== undefined || options.decimalMark !== undefined
      if (options.output === undefined && isPrinted(options.format) && !isStyled) {
        finish(await print(context, sql, options, options.format))
        return
      }
      const isCut = command.getOptionValueSource('maxRows') !== 'default'
      finish(await exportFile(context, sql, options, isCut ? options.maxRows : null))
    })

/** Options that concern CSV alone. */
const csvOnly = { '--bom': 'bom', '--separator': 'separator', '--decimal-mark': 'decimalMark' } as const

const isPrinted = (format: Format): format is keyof typeof formats => format in formats

function print(
  context: CliContext,
  sql: string,
  { connection, maxRows, bom }: SqlOptions,
  format: keyof typeof formats,
): Promise<number> {
  const { io, output } = context
  const writer = formats[format]((text) => output.write(text), io.stdout.columns ?? null)
  return runTurn(
    context,
    { sql, connection, maxRows, autoRun: true },
    {
      async onEvent(event) {
        tellReading(context, event)
        if (event.kind === 'result.columns') {
          if (bom === true) await output.write('\uFEFF')
          await writer.start(event.columns)
        } else if (event.kind === 'result.rows') await writer.rows(event.rows)
        else if (event.kind === 'result.done') {
          await writer.end(event)
          if (event.truncated)
            io.stderr.write(`floe: These are the first ${event.rowCount} rows; there are more. Raise --max-rows.\n`)
        }
      },
    },
  )
}

function exportFile(
  context: CliContext,
  sql: string,
  { connection, format, output, bom, separator, decimalMark }: SqlOptions,
  maxRows: number | null,
): Promise<number> {
  const { io } = context
  const found = ResultFormat.options.find((one) => one === format)
  if (found === undefined)
    throw problem(
      'bad_request',
      `A file cannot be written as ${format}.`,
      'Use --format csv, json, ndjson, parquet or xlsx.',
    )
  if (output === undefined && io.stdout.columns !== undefined && !isPrinted(format))
    throw problem('bad_request', `${format} is no text for a terminal.`, 'Name a file with --output, or redirect it.')
  if (output !== undefined) checkFolder(output)
  return runTurn(
    context,
    { sql, connection, maxRows: maxRows ?? maxRowsLimit, autoRun: true },
    {
      file: {
        form: {
          format: found,
          ...(bom === true && { byteOrderMark: true }),
          ...(separator !== undefined && { separator }),
          ...(decimalMark !== undefined && { decimalMark }),
        },
        maxRows,
        async deliver(file) {
          if (output === undefined) for await (const chunk of file.content) await context.output.write(chunk)
          else await file.saveAs(output)
        },
      },
      onEvent(event) {
        tellReading(context, event)
        if (event.kind === 'result.done')
          io.stderr.write(`floe: ${countInWords(event.rowCount, 'row')}, ${bytesInWords(event.bytes)}\n`)
        return Promise.resolve()
      },
    },
  )
}

/** Says on stderr how files and columns were read, such as lines that were too long. */
function tellReading({ io }: CliContext, event: TurnEvent): void {
  if (event.kind !== 'query.proposed') return
  for (const assumption of event.assumptions) io.stderr.write(escapeLines(`floe: ${assumption}\n`))
}

/** Checked before the work instead of after it. What is no regular file is not replaced, so that its folder does not matter. */
function checkFolder(output: string): void {
  try {
    if (statSync(output, { throwIfNoEntry: false })?.isFile() === false) return
    accessSync(dirname(resolve(output)), constants.W_OK)
  } catch (cause) {
    const message = `Nothing can be written to the folder of ${output}.`
    throw problem('bad_request', message, 'Make the folder, or name another.', { cause })
  }
}

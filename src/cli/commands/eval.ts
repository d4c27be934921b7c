import { Option, type Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { Cell } from '../../contract/result.ts'
import { countInWords } from '../../contract/words/amounts.ts'
import type { SchemaDescription } from '../../core/evaluate/describe-connections.ts'
import type { EvaluatedTurn, EvaluationOrder, EvaluationTurn } from '../../core/evaluate/run-evaluation.ts'
import { summarizeEvaluation, type EvaluationSummary } from '../../core/evaluate/summarize-evaluation.ts'
import { problem } from '../../core/problem.ts'
import { withServices, type CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'

interface EvalOptions {
  readonly connection?: string
  readonly data?: string
  readonly schemas?: string
  readonly model?: string
  readonly samples: boolean
  readonly json?: true
}

/** Conversations evaluated at once. */
const atOnce = 2

/** `floe eval`: asks questions whose answers are known and compares the results. Nothing of it is stored. */
export const addEval = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('eval')
    .description('asks questions with known answers and compares the results')
    .argument('<file>', 'JSON lines: {"id", "question", "sql" | "gold_results" | "unanswerable"} or {"id", "turns"}')
    .addOption(new Option('--connection <name>', 'asks this connection; without it the sample').conflicts('data'))
    .option('--data <dir>', 'a folder of files for each "db" that a line names')
    .option('--schemas <file>', 'JSON lines with comments and keys: {"db", "tables"}')
    .option('--model <model>', 'offline, or provider:model')
    .option('--no-samples', 'hides sampled values, so that only names are known')
    .option('--json', 'prints one JSON object a question, then {"summary"}')
    .action(async (file: string, options: EvalOptions) => {
      const [lines, schemas] = await Promise.all([readLines(file, Line), readSchemas(options.schemas)])
      const orders = lines.map((line) => orderOf(line, options, schemas))
      const turns = await withServices(context.needs, async ({ evaluate }) => {
        const evaluated = Readable.from(orders).map(
          (order: EvaluationOrder) => collect(evaluate(context.needs.caller, order, context.signal)),
          { concurrency: atOnce, signal: context.signal },
        )
        const found: EvaluatedTurn[] = []
        for await (const list of evaluated as AsyncIterable<readonly EvaluatedTurn[]>) {
          found.push(...list)
          for (const turn of list) await context.output.write(options.json ? jsonLine(turn) : textLine(turn))
        }
        return found
      })
      const summary = summarizeEvaluation(turns)
      await context.output.write(options.json ? `${JSON.stringify({ summary })}\n` : describeSummary(summary))
      finish(summary.regressions.length === 0 ? exitCodes.done : exitCodes.regressed)
    })

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** A cell of an expected result; anything nested is compared as JSON text. */
const ExpectedCell = z.union([Cell, z.unknown().transform((value) => JSON.stringify(value))])

const Turn = z.object({
  question: z.string(),
  sql: z.string().nullish(),
  gold_sql: z.string().nullish(),
  gold_results: z.array(z.object({ rows: z.array(z.array(ExpectedCell)), alt: z.unknown().optional() })).nullish(),
  unanswerable: z.boolean().nullish(),
  ordered: z.boolean().nullish(),
  order_ties: z.boolean().nullish(),
  hardness: z.string().nullish(),
  category: z.string().nullish(),
  today: z.iso.date().nullish(),
})
type Turn = z.infer<typeof Turn>

const Line = Turn.partial({ question: true })
  .extend({ id: z.union([z.string(), z.number()]), db: z.string().nullish(), turns: z.array(Turn).min(1).optional() })
  .refine(({ question, turns }) => (question === undefined) !== (turns === undefined), 'give a question or turns')
type Line = z.infer<typeof Line>

const SchemaLine = z.object({
  db: z.string(),
  tables: z.array(
    z.object({
      name: z.string(),
      comment: z.string().nullish(),
      columns: z.array(z.object({ name: z.string(), comment: z.string().nullish() })),
      primary_key: z.array(z.string()).nullish(),
      foreign_keys: z.array(z.object({ column: z.string(), ref_table: z.string(), ref_column: z.string() })).nullish(),
    }),
  ),
})

/** Reads a file of JSON lines. Throws `bad_request` that names the first line that is none. */
async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<readonly T[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw problem('bad_request', `${file} cannot be read.`, 'Name a file of JSON lines.', { cause })
  })
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const parsed = schema.safeParse(readJson(line))
    if (parsed.success) return [parsed.data]
    const what = z.prettifyError(parsed.error).split('\n')[0] ?? ''
    throw problem('bad_request', `Line ${index + 1} of ${file} does not fit: ${what}`, 'See docs/evaluation.md.')
  })
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

async function readSchemas(file: string | undefined): Promise<ReadonlyMap<string, SchemaDescription>> {
  const lines = file === undefined ? [] : await readLines(file, SchemaLine)
  return new Map(
    lines.map(({ db, tables }) => [
      db,
      {
        tables: tables.map(({ name, comment, columns, primary_key: primaryKey, foreign_keys: foreignKeys }) => ({
          name,
          comment: comment ?? null,
          columns: columns.map((column) => ({ name: column.name, comment: column.comment ?? null })),
          primaryKey: primaryKey ?? [],
          foreignKeys: (foreignKeys ?? []).map((key) => ({
            column: key.column,
            table: key.ref_table,
            target: key.ref_column,
          })),
        })),
      },
    ]),
  )
}

function orderOf(
  line: Line,
  { connection, data, model, samples }: EvalOptions,
  schemas: ReadonlyMap<string, SchemaDescription>,
): EvaluationOrder {
  const id = String(line.id)
  const db = line.db ?? null
  if (data !== undefined && db === null)
    throw problem('bad_request', `The line "${id}" names no "db".`, 'Add it, or ask one --connection.')
  const { turns, question = '' } = line
  const asked = turns?.map((turn, index) => readTurn(`${id}/${index + 1}`, turn)) ?? [
    readTurn(id, { ...line, question }),
  ]
  return {
    turns: asked,
    connection: data === undefined || db === null ? (connection ?? 'sample') : `folder:${join(data, db)}`,
    ...(model === undefined ? {} : { model }),
    schema: db === null ? null : (schemas.get(db) ?? null),
    withSamples: samples,
  }
}

const readTurn = (id: string, turn: Turn): EvaluationTurn => ({
  id,
  question: turn.question,
  results: (turn.gold_results ?? []).map(({ rows, alt }) => ({
    rows,
    isAlternative: alt !== undefined && alt !== false,
  })),
  sql: turn.sql ?? turn.gold_sql ?? null,
  isUnanswerable: turn.unanswerable ?? false,
  // Rows that tie may stand in any order among themselves, so the order proves nothing.
  isOrdered: turn.order_ties === true ? false : (turn.ordered ?? null),
  today: turn.today ?? null,
  group: turn.hardness ?? turn.category ?? null,
})

function jsonLine({ id, verdict, isRight, sql, note, interpretation, question }: EvaluatedTurn): string {
  return `${JSON.stringify({ id, verdict, ok: isRight, sql, note, interpretation, question })}\n`
}

function textLine({ id, verdict, isRight, question, note }: EvaluatedTurn): string {
  const why = isRight || note === null ? '' : ` – ${note}`
  return `${verdict.padEnd(20)}${escapeLines(`${id}  ${question}${why}`.replaceAll('\n', ' '))}\n`
}

function describeSummary({ questions, answerable, unanswerable, regressions }: EvaluationSummary): string {
  const { right, answered, accuracy, precision, coverage } = answerable
  const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`)
  const declined =
    unanswerable.questions === 0 ? '' : ` ${unanswerable.declined} of ${unanswerable.questions} unanswerable declined.`
  return (
    `\n${countInWords(questions, 'question')}: ${right} right (${percent(accuracy)}), ${answered} answered (${percent(coverage)}), ` +
    `${percent(precision)} of those right.${declined} ${regressions.length} did not come out right.\n`
  )
}

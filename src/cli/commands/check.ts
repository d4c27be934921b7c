import { InvalidArgumentError, type Command } from 'commander'
import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { z } from 'zod'
import type { ProblemCode } from '../../contract/problem.ts'
import type { CheckVerdict } from '../../core/guard/check-sql.ts'
import type { RefusalCode } from '../../core/guard/verdict.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Services } from '../../core/services.ts'
import { withServices, type CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'

interface CheckOptions {
  readonly jsonl?: true
  readonly connection?: string
}

/** Texts judged at once: enough to keep the guard busy, few enough to hold in memory. */
const atOnce = 8

/** `floe check`: judges SQL from a file or stdin without running it. */
export const addCheck = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('check')
    .description('judges whether SQL only reads')
    .argument('[file]', 'a file; without it stdin', readFileName)
    .option('--jsonl', 'reads {"sql":…} lines, each judged on its own; without it the whole text is one statement')
    .option('--connection <name>', 'resolves names against this connection')
    .action(async (file: string | undefined, { jsonl, connection }: CheckOptions) => {
      const input = file === undefined ? context.io.stdin : createReadStream(file)
      const isAllOk = await withServices(context.needs, (services) =>
        printVerdicts(context, judge(services, context, input, jsonl ?? false, connection ?? null)),
      )
      finish(isAllOk ? exitCodes.done : exitCodes.refused)
    })

function readFileName(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile() === true || found?.isFIFO() === true) return file
  throw new InvalidArgumentError(found === undefined ? 'There is no such file.' : 'It is not a file.')
}

async function* judge(
  services: Services,
  { needs, signal }: CliContext,
  input: Readable,
  isJsonl: boolean,
  connection: string | null,
): AsyncGenerator<CheckLine> {
  const check = (sql: string) => services.check(needs.caller, sql, connection, signal)
  if (!isJsonl) {
    yield await judgeText(check, await readAll(input))
    return
  }
  const judged = Readable.from(filledLines(input)).map((line: string) => judgeLine(check, line), {
    concurrency: atOnce,
    signal,
  })
  for await (const line of judged) yield line as CheckLine
}

/** Lines that are not blank. Only a line feed ends one: U+2028 and its like may stand inside JSON text. */
async function* filledLines(input: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield rest
}

/** Prints each verdict as it comes; whether all were ok. */
async function printVerdicts({ output }: CliContext, verdicts: AsyncIterable<CheckLine>): Promise<boolean> {
  let isAllOk = true
  for await (const verdict of verdicts) {
    await output.write(`${JSON.stringify(verdict)}\n`)
    isAllOk &&= verdict.ok
  }
  return isAllOk
}

/** What `floe check` prints of one text. */
interface CheckLine {
  readonly id?: unknown
  readonly ok: boolean
  readonly code: RefusalCode | ProblemCode | null
  readonly reason: string | null
  /** As `DATABASE.SCHEMA.TABLE`, as far as known. */
  readonly tables: readonly string[]
  /** The text judged; null where the line held none. */
  readonly sql: string | null
}

type Check = (sql: string) => Promise<CheckVerdict>

const CheckRequest = z.object({ id: z.union([z.string(), z.number(), z.null()]).optional(), sql: z.string() })

/** Problems of the connection rather than of one text: they end the command. */
const fatal: ReadonlySet<ProblemCode> = new Set(['connection_unknown', 'connection_broken', 'warehouse_unreachable'])

/** Judges one text. A text that cannot be judged is not ok. */
async function judgeText(check: Check, sql: string): Promise<CheckLine> {
  try {
    const verdict = await check(sql)
    const tables = verdict.tables.map(({ database, schema, name }) =>
      [database, schema, name].filter((part) => part !== '').join('.'),
    )
    const { code, reason } = verdict.ok ? { code: null, reason: null } : verdict
    return { ok: verdict.ok, code, reason, tables, sql }
  } catch (error) {
    if (!(error instanceof ProblemError) || fatal.has(error.problem.code)) throw error
    return { ok: false, code: error.problem.code, reason: error.problem.message, tables: [], sql }
  }
}

/** Judges one line of `{"id"?, "sql"}`; a line that is none is not ok and says why. */
async function judgeLine(check: Check, line: string): Promise<CheckLine> {
  const value = readJson(line)
  const parsed = CheckRequest.safeParse(value)
  if (parsed.success) return { ...withId(value), ...(await judgeText(check, parsed.data.sql)) }
  const reason = value === undefined ? 'The line is not JSON.' : 'The line is not an object with a text "sql".'
  return { ...withId(value), ok: false, code: 'bad_request', reason, tables: [], sql: null }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const withId = (value: unknown): { readonly id?: unknown } =>
  typeof value === 'object' && value !== null && 'id' in value ? { id: value.id } : {}

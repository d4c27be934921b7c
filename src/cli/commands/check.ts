import { InvalidArgumentError, type Command } from 'commander'
import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import type { Services } from '../../core/services.ts'
import type { CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { inOrder } from '../in-order.ts'
import { judgeLine, judgeText, type CheckLine } from '../judge-line.ts'
import { withServices } from '../with-services.ts'

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
  if (!isJsonl) yield await judgeText(check, await readAll(input))
  else yield* inOrder(filledLines(input), atOnce, (line) => judgeLine(check, line))
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

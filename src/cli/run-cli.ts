import { Command, CommanderError } from 'commander'
import type { Writable } from 'node:stream'
import { z } from 'zod'
import { presentProblem, problem, ProblemError } from '../core/problem.ts'
import { Stopped, type CliContext, type CliIo, type CliNeeds, type Output, type StopSignal } from './cli-io.ts'
import { addAdmin } from './commands/admin.ts'
import { addAsk } from './commands/ask.ts'
import { addCheck } from './commands/check.ts'
import { addConnection } from './commands/connection.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEval } from './commands/eval.ts'
import { addExplain } from './commands/explain.ts'
import { addSchema } from './commands/schema.ts'
import { addServe } from './commands/serve.ts'
import { addSql } from './commands/sql.ts'
import { exitCodeMeanings, exitCodeOf, exitCodes } from './exit-codes.ts'
import { describeProblem } from './format/report.ts'

const exitCodeOfSignal = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
} as const satisfies Record<StopSignal, number>

/** Runs the command that `argv` (without program and script) names and returns its exit code. Never throws. */
export async function runCli(argv: readonly string[], io: CliIo, needs: CliNeeds): Promise<number> {
  const stop = new AbortController()
  const listeners = Object.entries(exitCodeOfSignal).map(
    ([name, exitCode]) => [name as StopSignal, () => stop.abort(new Stopped(exitCode))] as const,
  )
  for (const [name, listener] of listeners) io.signals.on(name, listener)
  io.stderr.on('error', () => stop.abort(new Stopped(exitCodes.done)))
  const output = makeOutput(io.stdout, stop)
  try {
    const exitCode = await runProgram(argv, { io, needs, output, signal: stop.signal })
    await output.flush()
    return exitCode
  } catch (error) {
    return explain(error, io, needs)
  } finally {
    for (const [name, listener] of listeners) io.signals.off(name, listener)
  }
}

async function runProgram(argv: readonly string[], context: CliContext): Promise<number> {
  let exitCode: number = exitCodes.done
  const program = makeProgram(context, (code) => {
    exitCode = code
  })
  await program.parseAsync(argv, { from: 'user' })
  return exitCode
}

/** The commands with their options, as they are parsed and as `docs/command-line.md` lists them. */
export function makeProgram(context: CliContext, finish: (exitCode: number) => void): Command {
  // The contract is made of zod/mini, which brings no words of its own for what does not fit.
  z.config(z.locales.en())
  const { io, needs } = context
  const program = new Command('floe')
    .description('Answers questions from a warehouse on a path that can only read.')
    .version(needs.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .addHelpText('after', `\nExit codes:\n${exitCodeLines()}`)
  const commands = [
    addServe,
    addAsk,
    addSql,
    addCheck,
    addExplain,
    addEval,
    addDoctor,
    addConnection,
    addSchema,
    addAdmin,
  ].map((add) => add(program, context, finish))
  for (const command of [program, ...commands].flatMap(withSubcommands)) showUsageOnError(command)
  return program
}

const withSubcommands = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
]

const exitCodeLines = (): string =>
  Object.entries(exitCodes)
    .map(([name, code]) => `  ${String(code).padEnd(4)} ${exitCodeMeanings[name as keyof typeof exitCodes]}\n`)
    .join('')

function showUsageOnError(command: Command): void {
  const usage = `Usage: ${command.createHelp().commandUsage(command)}\n`
  command.configureOutput({ outputError: (text, write) => write(text + usage) })
}

function explain(error: unknown, io: CliIo, needs: CliNeeds): number {
  if (error instanceof Stopped) return error.exitCode
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (!(error instanceof ProblemError)) needs.logDefect(error)
  const shown = presentProblem(error)
  io.stderr.write(describeProblem(shown))
  return exitCodeOf(shown.code)
}

/**
 * Makes the output over a stream. A reader that has seen enough (`| head`) stops the run quietly; a disk that is full stops it
 * with a problem.
 */
function makeOutput(stream: Writable, stop: AbortController): Output {
  const { signal } = stop
  let last: Promise<void> = Promise.resolve()
  let wake = (): void => undefined
  signal.addEventListener('abort', () => wake())
  stream.on('error', (error: NodeJS.ErrnoException) => stop.abort(reasonOf(error)))
  return {
    async write(text) {
      signal.throwIfAborted()
      last = new Promise((resolve) => {
        wake = resolve
        stream.write(text, () => resolve())
      })
      if (stream.writableNeedDrain) await last
      signal.throwIfAborted()
    },
    async flush() {
      await last
      signal.throwIfAborted()
    },
  }
}

const reasonOf = (error: NodeJS.ErrnoException): Error =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
    ? new Stopped(exitCodes.done)
    : problem(
        'internal',
        `The output could not be written: ${error.code ?? 'unknown'}.`,
        'Look at the disk or the program that reads it.',
        { cause: error },
      )

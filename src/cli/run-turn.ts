import { InvalidArgumentError, Option } from 'commander'
import { defaultMaxRows, maxRowsLimit, type Ask } from '../contract/command.ts'
import type { Problem } from '../contract/problem.ts'
import type { TurnEvent } from '../contract/turn-event.ts'
import type { ApprovalDecision, Following, Proposal } from '../core/ask/answer-turn.ts'
import { isReservedRef } from '../core/connections/combine-connections.ts'
import type { Services } from '../core/services.ts'
import { withServices, type CliContext } from './cli-io.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { describeProblem } from './format/report.ts'
import { escapeLines } from './format/terminal-text.ts'
import { makePrompt, type Prompt } from './make-prompt.ts'

/** `--connection`, as every command takes it that runs a turn. */
export const connectionOption = (): Option =>
  new Option('--connection <name>', 'a saved name, sample, or folder:PATH').default('sample')

/** `--max-rows`, likewise. */
export const maxRowsOption = (): Option =>
  new Option('--max-rows <n>', 'the most rows to fetch').argParser(readMaxRows).default(defaultMaxRows)

function readMaxRows(text: string): number {
  const rows = Number(text)
  if (/^\d+$/.test(text) && rows >= 1 && rows <= maxRowsLimit) return rows
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxRowsLimit}.`)
}

/**
 * Runs one turn: asks the person about a proposal that waits, and prints on stderr what concerns the connection, the saving and the end.
 * Returns the exit code that its outcome stands for.
 */
export async function runTurn(
  context: CliContext,
  ask: Ask & { readonly connection: string },
  { onEvent, file, continues = false }: Pick<Following, 'onEvent' | 'file'> & { readonly continues?: boolean },
): Promise<number> {
  const { io, needs, signal } = context
  const prompt = makePrompt(io, signal)
  try {
    return await withServices(needs, async (services) => {
      await warnAbout(context, services, ask.connection)
      const [last] = continues ? await services.history.list(needs.caller, 1) : []
      const asked = last === undefined ? ask : { ...ask, conversationId: last.id }
      const outcome = await services.answer(needs.caller, asked, {
        signal,
        decide: (proposal, refusal) => decide(context, prompt, proposal, refusal),
        onEvent: async (event, encoded) => {
          await onEvent(event, encoded)
          io.stderr.write(describeAside(event))
        },
        ...(file === undefined ? {} : { file }),
      })
      if (outcome.kind === 'answered') return exitCodes.done
      if (outcome.kind !== 'failed') return exitCodes.stopped
      io.stderr.write(describeProblem(outcome.problem))
      return exitCodeOf(outcome.problem.code)
    })
  } finally {
    prompt.close()
  }
}

/** Says on stderr what makes a saved connection less safe than it should be. */
async function warnAbout({ io, needs }: CliContext, services: Services, connection: string): Promise<void> {
  if (isReservedRef(connection)) return
  const all = await services.connections.list(needs.caller)
  const warning = all.find(({ name }) => name.toLowerCase() === connection.toLowerCase())?.warning ?? null
  if (warning !== null) io.stderr.write(escapeLines(`floe: WARNING: ${warning}\n`))
}

/** What is not whole in an answer; empty for an event that tells nothing of the kind. */
function describeAside(event: TurnEvent): string {
  if (event.kind === 'result.done' && event.note !== undefined) return `floe: ${event.note}\n`
  const isUnsaved = 'saved' in event && event.saved === false
  return isUnsaved ? 'floe: This question is not saved: the store takes nothing at the moment.\n' : ''
}

/** Asks the person whether the proposed query may run. Without a terminal the answer is no. */
async function decide(
  { io, signal }: CliContext,
  prompt: Prompt,
  { heldBack }: Proposal,
  refusal: Problem | null,
): Promise<ApprovalDecision> {
  if (!io.isTerminal) {
    const how = heldBack === undefined ? 'Add --yes to run it.' : `${heldBack} Run it on the page or in a terminal.`
    io.stderr.write(`floe: Stopped before running the query. ${how}\n`)
    return { kind: 'stop' }
  }
  if (refusal !== null) io.stderr.write(describeProblem(refusal))
  else if (heldBack !== undefined) io.stderr.write(`floe: ${heldBack}\n`)
  const answer = (await prompt.ask('Run this query? [y/N/e] '))?.trim().toLowerCase()
  signal.throwIfAborted()
  if (answer === 'y' || answer === 'yes') return { kind: 'approve' }
  if (answer !== 'e' && answer !== 'edit') return { kind: 'stop' }
  const sql = await readQuery(prompt)
  signal.throwIfAborted()
  return { kind: 'edit', sql }
}

async function readQuery(prompt: Prompt): Promise<string> {
  const lines: string[] = []
  let line = await prompt.ask('The new query; an empty line ends it.\n> ')
  while (line !== null && line !== '') {
    lines.push(line)
    line = await prompt.ask('> ')
  }
  return lines.join('\n')
}

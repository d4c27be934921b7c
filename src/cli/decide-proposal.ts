import type { TurnEvent } from '../contract/turn-event.ts'
import { ProblemError } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { Stopped, type CliContext } from './cli-io.ts'
import { exitCodes } from './exit-codes.ts'
import type { Prompt } from './make-prompt.ts'
import { describeProblem } from './print-problem.ts'

type Proposal = Extract<TurnEvent, { readonly kind: 'query.proposed' }>

/**
 * Asks the person whether the proposed query may run, and approves or edits it. Throws `Stopped` when nobody says yes, at once
 * where there is nobody to ask.
 */
export async function decideProposal(
  { io, needs, signal }: CliContext,
  services: Services,
  prompt: Prompt,
  { turnId, digest, heldBack }: Proposal,
): Promise<void> {
  if (!io.isTerminal) {
    const how = heldBack === undefined ? 'Add --yes to run it.' : `${heldBack} Run it on the page or in a terminal.`
    io.stderr.write(`floe: Stopped before running the query. ${how}\n`)
    throw new Stopped(exitCodes.stopped)
  }
  if (heldBack !== undefined) io.stderr.write(`floe: ${heldBack}\n`)
  for (;;) {
    const answer = (await prompt.ask('Run this query? [y/N/e] '))?.trim().toLowerCase()
    signal.throwIfAborted()
    if (answer === 'y' || answer === 'yes') {
      await services.turns.approve(needs.caller, { turnId, digest })
      return
    }
    if (answer !== 'e' && answer !== 'edit') throw new Stopped(exitCodes.stopped)
    const text = await readQuery(prompt)
    signal.throwIfAborted()
    try {
      await services.turns.edit(needs.caller, { turnId, sql: text })
      return
    } catch (error) {
      // Refused: the old query stands and is asked about again.
      if (!(error instanceof ProblemError)) throw error
      io.stderr.write(describeProblem(error.problem))
    }
  }
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

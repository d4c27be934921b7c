import type { Command } from 'commander'
import { connectionOption, maxRowsOption } from '../command-options.ts'
import type { CliContext } from '../cli-io.ts'
import { followTurn } from '../follow-turn.ts'
import { makeAnswerView } from '../answer-view.ts'
import { decideProposal } from '../decide-proposal.ts'
import { makePrompt } from '../make-prompt.ts'
import { withServices } from '../with-services.ts'

interface AskOptions {
  readonly connection: string
  readonly model?: string
  readonly yes?: true
  readonly maxRows: number
  readonly json?: true
}

/** `floe ask`: one question, from words to an answer. */
export const addAsk = (program: Command, context: CliContext, finish: (exitCode: number) => void): Command =>
  program
    .command('ask')
    .description('answers a question asked in plain words')
    .argument('<question>', 'the question')
    .addOption(connectionOption())
    .option('--model <model>', 'offline, or provider:model')
    .option('--yes', 'runs the query without asking')
    .addOption(maxRowsOption())
    .option('--json', 'prints the events of the turn, one a line')
    .action(async (question: string, { connection, model, yes, maxRows, json }: AskOptions) => {
      const { io, needs, output } = context
      const ask = { question, connection, maxRows, autoRun: yes ?? false, ...(model === undefined ? {} : { model }) }
      const view = makeAnswerView((text) => output.write(text), io.stderr, io.stdout.columns ?? null)
      const prompt = makePrompt(io, context.signal)
      try {
        const exitCode = await withServices(needs, (services) =>
          followTurn(context, services, ask, async (event, { json: line }) => {
            await (json ? output.write(`${line}\n`) : view.show(event))
            if (event.kind === 'query.proposed' && (!yes || event.heldBack !== undefined))
              await decideProposal(context, services, prompt, event)
          }),
        )
        finish(exitCode)
      } finally {
        prompt.close()
      }
    })

import type { Command } from 'commander'
import { plainLocale } from '../../contract/words/formats.ts'
import { makeAnswerView } from '../answer-view.ts'
import type { CliContext } from '../cli-io.ts'
import { connectionOption, maxRowsOption, runTurn } from '../run-turn.ts'

/** The locale of this machine; the one without a language, as in a container, is taken as `en-US`. */
function systemLocale(): string {
  const { locale } = new Intl.DateTimeFormat().resolvedOptions()
  return locale.includes('posix') ? plainLocale : locale
}

interface AskOptions {
  readonly connection: string
  readonly model?: string
  readonly yes?: true
  readonly continue?: true
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
    .option('--continue', 'asks in the conversation of the last question, which it then follows')
    .option('--yes', 'runs the query without asking, unless it is held back')
    .addOption(maxRowsOption())
    .option('--json', 'prints the events of the turn, one a line')
    .action(async (question: string, { connection, model, yes, maxRows, json, continue: continues }: AskOptions) => {
      const { io, output } = context
      const ask = { question, connection, maxRows, autoRun: yes ?? false, ...(model === undefined ? {} : { model }) }
      const view = makeAnswerView((text) => output.write(text), io.stderr, {
        maxWidth: io.stdout.columns ?? null,
        locale: systemLocale(),
      })
      finish(
        await runTurn(context, ask, {
          continues: continues ?? false,
          onEvent: (event, { json: line }) => (json ? output.write(`${line}\n`) : view.show(event)),
        }),
      )
    })

import type { Command } from 'commander'
import { notFoundInQuery, wordsLeftOver } from '../../contract/ledger.ts'
import type { Sentence } from '../../contract/result.ts'
import type { StepState, TurnEvent } from '../../contract/turn-event.ts'
import { estimateInWords } from '../../contract/words/amounts.ts'
import { makeFormats, plainLocale } from '../../contract/words/formats.ts'
import { sentenceText } from '../../contract/words/sentence.ts'
import type { CliContext } from '../cli-io.ts'
import type { ResultSummary, WriteText } from '../format/result-writer.ts'
import { makeTableWriter } from '../format/table.ts'
import { escapeControls, escapeLines } from '../format/terminal-text.ts'
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
    .argument('<question>', 'the question; @TABLE, @SCHEMA.TABLE or @TABLE.COLUMN in it means exactly that')
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

/** Shows a turn to a person: steps on stderr, the query, how it was read, the sentence and the table on stdout. */
interface AnswerView {
  show(event: TurnEvent): Promise<void>
}

/** Makes the view of one turn. `maxWidth` is the terminal's; null keeps wide tables whole. The sentence is written for `locale`. */
function makeAnswerView(
  write: WriteText,
  stderr: { write(text: string): unknown },
  { maxWidth, locale }: { readonly maxWidth: number | null; readonly locale: string },
): AnswerView {
  const table = makeTableWriter(write, maxWidth)
  const formats = makeFormats(locale)
  let result: ResultSummary | null = null
  const sentence: Sentence = []

  /** The table comes last, after the sentence about it. */
  const finish = async (): Promise<void> => {
    if (sentence.length > 0) await write(`\n${escapeLines(sentenceText(sentence, formats))}\n`)
    if (result === null) return
    await write('\n')
    await table.end(result)
  }

  return {
    async show(event) {
      switch (event.kind) {
        case 'step':
          // That a query has an id is nothing to say.
          if (event.fact !== null || event.queryId === undefined) stderr.write(describeStep(event))
          break
        case 'clarification':
          await write(describeClarification(event))
          break
        case 'query.proposed':
          await write(describeProposal(event))
          break
        case 'result.columns':
          await table.start(event.columns)
          break
        case 'result.rows':
          await table.rows(event.rows)
          break
        case 'result.done':
          result = event
          break
        case 'answer.delta':
          sentence.push(...(event.parts ?? [{ text: event.text }]))
          break
        case 'turn.done':
        case 'turn.failed':
        case 'turn.cancelled':
          await finish()
          break
        case 'turn.started':
        case 'sql.delta':
        case 'query.approved':
        case 'chart':
        case 'follow-ups':
          break
      }
    },
  }
}

type EventOf<K extends TurnEvent['kind']> = Extract<TurnEvent, { readonly kind: K }>

const stepMarks = {
  running: '…',
  done: '✓',
  failed: '✗',
  cancelled: '■ cancelled',
  interrupted: '■ interrupted',
  timed_out: '✗ timed out',
} as const satisfies Record<StepState, string>

const describeStep = ({ name, state, fact }: EventOf<'step'>): string =>
  `${stepMarks[state]} ${name}${fact === null ? '' : `: ${escapeControls(fact)}`}\n`

const describeClarification = ({ question, options }: EventOf<'clarification'>): string =>
  escapeLines(`${question}\n${options.map((option) => `  - ${option}\n`).join('')}`)

function describeProposal({
  sql,
  interpretation,
  explanation,
  assumptions,
  inherited = [],
  estimate,
  heldBack,
  ledger = [],
}: EventOf<'query.proposed'>): string {
  const leftOver = wordsLeftOver(ledger)
  const notes = [
    ...[interpretation, explanation].filter((text) => text !== null),
    ...(inherited.length === 0 ? [] : [`Taken over: ${inherited.map(({ text }) => text).join(', ')}`]),
    ...assumptions.map((assumption) => `Assumed: ${assumption}`),
    `${estimateInWords(estimate)}.`,
    ...(estimate.warnings ?? []),
    ...(heldBack === undefined ? [] : [heldBack]),
    ...(leftOver.length === 0 || heldBack !== undefined ? [] : [notFoundInQuery(leftOver)]),
  ]
  return escapeLines(`${sql}\n\n${notes.join('\n')}\n`)
}

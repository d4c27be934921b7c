import type { StepName } from '../../contract/turn-event.ts'
import { durationInWords } from '../../contract/words/amounts.ts'
import { languageLocale, say } from '../words/language.ts'
import { turnWords } from '../words/turns.ts'
import { workedMs, type Proposal, type StepView, type TurnView } from './turn-view.ts'

/** The steps as a person would say them; an estimate is shown beside the query instead. */
export const stepWords: Readonly<Record<StepName, string | null>> = { ...turnWords.steps, estimate: null }

const { headlines, cancelled, told, next } = turnWords

/** The steps worth showing. */
export const shownSteps = (view: TurnView): readonly StepView[] =>
  view.steps.filter((step) => stepWords[step.name] !== null)

/** The head over the step list. Without a line to the server the page knows only what was so last. */
export function stepsHeadline(view: TurnView, isAway = false): string {
  if (view.status === 'done') return doneHeadline(view)
  if (view.status === 'failed') return view.problem?.code === 'writer_declined' ? headlines.declined : headlines.failed
  if (view.status !== 'running' && view.status !== 'executing') return headlines[view.status]
  if (isAway) return say(headlines.lastHeard, { step: lastStep(view) })
  return view.delivery === 'accepted' ? say(headlines.working, { step: lastStep(view) }) : headlines.sending
}

function lastStep(view: TurnView): string {
  const steps = shownSteps(view)
  const { name } = steps.findLast((step) => step.state === 'running') ?? steps.at(-1) ?? { name: 'understand' as const }
  return stepWords[name] ?? ''
}

function doneHeadline(view: TurnView): string {
  const worked = workedMs(view)
  const count = shownSteps(view).length
  if (worked === null) return say(view.saved ? headlines.done : headlines.unsaved, { count })
  return say(view.saved ? headlines.doneIn : headlines.unsavedIn, {
    count,
    time: durationInWords(worked, languageLocale),
  })
}

/** Why a turn was cancelled, and what that means for its query. */
export function cancelledInWords({ cancelReason, approvedBy, proposal, unreadMs }: TurnView): string {
  switch (cancelReason) {
    case 'unread':
      return unreadMs === null ? cancelled.unread : say(cancelled.unreadFor, { time: minutesInWords(unreadMs) })
    case 'undecided':
      return cancelled.undecided
    case 'replaced':
      return cancelled.replaced
    case 'room':
      return cancelled.room
    case 'no_access':
      return cancelled.noAccess
    case 'person':
    case null:
    default:
      if (approvedBy !== null) return cancelled.running
      return proposal === null ? cancelled.early : cancelled.notRun
  }
}

/** A time that a person chose, in whole minutes; below a minute there is only half of one. */
export function minutesInWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (ms < 60_000) return turnWords.halfMinute
  return minutes === 60 ? turnWords.hour : say(turnWords.minutes, { count: minutes })
}

/** The SQL that asking again runs as it is: a text that a person wrote or changed is what they want. Null where the question is asked again. */
export const sqlToRunAgain = ({ question, sql, proposal }: TurnView): string | null =>
  question === null || proposal?.edited === true ? (proposal?.sql ?? sql) : null

/** The steps that lead on from a turn that was cancelled, interrupted or refused. Null for a step that cannot help. */
export interface NextSteps {
  /** What the button says that asks the same again. */
  readonly again: string | null
  /** What the button says that puts the question into the question box. */
  readonly edit: string | null
}

/** After a refusal the same question meets the same refusal: only another one helps. */
const refusals: ReadonlySet<string | undefined> = new Set(['writer_declined', 'bad_question'])

export function nextSteps(view: TurnView): NextSteps {
  const sql = sqlToRunAgain(view)
  const canAsk = sql !== null || view.question !== null
  const edit = view.question === null ? null : next.edit
  if (!canAsk || refusals.has(view.problem?.code)) return { again: null, edit }
  if (view.status === 'failed') return { again: next.tryAgain, edit }
  return { again: sql !== null || view.status === 'interrupted' ? next.runAgain : next.askAgain, edit }
}

/** What to know before a query runs: why it was held back, what may make it large. */
export const cautionsOf = ({ heldBack, estimate }: Pick<Proposal, 'heldBack' | 'estimate'>): readonly string[] => [
  ...(heldBack === null ? [] : [heldBack]),
  ...(estimate.warnings ?? []),
]

/** What a screen reader is told about the latest turn, one sentence at a time; empty while nothing worth saying happened. */
export function announcement(view: TurnView): string {
  switch (view.status) {
    case 'waiting':
      return view.proposal?.edited === true ? told.editReady : told.ready
    case 'executing':
      return told.running
    case 'clarification':
      return view.clarification?.question ?? ''
    case 'done':
      return view.result?.end ? say(told.answerOf, { count: view.result.end.rowCount }) : told.answer
    case 'cancelled':
      return cancelledInWords(view)
    case 'interrupted':
      return told.interrupted
    case 'running':
      return view.lastSeq > 0 ? told.working : ''
    case 'failed':
    default:
      return ''
  }
}

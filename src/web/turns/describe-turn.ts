import type { StepName } from '../../contract/turn-event.ts'
import { countInWords, durationInWords } from '../../contract/words/amounts.ts'
import { workedMs, type Proposal, type StepView, type TurnView } from './turn-view.ts'

/** The steps as a person would say them; an estimate is shown beside the query instead. */
export const stepWords: Readonly<Record<StepName, string | null>> = {
  understand: 'Understanding your question',
  'find-tables': 'Finding the right tables',
  'write-query': 'Writing the query',
  'check-query': 'Checking it only reads',
  estimate: null,
  'run-query': 'Running the query',
  'sum-up': 'Summing up',
}

/** The steps worth showing. */
export const shownSteps = (view: TurnView): readonly StepView[] =>
  view.steps.filter((step) => stepWords[step.name] !== null)

/** The head over the step list. */
export function stepsHeadline(view: TurnView): string {
  if (view.status === 'done') return doneHeadline(view)
  if (view.status === 'failed')
    return view.problem?.code === 'writer_declined' ? 'Not answered' : 'Stopped: needs a fix'
  return restingHeadlines[view.status] ?? workingHeadline(view)
}

const restingHeadlines: Partial<Record<TurnView['status'], string>> = {
  waiting: 'Query ready for your review',
  clarification: 'One question back',
  interrupted: 'Interrupted',
  cancelled: 'Cancelled',
}

function workingHeadline(view: TurnView): string {
  const steps = shownSteps(view)
  const { name } = steps.findLast((step) => step.state === 'running') ?? steps.at(-1) ?? { name: 'understand' as const }
  return `${stepWords[name] ?? ''}…`
}

function doneHeadline(view: TurnView): string {
  const worked = workedMs(view)
  const steps = countInWords(shownSteps(view).length, 'step')
  const done = view.saved ? 'Done' : 'Answered, not saved yet'
  return worked === null ? `${done} · ${steps}` : `${done} in ${durationInWords(worked)} · ${steps}`
}

/** Why a turn was cancelled, and what that means for its query. */
export function cancelledInWords({ cancelReason, approvedBy }: TurnView): string {
  switch (cancelReason) {
    case 'unread':
      return 'Stopped: no page was connected to see the answer.'
    case 'undecided':
      return 'Put away: nobody decided about this query for a long time. It was not run.'
    case 'replaced':
      return 'Put away to make room for newer questions. It was not run.'
    case 'person':
    case null:
    default:
      return approvedBy === null ? 'Cancelled. The query was not run.' : 'Cancelled while the query was running.'
  }
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
      return view.proposal?.edited === true ? 'Your query was checked. Ready to run.' : 'Query ready to review.'
    case 'executing':
      return 'Running the query.'
    case 'clarification':
      return view.clarification?.question ?? ''
    case 'done':
      return view.result?.end ? `Answer ready. ${countInWords(view.result.end.rowCount, 'row')}.` : 'Answer ready.'
    case 'cancelled':
      return cancelledInWords(view)
    case 'interrupted':
      return 'This question was interrupted.'
    case 'running':
      return view.lastSeq > 0 ? 'Working on your question.' : ''
    case 'failed':
    default:
      return ''
  }
}

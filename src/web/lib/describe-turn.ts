import type { StepName } from '../../contract/turn-event.ts'
import type { Estimate } from '../../contract/result.ts'
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

const count = (n: number, one: string, many: string): string => `${n.toLocaleString()} ${n === 1 ? one : many}`

/** A number of rows in words. */
export const rowsInWords = (rows: number): string => count(rows, 'row', 'rows')

/** A span of time, exact enough to be believed. */
export function durationInWords(ms: number): string {
  if (ms < 995) return `${Math.max(1, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}

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
  const steps = count(shownSteps(view).length, 'step', 'steps')
  return worked === null ? `Done · ${steps}` : `Done in ${durationInWords(worked)} · ${steps}`
}

/** What running a query will read, as an upper bound; null where the warehouse cannot tell. */
export function estimateInWords({ rows, bytes, partitions, tables = [] }: Estimate): string | null {
  const of = wholeInWords(tables)
  const parts = [
    ...(rows === null ? [] : [count(rows, 'row', 'rows')]),
    ...(bytes === null ? [] : [`${bytesInWords(bytes)}${of}`]),
    ...(partitions === undefined || partitions === null
      ? []
      : [`${partitions.assigned.toLocaleString()} of ${count(partitions.total, 'partition', 'partitions')}`]),
  ]
  return parts.length === 0 ? null : `Reads at most ${parts.join(' · ')}`
}

/** Of how much, and in which table, where that is known: " of 48 GB in ORDERS". */
function wholeInWords(tables: NonNullable<Estimate['tables']>): string {
  const whole = tables.reduce<number | null>(
    (sum, { tableBytes }) => (sum === null || tableBytes === null ? null : sum + tableBytes),
    0,
  )
  if (tables.length === 0 || whole === null) return ''
  const [only] = tables
  const name = tables.length === 1 ? (only?.table.split('.').at(-1) ?? '') : `${tables.length} tables`
  return ` of ${bytesInWords(whole)} in ${name}`
}

/** What to know before a query runs: why it was held back, what may make it large. */
export const cautionsOf = ({ heldBack, estimate }: Pick<Proposal, 'heldBack' | 'estimate'>): readonly string[] => [
  ...(heldBack === null ? [] : [heldBack]),
  ...(estimate.warnings ?? []),
]

export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value).toLocaleString() : value.toFixed(1)} ${units[power] ?? ''}`
}

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
      return view.result?.end ? `Answer ready. ${rowsInWords(view.result.end.rowCount)}.` : 'Answer ready.'
    case 'cancelled':
      return 'Cancelled.'
    case 'interrupted':
      return 'This question was interrupted.'
    case 'running':
      return view.lastSeq > 0 ? 'Working on your question.' : ''
    case 'failed':
    default:
      return ''
  }
}

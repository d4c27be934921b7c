import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Proposal, ResultView, StepView, TurnStatus, TurnView } from './turn-view.ts'

/** An event of a kind this page does not know yet: it counts, and says nothing. */
export interface UnknownEvent {
  readonly kind: 'unknown'
  readonly turnId: string
  readonly seq: number
  readonly at: string
}
export type ReceivedEvent = TurnEvent | UnknownEvent

/** Whether events are missing before this one, so that the turn has to be resumed after its last. */
export const leavesGap = (view: TurnView, event: ReceivedEvent): boolean => event.seq > view.lastSeq + 1

/**
 * The view after one more event. Pure: an event seen before, or one that leaves a gap, changes nothing.
 */
export function applyEvent(view: TurnView, event: ReceivedEvent): TurnView {
  if (event.seq !== view.lastSeq + 1) return view
  return { ...afterFact(view, event), lastSeq: event.seq }
}

/** A whole run of events at once, oldest first. */
export const applyEvents = (view: TurnView, events: readonly ReceivedEvent[]): TurnView =>
  events.reduce(applyEvent, view)

function afterFact(view: TurnView, event: ReceivedEvent): TurnView {
  switch (event.kind) {
    case 'turn.started':
      return {
        ...view,
        conversationId: event.conversationId,
        question: event.question,
        sql: event.sql ?? view.sql,
        connection: event.connection,
        writer: event.writer,
        startedAtMs: Date.parse(event.at),
        delivery: 'accepted',
      }
    case 'step':
      return afterStep(view, event)
    case 'clarification':
      return {
        ...view,
        status: 'clarification',
        clarification: { question: event.question, options: event.options },
      }
    case 'sql.delta':
      return { ...view, draft: view.draft + event.text }
    case 'query.proposed':
      return afterProposal(view, event)
    case 'query.approved':
      return {
        ...endWaiting(view, event.at),
        status: 'executing',
        approvedBy: event.setting === undefined ? event.by : 'setting',
        executingSinceMs: Date.parse(event.at),
      }
    case 'result.columns':
      return { ...view, result: { ...emptyResult, columns: event.columns } }
    case 'result.rows':
    case 'result.done':
      return afterResult(view, event)
    case 'answer.delta':
      return { ...view, answer: [...view.answer, ...(event.parts ?? [{ text: event.text }])] }
    case 'chart':
      return { ...view, chart: event.chart }
    case 'follow-ups':
      return { ...view, followUps: event.questions }
    case 'turn.failed':
      return {
        ...end(view, event.problem.code === 'interrupted' ? 'interrupted' : 'failed', event),
        problem: event.problem,
      }
    case 'turn.cancelled':
      return afterCancel(view, event)
    case 'turn.done':
      return end(view, view.clarification === null ? 'done' : 'clarification', event)
    case 'unknown':
    default:
      return view
  }
}

function afterStep(view: TurnView, event: Extract<TurnEvent, { kind: 'step' }>): TurnView {
  const step: StepView = { name: event.name, state: event.state, fact: event.fact }
  const known = view.steps.some((earlier) => earlier.name === event.name)
  const steps = known
    ? view.steps.map((earlier) => (earlier.name === event.name ? mergeStep(earlier, step) : earlier))
    : [...view.steps, step]
  // A query that failed its check is written anew; the text that was refused must not stay in front of the new one.
  const draft = event.name === 'write-query' && event.state === 'running' ? '' : view.draft
  return { ...view, steps, draft }
}

const mergeStep = (earlier: StepView, later: StepView): StepView =>
  later.state === 'running' ? later : { ...later, fact: later.fact ?? earlier.fact }

function afterProposal(view: TurnView, event: Extract<TurnEvent, { kind: 'query.proposed' }>): TurnView {
  const checked = view.steps.some((step) => step.name === 'check-query' && step.state === 'done')
  const proposal: Proposal = {
    sql: event.sql,
    digest: event.digest,
    tables: event.tables,
    interpretation: event.interpretation,
    explanation: event.explanation,
    assumptions: event.assumptions,
    inherited: event.inherited ?? [],
    ledger: event.ledger ?? [],
    estimate: event.estimate,
    heldBack: event.heldBack ?? null,
    edited: event.edited,
    verified: event.verified ?? null,
    checked,
  }
  return {
    ...view,
    status: 'waiting',
    proposal,
    waitingSinceMs: view.waitingSinceMs ?? Date.parse(event.at),
  }
}

const emptyResult: ResultView = { columns: [], batches: [], loadedRows: 0, isTrimmed: false, end: null }

function afterResult(view: TurnView, event: Extract<TurnEvent, { kind: 'result.rows' | 'result.done' }>): TurnView {
  const result = view.result ?? emptyResult
  if (event.kind === 'result.rows') {
    const loadedRows = result.loadedRows + event.rows.length
    const isTrimmed = result.isTrimmed || event.removed === true
    return { ...view, result: { ...result, batches: [...result.batches, event.rows], loadedRows, isTrimmed } }
  }
  const { rowCount, truncated, elapsedMs, note = null } = event
  return { ...view, result: { ...result, end: { rowCount, truncated, elapsedMs, note } } }
}

function endWaiting(view: TurnView, at: string): TurnView {
  if (view.waitingSinceMs === null) return view
  const waitedMs = view.waitedMs + Date.parse(at) - view.waitingSinceMs
  return { ...view, waitedMs, waitingSinceMs: null }
}

type LastEvent = Extract<TurnEvent, { kind: 'turn.done' | 'turn.failed' | 'turn.cancelled' }>

function end(view: TurnView, status: TurnStatus, { at, saved }: LastEvent): TurnView {
  const state = stepStateAtEnd(status)
  const steps = view.steps.map((step) => (step.state === 'running' ? { ...step, state } : step))
  return { ...endWaiting(view, at), status, steps, saved: saved !== false, endedAtMs: Date.parse(at) }
}

function afterCancel(view: TurnView, event: Extract<TurnEvent, { kind: 'turn.cancelled' }>): TurnView {
  const { reason = null, unreadMs = null } = event
  return { ...end(view, 'cancelled', event), cancelReason: reason, unreadMs }
}

/** How a step that was still running stands once its turn has ended. */
function stepStateAtEnd(status: TurnStatus): StepView['state'] {
  return status === 'failed' || status === 'cancelled' || status === 'interrupted' ? status : 'done'
}

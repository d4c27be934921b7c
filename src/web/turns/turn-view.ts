import type { Mention } from '../../contract/command.ts'
import type { LedgerEntry } from '../../contract/ledger.ts'
import type { Problem } from '../../contract/problem.ts'
import type { Cell, ChartChoice, Column, Estimate, Sentence } from '../../contract/result.ts'
import type { CancelReason, InheritedPart, StepName, StepState, TableName } from '../../contract/turn-event.ts'

/** Where a turn stands, as the page shows it. */
export type TurnStatus =
  'running' | 'waiting' | 'executing' | 'clarification' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** Whether the server has a question: not sent yet, sent on a line that has not confirmed it, or accepted. */
export type Delivery = 'unsent' | 'unconfirmed' | 'accepted'

export interface StepView {
  readonly name: StepName
  readonly state: StepState
  readonly fact: string | null
}

export interface Proposal {
  readonly sql: string
  readonly digest: string
  readonly tables: readonly TableName[]
  readonly interpretation: string | null
  readonly explanation: string | null
  readonly assumptions: readonly string[]
  /** What was taken over from the question it follows. */
  readonly inherited: readonly InheritedPart[]
  /** What of the question each part of the query answers; empty where there is no account. */
  readonly ledger: readonly LedgerEntry[]
  readonly estimate: Estimate
  /** Why it waits for a person although it would run by itself; null otherwise. */
  readonly heldBack: string | null
  readonly edited: boolean
  /** Who vouches for this query as the answer to the question: a name, or `you`; null for any other query. */
  readonly verified: { readonly by: string; readonly at: string } | null
  /** True when the check had ended well before this text was proposed. */
  readonly checked: boolean
}

export type Row = readonly Cell[]

export interface ResultView {
  readonly columns: readonly Column[]
  /** The rows in the pieces they arrived in: appending costs nothing and finished pieces stay the same objects. */
  readonly batches: readonly (readonly Row[])[]
  readonly loadedRows: number
  /** Whether rows of it were removed from the store to make room. */
  readonly isTrimmed: boolean
  /** Null until the result has ended. */
  readonly end: {
    readonly rowCount: number
    readonly truncated: boolean
    readonly elapsedMs: number
    /** What is not whole in the rows, one sentence; null where everything is. */
    readonly note: string | null
  } | null
}

/** One turn as its events tell it. Made only by `applyEvent`, so that the same events always give the same view. */
export interface TurnView {
  readonly turnId: string
  readonly conversationId: string | null
  readonly question: string | null
  /** The SQL that was given instead of a question; null for a question, and in turns of earlier versions. */
  readonly sql: string | null
  readonly connection: string | null
  readonly writer: string | null
  /** The turn it follows; null for none. */
  readonly follows: string | null
  /** Inherited parts that it goes without. */
  readonly leaveOut: readonly string[]
  /** What places of the question stand for. */
  readonly mentions: readonly Mention[]
  readonly status: TurnStatus
  readonly delivery: Delivery
  /** True for a turn of an earlier visit: until its first event nothing is known of how it stands. */
  readonly stored: boolean
  /** The last event seen; 0 before the first. */
  readonly lastSeq: number
  readonly steps: readonly StepView[]
  /** The SQL while it is being written. */
  readonly draft: string
  readonly proposal: Proposal | null
  /** `setting`: it ran by itself because of the person's settings; `auto`: because it was asked so. */
  readonly approvedBy: 'person' | 'auto' | 'setting' | null
  readonly clarification: { readonly question: string; readonly options: readonly string[] } | null
  readonly result: ResultView | null
  /** The sentence over the result, which the page writes in the reader's formats. */
  readonly answer: Sentence
  readonly chart: ChartChoice | null
  readonly followUps: readonly string[]
  readonly problem: Problem | null
  /** Why it was cancelled; null where it was not, or where an earlier version did not say. */
  readonly cancelReason: CancelReason | null
  /** How long no page had it open when it was stopped for that; null otherwise. */
  readonly unreadMs: number | null
  /** False while an ended turn is not stored yet, which the server goes on trying. */
  readonly saved: boolean
  readonly startedAtMs: number | null
  /** Time spent waiting for a person, which is not the program's. */
  readonly waitedMs: number
  readonly waitingSinceMs: number | null
  readonly executingSinceMs: number | null
  readonly endedAtMs: number | null
}

/** A turn before its first event. */
export function startTurnView(known: {
  readonly turnId: string
  readonly conversationId: string | null
  readonly question: string | null
  readonly sql?: string | null
  readonly connection: string | null
  readonly writer: string | null
  readonly follows?: string | null
  readonly leaveOut?: readonly string[]
  readonly mentions?: readonly Mention[]
  readonly stored?: boolean
  readonly delivery?: Delivery
}): TurnView {
  return {
    stored: false,
    delivery: 'accepted',
    sql: null,
    follows: null,
    leaveOut: [],
    mentions: [],
    ...known,
    status: 'running',
    lastSeq: 0,
    steps: [],
    draft: '',
    proposal: null,
    approvedBy: null,
    clarification: null,
    result: null,
    answer: [],
    chart: null,
    followUps: [],
    problem: null,
    cancelReason: null,
    unreadMs: null,
    saved: true,
    startedAtMs: null,
    waitedMs: 0,
    waitingSinceMs: null,
    executingSinceMs: null,
    endedAtMs: null,
  }
}

const overStatuses: ReadonlySet<TurnStatus> = new Set(['clarification', 'done', 'failed', 'cancelled', 'interrupted'])

/** Whether nothing more will happen in this turn. A clarification counts only once the turn has ended. */
export const isOver = (view: TurnView): boolean => view.endedAtMs !== null && overStatuses.has(view.status)

/** Whether a turn of an earlier visit is still on its way here. */
export const isAwaited = (view: TurnView): boolean => view.stored && view.lastSeq === 0 && view.endedAtMs === null

/** Whether the program is at work, so that Stop means something. */
export const isBusy = (view: TurnView): boolean =>
  !isOver(view) &&
  !isAwaited(view) &&
  (view.status === 'running' || view.status === 'executing' || view.status === 'clarification')

/** The result once there is something of it to see: an engine names its columns long before it has a row. */
export const visibleResult = ({ result }: TurnView): ResultView | null =>
  result !== null && (result.loadedRows > 0 || result.end !== null) ? result : null

/** How long the program worked, without the time a person took to decide. */
export const workedMs = (view: TurnView): number | null =>
  view.startedAtMs === null || view.endedAtMs === null
    ? null
    : Math.max(0, view.endedAtMs - view.startedAtMs - view.waitedMs)

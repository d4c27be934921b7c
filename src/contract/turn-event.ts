import * as z from 'zod/mini'
import { LedgerEntry } from './ledger.ts'
import { AutoRun } from './preferences.ts'
import { Problem } from './problem.ts'
import { Cell, ChartChoice, Column, Estimate, Sentence } from './result.ts'
import { ResultFormat } from './result-file.ts'

/** The steps of a question's journey, in order. */
export const StepName = z.enum([
  'understand',
  'find-tables',
  'write-query',
  'check-query',
  'estimate',
  'run-query',
  'sum-up',
])
export type StepName = z.infer<typeof StepName>

/** How a step is doing. The last four end a step without success, each for its own reason. */
export const StepState = z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted', 'timed_out'])
export type StepState = z.infer<typeof StepState>

/**
 * Why a turn was cancelled. `person`: a person stopped it; `unread`: no reader was connected for too long while it ran; `undecided`: its
 * proposal waited too long for a decision; `replaced`: a newer question was asked in the conversation while its proposal waited; `room`: its
 * proposal made room for newer ones; `no_access`: an admin has disabled or removed its person.
 */
export const CancelReason = z.enum(['person', 'unread', 'undecided', 'replaced', 'room', 'no_access'])
export type CancelReason = z.infer<typeof CancelReason>

/** A table a query touches, under the names the warehouse stores. */
export const TableName = z.object({ database: z.string(), schema: z.string(), name: z.string() })
export type TableName = z.infer<typeof TableName>

/** A part of a question that a follow-up took over from the question it follows. */
export const InheritedPart = z.object({
  /** What `leaveOut` names it by; null when the question means nothing without it. */
  id: z.nullable(z.string()),
  /** In the words of that question. */
  text: z.string(),
})
export type InheritedPart = z.infer<typeof InheritedPart>

/** What every event carries, whatever its kind. */
export const TurnEnvelope = z.object({
  turnId: z.uuid(),
  /** Counts from 1 without gaps. */
  seq: z.int().check(z.positive()),
  /** When it happened, ISO 8601 in UTC. */
  at: z.iso.datetime(),
})

/**
 * On a turn's last event: false when the turn could not be stored yet. Floe goes on trying; an event read from the store never carries it.
 */
const saved = z.optional(z.literal(false))

const bodies = {
  started: {
    kind: z.literal('turn.started'),
    conversationId: z.uuid(),
    /** The question in the person's words, or null for a turn that runs given SQL. */
    question: z.nullable(z.string()),
    connection: z.string(),
    /** Which writer answers: `offline`, `provider:model`, or `sql` for given SQL. */
    writer: z.string(),
    /** The SQL that was given, as it was given: it can be run again even where nothing of it was proposed. Left out for a question. */
    sql: z.optional(z.string()),
  },
  step: {
    kind: z.literal('step'),
    name: StepName,
    /** `cancelled`: a person stopped it; `interrupted`: Floe itself stopped or gave up waiting; `timed_out`: it took longer than it may. */
    state: StepState,
    /** One fact about the step, for example the tables found; null while there is none. A running step may come again with another. */
    fact: z.nullable(z.string()),
    /** The query's id in the warehouse, once it is known; only of a running query. */
    queryId: z.optional(z.string()),
  },
  clarification: { kind: z.literal('clarification'), question: z.string(), options: z.array(z.string()) },
  sqlDelta: { kind: z.literal('sql.delta'), text: z.string() },
  proposed: {
    kind: z.literal('query.proposed'),
    /** The query as it will be shown and judged, in Snowflake's dialect. */
    sql: z.string(),
    /** Binds an approval to connection, text and row limit; hex SHA-256. */
    digest: z.string(),
    tables: z.array(TableName),
    /** How the writer read the question; null for SQL that a person wrote. */
    interpretation: z.nullable(z.string()),
    /** The SQL in plain words, made from its syntax tree; null where no explanation was made. */
    explanation: z.nullable(z.string()),
    assumptions: z.array(z.string()),
    /** What was taken over from the question it follows; a part with an id can be left out. None where left out. */
    inherited: z.optional(z.array(InheritedPart)),
    /** What of the question each part of the query answers, in the order of the question; left out without a question. */
    ledger: z.optional(z.array(LedgerEntry)),
    estimate: Estimate,
    /** Why it waits for a person although it would run by itself; left out otherwise. */
    heldBack: z.optional(z.string()),
    /** True when a person wrote or changed this text. */
    edited: z.boolean(),
    /** Who vouches for this query as the answer to the question, and since when; left out for any other. */
    verified: z.optional(z.object({ by: z.string(), at: z.iso.datetime() })),
  },
  approved: {
    kind: z.literal('query.approved'),
    digest: z.string(),
    by: z.enum(['person', 'auto']),
    /** The person's setting by which it ran by itself; left out where the ask said so. */
    setting: z.optional(AutoRun),
  },
  columns: { kind: z.literal('result.columns'), columns: z.array(Column) },
  rows: {
    kind: z.literal('result.rows'),
    rows: z.array(z.array(Cell)),
    /** The rows were here once, and were removed to make room; left out otherwise. */
    removed: z.optional(z.literal(true)),
  },
  resultDone: {
    kind: z.literal('result.done'),
    rowCount: z.int().check(z.nonnegative()),
    /**
     * True when the warehouse had more rows than the limit allowed; proved by one extra row. For a result written to a file with a limit: true
     * when the limit was reached.
     */
    truncated: z.boolean(),
    /** The most rows that the query itself could give. Left out where rows are not cut, and by earlier versions. */
    maxRows: z.optional(z.int().check(z.positive())),
    elapsedMs: z.number().check(z.nonnegative()),
    /** Bytes of row data delivered, or of the file written. */
    bytes: z.number().check(z.nonnegative()),
    /** The format of the file that holds the rows; no row events come then. Left out for a result that was streamed. */
    file: z.optional(ResultFormat),
    /** What is not whole in the rows, one sentence: a value too long to be delivered was cut. Left out otherwise. */
    note: z.optional(z.string()),
  },
  answerDelta: {
    kind: z.literal('answer.delta'),
    /** The sentence in the formats of en-US. */
    text: z.string(),
    /** The same sentence for readers with formats of their own; left out by earlier versions. */
    parts: z.optional(Sentence),
  },
  chart: { kind: z.literal('chart'), chart: ChartChoice },
  followUps: { kind: z.literal('follow-ups'), questions: z.array(z.string()) },
  failed: { kind: z.literal('turn.failed'), problem: Problem, saved },
  /** `reason` is left out by turns of earlier versions. */
  cancelled: {
    kind: z.literal('turn.cancelled'),
    reason: z.optional(CancelReason),
    /** How long nobody had read it, where that is the reason; left out otherwise. */
    unreadMs: z.optional(z.int().check(z.nonnegative())),
    saved,
  },
  done: { kind: z.literal('turn.done'), saved },
} as const

/** What happened in a turn, without the envelope that numbers and dates it. */
export const TurnFact = z.discriminatedUnion('kind', [
  z.object(bodies.started),
  z.object(bodies.step),
  z.object(bodies.clarification),
  z.object(bodies.sqlDelta),
  z.object(bodies.proposed),
  z.object(bodies.approved),
  z.object(bodies.columns),
  z.object(bodies.rows),
  z.object(bodies.resultDone),
  z.object(bodies.answerDelta),
  z.object(bodies.chart),
  z.object(bodies.followUps),
  z.object(bodies.failed),
  z.object(bodies.cancelled),
  z.object(bodies.done),
])
export type TurnFact = z.infer<typeof TurnFact>

/** One event of a turn: the product's spine. The page, history, the command line and resuming all read these. */
export const TurnEvent = z.intersection(TurnEnvelope, TurnFact)
export type TurnEvent = z.infer<typeof TurnEvent>

/** The kinds after which a turn says nothing more. */
export const finalKinds = ['turn.done', 'turn.failed', 'turn.cancelled'] as const satisfies readonly TurnFact['kind'][]

/** Whether a turn says nothing more after an event of this kind. */
export const isFinalKind = (kind: string): boolean => finalKinds.some((final) => final === kind)

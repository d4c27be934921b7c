import type { Mention } from '../../contract/command.ts'
import type { AutoRun } from '../../contract/preferences.ts'
import type { Cell, ChartChoice, ChartKind, Column, Sentence } from '../../contract/result.ts'
import type { InheritedPart } from '../../contract/turn-event.ts'
import type { DescribedResult } from '../answer/describe-result.ts'
import type { Caller } from '../caller.ts'
import type { ChartQuestion } from '../chart/choose-chart.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { PinnedName } from '../catalog/pinned-names.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { VerifiedQueries } from '../favorites/verified-queries.ts'
import type { ReadLedger } from '../ledger/account-for.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connections, OpenConnection } from '../ports/connections.ts'
import type { Identity } from '../ports/identity.ts'
import type { Interpreter } from '../ports/interpreter.ts'
import type { SqlParsers } from '../ports/sql-parsers.ts'
import type { EarlierTurn, WordLink, Writer } from '../ports/writer.ts'
import type { Probes } from '../probe/make-probes.ts'
import type { PendingDecision } from './pending-decision.ts'
import type { LiveFact } from './turn-facts.ts'
import type { ResultFile } from './turns.ts'

/**
 * One turn from question to answer. Yields facts as they become true and returns once there is nothing more to say; throws problems and,
 * once aborted, the signal's reason.
 */
export type Journey = (
  order: JourneyOrder,
  decision: Pick<PendingDecision, 'next'>,
  signal: AbortSignal,
) => AsyncGenerator<LiveFact, void>

/** The head of a result, enough to describe and draw it. */
export interface ResultHead {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
}

/** What a journey needs. */
export interface JourneyNeeds {
  readonly connections: Connections
  readonly guard: Guard
  readonly clock: Clock
  readonly identity: Identity
  readonly findTables: (question: string, catalog: Catalog, signal: AbortSignal) => Promise<readonly CatalogTable[]>
  /** A guarded query in plain words, from its syntax tree. */
  readonly explain: SqlParsers['explain']
  /** How the result of a guarded query comes to be. */
  readonly outline: SqlParsers['outline']
  /** What decides which rows a guarded query reads, for telling why it finds none. */
  readonly partsOf: SqlParsers['partsOf']
  /** The parts of a query with their places, from its syntax tree. */
  readonly placedParts: SqlParsers['placedParts']
  readonly readLedger: ReadLedger
  readonly chooseChart: (result: ChartQuestion) => ChartChoice
  readonly describeResult: (result: DescribedResult) => Sentence
  readonly suggestFollowUps: Interpreter['suggestFollowUps']
  /** What somebody vouches for as the answer to a question on the open connection; null where no verified query may answer. */
  readonly findVerified: VerifiedQueries['find'] | null
  /** Told of defects that do not end the turn. */
  readonly onFault: (error: unknown) => void
}

/** A question that this one follows, as it is stored. */
export type ThreadTurn = Omit<EarlierTurn, 'pinned'> & { readonly mentions?: readonly Mention[] }

/** One turn to be made. */
export interface JourneyOrder {
  readonly turnId: string
  readonly caller: Caller
  readonly conversationId: string
  readonly question: string | null
  readonly sql: string | null
  readonly connection: string
  /** Null for given SQL. */
  readonly writer: Writer | null
  readonly history: readonly ThreadTurn[]
  /** What the person tied places of the question to; left out for none. */
  readonly mentions?: readonly Mention[]
  /** The turn it follows; null or left out for none. */
  readonly follows?: string | null
  /** Inherited parts that the person took off. */
  readonly leftOut?: readonly string[]
  /** Whether the query runs without an approval; with a limit of the person's own, only where it reads no more than that. */
  readonly autoRun: boolean | AutoRun
  readonly maxRows: number
  /** Null when the result is streamed as rows. */
  readonly file: ResultFile | null
  /** Left out unless the query of a turn that has run already runs again: what that counts as, and who wrote the query. */
  readonly rerun?: { readonly useId: string; readonly writer: string }
}

/** A journey under way, past the opening of its connection. */
export interface RunningJourney {
  readonly needs: JourneyNeeds
  readonly order: JourneyOrder
  readonly connection: OpenConnection
  readonly catalog: Catalog
  /** What places of the question stand for. */
  readonly pinned: readonly PinnedName[]
  /** The questions that it follows, with the same of theirs. */
  readonly history: readonly EarlierTurn[]
  /** What may be asked of the data beside the turn's own query. */
  readonly probes: Probes
  readonly signal: AbortSignal
}

/** A query as its writer or a person wrote it, before it is validated. */
export interface Draft {
  readonly sql: string
  readonly interpretation: string | null
  readonly assumptions: readonly string[]
  /** What a follow-up took over from the question it follows. */
  readonly inherited?: readonly InheritedPart[]
  readonly chart: ChartKind | null
  /** What its writer read words of the question as. */
  readonly links?: readonly WordLink[]
  /** True when its question only changes the query before. */
  readonly isEdit?: boolean
  /** Who vouches for it as the answer to the question; left out for any other. */
  readonly verified?: { readonly by: string; readonly at: string }
  readonly edited: boolean
}

/** SQL that a person wrote. */
export const draftOfPerson = (sql: string): Draft => ({
  sql,
  interpretation: null,
  assumptions: [],
  chart: null,
  edited: true,
})

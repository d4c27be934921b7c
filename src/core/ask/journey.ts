import type { Cell, ChartChoice, ChartKind, Column } from '../../contract/result.ts'
import type { Caller } from '../caller.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connections, OpenConnection } from '../ports/connections.ts'
import type { Identity } from '../ports/identity.ts'
import type { Interpreter } from '../ports/interpreter.ts'
import type { WriteRequest, Writer } from '../ports/writer.ts'

/** The head of a result, enough to describe and draw it. */
export interface ResultHead {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
}

/** What a journey stands on. */
export interface JourneyNeeds {
  readonly connections: Connections
  readonly guard: Guard
  readonly clock: Clock
  readonly identity: Identity
  readonly findTables: (question: string, catalog: Catalog, signal: AbortSignal) => Promise<readonly CatalogTable[]>
  /** A guarded query in plain words, from its syntax tree. */
  readonly explain: (sql: ReadOnlySql) => Promise<string>
  readonly chooseChart: (
    result: ResultHead & { readonly question: string | null; readonly wish: ChartKind | null },
  ) => ChartChoice
  readonly describeResult: (
    result: ResultHead & { readonly question: string | null; readonly interpretation: string | null },
  ) => string
  readonly suggestFollowUps: Interpreter['suggestFollowUps']
  readonly limits: JourneyLimits
}

export interface JourneyLimits {
  /** How long one query may run in the warehouse. */
  readonly queryTimeoutMs: number
  /** How many bytes of rows one result may deliver. */
  readonly maxResultBytes: number
  /** A query that may read more than this waits for a person, whatever else lets it run. */
  readonly askAboveBytes: number
  /** A query that may read more than this is refused. */
  readonly refuseAboveBytes: number
}

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
  readonly history: WriteRequest['history']
  readonly autoRun: boolean
  readonly maxRows: number
}

/** A query somebody wrote, before it is judged. */
export interface Draft {
  readonly sql: string
  readonly interpretation: string | null
  readonly assumptions: readonly string[]
  readonly chart: ChartKind | null
  readonly edited: boolean
}

/** A connection with its catalog, opened for one journey. */
export interface Place {
  readonly connection: OpenConnection
  readonly catalog: Catalog
}

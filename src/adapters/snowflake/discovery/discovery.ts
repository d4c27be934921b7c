import type { CatalogState } from '../../../contract/connection.ts'
import type { TableName } from '../../../contract/turn-event.ts'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { CatalogScope } from '../../../core/ports/catalog-store.ts'
import type { CatalogLook } from '../../../core/ports/connections.ts'
import type { SnowflakeLink } from '../snowflake-link.ts'

/** Hears a phrase about how far reading has come, for the person who waits. */
export type OnProgress = (fact: string) => void

/** A connection's view of an account. Several may be open for one scope: they share what is known and one reading at a time. */
export interface DiscoveryOrder {
  /** Proved by a sign-in: the role as the session has it, not as the settings wish it. */
  readonly scope: CatalogScope
  /** Used by readings this order starts. */
  readonly link: SnowflakeLink
  /** For whom statements are tagged. */
  readonly userId: string
  readonly warehouse: string | null
  readonly defaultDatabase: string | null
  readonly defaultSchema: string | null
  /** Databases from other accounts are read, too. Without it only the default database may be one, or where there is nothing else. */
  readonly includeShares: boolean
}

/** One connection's catalog. Throws what the link throws; a stored catalog is used before anything is asked. */
export interface Discovery {
  /**
   * The catalog now. A complete one at once, refreshed beside where it is older than `maxAgeMs`. While the first reading goes on, waits at
   * most `patienceMs` and gives what is there with `unread` saying what is not. The same object as before where nothing changed. Aborting
   * ends the waiting; the reading goes on for the next question until `close`.
   */
  catalog(signal: AbortSignal, onProgress?: OnProgress): Promise<Catalog>
  /**
   * Compares with the account now and resolves once done. `isFull` compares every table's shape, also where listings show no change.
   * Aborting stops the reading unless someone else waits for it; what was read is stored and not read again.
   */
  refresh(options: {
    readonly signal: AbortSignal
    readonly isFull: boolean
    readonly onProgress?: OnProgress
  }): Promise<CatalogState>
  /**
   * Lists the schemas of these tables anew and reads the tables' columns anew, before somebody is told that there is none of that name.
   * Where the account cannot be asked, the catalog is the stored one and `isFresh` is false.
   */
  lookAgain(tables: readonly TableName[], signal: AbortSignal): Promise<CatalogLook>
  /** How far the scope is known; the account is not asked. */
  state(): Promise<CatalogState>
  /** Gives the order back. The last one of a scope stops its reading and stores what was read. */
  close(): Promise<void>
}

/** The catalogs of every account and role this process works with. */
export interface Discoveries {
  open(order: DiscoveryOrder): Discovery
  /** How far a scope is known, from the store alone. */
  state(scope: CatalogScope): Promise<CatalogState>
  /** Stops every reading and stores what was read. */
  close(): Promise<void>
}

export interface DiscoverySettings {
  /** A catalog older than this is refreshed beside the question that uses it. */
  readonly maxAgeMs: number
  /** The same for one that has gaps. */
  readonly maxAgeOfGapsMs: number
  /** Shapes of tables are compared one by one at least this often, because `ALTER TABLE` does not show in a listing. */
  readonly compareAfterMs: number
  /** What was read so far is stored this often. */
  readonly saveEveryMs: number
  /** How long the first question waits before it takes a part of the catalog. */
  readonly patienceMs: number
  /** After a reading failed, none is started beside a question for this long. */
  readonly retryAfterMs: number
  /** Statements at once; fewer than the link has sessions, so that questions find one. */
  readonly lanes: number
  /** Tables whose columns one statement asks for. */
  readonly tablesAtOnce: number
  readonly statementTimeoutMs: number
  /** How long each statement of a look at single schemas may take: somebody waits for it. */
  readonly lookTimeoutMs: number
}

export const defaultDiscoverySettings: DiscoverySettings = {
  maxAgeMs: 6 * 3_600_000,
  maxAgeOfGapsMs: 10 * 60_000,
  compareAfterMs: 24 * 3_600_000,
  saveEveryMs: 10_000,
  patienceMs: 5_000,
  retryAfterMs: 60_000,
  lanes: 5,
  tablesAtOnce: 500,
  statementTimeoutMs: 120_000,
  lookTimeoutMs: 10_000,
}

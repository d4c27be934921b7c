import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Client, PoolConfig } from 'pg'

/** Builds statements and runs each on a connection of the pool. */
export type Statements = NodePgDatabase

/** The state of the database as `/readyz` and `floe doctor` report it. */
export interface DatabaseHealth {
  readonly state: 'ok' | 'starting' | 'failed'
  /** The finding, one sentence. */
  readonly detail: string
  /** What to do when it is not ok; null when it is. */
  readonly action: string | null
}

/**
 * The app's database. It is opened by the first use, and opened again by the next use after a failure.
 * Throws problem `store_unavailable`.
 */
export interface Database {
  /** Resolves once connected and migrated. Calling it early opens the database beside other work. */
  ready(): Promise<void>
  /**
   * Runs work once the database is ready, and repeats it on another connection when one breaks. Its statements must be idempotent,
   * because a broken connection does not tell whether the last one was executed. `name` is what traces call the work.
   */
  run<T>(work: (statements: Statements) => Promise<T>, name?: string): Promise<T>
  /** Opens a connection outside of the pool, to be ended by the caller. `onLost` is called when it breaks or ends. */
  connect(applicationName: string, onLost: (error: Error) => void): Promise<Client>
  /**
   * Runs work on a connection of its own to the store as it is: neither migrated nor bounded in time. Work that is `repeatable` is repeated
   * where the connection breaks, as when another process that has served the embedded database ends.
   */
  tend<T>(work: (store: TendedStore) => Promise<T>, mode: 'once' | 'repeatable'): Promise<T>
  health(): Promise<DatabaseHealth>
  /** The connections of the pool now, and the statements that wait for one; null while it is not open. */
  pool(): { readonly busy: number; readonly idle: number; readonly waiting: number } | null
  close(): Promise<void>
}

/** The store for the work of an operator. */
export interface TendedStore {
  readonly client: Client
  /** As in `ConnectionSource`. */
  readonly place: string
  /** Whether another process has opened the embedded database. */
  readonly isShared: boolean
}

/** The place to connect to: a server, or an embedded database whose process may have to be started first. */
export interface ConnectionSource {
  /** For messages: `PostgreSQL at host:5432/name`. Holds no secret. */
  readonly place: string
  /** The password, which is removed from every message. */
  readonly secret: string | null
  /** Returns how to connect now; starts the embedded database when it does not run. */
  locate(): Promise<PoolConfig>
  /** Whether another process serves the embedded database that this one has located. */
  isServedElsewhere(): boolean
  /** Room left on the disk of an embedded database; null when unknown, as for a server. */
  readFreeBytes(): Promise<number | null>
  close(): Promise<void>
}

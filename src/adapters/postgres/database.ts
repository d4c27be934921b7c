import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { PoolConfig } from 'pg'

/** Builds and runs statements on one of the pool's connections. */
export type Statements = NodePgDatabase

/** How the database is, in the words of `/readyz` and `floe doctor`. */
export interface DatabaseHealth {
  readonly state: 'ok' | 'starting' | 'failed'
  /** What was seen, one sentence. */
  readonly detail: string
  /** What to do when it is not ok; null when it is. */
  readonly action: string | null
}

/**
 * The app's database. Nothing is opened before it is first needed; what breaks is opened again by the next use.
 * Throws problem `store_unavailable`.
 */
export interface Database {
  /** Resolves once connected and migrated. Calling it early opens the database beside other work. */
  ready(): Promise<void>
  /**
   * Runs work once the database is ready, and again on another connection when one breaks in the middle. Its statements must
   * bear being repeated, because a broken connection does not tell whether the last one was done.
   */
  run<T>(work: (statements: Statements) => Promise<T>): Promise<T>
  health(): Promise<DatabaseHealth>
  close(): Promise<void>
}

/** Where connections go: a server, or an embedded engine that may have to be started first. */
export interface ConnectionSource {
  /** For people: `PostgreSQL at host:5432/name`. Holds no secret. */
  readonly place: string
  /** Kept out of every message. */
  readonly secret: string | null
  /** How to connect now; starts what has to be started, and says so again after it was lost. */
  locate(): Promise<PoolConfig>
  close(): Promise<void>
}

/** How far a store is migrated, by the names of this program's migrations. */
export interface StoreLevel {
  /** The newest migration in the store; null for an empty one. */
  readonly level: string | null
  /** Those that the store has yet to get, oldest first. */
  readonly missing: readonly string[]
}

/** What a migration has changed. */
export interface MigrationReport {
  readonly from: string | null
  readonly to: string | null
  readonly applied: readonly string[]
}

export interface BackupReport {
  /** The newest migration in the store when it was read. */
  readonly level: string
  /** ISO 8601. */
  readonly created: string
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>
}

export interface RestoreReport extends BackupReport {
  /** The version of Floe that wrote the backup. */
  readonly version: string
  /** The level after the restore. */
  readonly migratedTo: string
}

/** A backup file as it is read. */
export interface BackupSource {
  /** Called twice: once to check the whole file before anything is written, once to load it. */
  open(): AsyncIterable<Uint8Array>
}

/**
 * The store as an operator keeps it. All throw `store_unavailable`, also for a store that a newer Floe has migrated.
 */
export interface StoreUpkeep {
  /** Compares store and program; changes nothing. */
  level(): Promise<StoreLevel>
  /** Applies the migrations that are missing; processes that migrate at once take turns. */
  migrate(): Promise<MigrationReport>
  /** Writes everything that is stored, as one moment saw it, except what lasts only minutes. Secrets stay sealed. */
  backup(write: (chunk: Uint8Array) => Promise<void>, signal: AbortSignal): Promise<BackupReport>
  /**
   * Fills an empty store that nobody else uses, all or nothing, and migrates it. Throws `bad_request` for what is no whole backup, for a newer
   * one, and where the store is not empty or in use.
   */
  restore(source: BackupSource, signal: AbortSignal): Promise<RestoreReport>
}

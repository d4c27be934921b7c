import type { Client, Pool, PoolConfig } from 'pg'
import type { ConnectionSource, Statements } from './database.ts'
import { applyMigrations, beginAlone, readApplied, readMigrations, refuseNewer } from './migrate-store.ts'
import type { Remedy } from './store-problem.ts'

/** A pool of connections, and the query builder on it. */
export interface Session {
  readonly pool: Pool
  readonly statements: Statements
}

interface SessionNeeds {
  readonly source: ConnectionSource
  /** Users that the store has from the start. */
  readonly userIds: readonly string[]
  readonly onFault: (error: unknown) => void
}

/** The one session of a database: opened and migrated on demand, shared, and opened again after a failure. */
export class Sessions {
  readonly #needs: SessionNeeds
  #shared: Promise<Session> | null = null
  #current: (Session & { readonly target: string }) | null = null
  #underWay = 0
  #isPrepared = false

  constructor(needs: SessionNeeds) {
    this.#needs = needs
  }

  open(): Promise<Session> {
    this.#shared ??= this.#start().catch((error: unknown) => {
      this.#shared = null
      throw error
    })
    return this.#shared
  }

  /** The next `open` asks the source again where to connect; with `reconnect` on new connections, with `migrate` after a migration. */
  reopen(remedy: Remedy): void {
    this.#shared = null
    if (remedy === 'migrate') this.#isPrepared = false
    if (remedy === 'reconnect') {
      this.#current?.pool.end().catch(this.#needs.onFault)
      this.#current = null
    }
  }

  isOpening(): boolean {
    return this.#underWay > 0
  }

  /** As in `Database`. */
  pool(): { readonly busy: number; readonly idle: number; readonly waiting: number } | null {
    if (this.#current === null) return null
    const { totalCount, idleCount, waitingCount } = this.#current.pool
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
  }

  async close(): Promise<void> {
    this.#shared = null
    await this.#current?.pool.end()
    this.#current = null
  }

  async #start(): Promise<Session> {
    this.#underWay += 1
    try {
      const config = await this.#needs.source.locate()
      if (!this.#isPrepared) await prepareDatabase(config, this.#needs.source.place, this.#needs.userIds)
      this.#isPrepared = true
      const target = `${config.host ?? ''} ${config.connectionString ?? ''}`
      if (this.#current?.target !== target) await this.#replace(config, target)
      if (this.#current === null) throw new Error('The database was closed while it was being opened.')
      return this.#current
    } finally {
      this.#underWay -= 1
    }
  }

  async #replace(config: PoolConfig, target: string): Promise<void> {
    const { drizzle, makePool } = await import('./drizzle.ts')
    const pool = makePool(config)
    // A connection that breaks while idle leaves the pool by itself.
    pool.on('error', this.#needs.onFault)
    this.#current?.pool.end().catch(this.#needs.onFault)
    this.#current = { pool, statements: drizzle(pool), target }
  }
}

/** A connection for work that may take longer than a statement of a question. */
export async function connectPatiently(config: PoolConfig): Promise<Client> {
  // Imported late, because loading the query builder costs more than the rest of a short command.
  const { makeClient } = await import('./drizzle.ts')
  const client = makeClient({ ...config, query_timeout: undefined, statement_timeout: undefined })
  // Statements report a lost connection themselves; without a listener, a loss between two of them would end the process.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Migrates the schema and inserts the users that the store has from the start. Processes that start together take turns. */
async function prepareDatabase(config: PoolConfig, place: string, userIds: readonly string[]): Promise<void> {
  const known = readMigrations()
  const client = await connectPatiently(config)
  try {
    await beginAlone(client)
    const applied = await readApplied(client, known)
    refuseNewer(applied, place)
    await applyMigrations(client, known.slice(applied.count))
    await client.query('insert into users (id) select unnest($1::uuid[]) on conflict do nothing', [userIds])
    await client.query('commit')
  } finally {
    await client.end()
  }
}

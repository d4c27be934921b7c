import type { Pool, PoolConfig } from 'pg'
import type { ConnectionSource, Statements } from './database.ts'

/** A pool of connections to one place. */
export interface Session {
  readonly pool: Pool
  readonly statements: Statements
}

/** The one session of a database: opened on demand, shared, and located again when someone doubts it. */
export interface Sessions {
  open(): Promise<Session>
  /** A connection broke: the next `open` asks the source again. */
  doubt(): void
  opening(): boolean
  close(): Promise<void>
}

interface SessionNeeds {
  readonly source: ConnectionSource
  readonly userIds: readonly string[]
  readonly onFault: (error: unknown) => void
}

export function makeSessions(needs: SessionNeeds): Sessions {
  let shared: Promise<Session> | null = null
  let current: (Session & { readonly target: string }) | null = null
  let underWay = 0
  let prepared = false

  const replace = async (config: PoolConfig, target: string): Promise<Session> => {
    // Late, because loading these costs more than the rest of a short command.
    const { drizzle, makePool } = await import('./drizzle.ts')
    const pool = makePool(config)
    // A connection that breaks while nobody uses it leaves the pool by itself.
    pool.on('error', needs.onFault)
    const before = current
    current = { pool, statements: drizzle(pool), target }
    before?.pool.end().catch(needs.onFault)
    return current
  }

  const start = async (): Promise<Session> => {
    underWay += 1
    try {
      const config = await needs.source.locate()
      if (!prepared) {
        const { prepareDatabase } = await import('./prepare-database.ts')
        await prepareDatabase(config, needs.userIds)
        prepared = true
      }
      const target = `${config.host ?? ''} ${config.connectionString ?? ''}`
      return current?.target === target ? current : await replace(config, target)
    } finally {
      underWay -= 1
    }
  }

  const doubt = (): void => {
    shared = null
  }

  return {
    open: () => {
      shared ??= start().catch((error: unknown) => {
        doubt()
        throw error
      })
      return shared
    },
    doubt,
    opening: () => underWay > 0,
    close: async () => {
      doubt()
      await current?.pool.end()
      current = null
    },
  }
}

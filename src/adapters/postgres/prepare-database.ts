import { fileURLToPath } from 'node:url'
import type { PoolConfig } from 'pg'
import { drizzle, makeClient, migrate } from './drizzle.ts'
import { users } from './schema.ts'

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any fixed number does; it only has to be the same in every process. */
const migrationLock = 7_031_402_211

/**
 * Brings the schema up to date and makes the users who are there from the start. Processes that begin together take turns: the
 * lock belongs to the transaction that migrates.
 */
export async function prepareDatabase(config: PoolConfig, userIds: readonly string[]): Promise<void> {
  // A migration may take longer than a question's statements may; what bounds it is the lock's own limit.
  const client = makeClient({ ...config, query_timeout: undefined, statement_timeout: undefined })
  // Statements under way fail by themselves; without a listener a connection lost between two of them would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const statements = drizzle(client)
    await client.query("begin; set local lock_timeout = '60s'")
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    // The library begins a transaction of its own, which here is the one already begun, and commits it, which frees the lock.
    await migrate(statements, { migrationsFolder })
    if (userIds.length > 0)
      await statements
        .insert(users)
        .values(userIds.map((id) => ({ id })))
        .onConflictDoNothing()
  } finally {
    await client.end()
  }
}

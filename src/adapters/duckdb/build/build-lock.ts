import { setTimeout as sleep } from 'node:timers/promises'
import { rm } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'

/** How long to wait before looking again whether another process has finished. */
const lookAgainMs = 100

/**
 * Holds a lock that no other process holds while `work` runs. Waits for its turn, until `done` says there is nothing left to
 * do. The lock is the one DuckDB puts on a file it may write: the system takes it back when a process dies, however it dies.
 */
export async function withBuildLock(path: string, done: () => boolean, work: () => Promise<void>): Promise<void> {
  while (!done()) {
    const lock = await tryLock(path)
    if (lock === null) {
      await sleep(lookAgainMs)
      continue
    }
    try {
      if (!done()) await work()
      return
    } finally {
      lock.closeSync()
    }
  }
}

async function tryLock(path: string): Promise<DuckDBInstance | null> {
  try {
    return await DuckDBInstance.create(path)
  } catch (error) {
    if (isHeld(error)) return null
    // A process killed while it made the lock file leaves one that cannot be opened.
    await rm(path, { force: true })
    return DuckDBInstance.create(path)
  }
}

const isHeld = (error: unknown): boolean => error instanceof Error && /lock on file/i.test(error.message)

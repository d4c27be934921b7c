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
  let unreadable = 0
  while (!done()) {
    const lock = await tryLock(path)
    if (!(lock instanceof DuckDBInstance)) {
      unreadable = lock === 'unreadable' ? unreadable + 1 : 0
      if (unreadable === unreadableLooks) await rm(path, { force: true })
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

/** A file another process is just making cannot be read for a moment; one it left when it was killed, never. */
const unreadableLooks = 30

async function tryLock(path: string): Promise<DuckDBInstance | 'held' | 'unreadable'> {
  try {
    return await DuckDBInstance.create(path)
  } catch (error) {
    return error instanceof Error && /lock on file/i.test(error.message) ? 'held' : 'unreadable'
  }
}

import { DatabaseSync } from 'node:sqlite'

/** A folder held by this process; released with the process at the latest, however that ends. */
export interface OwnerLock {
  release(): void
}

const busy = 5

/**
 * Takes a lock file for this process; null while another process has it. Node has no file locks of its own, SQLite's are the kernel's:
 * they end with their process, so that neither a kill nor a process id used again can leave one behind.
 */
export function takeOwnerLock(path: string): OwnerLock | null {
  const file = new DatabaseSync(path, { timeout: 0 })
  try {
    file.exec('begin exclusive')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null
    throw error
  }
}

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Database } from './database.ts'
import type { Instance } from './turn-statements.ts'

const everyMs = 10_000

interface HeartbeatNeeds {
  readonly database: Database
  readonly instance: Instance
  readonly onFault: (error: unknown) => void
}

/** Keeps this process on the list of living instances from its first turn on. A failed beat is reported; the next one tries again. */
export function makeHeartbeat({ database, instance, onFault }: HeartbeatNeeds) {
  let started: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  const send = async (): Promise<void> => {
    const { beat } = await import('./turn-statements.ts')
    await database.run((statements) => beat(statements, instance))
  }
  const begin = async (): Promise<void> => {
    await send()
    timer = setInterval(() => {
      send().catch(onFault)
    }, everyMs)
    timer.unref()
  }
  return {
    /** Resolves once the instance is on the list. */
    start: (): Promise<void> => {
      started ??= begin().catch((error: unknown) => {
        started = null
        throw error
      })
      return started
    },
    stop: async (): Promise<void> => {
      if (started === null) return
      if (timer !== null) clearInterval(timer)
      const { forget } = await import('./turn-statements.ts')
      // Closing goes on without the database: an instance whose heartbeat stops counts as gone as well.
      await database.run((statements) => forget(statements, instance.id)).catch(onFault)
    },
  }
}

/**
 * Names the space in which this process's id is unique: the machine since its last boot, and on Linux the process-id namespace, because
 * containers may share a host name.
 */
export const readHost = (): string =>
  [
    hostname(),
    readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    readOr('', () => readlinkSync('/proc/self/ns/pid')),
  ]
    .filter((part) => part !== '')
    .join(' ')

function readOr(otherwise: string, read: () => string): string {
  try {
    return read()
  } catch {
    // Only Linux has these files.
    return otherwise
  }
}

/** Whether a process with this id runs on this machine, under any user. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Names the space in which this process's id is unique: the machine since its last start, and on Linux the namespace of process ids,
 * because containers may share a host name.
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

/** Whether a process of this machine is there, ours or not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Names the process that serves a folder, and its socket. Only a hint: the lock decides who owns the folder. */
export interface OwnerRecord {
  readonly pid: number
  readonly socketDir: string
}

/** node-postgres and libpq look for this name in the folder they are given as host. */
export const socketName = '.s.PGSQL.5432'

const recordOf = (dir: string): string => join(dir, 'owner.pid')

/** The record of a folder, or null when none can be read. */
export function readOwnerRecord(dir: string): OwnerRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(recordOf(dir), 'utf8'))
    return isOwnerRecord(record) ? record : null
  } catch {
    // It is missing, or a kill cut it short: either way it names no owner.
    return null
  }
}

const isOwnerRecord = (value: unknown): value is OwnerRecord =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'pid') === 'number' &&
  typeof Reflect.get(value, 'socketDir') === 'string'

/** Replaces the record by a rename, so that a reader never sees half of it. */
export function writeOwnerRecord(dir: string, record: OwnerRecord): void {
  const draft = `${recordOf(dir)}.${randomUUID()}`
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(draft, recordOf(dir))
}

export const removeOwnerRecord = (dir: string): void => rmSync(recordOf(dir), { force: true })

/** The recorded owner, if its socket accepts connections. */
export async function findOwner(dir: string): Promise<OwnerRecord | null> {
  const record = readOwnerRecord(dir)
  if (record === null) return null
  return (await isListening(join(record.socketDir, socketName))) ? record : null
}

const isListening = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(path)
    const answer = (listening: boolean): void => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })

/** A lock that this process holds; the kernel releases it when the process ends. */
export interface OwnerLock {
  release(): void
}

/** SQLITE_BUSY: another process holds the lock. */
const busy = 5

/**
 * Takes the lock of a folder, or returns null while another process has it. Node offers no file locks, but SQLite takes the kernel's:
 * neither a kill nor a reused process id can leave one behind.
 */
export function takeOwnerLock(dir: string): OwnerLock | null {
  const file = new DatabaseSync(join(dir, 'owner.lock'), { timeout: 0 })
  try {
    file.exec('begin exclusive')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null
    throw error
  }
}

/** The longest socket path in bytes that every system accepts: macOS has the smallest limit, 104 with the closing NUL. */
const maxSocketPathBytes = 103
const socketFolderPrefix = 'floe-socket-'

/** Returns the folder for the socket: the data folder, or a private one in the system's temporary folder when the path would be too long. */
export function makeSocketFolder(dir: string): string {
  const fits = (folder: string): boolean => Buffer.byteLength(join(folder, socketName)) <= maxSocketPathBytes
  if (fits(dir)) {
    rmSync(join(dir, socketName), { force: true })
    return dir
  }
  const parent = fits(join(tmpdir(), `${socketFolderPrefix}123456`)) ? tmpdir() : '/tmp'
  return mkdtempSync(join(parent, socketFolderPrefix))
}

/** Removes the socket, and its folder unless that is the data folder. */
export function removeSocketFolder(dir: string, socketDir: string): void {
  if (socketDir === dir) rmSync(join(dir, socketName), { force: true })
  else if (basename(socketDir).startsWith(socketFolderPrefix)) rmSync(socketDir, { recursive: true, force: true })
}

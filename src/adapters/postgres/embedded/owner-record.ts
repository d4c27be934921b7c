import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'

/** Says who serves a folder and where. Only a hint: the lock decides who owns it. */
export interface OwnerRecord {
  readonly pid: number
  readonly socketDir: string
}

/** node-postgres and libpq look for this name in the folder they are given as host. */
export const socketName = '.s.PGSQL.5432'

const recordOf = (dir: string): string => join(dir, 'owner.pid')

/** The record of a folder; null when there is none that can be read. */
export function readOwnerRecord(dir: string): OwnerRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(recordOf(dir), 'utf8'))
    return isOwnerRecord(record) ? record : null
  } catch {
    // Not there, or cut short by a kill: either way there is nobody to find.
    return null
  }
}

const isOwnerRecord = (value: unknown): value is OwnerRecord =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'pid') === 'number' &&
  typeof Reflect.get(value, 'socketDir') === 'string'

/** Replaces the record in one step, so that nobody reads half of it. */
export function writeOwnerRecord(dir: string, record: OwnerRecord): void {
  const draft = `${recordOf(dir)}.${randomUUID()}`
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(draft, recordOf(dir))
}

export const removeOwnerRecord = (dir: string): void => rmSync(recordOf(dir), { force: true })

/** Where the recorded owner serves, if somebody listens there. */
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

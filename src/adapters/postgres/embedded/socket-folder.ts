import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { socketName } from './owner-record.ts'

/** What every system accepts as the path of a socket, in bytes: macOS has the smallest limit, 104 with the closing NUL. */
const maxSocketPathBytes = 103
const prefix = 'floe-socket-'

/** The folder for the socket: the data folder itself, or a private one in the system's temporary folder when that path is too long. */
export function makeSocketFolder(dir: string): string {
  const fits = (folder: string): boolean => Buffer.byteLength(join(folder, socketName)) <= maxSocketPathBytes
  if (fits(dir)) {
    rmSync(join(dir, socketName), { force: true })
    return dir
  }
  const parent = fits(join(tmpdir(), `${prefix}123456`)) ? tmpdir() : '/tmp'
  return mkdtempSync(join(parent, prefix))
}

/** Removes the socket, and its folder if it has one of its own. */
export function removeSocketFolder(dir: string, socketDir: string): void {
  if (socketDir === dir) rmSync(join(dir, socketName), { force: true })
  else if (basename(socketDir).startsWith(prefix)) rmSync(socketDir, { recursive: true, force: true })
}

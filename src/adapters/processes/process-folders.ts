import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** Tells folders of this machine apart from those of others that share the disk. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 12)
/** Tells them apart from those of an earlier process with the same id, which containers give to every start. */
const start = crypto.randomUUID().slice(0, 8)

/** A name for a folder that lives no longer than this process. */
export const processFolderName = (): string => `${machine}-${process.pid}-${start}-${crypto.randomUUID()}`

/**
 * Makes a folder for such folders where there is none, and removes from it those of processes that are gone; those of other machines, of
 * whose processes nothing is known, once nobody has changed them for `foreignAgeMs`.
 */
export async function sweepProcessFolders(root: string, foreignAgeMs: number): Promise<void> {
  makeFolder(root)
  for (const name of await readdir(root)) {
    const [from, pid, since] = name.split('-')
    const isLeft =
      from === machine
        ? Number(pid) === process.pid
          ? since !== start
          : !isAlive(Number(pid))
        : Date.now() - (await stat(join(root, name))).mtimeMs > foreignAgeMs
    if (isLeft) await rm(join(root, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

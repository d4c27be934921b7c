import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../processes/make-folder.ts'

/** Makes a folder for one export under `root` and removes those that processes which are gone have left behind. */
export async function makeExportFolder(root: string, id: string): Promise<string> {
  makeFolder(root)
  for (const name of await readdir(root)) {
    if (!isAlive(Number(name.split('-')[0]))) await rm(join(root, name), { recursive: true, force: true })
  }
  const folder = join(root, `${process.pid}-${id}`)
  await mkdir(folder, { mode: 0o700 })
  return folder
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

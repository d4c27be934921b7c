import { existsSync, mkdirSync, statSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { problem, type ProblemError } from '../../core/problem.ts'

/**
 * Creates a folder and its missing parents, accessible to this user alone. Throws the error of the file system. It stands in for `mkdirSync`
 * with `recursive`, which never returns where a file system such as /proc answers ENOENT inside an existing folder.
 */
export function makeFolder(path: string): void {
  const parent = dirname(path)
  if (parent !== path && !existsSync(parent)) makeFolder(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}

const causes: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['cannot be written', 'Give this user write permission to it, or set DATA_DIR to another folder.'],
  EPERM: ['cannot be written', 'Give this user write permission to it, or set DATA_DIR to another folder.'],
  EROFS: ['is on a read-only disk', 'Set DATA_DIR to a folder that can be written.'],
  ENOENT: ['cannot be made', 'Set DATA_DIR to a folder that can be written.'],
  ENOTDIR: ['is not a folder', 'Set DATA_DIR to a folder.'],
  EEXIST: ['is not a folder', 'Set DATA_DIR to a folder.'],
  ENOSPC: ['has no disk space left', 'Free some space, then start again; what was stored is still there.'],
  EDQUOT: ['has no disk space left', 'Free some space, then start again; what was stored is still there.'],
}

/** What a failure of the file system in a data folder means for the operator; null for a failure of another sort. */
export function explainFolder(dir: string, error: unknown): ProblemError | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const [what, action] = causes[code] ?? []
  if (what === undefined || action === undefined) return null
  const details = [error instanceof Error ? error.message : String(error)]
  return problem('store_unavailable', `The data folder ${dir} ${what}.`, action, { details, cause: error })
}

/** Makes a data folder and tries whether it can be written. Throws `store_unavailable` with what to do. */
export async function prepareDataFolder(dir: string): Promise<void> {
  try {
    makeFolder(dir)
    const trial = join(dir, `.written-${crypto.randomUUID()}`)
    await writeFile(trial, 'x')
    await rm(trial)
  } catch (error) {
    throw explainFolder(dir, error) ?? error
  }
}

import { problem, type ProblemError } from '../../../core/problem.ts'

const causes: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['cannot be written', 'Give this user write permission to it, or set DATA_DIR to another folder.'],
  EPERM: ['cannot be written', 'Give this user write permission to it, or set DATA_DIR to another folder.'],
  EROFS: ['is on a read-only disk', 'Set DATA_DIR to a folder that can be written.'],
  ENOTDIR: ['is not a folder', 'Set DATA_DIR to a folder.'],
  EEXIST: ['is not a folder', 'Set DATA_DIR to a folder.'],
  ENOSPC: ['has no disk space left', 'Free some space, then start again; what was stored is still there.'],
  EDQUOT: ['has no disk space left', 'Free some space, then start again; what was stored is still there.'],
}

/** A failure of the file system, or of the engine before it looked at the files, in words for the operator. */
export function folderProblem(dir: string, error: unknown): ProblemError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const text = error instanceof Error ? error.message : String(error)
  const [what, action] = causes[code] ?? []
  if (what === undefined || action === undefined)
    return problem('store_unavailable', `The embedded database in ${dir} cannot be started.`, 'See the details.', {
      details: [text],
      cause: error,
    })
  return problem('store_unavailable', `The data folder ${dir} ${what}.`, action, { details: [text], cause: error })
}

/** The folder holds something that is not, or no longer, a database of ours. It is left as it is. */
export const damagedFolder = (dir: string, details: readonly string[]): ProblemError =>
  problem(
    'store_unavailable',
    `The database in ${dir} cannot be opened: its files are damaged or incomplete.`,
    'Restore the folder from a backup, or move it away to start empty.',
    { details },
  )

export const foreignFolder = (dir: string, madeBy: string, ours: string): ProblemError =>
  problem(
    'store_unavailable',
    `The database in ${dir} was made by ${madeBy}; this Floe has ${ours}.`,
    'Run the version of Floe that made it, or move the folder away to start empty.',
  )

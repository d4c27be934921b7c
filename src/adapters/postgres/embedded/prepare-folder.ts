import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem, type ProblemError } from '../../../core/problem.ts'
import { explainFolder, makeFolder } from '../../processes/make-folder.ts'
import { unpackFolder } from './folder-archive.ts'
import { openPglite, postgresMajor } from './open-pglite.ts'

/** PostgreSQL's own files inside our folder. */
export const clusterOf = (dir: string): string => join(dir, 'pg')
const draftOf = (dir: string): string => join(dir, 'pg.new')
const markOf = (dir: string): string => join(dir, 'made-by.json')

/** Makes the folder, accessible to its owner alone: the embedded database has no other access control. */
export function makePrivateFolder(dir: string): void {
  makeFolder(dir)
  chmodSync(dir, 0o700)
}

/**
 * Makes sure that the folder holds a cluster of this PostgreSQL version. A new one is made under another name and renamed, so that a kill
 * leaves all or nothing. An existing one is checked and never replaced. The caller holds the folder's lock.
 */
export async function prepareFolder(dir: string, templatePath: string | null): Promise<'ready' | 'made'> {
  rmSync(draftOf(dir), { recursive: true, force: true })
  if (existsSync(clusterOf(dir)) || existsSync(markOf(dir))) {
    checkCluster(dir)
    return 'ready'
  }
  if (templatePath !== null && existsSync(templatePath)) unpackFolder(templatePath, draftOf(dir))
  else await makeCluster(draftOf(dir))
  settle(dir)
  return 'made'
}

async function makeCluster(folder: string): Promise<void> {
  const { db } = await openPglite(folder)
  // Templates are needed only to create further databases, and take two thirds of the files.
  await db.exec('update pg_database set datistemplate = false')
  for (const spare of ['template0', 'template1']) await db.exec(`drop database ${spare}`)
  await db.close()
}

function settle(dir: string): void {
  renameSync(draftOf(dir), clusterOf(dir))
  leaveMark(dir)
}

function checkCluster(dir: string): void {
  const version = join(clusterOf(dir), 'PG_VERSION')
  if (!existsSync(version)) {
    const found = existsSync(clusterOf(dir)) ? readdirSync(clusterOf(dir)).slice(0, 5).join(', ') : 'nothing'
    throw damagedFolder(dir, [`PG_VERSION is missing; there is ${found === '' ? 'nothing' : found}.`])
  }
  const major = readFileSync(version, 'utf8').trim()
  if (major !== postgresMajor) throw foreignFolder(dir, `PostgreSQL ${major}`, `PostgreSQL ${postgresMajor}`)
  if (!existsSync(markOf(dir))) leaveMark(dir)
}

const leaveMark = (dir: string): void => writeFileSync(markOf(dir), `${JSON.stringify({ postgres: postgresMajor })}\n`)

/** Turns a failure of the file system, or of PostgreSQL before it read the files, into a problem for the operator. */
export function folderProblem(dir: string, error: unknown): ProblemError {
  const text = error instanceof Error ? error.message : String(error)
  return (
    explainFolder(dir, error) ??
    problem('store_unavailable', `The embedded database in ${dir} cannot be started.`, 'See the details.', {
      details: [text],
      cause: error,
    })
  )
}

/** The folder's content is not a usable cluster. It is left as it is. */
export const damagedFolder = (dir: string, details: readonly string[]): ProblemError =>
  problem(
    'store_unavailable',
    `The database in ${dir} cannot be opened: its files are damaged or incomplete.`,
    'Restore the folder from a backup, or move it away to start empty.',
    { details },
  )

const foreignFolder = (dir: string, madeBy: string, ours: string): ProblemError =>
  problem(
    'store_unavailable',
    `The database in ${dir} was made by ${madeBy}; this Floe has ${ours}.`,
    'Run the version of Floe that made it, or move the folder away to start empty.',
  )

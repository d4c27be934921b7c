import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { damagedFolder, foreignFolder } from './folder-problem.ts'
import { unpackFolder } from './folder-archive.ts'
import { openPglite, postgresMajor } from './open-pglite.ts'

/** PostgreSQL's own files inside our folder. */
export const clusterOf = (dir: string): string => join(dir, 'pg')
const draftOf = (dir: string): string => join(dir, 'pg.new')
const markOf = (dir: string): string => join(dir, 'made-by.json')

/** Makes the folder, readable by its owner alone: that is the whole access control of an embedded database. */
export function makePrivateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
}

/**
 * Sees to it that the folder holds a database this engine can open. A new one is made beside and moved into place, so that a kill
 * leaves all or nothing. Anything that is there already is checked and never replaced. The caller holds the folder's lock.
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
  // Only patterns for further databases, of which there will be none: two thirds of the files.
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

import { existsSync } from 'node:fs'
import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { ProblemError } from '../../../core/problem.ts'
import { endWithParent } from '../../processes/end-with-parent.ts'
import { makeFolder } from '../../processes/make-folder.ts'
import { writeFolder } from '../folder/write-folder.ts'
import { writeSample } from '../sample/write-sample.ts'
import type { BuildAnswer, BuildOrder } from './build-database.ts'

/** Makes the database under a temporary name and renames it when it is whole: a killed build leaves nothing that looks finished. */
async function build({ target, job }: BuildOrder, tell: (fact: string) => void): Promise<void> {
  const folder = dirname(target)
  makeFolder(folder)
  await withBuildLock(
    join(folder, 'build.lock'),
    () => existsSync(target),
    async () => {
      await removeLeftovers(folder)
      const temporary = `${target}.${process.pid}.tmp`
      if (job.kind === 'sample') await writeSample(temporary, job.scale)
      else await writeFile(`${target}.json`, JSON.stringify(await writeFolder(temporary, job, tell)))
      // DuckDB counts an attached file among those it may write; the system shall not.
      await chmod(temporary, 0o444)
      await rename(temporary, target)
      if (job.kind === 'folder') await removeOutdated(folder, basename(target))
    },
  )
}

const removeWhere = async (folder: string, test: (name: string) => boolean): Promise<void> => {
  for (const name of await readdir(folder))
    if (test(name)) await rm(join(folder, name), { force: true, recursive: true })
}

const removeLeftovers = (folder: string): Promise<void> => removeWhere(folder, (name) => /\.tmp(\.wal)?$/.test(name))

/** Databases made from an earlier state of the source. Whoever still has one open keeps it until closing. */
const removeOutdated = (folder: string, current: string): Promise<void> =>
  removeWhere(folder, (name) => /\.duckdb(\.json)?$/.test(name) && !name.startsWith(current))

endWithParent({ graceMs: 0 })
process.once('message', (order: BuildOrder) => {
  const reply = (answer: BuildAnswer): void => {
    process.send?.(answer)
  }
  build(order, (fact) => reply({ kind: 'progress', fact })).then(
    () => reply({ kind: 'built' }),
    (error: unknown) =>
      reply({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
        problem: error instanceof ProblemError ? error.problem : null,
      }),
  )
})

/** How long to wait before looking again whether another process has finished. */
const lookAgainMs = 100

/**
 * Holds a lock that no other process holds while `work` runs. Waits for its turn, until `done` says there is nothing left to
 * do. The lock is the one DuckDB puts on a file it may write: the system takes it back when a process dies, however it dies.
 */
export async function withBuildLock(path: string, done: () => boolean, work: () => Promise<void>): Promise<void> {
  let unreadable = 0
  while (!done()) {
    const lock = await tryLock(path)
    if (!(lock instanceof DuckDBInstance)) {
      unreadable = lock === 'unreadable' ? unreadable + 1 : 0
      if (unreadable === unreadableLooks) await rm(path, { force: true })
      await sleep(lookAgainMs)
      continue
    }
    try {
      if (!done()) await work()
      return
    } finally {
      lock.closeSync()
    }
  }
}

/** A file another process is just making cannot be read for a moment; one it left when it was killed, never. */
const unreadableLooks = 30

async function tryLock(path: string): Promise<DuckDBInstance | 'held' | 'unreadable'> {
  try {
    return await DuckDBInstance.create(path)
  } catch (error) {
    return error instanceof Error && /lock on file/i.test(error.message) ? 'held' : 'unreadable'
  }
}

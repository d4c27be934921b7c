import { existsSync } from 'node:fs'
import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ProblemError } from '../../../core/problem.ts'
import { endWithParent } from '../../processes/end-with-parent.ts'
import { makeFolder } from '../../processes/make-folder.ts'
import { writeFolder } from '../folder/write-folder.ts'
import { writeSample } from '../sample/write-sample.ts'
import type { BuildAnswer, BuildOrder } from './build-job.ts'
import { withBuildLock } from './build-lock.ts'

/** Makes the database under a temporary name and renames it when it is whole: a killed build leaves nothing that looks finished. */
async function build({ target, job }: BuildOrder): Promise<void> {
  const folder = dirname(target)
  makeFolder(folder)
  await withBuildLock(
    join(folder, 'build.lock'),
    () => existsSync(target),
    async () => {
      await removeLeftovers(folder)
      const temporary = `${target}.${process.pid}.tmp`
      if (job.kind === 'sample') await writeSample(temporary, job.scale)
      else await writeFile(`${target}.json`, JSON.stringify(await writeFolder(temporary, job)))
      // DuckDB counts an attached file among those it may write; the system shall not.
      await chmod(temporary, 0o444)
      await rename(temporary, target)
      if (job.kind === 'folder') await removeOutdated(folder, basename(target))
    },
  )
}

const removeWhere = async (folder: string, test: (name: string) => boolean): Promise<void> => {
  for (const name of await readdir(folder)) if (test(name)) await rm(join(folder, name), { force: true })
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
  build(order).then(
    () => reply({ kind: 'built' }),
    (error: unknown) =>
      reply({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
        problem: error instanceof ProblemError ? error.problem : null,
      }),
  )
})

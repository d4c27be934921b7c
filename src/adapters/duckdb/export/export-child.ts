import { flushCompileCache } from 'node:module'
import { problem } from '../../../core/problem.ts'
import { endWithParent } from '../../processes/end-with-parent.ts'
import { duckdbProblem, tellsFullDisk } from '../engine/duckdb-problem.ts'
import { createInstance, openEngine } from '../engine/open-engine.ts'
import { validateQuery } from '../engine/validated-queries.ts'
import { watchMemory } from '../watch-memory.ts'
import type { ExportAnswer, ExportJob } from './export-processes.ts'
import { writeByEngine } from './text-file.ts'
import { writeWorkbook } from './workbook-file.ts'

/** Proves the query on an engine that may write to one folder and nowhere else, and writes its rows there. */
async function writeFile({ settings, sql, ...wanted }: ExportJob): Promise<number> {
  const engine = await openEngine(settings, instance)
  const connection = await engine.connect()
  const query = await validateQuery(connection, sql, settings)
  return wanted.form.format === 'xlsx'
    ? await writeWorkbook(connection, query, wanted.file, (rowCount) => reply({ kind: 'progress', rowCount }))
    : await writeByEngine(connection, query, wanted)
}

const reply = (answer: ExportAnswer): void => void process.send?.(answer)

const diskFull = (cause: unknown) =>
  problem(
    'warehouse_failed',
    'The disk of the server has no room for the file.',
    'Ask for fewer rows or columns, or ask the operator for room.',
    { cause },
  )

endWithParent({ graceMs: 0 })
// Made before the job comes: nothing in it depends on the job.
const instance = createInstance()
// Nothing does so at the end of a process that is killed.
flushCompileCache()
process.once('message', (job: ExportJob) => {
  watchMemory(job.settings.memoryLimitMb)
  writeFile(job).then(
    (rowCount) => reply({ kind: 'done', rowCount }),
    (error: unknown) => {
      reply({
        kind: 'failed',
        problem: (tellsFullDisk(String(error)) ? diskFull(error) : duckdbProblem(error)).problem,
      })
    },
  )
})

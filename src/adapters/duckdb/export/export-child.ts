import { ProblemError } from '../../../core/problem.ts'
import { endWithParent } from '../../processes/end-with-parent.ts'
import { duckdbProblem } from '../engine/duckdb-problem.ts'
import { openEngine } from '../engine/open-engine.ts'
import { proveQuery } from '../engine/prove-query.ts'
import { watchMemory } from '../watch-memory.ts'
import { copyStatement } from './copy-statement.ts'
import type { ExportAnswer, ExportJob } from './export-job.ts'

/** Proves the query on an engine that may write to one folder and nowhere else, and writes its rows there. */
async function writeFile({ settings, sql, format, file }: ExportJob): Promise<number> {
  const engine = await openEngine(settings)
  const connection = await engine.connect()
  const query = await proveQuery(connection, sql, settings)
  const done = await connection.runAndReadAll(copyStatement(query, format, file))
  return Number(done.getRows()[0]?.[0])
}

const reply = (answer: ExportAnswer): void => void process.send?.(answer)

endWithParent({ graceMs: 0 })
process.once('message', (job: ExportJob) => {
  watchMemory(job.settings.memoryLimitMb)
  writeFile(job).then(
    (rowCount) => reply({ kind: 'done', rowCount }),
    (error: unknown) => {
      const found = error instanceof ProblemError ? error : duckdbProblem(error)
      reply({ kind: 'failed', problem: found.problem })
    },
  )
})

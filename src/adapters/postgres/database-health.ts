import { problem, ProblemError } from '../../core/problem.ts'
import type { ConnectionSource, DatabaseHealth } from './database.ts'
import type { Sessions } from './sessions.ts'
import type { JudgedFailure } from './store-problem.ts'

/** How long the database may take to answer a health check. */
const answerWithinMs = 3_000
/** How long a full disk is reported after a write met it: the small write of a health check may still succeed. */
const reportFullDiskForMs = 30_000
/** With less room than this on its disk an embedded database can no longer be relied on. */
const leastFreeBytes = 32 * 1_048_576

interface HealthNeeds {
  readonly source: ConnectionSource
  readonly sessions: Sessions
  readonly judge: (error: unknown) => JudgedFailure
}

/** Checks whether the database can be read and written. */
export function makeDatabaseHealth({ source, sessions, judge }: HealthNeeds) {
  let fullDisk: { readonly error: Error; readonly seenAt: number } | null = null

  const check = async (): Promise<DatabaseHealth> => {
    const { pool } = await sessions.open()
    const { rows } = await pool.query<{ version: string }>(`
      with written as (update users set created_at = created_at where id = (select min(id::text)::uuid from users))
      select current_setting('server_version') as version`)
    const freeBytes = await source.readFreeBytes()
    if (freeBytes !== null && freeBytes < leastFreeBytes) throw almostFull(source.place, freeBytes)
    return { state: 'ok', detail: `${source.place} answers (version ${rows[0]?.version ?? 'unknown'}).`, action: null }
  }
  return {
    /** Takes note of a failure of other work. */
    note: ({ error, isDiskFull }: JudgedFailure): void => {
      if (isDiskFull) fullDisk = { error, seenAt: performance.now() }
    },
    ask: async (): Promise<DatabaseHealth> => {
      if (sessions.isOpening())
        return { state: 'starting', detail: `${source.place} is being opened.`, action: 'Wait a moment.' }
      if (fullDisk !== null && performance.now() - fullDisk.seenAt < reportFullDiskForMs) return failed(fullDisk.error)
      try {
        return await inTime(check(), source.place)
      } catch (error) {
        const judged = judge(error)
        // The next check, like other work, then begins on new connections or migrates.
        if (judged.remedy !== 'none') sessions.reopen(judged.remedy)
        return failed(judged.error)
      }
    },
  }
}

const failed = (error: Error): DatabaseHealth => ({
  state: 'failed',
  detail: error.message,
  action: error instanceof ProblemError ? error.problem.action : 'Look in the server log.',
})

async function inTime(checking: Promise<DatabaseHealth>, place: string): Promise<DatabaseHealth> {
  const late = Promise.withResolvers<DatabaseHealth>()
  const timer = setTimeout(() => late.reject(tooLate(place)), answerWithinMs)
  try {
    return await Promise.race([checking, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const tooLate = (place: string) =>
  problem(
    'store_unavailable',
    `${place} did not answer within ${answerWithinMs / 1_000} s.`,
    'Check that it is running, then try again.',
  )

const almostFull = (place: string, freeBytes: number) =>
  problem(
    'store_unavailable',
    `${place} has only ${Math.floor(freeBytes / 1_048_576)} MB left on its disk.`,
    'Free some space; what was stored is still there.',
  )

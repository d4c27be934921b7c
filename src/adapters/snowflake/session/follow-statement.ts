import { pause } from './pause.ts'
import type { RawSession, WireAnswer } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'

/** What is told while a statement works. */
export interface Working {
  readonly queryId: string
  readonly state: 'running' | 'queued' | 'resuming'
}

/** The pauses before asking again for what failed. */
export const pausesMs: readonly number[] = [250, 500, 1_000, 2_000]

const workingCodes: readonly (string | null)[] = ['333333', '333334']
export const isWorking = (answer: WireAnswer): boolean => answer.success && workingCodes.includes(answer.code)

/** Asks for the result until it is there; asks beside it how the query is doing, which also shows whether Snowflake still answers. */
export async function followStatement(
  session: RawSession,
  limits: SnowflakeLimits,
  queryId: string,
  signal: AbortSignal,
  onWorking: (working: Working) => void,
): Promise<WireAnswer> {
  const lost = new AbortController()
  const over = new AbortController()
  const both = AbortSignal.any([signal, lost.signal])
  const watching = watchQuery(session, limits, queryId, AbortSignal.any([signal, over.signal]), onWorking).catch(
    (error: unknown) => lost.abort(error),
  )
  try {
    for (let failures = 0; ;) {
      const askedAt = Date.now()
      try {
        const answer = await session.request({
          method: 'GET',
          path: `/queries/${encodeURIComponent(queryId)}/result?disableOfflineChunks=false`,
          deadlineMs: longestPollMs,
          signal: both,
        })
        if (!isWorking(answer)) return answer
        failures = 0
      } catch (error) {
        // Asking for a result is harmless to repeat, so a broken connection costs nothing but time.
        if (both.aborted || failures === patientPausesMs.length) throw error
        await pause(patientPausesMs[failures++] ?? 0, both)
      }
      if (Date.now() - askedAt < shortestPollMs) await pause(shortestPollMs, both)
    }
  } finally {
    over.abort()
    await watching
  }
}

/** A query that runs is worth more patience than one that has not begun. */
const patientPausesMs: readonly number[] = [...pausesMs, 4_000, 4_000]

/** Snowflake holds such a request for 45 seconds. */
const longestPollMs = 60_000
/** An answer that comes faster than this was not held: asking again at once would be a storm. */
const shortestPollMs = 100

const states: Readonly<Record<string, Working['state']>> = {
  RESUMING_WAREHOUSE: 'resuming',
  QUEUED: 'queued',
  QUEUED_REPARING_WAREHOUSE: 'queued',
  BLOCKED: 'queued',
  RUNNING: 'running',
}

/** Looks at a query every now and then. Rejects once Snowflake left two looks in a row without any answer. */
async function watchQuery(
  session: RawSession,
  limits: SnowflakeLimits,
  queryId: string,
  signal: AbortSignal,
  onWorking: (working: Working) => void,
): Promise<void> {
  let last: Working['state'] = 'running'
  for (let silences = 0; !signal.aborted;) {
    try {
      await pause(limits.lookEveryMs, signal)
      const answer = await session.request({
        method: 'GET',
        path: `/monitoring/queries/${encodeURIComponent(queryId)}`,
        deadlineMs: limits.requestMs,
        signal,
      })
      silences = 0
      const state: Working['state'] = states[readState(answer)] ?? last
      if (state !== last) onWorking({ queryId, state })
      last = state
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof SnowflakeFailure) silences = 0
      else if (++silences === 2) throw error
    }
  }
}

function readState({ data }: WireAnswer): string {
  const [query] = Array.isArray(data['queries']) ? (data['queries'] as readonly unknown[]) : []
  const status = (query as { readonly status?: unknown } | undefined)?.status
  return typeof status === 'string' ? status : ''
}

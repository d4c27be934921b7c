import { randomUUID } from 'node:crypto'
import { HttpFault } from '../../http-client/http-client.ts'
import { pause } from './pause.ts'
import type { RawSession, WireAnswer } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'

/** The state of a statement that works. */
export interface Working {
  readonly queryId: string
  readonly state: 'running' | 'queued' | 'resuming'
}

const workingCodes: readonly (string | null)[] = ['333333', '333334']
export const isWorking = (answer: WireAnswer): boolean => answer.success && workingCodes.includes(answer.code)

/** Polls for the result until it is there, and reads the query's state beside it. Throws what a request throws once Snowflake is lost. */
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
  const watch = { session, limits, queryId, onWorking, answeredAt: Date.now() }
  const watching = watchQuery(watch, AbortSignal.any([signal, over.signal])).catch((error: unknown) =>
    lost.abort(error),
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
        watch.answeredAt = Date.now()
      } catch (error) {
        // A poll is harmless to repeat, so a broken connection costs nothing but time.
        if (both.aborted || failures === pollPausesMs.length) throw error
        await pause(pollPausesMs[failures++] ?? 0, both)
      }
      if (Date.now() - askedAt < shortestPollMs) await pause(shortestPollMs, both)
    }
  } finally {
    over.abort()
    await watching
  }
}

const pollPausesMs: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 4_000]

/** Snowflake holds a poll for 45 seconds. */
const longestPollMs = 60_000
/** A poll that is answered faster than this was not held: repeating it at once would flood Snowflake. */
const shortestPollMs = 100

const states: Readonly<Record<string, Working['state']>> = {
  RESUMING_WAREHOUSE: 'resuming',
  QUEUED: 'queued',
  QUEUED_REPARING_WAREHOUSE: 'queued',
  BLOCKED: 'queued',
  RUNNING: 'running',
}
const overStates: readonly string[] = [
  'SUCCESS',
  'FAILED_WITH_ERROR',
  'FAILED_WITH_INCIDENT',
  'ABORTING',
  'ABORTED',
  'DISCONNECTED',
  'RESTARTED',
]

/** What one look at a query has shown; `unknown` when Snowflake answered without its state, `silent` when nothing answered. */
export type QueryLook = Working['state'] | 'over' | 'unknown' | 'silent'

export async function lookAtQuery(
  session: RawSession,
  limits: SnowflakeLimits,
  queryId: string,
  signal: AbortSignal,
): Promise<QueryLook> {
  try {
    const path = `/monitoring/queries/${encodeURIComponent(queryId)}`
    const { data } = await session.request({ method: 'GET', path, deadlineMs: limits.requestMs, signal })
    const [query] = Array.isArray(data['queries']) ? (data['queries'] as readonly unknown[]) : []
    const status = (query as { readonly status?: unknown } | undefined)?.status
    if (typeof status !== 'string') return 'unknown'
    return states[status] ?? (overStates.includes(status) ? 'over' : 'unknown')
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof SnowflakeFailure) return 'unknown'
    if (error instanceof HttpFault) return 'silent'
    throw error
  }
}

interface Watch {
  readonly session: RawSession
  readonly limits: SnowflakeLimits
  readonly queryId: string
  readonly onWorking: (working: Working) => void
  /** When a poll was last answered, milliseconds since 1970. */
  answeredAt: number
}

/** Snowflake counts as lost after this many unanswered looks in a row, when the heartbeats after them stay unanswered as well. */
const mostSilences = 3

/**
 * Reports the query's changes of state. A failed look only delays such a report. It rejects, with the fault of the last heartbeat, when looks
 * and heartbeats stay unanswered and no poll was answered meanwhile.
 */
async function watchQuery(watch: Watch, signal: AbortSignal): Promise<void> {
  const { session, limits, queryId, onWorking } = watch
  let last: Working['state'] = 'running'
  let silences = 0
  let silentSince = 0
  while (!signal.aborted) {
    try {
      await pause(limits.lookEveryMs, signal)
      const look = await lookAtQuery(session, limits, queryId, signal)
      if (look !== 'silent') silences = 0
      if (look === 'queued' || look === 'resuming' || look === 'running') {
        if (look !== last) onWorking({ queryId, state: look })
        last = look
      }
      if (look !== 'silent') continue
      silences += 1
      if (silences === 1) silentSince = Date.now()
      else await sendHeartbeat(session, limits, signal)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof HttpFault)) throw error
      if (silences >= mostSilences && watch.answeredAt < silentSince) throw error
    }
  }
}

/** Throws `HttpFault` when nothing answers. */
async function sendHeartbeat(session: RawSession, limits: SnowflakeLimits, signal: AbortSignal): Promise<void> {
  try {
    const request = { method: 'POST', path: '/session/heartbeat', requestId: randomUUID(), body: {} } as const
    await session.request({ ...request, deadlineMs: limits.requestMs, signal })
  } catch (error) {
    // An error of Snowflake is an answer, too.
    if (!(error instanceof SnowflakeFailure)) throw error
  }
}

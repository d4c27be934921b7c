import type { ConnectionReport } from '../../contract/connection.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionFindings, ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import { ProblemError } from '../problem.ts'
import { isSameScope, type OpenSession } from './open-session.ts'
import type { BeginUse } from './watch-use.ts'

interface SessionChecksNeeds {
  readonly store: ConnectionStore
  readonly clock: Clock
  /** Ends checks that nobody waits for. */
  readonly signal: AbortSignal
}

interface Diagnosis {
  readonly report: ConnectionReport
  readonly findings: ConnectionFindings
}

/** What a role may do changes seldom: its grants are looked through unasked once a day. */
const diagnoseEveryMs = 24 * 3_600_000

/** Makes the checks of sessions: whose view they have, and whether they are as safe as they should be. */
export function makeSessionChecks({ store, clock, signal: closing }: SessionChecksNeeds) {
  const checked = new WeakSet<OpenSession>()

  /** Stores whose view a sign-in has proved, and leaves the other findings as they are by now. */
  const noteScope = async (row: ConnectionRow, scope: CatalogScope): Promise<void> => {
    if (isSameScope(scope, row.scope)) return
    const { warning, checkedAt } = (await store.read(row.ownerId, row.id)) ?? row
    await store.note(row.ownerId, row.id, row.revision, { warning, checkedAt, scope })
  }
  const diagnose = async (open: OpenSession, signal: AbortSignal): Promise<Diagnosis> => {
    const { row, session } = open
    const report = await session.diagnose(signal)
    const isIn = report.steps.some(({ name, state }) => name === 'sign-in' && state === 'ok')
    const findings: ConnectionFindings = {
      // Without a sign-in, what was known of the role still holds.
      warning: isIn ? report.warning : row.warning,
      scope: isIn ? await orNull(() => open.scope(signal)) : row.scope,
      checkedAt: new Date(clock.now()).toISOString(),
    }
    return { report: { ...report, warning: findings.warning }, findings }
  }
  /** What a sign-in just now shows; null where there is nothing new to store. */
  const glance = async (open: OpenSession): Promise<ConnectionFindings | null> => {
    const { row, session } = open
    const checkedAtMs = row.checkedAt === null ? 0 : Date.parse(row.checkedAt)
    if (clock.now() - checkedAtMs > diagnoseEveryMs) return (await diagnose(open, closing)).findings
    const seen = await session.checkSession(closing)
    if (seen === null || (row.warning ?? '').includes(seen)) return null
    const warning = row.warning === null ? seen : `${row.warning} ${seen}`
    return { warning, scope: await open.scope(closing), checkedAt: row.checkedAt }
  }
  /** Checks once whether sessions that were just opened are as safe as they should be. */
  const checkOnce = async (open: OpenSession, beginUse: BeginUse): Promise<void> => {
    if (checked.has(open)) return
    checked.add(open)
    const { ownerId, id, revision } = open.row
    const end = beginUse()
    try {
      const findings = await glance(open)
      if (findings !== null) await store.note(ownerId, id, revision, findings)
    } catch (error) {
      // A fault of the account meets the question as well, which reports it.
      if (!(error instanceof ProblemError) && !closing.aborted) throw error
    } finally {
      end()
    }
  }

  return {
    noteScope,
    checkOnce,
    /** Tries everything step by step, which also counts as the check of these sessions. */
    diagnose: async (open: OpenSession, signal: AbortSignal): Promise<Diagnosis> => {
      checked.add(open)
      return await diagnose(open, signal)
    },
  }
}

/** A problem of the account is one of the report's findings already. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ProblemError) return null
    throw error
  }
}

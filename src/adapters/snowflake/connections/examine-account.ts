import type { ConnectionReport } from '../../../contract/connection.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { ConnectionFindings } from '../../../core/ports/connection-store.ts'
import { ProblemError } from '../../../core/problem.ts'
import { makeHttpClient } from '../../http-client/http-client.ts'
import { makeFetch } from '../../http-client/make-fetch.ts'
import { checkSession, joinWarnings } from '../doctor/check-session.ts'
import { makeDoctor } from '../doctor/make-doctor.ts'
import type { OpenAccount } from './open-account.ts'

interface ExamineNeeds {
  readonly clock: Clock
  /** Addresses that Floe connects from, as far as known. */
  readonly egress: readonly string[]
  /** Names the proxy, where there is one. */
  readonly environment: Readonly<Record<string, string>>
}

/** Looks at connections: thoroughly when asked to or when the last look is old, briefly at every sign-in. */
export interface Examiner {
  thoroughly(
    account: OpenAccount,
    signal: AbortSignal,
  ): Promise<{ readonly report: ConnectionReport; readonly findings: ConnectionFindings }>
  /** What a sign-in just now shows; null where nothing new is to be noted. Throws what the link throws. */
  briefly(account: OpenAccount, signal: AbortSignal): Promise<ConnectionFindings | null>
}

/** What a role may do changes seldom; once a day is often enough to look through its grants unasked. */
const thoroughEveryMs = 24 * 3_600_000

export function makeExaminer({ clock, egress, environment }: ExamineNeeds): Examiner {
  const fetch = makeFetch(makeHttpClient({ proxy: environment }), { maxBytes: 65_536 })
  const thoroughly: Examiner['thoroughly'] = async (open, signal) => {
    const { row, access } = open
    const { account, accessUrl, role, warehouse, database, schema, signIn, ownerId: userId } = row
    const target = { account, accessUrl, role, warehouse, database, schema }
    const steps = makeDoctor({ link: access, target, signIn, userId, egress, clock, fetch }).examine(signal)
    let next = await steps.next()
    while (next.done !== true) next = await steps.next()
    const report = next.value
    const isIn = report.steps.some(({ name, state }) => name === 'sign-in' && state === 'ok')
    const findings = {
      // Where nobody could sign in, what was known of the role still holds.
      warning: isIn ? report.warning : row.warning,
      scope: isIn ? await orNull(() => open.scope(signal)) : row.scope,
      checkedAt: new Date(clock.now()).toISOString(),
    }
    return { report: { ...report, warning: findings.warning }, findings }
  }
  return {
    thoroughly,
    briefly: async (account, signal) => {
      const { row, access } = account
      const lookedAt = row.checkedAt === null ? 0 : Date.parse(row.checkedAt)
      if (clock.now() - lookedAt > thoroughEveryMs) return (await thoroughly(account, signal)).findings
      const { ownerId: userId, signIn } = row
      const seen = await checkSession({ link: access, method: signIn.method, userId, signal })
      if (seen === null || (row.warning ?? '').includes(seen)) return null
      const scope = await account.scope(signal)
      return { warning: joinWarnings([row.warning, seen]), scope, checkedAt: row.checkedAt }
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

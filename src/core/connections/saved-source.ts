import type { CatalogState, ConnectionReport } from '../../contract/connection.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import type { ConnectionFindings, ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import { problem, ProblemError } from '../problem.ts'
import { isReservedRef } from './combine-connections.ts'
import { kindOf } from './kind-of.ts'
import { isSameScope, makeOpenSession, type OpenSession } from './open-session.ts'
import type { ConnectionProbe } from './saved-connections.ts'
import { makeSharedSessions } from './shared-sessions.ts'
import type { BeginUse } from './watch-use.ts'

export interface SavedSourceNeeds {
  readonly store: ConnectionStore
  readonly kinds: readonly ConnectionKind[]
  readonly clock: Clock
  /** A connection without a use for this long is closed. */
  readonly idleMs: number
  /** Told of faults that no caller is waiting for. */
  readonly onFault: (error: unknown) => void
}

/**
 * Opens saved connections of every kind: one set of sessions each, shared by all questions. Settings are read from the store at every
 * opening, so that a change or a removal made elsewhere counts from the next question on.
 */
export function makeSavedSource(needs: SavedSourceNeeds): WarehouseSource & ConnectionProbe {
  const { store, kinds, clock, onFault, idleMs } = needs
  const closing = new AbortController()
  const checks = makeSessionChecks({ store, clock, signal: closing.signal })

  const sessions = makeSharedSessions({
    clock,
    idleMs,
    onFault,
    open: (row, beginUse) => {
      const session = kindOf(kinds, row.kind).open(row)
      const onProved = async (scope: CatalogScope): Promise<void> => {
        await checks.noteScope(row, scope)
        // Not awaited: the question that waits for the sign-in goes on meanwhile.
        checks.checkOnce(opened, beginUse).catch(onFault)
      }
      const opened = makeOpenSession({ row, session, clock, beginUse, onProved })
      return opened
    },
  })

  return {
    owns: (ref) => !isReservedRef(ref),
    list: async ({ userId }) =>
      (await store.list(userId)).map(({ id, name, kind, settings, warning, needsSignIn }) => ({
        ref: name,
        label: name,
        engine: kindOf(kinds, kind).describe(settings),
        warning,
        saved: { id, needsSignIn },
      })),
    open: async ({ userId }, ref, signal) => {
      const row = await store.findByName(userId, ref)
      signal.throwIfAborted()
      closing.signal.throwIfAborted()
      if (row === null)
        throw problem('connection_unknown', `There is no connection "${ref}".`, 'Look at the list of your connections.')
      return (await sessions.of(signedIn(row))).connection
    },
    diagnose: (row, signal) => sessions.during(row, (open) => checks.diagnose(open, signal)),
    catalogState: async ({ kind, scope }) => (scope === null ? unread : await kindOf(kinds, kind).catalogState(scope)),
    refreshCatalog: (row, signal, onProgress) =>
      sessions.during(signedIn(row), async (open) => {
        // Signs in first: another role may have become the user's default since.
        await open.scope(signal)
        return await (await open.catalogReader(signal)).refresh(signal, onProgress)
      }),
    drop: (id) => sessions.drop(id),
    close: async () => {
      closing.abort(problem('interrupted', 'The connections are being closed.', 'Ask again.'))
      await sessions.close()
      await Promise.all(kinds.map((kind) => kind.close()))
    },
  }
}

function signedIn(row: ConnectionRow): ConnectionRow {
  if (!row.needsSignIn) return row
  throw problem('sign_in_needed', `Nobody is signed in to "${row.name}".`, 'Sign in again from your connection.')
}

const unread: CatalogState = { state: 'unread', tables: 0, columns: 0, readAt: null }

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
function makeSessionChecks({ store, clock, signal: closing }: SessionChecksNeeds) {
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

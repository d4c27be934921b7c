import type { CatalogState, ConnectionReport } from '../../contract/connection.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind, OnStep } from '../ports/connection-kind.ts'
import type { ConnectionFindings, ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import type { ConnectionShareStore } from '../ports/connection-share-store.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import { problem, ProblemError } from '../problem.ts'
import type { UsedRow } from './choose-grant.ts'
import { demandRight } from '../caller.ts'
import { isReservedRef } from './combine-connections.ts'
import { kindOf } from './kind-of.ts'
import { isSameScope, makeOpenSession, type OpenSession } from './open-session.ts'
import type { ConnectionProbe } from './saved-connections.ts'
import { makeSharedSessions } from './shared-sessions.ts'
import { isUuid, makeSharedUse, sharedPrefix } from './shared-use.ts'
import type { BeginUse } from './watch-use.ts'

export interface SavedSourceNeeds {
  readonly store: ConnectionStore
  readonly shares: ConnectionShareStore
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
  const { store, shares, kinds, clock, onFault, idleMs } = needs
  const closing = new AbortController()
  const checks = makeSessionChecks({ store, shares, clock, signal: closing.signal })

  const sessions = makeSharedSessions({
    clock,
    idleMs,
    onFault,
    open: (row, beginUse) => {
      const session = kindOf(kinds, row.kind).open(row, row.share?.role ?? undefined)
      const onProved = async (scope: CatalogScope): Promise<void> => {
        await checks.noteScope(row, scope)
        // Not awaited: the question that waits for the sign-in goes on meanwhile.
        checks.checkOnce(opened, beginUse).catch(onFault)
      }
      const opened = makeOpenSession({ row, session, clock, beginUse, onProved })
      return opened
    },
  })

  const shared = makeSharedUse({ shares, kinds, clock, open: (row) => sessions.of(row) })

  return {
    owns: (ref) => !isReservedRef(ref),
    list: async ({ userId }) => {
      const [own, others] = await Promise.all([store.list(userId), shared.list(userId)])
      const ownOnes = own.map(({ id, name, kind, settings, warning, needsSignIn }) => ({
        ref: name,
        label: name,
        engine: kindOf(kinds, kind).describe(settings),
        warning,
        saved: { id, needsSignIn },
      }))
      return [...ownOnes, ...others]
    },
    open: async (caller, ref, signal) => {
      const { userId } = caller
      const row = ref.startsWith(sharedPrefix) ? null : await findOwn(store, userId, ref)
      signal.throwIfAborted()
      closing.signal.throwIfAborted()
      if (row === null) return await shared.open(userId, ref, signal)
      const { right } = kindOf(kinds, row.kind)
      if (right !== undefined) demandRight(caller, right)
      // Not awaited: a question does not wait for a date.
      store.touch(row.ownerId, row.id).catch(onFault)
      return (await sessions.of(signedIn(row))).connection
    },
    diagnose: (row, signal, onStep) => sessions.during(row, (open) => checks.diagnose(open, signal, onStep)),
    places: (row, signal) => sessions.during(signedIn(row), ({ session }) => session.places(signal)),
    catalogState: async ({ kind, scope }) => (scope === null ? unread : await kindOf(kinds, kind).catalogState(scope)),
    refreshCatalog: (row, signal, onProgress) =>
      sessions.during(signedIn(row), ({ connection }) => connection.refreshCatalog(signal, onProgress)),
    drop: (id) => sessions.drop((row) => row.id === id),
    dropShares: (groupId, connectionId) =>
      sessions.drop(({ id, share }) => share?.groupId === groupId && (connectionId === null || id === connectionId)),
    close: async () => {
      closing.abort(problem('interrupted', 'The connections are being closed.', 'Ask again.'))
      await sessions.close()
      await Promise.all(kinds.map((kind) => kind.close()))
    },
  }
}

/** A person's own connection by its name, or by its id where none has that name. */
const findOwn = async (store: ConnectionStore, userId: string, ref: string): Promise<ConnectionRow | null> =>
  (await store.findByName(userId, ref)) ?? (isUuid(ref) ? await store.read(userId, ref) : null)

function signedIn(row: ConnectionRow): ConnectionRow {
  if (!row.needsSignIn) return row
  throw problem('sign_in_needed', `Nobody is signed in to "${row.name}".`, 'Sign in again from your connection.')
}

const unread: CatalogState = { state: 'unread', tables: 0, columns: 0, readAt: null }

interface SessionChecksNeeds {
  readonly store: ConnectionStore
  readonly shares: ConnectionShareStore
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
function makeSessionChecks({ store, shares, clock, signal: closing }: SessionChecksNeeds) {
  const checked = new WeakSet<OpenSession>()

  /** What is found out under a share's own role is the share's, and says nothing of the owner's role. */
  const note = async ({ ownerId, id, revision, share }: UsedRow, findings: ConnectionFindings): Promise<void> => {
    if (share === undefined || share.role === null) await store.note(ownerId, id, revision, findings)
    else await shares.note({ connectionId: id, groupId: share.groupId, role: share.role, revision }, findings)
  }
  /** Stores whose view a sign-in has proved, and leaves the other findings as they are by now. */
  const noteScope = async (row: UsedRow, scope: CatalogScope): Promise<void> => {
    if (isSameScope(scope, row.scope)) return
    const stored = (row.share?.role ?? null) === null ? await store.read(row.ownerId, row.id) : null
    const { warning, checkedAt } = stored ?? row
    await note(row, { warning, checkedAt, scope })
  }
  const diagnose = async (open: OpenSession, signal: AbortSignal, onStep?: OnStep): Promise<Diagnosis> => {
    const { row, session } = open
    const report = await session.diagnose(signal, onStep)
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
    const end = beginUse()
    try {
      const findings = await glance(open)
      if (findings !== null) await note(open.row, findings)
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
    diagnose: async (open: OpenSession, signal: AbortSignal, onStep?: OnStep): Promise<Diagnosis> => {
      checked.add(open)
      return await diagnose(open, signal, onStep)
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

import type { CatalogState } from '../../contract/connection.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import type { ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import { problem } from '../problem.ts'
import type { ConnectionProbe } from './saved-connections.ts'
import { isReservedRef } from './combine-connections.ts'
import { kindOf } from './kind-of.ts'
import { makeOpenSession } from './open-session.ts'
import { makeSessionChecks } from './session-checks.ts'
import { makeSharedSessions } from './shared-sessions.ts'

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

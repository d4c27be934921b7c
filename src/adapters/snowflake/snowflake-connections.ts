import type { CatalogState } from '../../contract/connection.ts'
import type { AccountProbe } from '../../core/ports/accounts.ts'
import type { CatalogScope, CatalogStore } from '../../core/ports/catalog-store.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { ConnectionRow, ConnectionStore } from '../../core/ports/connection-store.ts'
import type { WarehouseSource } from '../../core/ports/connections.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { makeExaminer } from './connections/examine-account.ts'
import { isSameScope, makeOpenAccount, type OpenAccount } from './connections/open-account.ts'
import { makeSharedAccounts } from './connections/shared-accounts.ts'
import type { BeginUse } from './connections/watch-use.ts'
import type { CredentialSource } from './credentials/make-credentials.ts'
import { makeDiscoveries } from './discovery/make-discoveries.ts'
import { makeSnowflakeLink } from './make-snowflake-link.ts'

export interface SnowflakeConnectionsNeeds {
  readonly store: ConnectionStore
  readonly catalogs: CatalogStore
  /** A connection's credential, asked for at every sign-in. */
  readonly credential: CredentialSource
  readonly clock: Clock
  /** For tests alone: accounts may be doubles on this machine. */
  readonly allowLoopback: boolean
  /** Addresses that Floe connects from, as far as known: the doctor writes them into network rules. */
  readonly egress?: readonly string[]
  /** Variables the driver's processes get. */
  readonly environment?: Readonly<Record<string, string>>
  /** A connection that nobody used for this long is closed; half an hour by default. */
  readonly idleMs?: number
  /** Told of faults that no caller is waiting for. */
  readonly onFault: (error: unknown) => void
}

/** The saved connections, to be asked, tried and read. */
export type SnowflakeConnections = WarehouseSource & AccountProbe

const defaultIdleMs = 30 * 60_000

/**
 * Opens saved connections: one set of sessions each, in a process of its own. Settings are read from the store at every opening, so that what
 * was changed or removed elsewhere counts from the next question on.
 */
export function makeSnowflakeConnections(needs: SnowflakeConnectionsNeeds): SnowflakeConnections {
  const { store, clock, onFault, idleMs = defaultIdleMs } = needs
  const discoveries = makeDiscoveries({ store: needs.catalogs, clock, onFault })
  const examiner = makeExaminer({ clock, egress: needs.egress ?? [], environment: needs.environment ?? {} })
  const examined = new WeakSet<OpenAccount>()
  const closing = new AbortController()

  const accounts = makeSharedAccounts({
    clock,
    idleMs,
    onFault,
    open: (row, beginUse) => {
      const { account, accessUrl, role, warehouse, database, schema } = row
      const access = makeSnowflakeLink({
        target: { account, accessUrl, role, warehouse, database, schema },
        credential: (_signal, isRefused) => needs.credential(row, isRefused),
        environment: needs.environment ?? {},
        onFault,
      })
      const onProved = async (scope: CatalogScope): Promise<void> => {
        await noteScope(store, row, scope)
        // Beside the question that waits for the sign-in.
        examine(opened, beginUse).catch(onFault)
      }
      const opened = makeOpenAccount({ row, access, discoveries, clock, beginUse, onProved })
      return opened
    },
  })
  /** Looks whether a session that was just opened is as safe as it should be. */
  const examine = async (account: OpenAccount, beginUse: BeginUse): Promise<void> => {
    if (examined.has(account)) return
    examined.add(account)
    const { ownerId, id, revision } = account.row
    const end = beginUse()
    try {
      const findings = await examiner.briefly(account, closing.signal)
      if (findings !== null) await store.note(ownerId, id, revision, findings)
    } catch (error) {
      // Whatever keeps the account from answering meets the question as well, which says so.
      if (!(error instanceof ProblemError) && !closing.signal.aborted) throw error
    } finally {
      end()
    }
  }
  const checked = (row: ConnectionRow): ConnectionRow => {
    closing.signal.throwIfAborted()
    if (needs.allowLoopback || row.accessUrl.startsWith('https://')) return row
    throw problem('connection_broken', `The address of "${row.name}" is not Snowflake's.`, 'Save the connection anew.')
  }

  return {
    list: async (caller) => (await store.list(caller.userId)).map(summarize),
    open: async ({ userId }, ref, signal) => {
      const row = await store.findByName(userId, ref)
      signal.throwIfAborted()
      if (row === null)
        throw problem('connection_unknown', `There is no connection "${ref}".`, 'Look at the list of your connections.')
      return (await accounts.of(checked(signedIn(row)))).connection
    },
    diagnose: (row, signal) =>
      accounts.during(checked(row), async (account) => {
        examined.add(account)
        return await examiner.thoroughly(account, signal)
      }),
    catalogState: async ({ scope }) => (scope === null ? unread : await discoveries.state(scope)),
    refreshCatalog: (row, signal, onProgress) =>
      accounts.during(checked(signedIn(row)), async (account) => {
        // Signs in first: another role may have become the user's default since.
        await account.scope(signal)
        const discovery = await account.discovery(signal)
        return await discovery.refresh({ signal, isFull: true, ...(onProgress === undefined ? {} : { onProgress }) })
      }),
    drop: (id) => accounts.drop(id),
    close: async () => {
      closing.abort(problem('interrupted', 'The connections are being closed.', 'Ask again.'))
      await accounts.close()
      await discoveries.close()
    },
  }
}

/** Notes whose view a sign-in has proved, beside what is known by now. */
async function noteScope(store: ConnectionStore, row: ConnectionRow, scope: CatalogScope): Promise<void> {
  if (isSameScope(scope, row.scope)) return
  const { ownerId, id, revision } = row
  const { warning, checkedAt } = (await store.read(ownerId, id)) ?? row
  await store.note(ownerId, id, revision, { warning, checkedAt, scope })
}

function signedIn(row: ConnectionRow): ConnectionRow {
  if (!row.needsSignIn) return row
  throw problem('sign_in_needed', `Nobody is signed in to "${row.name}".`, 'Sign in again from your connection.')
}

const unread: CatalogState = { state: 'unread', tables: 0, columns: 0, readAt: null }

const summarize = ({ id, name, account, warning, needsSignIn }: ConnectionRow) => ({
  ref: name,
  label: name,
  engine: `Snowflake ${account}`,
  warning,
  saved: { id, needsSignIn },
})

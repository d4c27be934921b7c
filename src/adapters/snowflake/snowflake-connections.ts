import type { CatalogState, ConnectionReport } from '../../contract/connection.ts'
import type { AccountProbe } from '../../core/ports/accounts.ts'
import type { CatalogStore } from '../../core/ports/catalog-store.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { ConnectionFindings, ConnectionRow, ConnectionStore } from '../../core/ports/connection-store.ts'
import type { Connections } from '../../core/ports/connections.ts'
import { problem } from '../../core/problem.ts'
import { makeOpenAccount, type OpenAccount } from './connections/open-account.ts'
import { makeDiscoveries } from './discovery/make-discoveries.ts'
import { makeSnowflakeLink } from './make-snowflake-link.ts'
import type { SnowflakeCredential } from './snowflake-link.ts'

export interface SnowflakeConnectionsNeeds {
  readonly store: ConnectionStore
  readonly catalogs: CatalogStore
  /** A connection's credential, asked for at every sign-in. */
  readonly credential: (row: ConnectionRow) => Promise<SnowflakeCredential>
  readonly clock: Clock
  /** Variables the driver's processes get. */
  readonly environment?: Readonly<Record<string, string>>
  /** A connection that nobody used for this long is closed; half an hour by default. */
  readonly idleMs?: number
  /** Told of faults that no caller is waiting for. */
  readonly onFault: (error: unknown) => void
}

/** The saved connections, to be asked, tried and read. */
export type SnowflakeConnections = Connections & AccountProbe

interface Entry {
  readonly account: OpenAccount
  uses: number
  cancelTimer: () => void
}

const defaultIdleMs = 30 * 60_000

/**
 * Opens saved connections: one set of sessions each, in a process of its own. Settings are read from the store at every opening, so that what
 * was changed or removed elsewhere counts from the next question on.
 */
export function makeSnowflakeConnections(needs: SnowflakeConnectionsNeeds): SnowflakeConnections {
  const { store, catalogs, clock, onFault, idleMs = defaultIdleMs } = needs
  const discoveries = makeDiscoveries({ store: catalogs, clock, onFault })
  const entries = new Map<string, Entry>()
  let isClosed = false

  const drop = async (id: string): Promise<void> => {
    const entry = entries.get(id)
    entries.delete(id)
    entry?.cancelTimer()
    await entry?.account.close()
  }
  /** Counts the idle time from the end of the last use. */
  const rest = (id: string, entry: Entry): void => {
    entry.cancelTimer()
    entry.cancelTimer = clock.after(idleMs, () => {
      if (entry.uses === 0 && entries.get(id) === entry) drop(id).catch(onFault)
    })
  }
  const use = (id: string, entry: Entry) => (): (() => void) => {
    entry.uses += 1
    return () => {
      entry.uses -= 1
      rest(id, entry)
    }
  }
  const openAccount = (row: ConnectionRow): Entry => {
    const { account, accessUrl, role, warehouse, database, schema, ownerId, id, revision } = row
    const access = makeSnowflakeLink({
      target: { account, accessUrl, role, warehouse, database, schema },
      credential: () => needs.credential(row),
      environment: needs.environment ?? {},
      onFault,
    })
    const note = async (scope: NonNullable<ConnectionRow['scope']>): Promise<void> => {
      const { warning, checkedAt } = row
      await store.note(ownerId, id, revision, { warning, checkedAt, scope })
    }
    const entry: Entry = {
      account: makeOpenAccount({ row, access, discoveries, beginUse: () => use(id, entry)(), onScope: note }),
      uses: 0,
      cancelTimer: () => undefined,
    }
    return entry
  }
  const entryOf = async (row: ConnectionRow): Promise<Entry> => {
    if (isClosed) throw problem('interrupted', 'The connections are being closed.', 'Ask again.')
    if (row.needsSignIn)
      throw problem('sign_in_needed', `Nobody is signed in to "${row.name}".`, 'Sign in again from your connection.')
    const known = entries.get(row.id)
    if (known?.account.row.revision === row.revision) {
      rest(row.id, known)
      return known
    }
    const entry = openAccount(row)
    entries.set(row.id, entry)
    rest(row.id, entry)
    known?.cancelTimer()
    await known?.account.close()
    return entry
  }

  return {
    list: async (ownerId) => (await store.list(ownerId)).map(summarize),
    open: async (ref, ownerId, signal) => {
      const row = await store.findByName(ownerId, ref)
      signal.throwIfAborted()
      if (row === null)
        throw problem('connection_unknown', `There is no connection "${ref}".`, 'Look at the list of your connections.')
      return (await entryOf(row)).account.connection
    },
    diagnose: async (row, signal) => {
      const { account } = await entryOf(row)
      const scope = await account.scope(signal)
      const report: ConnectionReport = { steps: [], warning: null }
      const findings: ConnectionFindings = { warning: null, scope, checkedAt: new Date(clock.now()).toISOString() }
      return { report, findings }
    },
    catalogState: async ({ scope }) => (scope === null ? unread : await discoveries.state(scope)),
    refreshCatalog: async (row, signal, onProgress) => {
      const entry = await entryOf(row)
      const end = use(row.id, entry)()
      try {
        // Signs in first: another role may have become the user's default since.
        await entry.account.scope(signal)
        return await (
          await entry.account.discovery(signal)
        ).refresh({
          signal,
          isFull: true,
          ...(onProgress === undefined ? {} : { onProgress }),
        })
      } finally {
        end()
      }
    },
    drop,
    close: async () => {
      isClosed = true
      await Promise.all([...entries.keys()].map(drop))
      await discoveries.close()
    },
  }
}

const unread: CatalogState = { state: 'unread', tables: 0, columns: 0, readAt: null }

const summarize = ({ id, name, account, warning, needsSignIn }: ConnectionRow) => ({
  ref: name,
  label: name,
  engine: `Snowflake ${account}`,
  warning,
  saved: { id, needsSignIn },
})

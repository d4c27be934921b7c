import type { CatalogState } from '../../contract/connection.ts'
import type { AccountProbe } from '../../core/ports/accounts.ts'
import type { CatalogStore } from '../../core/ports/catalog-store.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { ConnectionRow, ConnectionStore } from '../../core/ports/connection-store.ts'
import type { Connections } from '../../core/ports/connections.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { makeExaminer } from './connections/examine-account.ts'
import { makeOpenAccount, type OpenAccount } from './connections/open-account.ts'
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
export type SnowflakeConnections = Connections & AccountProbe

interface Entry {
  readonly account: OpenAccount
  uses: number
  /** Whether somebody looks, or has looked, at how safe its sessions are. */
  isExamined: boolean
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
  const examiner = makeExaminer({ clock, egress: needs.egress ?? [] })
  const closing = new AbortController()
  const entries = new Map<string, Entry>()

  const drop = async (id: string): Promise<void> => {
    const entry = entries.get(id)
    entries.delete(id)
    entry?.cancelTimer()
    await entry?.account.close()
  }
  /** Counts the idle time from the end of the last use. */
  const rest = (id: string, entry: Entry): void => {
    entry.cancelTimer()
    if (entries.get(id) !== entry) return
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
      credential: (_signal, isRefused) => needs.credential(row, isRefused),
      environment: needs.environment ?? {},
      onFault,
    })
    /** Notes whose view it is and, beside the question that waits for it, whether the session is as safe as it should be. */
    const onProved = async (scope: NonNullable<ConnectionRow['scope']>): Promise<void> => {
      const { warning, checkedAt } = row
      if (scope.account !== row.scope?.account || scope.role !== row.scope.role)
        await store.note(ownerId, id, revision, { warning, checkedAt, scope })
      examine(entry).catch(onFault)
    }
    const entry: Entry = {
      account: makeOpenAccount({ row, access, discoveries, clock, beginUse: () => use(id, entry)(), onProved }),
      uses: 0,
      isExamined: false,
      cancelTimer: () => undefined,
    }
    return entry
  }
  const examine = async (entry: Entry): Promise<void> => {
    if (entry.isExamined) return
    entry.isExamined = true
    const { ownerId, id, revision } = entry.account.row
    const end = use(id, entry)()
    try {
      const findings = await examiner.briefly(entry.account, closing.signal)
      if (findings !== null) await store.note(ownerId, id, revision, findings)
    } catch (error) {
      // Whatever keeps the account from answering meets the question as well, which says so.
      if (!(error instanceof ProblemError) && !closing.signal.aborted) throw error
    } finally {
      end()
    }
  }
  const usable = (row: ConnectionRow): ConnectionRow => {
    if (!row.needsSignIn) return row
    throw problem('sign_in_needed', `Nobody is signed in to "${row.name}".`, 'Sign in again from your connection.')
  }
  const entryOf = async (row: ConnectionRow): Promise<Entry> => {
    closing.signal.throwIfAborted()
    if (!needs.allowLoopback && !row.accessUrl.startsWith('https://')) throw notSnowflake(row.name)
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
      return (await entryOf(usable(row))).account.connection
    },
    diagnose: async (row, signal) => {
      const entry = await entryOf(row)
      const end = use(row.id, entry)()
      entry.isExamined = true
      try {
        return await examiner.thoroughly(entry.account, signal)
      } finally {
        end()
      }
    },
    catalogState: async ({ scope }) => (scope === null ? unread : await discoveries.state(scope)),
    refreshCatalog: async (row, signal, onProgress) => {
      const entry = await entryOf(usable(row))
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
      closing.abort(problem('interrupted', 'The connections are being closed.', 'Ask again.'))
      await Promise.all([...entries.keys()].map(drop))
      await discoveries.close()
    },
  }
}

const notSnowflake = (name: string) =>
  problem('connection_broken', `The address of "${name}" is not one of Snowflake's.`, 'Save the connection anew.')

const unread: CatalogState = { state: 'unread', tables: 0, columns: 0, readAt: null }

const summarize = ({ id, name, account, warning, needsSignIn }: ConnectionRow) => ({
  ref: name,
  label: name,
  engine: `Snowflake ${account}`,
  warning,
  saved: { id, needsSignIn },
})

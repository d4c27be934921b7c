import type { Clock } from '../../../core/ports/clock.ts'
import type { ConnectionRow } from '../../../core/ports/connection-store.ts'
import type { OpenAccount } from './open-account.ts'
import type { BeginUse } from './watch-use.ts'

interface SharedAccountsNeeds {
  readonly clock: Clock
  /** One that nobody used for this long is closed. */
  readonly idleMs: number
  readonly open: (row: ConnectionRow, beginUse: BeginUse) => OpenAccount
  readonly onFault: (error: unknown) => void
}

/** What is open: one account for each connection, of its newest revision. */
export interface SharedAccounts {
  /** Opens unless it is open; ends the one of an earlier revision. */
  of(row: ConnectionRow): Promise<OpenAccount>
  /** The same for as long as the work takes, during which it is in use. */
  during<T>(row: ConnectionRow, work: (account: OpenAccount) => Promise<T>): Promise<T>
  drop(id: string): Promise<void>
  close(): Promise<void>
}

interface Entry {
  readonly account: OpenAccount
  readonly beginUse: BeginUse
  uses: number
  cancelTimer: () => void
}

/** Makes the accounts that questions share. Idle time counts from the end of the last use. */
export function makeSharedAccounts({ clock, idleMs, open, onFault }: SharedAccountsNeeds): SharedAccounts {
  const entries = new Map<string, Entry>()

  const drop = async (id: string): Promise<void> => {
    const entry = entries.get(id)
    entries.delete(id)
    entry?.cancelTimer()
    await entry?.account.close()
  }
  const rest = (id: string, entry: Entry): void => {
    entry.cancelTimer()
    if (entries.get(id) !== entry) return
    entry.cancelTimer = clock.after(idleMs, () => {
      if (entry.uses === 0 && entries.get(id) === entry) drop(id).catch(onFault)
    })
  }
  const enter = (row: ConnectionRow): Entry => {
    const beginUse: BeginUse = () => {
      entry.uses += 1
      return () => {
        entry.uses -= 1
        rest(row.id, entry)
      }
    }
    const entry: Entry = { account: open(row, beginUse), beginUse, uses: 0, cancelTimer: () => undefined }
    entries.set(row.id, entry)
    return entry
  }
  const entryOf = async (row: ConnectionRow): Promise<Entry> => {
    const known = entries.get(row.id)
    // A row that was read before another change must not end what stands on the change.
    const isNew = known === undefined || known.account.row.revision < row.revision
    const entry = isNew ? enter(row) : known
    rest(row.id, entry)
    if (entry !== known) {
      known?.cancelTimer()
      await known?.account.close()
    }
    return entry
  }

  return {
    of: async (row) => (await entryOf(row)).account,
    during: async (row, work) => {
      const { account, beginUse } = await entryOf(row)
      const end = beginUse()
      try {
        return await work(account)
      } finally {
        end()
      }
    },
    drop,
    close: async () => {
      await Promise.all([...entries.keys()].map(drop))
    },
  }
}

import type { Clock } from '../ports/clock.ts'
import type { ConnectionRow } from '../ports/connection-store.ts'
import type { OpenSession } from './open-session.ts'
import type { BeginUse } from './watch-use.ts'

interface SharedSessionsNeeds {
  readonly clock: Clock
  /** A connection without a use for this long is closed. */
  readonly idleMs: number
  readonly open: (row: ConnectionRow, beginUse: BeginUse) => OpenSession
  readonly onFault: (error: unknown) => void
}

/** The open connections: one set of sessions each, for the newest revision. */
export interface SharedSessions {
  /** Opens a connection that is not open; closes the sessions of an earlier revision. */
  of(row: ConnectionRow): Promise<OpenSession>
  /** Opens it and counts as a use of it until the work is done. */
  during<T>(row: ConnectionRow, work: (open: OpenSession) => Promise<T>): Promise<T>
  drop(id: string): Promise<void>
  close(): Promise<void>
}

interface Entry {
  readonly open: OpenSession
  readonly beginUse: BeginUse
  uses: number
  cancelTimer: () => void
}

/** Makes the sessions that questions share. Idle time counts from the end of the last use. */
export function makeSharedSessions({ clock, idleMs, open, onFault }: SharedSessionsNeeds): SharedSessions {
  const entries = new Map<string, Entry>()

  const drop = async (id: string): Promise<void> => {
    const entry = entries.get(id)
    entries.delete(id)
    entry?.cancelTimer()
    await entry?.open.close()
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
    const entry: Entry = { open: open(row, beginUse), beginUse, uses: 0, cancelTimer: () => undefined }
    entries.set(row.id, entry)
    return entry
  }
  const entryOf = async (row: ConnectionRow): Promise<Entry> => {
    const known = entries.get(row.id)
    // A row that was read before another change must not close the sessions of the changed connection.
    const isNew = known === undefined || known.open.row.revision < row.revision
    const entry = isNew ? enter(row) : known
    rest(row.id, entry)
    if (entry !== known) {
      known?.cancelTimer()
      await known?.open.close()
    }
    return entry
  }

  return {
    of: async (row) => (await entryOf(row)).open,
    during: async (row, work) => {
      const { open: opened, beginUse } = await entryOf(row)
      const end = beginUse()
      try {
        return await work(opened)
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

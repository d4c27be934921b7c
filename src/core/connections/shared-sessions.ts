import type { Clock } from '../ports/clock.ts'
import type { UsedRow } from './choose-grant.ts'
import type { OpenSession } from './open-session.ts'
import type { BeginUse } from './watch-use.ts'

interface SharedSessionsNeeds {
  readonly clock: Clock
  /** A connection without a use for this long is closed. */
  readonly idleMs: number
  readonly open: (row: UsedRow, beginUse: BeginUse) => OpenSession
  readonly onFault: (error: unknown) => void
}

/**
 * The open connections: one set of sessions each for the owner, and one for each share, because a share may have a role of its own and ends
 * by itself. The newest revision counts.
 */
export interface SharedSessions {
  /** Opens a connection that is not open; closes the sessions of an earlier revision. */
  of(row: UsedRow): Promise<OpenSession>
  /** Opens it and counts as a use of it until the work is done. */
  during<T>(row: UsedRow, work: (open: OpenSession) => Promise<T>): Promise<T>
  /** Closes the sessions of these rows. */
  drop(isMeant: (row: UsedRow) => boolean): Promise<void>
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

  const close = async (key: string): Promise<void> => {
    const entry = entries.get(key)
    entries.delete(key)
    entry?.cancelTimer()
    await entry?.open.close()
  }
  const rest = (key: string, entry: Entry): void => {
    entry.cancelTimer()
    if (entries.get(key) !== entry) return
    entry.cancelTimer = clock.after(idleMs, () => {
      if (entry.uses === 0 && entries.get(key) === entry) close(key).catch(onFault)
    })
  }
  const enter = (row: UsedRow): Entry => {
    const key = keyOf(row)
    const beginUse: BeginUse = () => {
      entry.uses += 1
      return () => {
        entry.uses -= 1
        rest(key, entry)
      }
    }
    const entry: Entry = { open: open(row, beginUse), beginUse, uses: 0, cancelTimer: () => undefined }
    entries.set(key, entry)
    return entry
  }
  const entryOf = async (row: UsedRow): Promise<Entry> => {
    const key = keyOf(row)
    const known = entries.get(key)
    // A row that was read before another change must not close the sessions of the changed connection.
    const isNew = known === undefined || known.open.row.revision < row.revision
    const entry = isNew ? enter(row) : known
    rest(key, entry)
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
    drop: async (isMeant) => {
      const meant = [...entries].filter(([, { open: opened }]) => isMeant(opened.row))
      await Promise.all(meant.map(([key]) => close(key)))
    },
    close: async () => {
      await Promise.all([...entries.keys()].map(close))
    },
  }
}

/** Sessions of one role are never those of another: the role is part of the key. */
const keyOf = ({ id, share }: UsedRow): string =>
  share === undefined ? id : JSON.stringify([id, share.groupId, share.role])

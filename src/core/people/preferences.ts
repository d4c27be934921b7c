import {
  keepRunningMsOf,
  migratePreferences,
  noPreferences,
  presentPreferences,
  type PreferencesChange,
  type PreferencesState,
  type StoredPreferences,
} from '../../contract/preferences.ts'
import type { RunningTurns, Turns } from '../ask/turns.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notices } from '../ports/notices.ts'
import type { PreferenceStore } from '../ports/preference-store.ts'
import type { Writers } from '../ports/writers.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'

/** What people have set for themselves. Everybody, viewers included, sets and reads their own. */
export interface PersonalPreferences {
  read(caller: Pick<Caller, 'userId'>): Promise<PreferencesState>
  /** Sets the given fields, null back to the default; the last write of each field holds. */
  change(caller: Caller, change: PreferencesChange): Promise<PreferencesState>
  /** Calls with the whole state whenever the person's preferences change, in any copy of the server. Returns the function that stops it. */
  watch(userId: string, onChange: (state: PreferencesState) => void): () => void
}

interface PreferencesNeeds {
  readonly store: PreferenceStore
  readonly audit: Audit
  readonly clock: Clock
  readonly notices: Pick<Notices, 'publish' | 'subscribe'>
  /** Told where a change could not be read for those who watch it. */
  readonly onFault: (error: unknown) => void
}

/** Makes the preferences of people. */
export function makePreferences({ store, audit, clock, notices, onFault }: PreferencesNeeds): PersonalPreferences {
  const watchers = new Map<string, Set<(state: PreferencesState) => void>>()
  const read = async (userId: string): Promise<PreferencesState> =>
    presentPreferences(migratePreferences(await store.read(userId)))
  const tellWatchers = async (userId: string): Promise<void> => {
    const state = await read(userId)
    for (const tell of watchers.get(userId) ?? []) tell(state)
  }
  notices.subscribe((notice) => {
    if (notice.kind === 'preferences' && watchers.has(notice.userId)) tellWatchers(notice.userId).catch(onFault)
  })
  return {
    read: ({ userId }) => read(userId),
    change: async (caller, change) => {
      const { userId } = caller
      const changed = await store.change(userId, (stored) =>
        withChange(migratePreferences(stored), change, clock.now()),
      )
      if (changed === null) throw problem('signed_out', 'You are not signed in.', 'Sign in.')
      await audit.note(caller, 'preferences.changed', { fields: Object.keys(change).toSorted().join(', ') })
      await notices.publish({ kind: 'preferences', userId })
      return presentPreferences(changed)
    },
    watch: (userId, onChange) => {
      const own = watchers.get(userId) ?? new Set()
      watchers.set(userId, own.add(onChange))
      return () => {
        own.delete(onChange)
        if (own.size === 0 && watchers.get(userId) === own) watchers.delete(userId)
      }
    },
  }
}

/** A later write is dated after the one it replaces, even where the clocks of two copies of the server differ. */
function withChange({ version, fields }: StoredPreferences, change: PreferencesChange, now: number): StoredPreferences {
  const set = Object.entries(change).map(([name, value]) => {
    const at = Math.max(now, (fields[name]?.at ?? 0) + 1)
    return [name, { value, at }] as const
  })
  return { version, fields: { ...fields, ...Object.fromEntries(set) } }
}

/** Turns in which a person's preferences hold for what an ask leaves out. */
export const preferTurns = (
  turns: Turns,
  {
    preferences,
    writers,
    running,
  }: {
    readonly preferences: PersonalPreferences
    readonly writers: Pick<Writers, 'list'>
    readonly running: Pick<RunningTurns, 'expectRoom'>
  },
): Turns => ({
  ...turns,
  ask: async (caller, ask, file) => {
    const named = [ask.connection, ask.autoRun, ask.maxRows, ask.question === undefined || ask.model]
    if (!named.includes(undefined)) return await turns.ask(caller, ask, file)
    // Whoever asks too much is refused before the store is read for them.
    running.expectRoom(caller, ask.turnId)
    const { connection, writer, autoRun, rowLimit } = await preferences.read(caller)
    // A writer that is gone is no reason to fail; another connection would be another answer, so one that is gone is.
    const isWanted = ask.question !== undefined && ask.model === undefined && writer !== null
    const isOffered = isWanted && (await writers.list(caller)).some(({ id }) => id === writer)
    const filled = {
      ...ask,
      connection: ask.connection ?? connection ?? undefined,
      model: ask.model ?? (isOffered ? (writer ?? undefined) : undefined),
      autoRun: ask.autoRun ?? autoRun ?? undefined,
      maxRows: ask.maxRows ?? rowLimit ?? undefined,
    }
    return await turns.ask(caller, filled, file)
  },
})

/**
 * Reads how long a person wants running queries to go on while no page of theirs is open: 0 for a person who may not use Floe any more, should
 * the notice of that be lost. Never rejects: where it cannot be read the usual time holds.
 */
export const readKeepRunning =
  (
    preferences: Pick<PersonalPreferences, 'read'>,
    isPersonAllowed: (userId: string) => Promise<boolean>,
    onFault: (error: unknown) => void,
  ) =>
  async (userId: string): Promise<number> => {
    try {
      if (!(await isPersonAllowed(userId))) return 0
      return keepRunningMsOf(await preferences.read({ userId }))
    } catch (error) {
      onFault(error)
      return keepRunningMsOf(noPreferences)
    }
  }

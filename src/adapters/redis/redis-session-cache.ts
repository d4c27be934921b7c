import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Role, TokenScope } from '../../contract/people.ts'
import type { GroupStore } from '../../core/ports/group-store.ts'
import type { Notices } from '../../core/ports/notices.ts'
import type { PeopleStore, PersonRow } from '../../core/ports/people-store.ts'
import type { SessionStore } from '../../core/ports/session-store.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Redis, RedisClient } from './redis-client.ts'

/** The stores whose changes decide what a session is worth. */
interface Stores {
  readonly people: PeopleStore
  readonly sessions: SessionStore
  readonly groups: GroupStore
}

interface CacheNeeds {
  readonly redis: Redis
  readonly notices: Pick<Notices, 'subscribe'>
  /** Told of error replies: those of a server that is there and refuses. */
  readonly onFault: (error: unknown) => void
  /** Told of each look-up: whether Redis had what was asked for. */
  readonly onLookUp?: (found: boolean) => void
}

const Person = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  name: z.string(),
  role: Role,
  isDisabled: z.literal(false),
  groups: z.array(z.uuid()),
  hasSignedIn: z.boolean(),
  createdAt: z.string(),
  lastSeenAt: z.string().nullable(),
})

const Session = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  device: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number(),
  expiresAt: z.number(),
  endsAt: z.number(),
})

const Token = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  scopes: z.array(TokenScope),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastUsedAt: z.number().nullable(),
})

type Credential = Pick<z.infer<typeof Session>, 'userId' | 'expiresAt'>

/**
 * What is kept of a credential: its digest, so that an entry under a wrong key counts for nothing, the version of its person, which any
 * change of that person removes, and when it was kept.
 */
const entryOf = <T extends z.ZodType>(credential: T) =>
  z.object({ digest: z.string(), version: z.uuid(), keptAt: z.number(), credential, person: Person })
const SessionEntry = entryOf(Session)
const TokenEntry = entryOf(Token)

/** An entry is read again from PostgreSQL after this long, whatever was missed. */
const entrySeconds = 60
/** Longer than an entry lives: an entry without its person's version counts for nothing. */
const versionExpiration = { type: 'EX', value: 3_600 } as const

const versionKey = (userId: string): string => `floe:person:${userId}`

type Entry<T> = z.ZodType<{
  digest: string
  version: string
  keptAt: number
  credential: T
  person: z.infer<typeof Person>
}>
interface Found<T> {
  readonly credential: T
  readonly person: PersonRow
}

/** Entries by credential, each worth something only as long as the version of its person is the one it was kept under. */
function makeEntries({ redis, onFault, onLookUp = () => undefined }: CacheNeeds) {
  const attempt = async <T>(work: (client: RedisClient) => Promise<T>): Promise<T | null> => {
    try {
      return await redis.run(work)
    } catch (error) {
      if (!(error instanceof ProblemError)) onFault(error)
      return null
    }
  }
  /** Entries kept up to then count for nothing here: a change since found a Redis that takes no writes. */
  let distrustedUntil = 0
  /** Keeps what PostgreSQL says after the version was read: a change in between removes the version, and the entry is worth nothing. */
  const keep = async <T>(key: string, digest: string, userId: string, readStore: () => Promise<Found<T> | null>) => {
    const version = await attempt(async (client) => {
      await client.set(versionKey(userId), randomUUID(), { condition: 'NX', expiration: versionExpiration })
      return await client.get(versionKey(userId))
    })
    const keptAt = Date.now()
    const found = version === null ? null : await readStore()
    if (found === null || version === null) return
    const entry = JSON.stringify({ digest, version, keptAt, ...found })
    await attempt((client) => client.set(key, entry, { expiration: { type: 'EX', value: entrySeconds } }))
  }
  return {
    /** Makes all entries of these people worthless. A Redis without memory still removes, though it sets nothing. */
    invalidate: async (...userIds: readonly string[]): Promise<void> => {
      if (userIds.length === 0) return
      const removed = await attempt((client) => client.del(userIds.map(versionKey)))
      if (removed === null) distrustedUntil = Date.now()
    },
    /** The entry, or what the store says, which is kept for the next time. */
    find: async <T extends Credential>(
      key: string,
      digest: string,
      now: number,
      schema: Entry<T>,
      readStore: () => Promise<Found<T> | null>,
    ): Promise<Found<T> | null> => {
      const text = await attempt((client) => client.get(key))
      const entry = text === null ? null : readEntry(text, schema)
      if (entry !== null && entry.keptAt > distrustedUntil && isUsable(entry, digest, now, redis.upSince())) {
        const version = await attempt((client) => client.get(versionKey(entry.person.id)))
        if (version === entry.version) {
          onLookUp(true)
          return entry
        }
      }
      onLookUp(false)
      const found = await readStore()
      if (found !== null && redis.upSince() !== null)
        // The request does not wait for it, and a store that went away is told of by others.
        keep(key, digest, found.person.id, readStore).catch((error: unknown) => {
          if (!(error instanceof ProblemError)) onFault(error)
        })
      return found
    },
  }
}

function readEntry<T>(text: string, schema: Entry<T>) {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Entries from before an outage are not trusted after it: a change may have found Redis away. */
const isUsable = (
  entry: {
    readonly digest: string
    readonly keptAt: number
    readonly credential: Credential
    readonly person: PersonRow
  },
  digest: string,
  now: number,
  upSince: number | null,
): boolean =>
  entry.digest === digest &&
  entry.person.id === entry.credential.userId &&
  entry.credential.expiresAt > now &&
  upSince !== null &&
  entry.keptAt >= upSince

/**
 * Reads sessions and tokens from Redis and writes everything to PostgreSQL. Whatever changes a person, their groups, sessions or tokens
 * makes all entries of that person worthless in the same call. While Redis is away PostgreSQL answers.
 */
export function cacheSessions<S extends Stores>(stores: S, needs: CacheNeeds): S {
  const entries = makeEntries(needs)
  // The copy that changed a person may not have reached Redis itself.
  needs.notices.subscribe((notice) => {
    if (notice.kind === 'ended' || notice.kind === 'sessions_ended' || notice.kind === 'person_changed')
      void entries.invalidate(notice.userId)
  })
  return {
    ...stores,
    sessions: cachedSessions(stores.sessions, entries),
    people: watchedPeople(stores.people, entries),
    groups: watchedGroups(stores.groups, entries),
  }
}

type Entries = ReturnType<typeof makeEntries>

const cachedSessions = (sessions: SessionStore, entries: Entries): SessionStore => ({
  ...sessions,
  find: async (digest, now) => {
    const found = await entries.find(`floe:session:${digest}`, digest, now, SessionEntry, async () => {
      const stored = await sessions.find(digest, now)
      return stored === null ? null : { credential: stored.session, person: stored.person }
    })
    return found === null ? null : { session: found.credential, person: found.person }
  },
  prolong: async (session, lastUsedAt, expiresAt) => {
    await sessions.prolong(session, lastUsedAt, expiresAt)
    await entries.invalidate(session.userId)
  },
  end: async (userId, id) => {
    const ended = await sessions.end(userId, id)
    await entries.invalidate(userId)
    return ended
  },
  endAll: async (userId) => {
    await sessions.endAll(userId)
    await entries.invalidate(userId)
  },
  findToken: async (digest, now) => {
    const found = await entries.find(`floe:token:${digest}`, digest, now, TokenEntry, async () => {
      const stored = await sessions.findToken(digest, now)
      return stored === null ? null : { credential: stored.token, person: stored.person }
    })
    return found === null ? null : { token: found.credential, person: found.person }
  },
  noteTokenUse: async (token, now) => {
    await sessions.noteTokenUse(token, now)
    await entries.invalidate(token.userId)
  },
  endToken: async (userId, id) => {
    const ended = await sessions.endToken(userId, id)
    await entries.invalidate(userId)
    return ended
  },
})

const watchedPeople = (people: PeopleStore, entries: Entries): PeopleStore => ({
  ...people,
  // A sign-in may give a role or groups.
  admit: async (identity, admission) => {
    const admitted = await people.admit(identity, admission)
    if (admitted.outcome === 'admitted') await entries.invalidate(admitted.person.id)
    return admitted
  },
  rename: async (id, name) => {
    const renamed = await people.rename(id, name)
    await entries.invalidate(id)
    return renamed
  },
  change: async (id, change) => {
    const changed = await people.change(id, change)
    await entries.invalidate(id)
    return changed
  },
  remove: async (id) => {
    const removed = await people.remove(id)
    await entries.invalidate(id)
    return removed
  },
})

const watchedGroups = (groups: GroupStore, entries: Entries): GroupStore => ({
  ...groups,
  remove: async (id) => {
    const members = (await groups.read(id))?.members ?? []
    const removed = await groups.remove(id)
    await entries.invalidate(...members.map(({ personId }) => personId))
    return removed
  },
  addMember: async (id, personId) => {
    const added = await groups.addMember(id, personId)
    await entries.invalidate(personId)
    return added
  },
  removeMember: async (id, personId) => {
    const removed = await groups.removeMember(id, personId)
    await entries.invalidate(personId)
    return removed
  },
})

import { randomUUID } from 'node:crypto'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { redisMissing, startRedisServer, type RedisServer } from '../../../test/support/redis-server.ts'
import { makeNotices } from '../../core/notices.ts'
import type { PersonRow } from '../../core/ports/people-store.ts'
import type { SessionRow } from '../../core/ports/session-store.ts'
import { makeRedis, type Redis } from './redis-client.ts'
import { cacheSessions } from './redis-session-cache.ts'

const missing = redisMissing()
const inAnHour = Date.now() + 3_600_000
const digest = 'd'.repeat(64)

/** One person with one session in a store that counts how often it is read. */
function makeStore() {
  const person: PersonRow = {
    id: randomUUID(),
    email: 'ada@example.com',
    name: 'Ada',
    role: 'admin',
    isDisabled: false,
    groups: [],
    hasSignedIn: true,
    createdAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: null,
  }
  const session: SessionRow = {
    id: randomUUID(),
    userId: person.id,
    device: 'A browser',
    createdAt: 1,
    lastUsedAt: 1,
    expiresAt: inAnHour,
    endsAt: inAnHour,
  }
  const state = {
    person,
    session: session as SessionRow | null,
    reads: 0,
    isAway: false,
    onRead: (): void => undefined,
  }
  const unused = (): Promise<never> => Promise.reject(new Error('not used'))
  const stores: Parameters<typeof cacheSessions>[0] = {
    sessions: {
      begin: unused,
      take: unused,
      insert: unused,
      find: (asked) => {
        state.reads += 1
        const found = { session: state.session, person: state.person }
        state.onRead()
        if (state.isAway) return Promise.reject(new Error('away'))
        return Promise.resolve(
          asked === digest && found.session !== null ? { session: found.session, person: found.person } : null,
        )
      },
      prolong: (_session, lastUsedAt) => {
        if (state.session !== null) state.session = { ...state.session, lastUsedAt }
        return Promise.resolve()
      },
      list: unused,
      end: () => {
        state.session = null
        return Promise.resolve(true)
      },
      endAll: () => {
        state.session = null
        return Promise.resolve()
      },
      insertToken: unused,
      findToken: unused,
      noteTokenUse: unused,
      listTokens: unused,
      endToken: unused,
      sweep: unused,
    },
    people: {
      admit: unused,
      read: unused,
      list: unused,
      invite: unused,
      rename: unused,
      change: (_id, { role = 'member' }) => {
        state.person = { ...state.person, role }
        return Promise.resolve({ outcome: 'changed', person: state.person })
      },
      remove: () => {
        state.session = null
        return Promise.resolve('removed')
      },
    },
    groups: {
      list: unused,
      listOf: unused,
      read: (id) =>
        Promise.resolve({
          id,
          name: 'g',
          createdAt: '2026-01-01T00:00:00.000Z',
          members: [{ personId: state.person.id, name: 'Ada', email: null, source: 'manual' }],
        }),
      insert: unused,
      rename: unused,
      remove: () => {
        state.person = { ...state.person, groups: [] }
        return Promise.resolve(true)
      },
      addMember: (id) => {
        state.person = { ...state.person, groups: [id] }
        return Promise.resolve(true)
      },
      removeMember: () => {
        state.person = { ...state.person, groups: [] }
        return Promise.resolve(true)
      },
    },
  }
  return { state, stores }
}

describe.skipIf(missing !== null)(`the cache of sessions${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let server: RedisServer
  let redis: Redis
  let direct: ReturnType<typeof createClient>
  const faults: unknown[] = []
  const log: string[] = []
  const notices = makeNotices({ wires: [], instanceId: randomUUID(), onFault: (error) => faults.push(error) })

  beforeAll(async () => {
    server = await startRedisServer()
    redis = makeRedis({ url: server.url, log: (level, message) => log.push(`${level}: ${message}`) })
    direct = createClient({ url: server.url })
    direct.on('error', () => undefined)
    await direct.connect()
    expect(await redis.health()).toMatchObject({ state: 'ok' })
  })
  afterAll(async () => {
    direct.destroy()
    await redis.close()
    await server.remove()
  })
  beforeEach(async () => {
    await direct.flushAll()
    faults.length = 0
    log.length = 0
  })

  /** A cache that holds the session of its store already. */
  const filled = async () => {
    const { state, stores } = makeStore()
    const cached = cacheSessions(stores, { redis, notices, onFault: (error) => faults.push(error) })
    const find = () => cached.sessions.find(digest, Date.now())
    await find()
    await expect.poll(() => direct.exists(`floe:session:${digest}`)).toBe(1)
    state.reads = 0
    return { state, cached, find }
  }

  test('answers without the store, the same as the store', async () => {
    const { state, find } = await filled()
    expect(await find()).toEqual({ session: state.session, person: state.person })
    expect([state.reads, faults]).toEqual([0, []])
    expect(await direct.ttl(`floe:session:${digest}`)).toBeLessThanOrEqual(60)
  })

  test.each<[string, (given: Awaited<ReturnType<typeof filled>>) => Promise<unknown>, object | null]>([
    ['the session ends', ({ cached, state }) => cached.sessions.end(state.person.id, state.session?.id ?? ''), null],
    ['all sessions end', ({ cached, state }) => cached.sessions.endAll(state.person.id), null],
    ['the person leaves', ({ cached, state }) => cached.people.remove(state.person.id), null],
    [
      'the role changes',
      ({ cached, state }) => cached.people.change(state.person.id, { role: 'viewer' }),
      { person: { role: 'viewer' } },
    ],
    [
      'a group is joined',
      ({ cached, state }) => cached.groups.addMember(state.person.id, state.person.id),
      { person: { groups: [expect.any(String)] } },
    ],
    ['a group goes', ({ cached, state }) => cached.groups.remove(state.person.id), { person: { groups: [] } }],
    [
      'the use is noted',
      ({ cached, state }) => cached.sessions.prolong(state.session ?? { id: '', userId: '' }, 77, inAnHour),
      { session: { lastUsedAt: 77 } },
    ],
  ])('%s: the entry is worth nothing in the same call', async (_what, change, expected) => {
    const given = await filled()
    await change(given)
    const found = await given.find()
    if (expected === null) expect(found).toBeNull()
    else expect(found).toMatchObject(expected)
  })

  test('a change of another copy that is told of makes it worthless too', async () => {
    const { state, find } = await filled()
    state.person = { ...state.person, role: 'viewer' }
    await notices.publish({ kind: 'person_changed', userId: state.person.id })
    await expect.poll(async () => (await find())?.person.role).toBe('viewer')
  })

  test('what was read before a change is not kept after it', async () => {
    const { state, stores } = makeStore()
    const cached = cacheSessions(stores, { redis, notices, onFault: (error) => faults.push(error) })
    // The second read of the store is the one that is kept; the change comes between it and the keeping.
    const changed = Promise.withResolvers<unknown>()
    state.onRead = () => {
      if (state.reads === 2) changed.resolve(cached.people.change(state.person.id, { role: 'viewer' }))
    }
    await cached.sessions.find(digest, Date.now())
    await changed.promise
    await expect.poll(() => direct.exists(`floe:session:${digest}`)).toBe(1)
    expect((await cached.sessions.find(digest, Date.now()))?.person.role).toBe('viewer')
  })

  test.each([
    ['no JSON', 'rubbish'],
    ['another shape', '{"role":"admin"}'],
    ['of another digest', 'moved'],
    ['of a role that there is not', 'role'],
  ])('an entry that is %s counts for nothing', async (_what, text) => {
    const { state, find } = await filled()
    const key = `floe:session:${digest}`
    const kept = JSON.parse((await direct.get(key)) ?? '') as { person: object }
    const given: Record<string, string> = {
      moved: JSON.stringify({ ...kept, digest: 'e'.repeat(64) }),
      role: JSON.stringify({ ...kept, person: { ...kept.person, role: 'owner' } }),
    }
    await direct.set(key, given[text] ?? text)
    expect(await find()).toEqual({ session: state.session, person: state.person })
    expect(state.reads).toBeGreaterThan(0)
  })

  test('a key of another type and an evicted version are no entry', async () => {
    const { state, find } = await filled()
    const key = `floe:session:${digest}`
    await direct.del(key)
    await direct.lPush(key, 'x')
    expect(await find()).not.toBeNull()
    expect(faults.length).toBeGreaterThan(0)
    await expect.poll(() => direct.type(key)).toBe('string')
    state.reads = 0
    await direct.del(`floe:person:${state.person.id}`)
    expect(await find()).not.toBeNull()
    expect(state.reads).toBeGreaterThan(0)
  })

  test('frozen: the store answers within the deadline, one line tells of the loss and one of the return', async () => {
    const { state, find } = await filled()
    server.pause()
    const start = performance.now()
    expect(await find()).not.toBeNull()
    expect(performance.now() - start).toBeLessThan(1_500)
    const again = performance.now()
    for (let count = 0; count < 50; count += 1) await find()
    expect(performance.now() - again).toBeLessThan(500)
    expect(state.reads).toBeGreaterThanOrEqual(51)
    expect(await redis.health()).toMatchObject({ name: 'redis', state: 'degraded' })
    // A change meanwhile cannot reach Redis.
    state.person = { ...state.person, role: 'viewer' }
    server.resume()
    await expect.poll(() => redis.upSince(), { timeout: 15_000 }).not.toBeNull()
    expect((await find())?.person.role).toBe('viewer')
    expect(log).toEqual([expect.stringMatching(/^warn: .*goes on without it/), expect.stringMatching(/^info: .*again/)])
  })

  test('stopped and started again: the same', async () => {
    const { find } = await filled()
    await server.kill()
    await expect.poll(() => redis.upSince()).toBeNull()
    expect(await find()).not.toBeNull()
    // A proxy asks every two seconds, for as long as Redis is away.
    const warnings: string[] = []
    const note = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', note)
    const checks = await Promise.all(Array.from({ length: 12 }, () => redis.health()))
    process.off('warning', note)
    expect([...new Set(checks.map(({ state }) => state)), ...warnings]).toEqual(['degraded'])
    await server.start()
    await expect.poll(() => redis.upSince(), { timeout: 15_000 }).not.toBeNull()
    expect(log).toHaveLength(2)
  })
})

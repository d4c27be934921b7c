import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresMissing, startPostgresServer } from '../../../test/support/postgres-server.ts'
import type { Artifact, OauthStore } from '../../core/ports/oauth-store.ts'
import type { Database } from './database.ts'
import { makePostgresOauthStore } from './postgres-oauth-store.ts'
import { makePostgresPeopleStores } from './postgres-people-stores.ts'
import { openStore, temporaryFolder, testTemplate } from './store.test-support.ts'

interface Place {
  readonly database: Database
  readonly close: () => Promise<void>
}

const embedded = async (): Promise<Place> => {
  const folder = temporaryFolder()
  const { database, close } = openStore({ dataDir: folder.path, templatePath: await testTemplate() })
  return { database, close: () => close().finally(folder.remove) }
}
const onServer = async (): Promise<Place> => {
  const server = await startPostgresServer()
  const { database, close } = openStore({ databaseUrl: server.url })
  return {
    database,
    close: async () => {
      await close()
      await server.remove()
    },
  }
}
const places = [
  { name: 'embedded', missing: null, open: embedded },
  { name: 'PostgreSQL server', missing: postgresMissing(), open: onServer },
]

const day = 86_400_000
const patience = { unusedClientMs: day, usedClientMs: 90 * day, keyMs: 91 * day }
const app = { name: 'Weekly report', host: 'app.example.com', publisher: null, scopes: ['ask' as const] }

for (const { name, missing, open } of places)
  describe.skipIf(missing !== null)(
    `what apps are given, in the ${name}${missing === null ? '' : `: ${missing}`}`,
    () => {
      let place: Place
      let store: OauthStore
      let people: ReturnType<typeof makePostgresPeopleStores>['people']
      beforeAll(async () => {
        place = await open()
        store = makePostgresOauthStore({ database: place.database })
        people = makePostgresPeopleStores({ database: place.database }).people
      }, 60_000)
      afterAll(async () => {
        await place.close()
      })

      const newPerson = async (): Promise<string> =>
        (await people.invite(randomUUID(), `${randomUUID()}@example.com`, 'member'))?.id ?? ''
      const artifact = (more: Partial<Artifact> = {}): Artifact => ({
        payload: { kept: true },
        grantId: null,
        userId: null,
        clientId: null,
        expiresAt: Date.now() + 40 * day,
        ...more,
      })
      const connect = async (userId: string, clientId: string | null = null): Promise<string> => {
        const grantId = randomUUID()
        await store.put('Grant', grantId, artifact({ userId, clientId }))
        await store.describeGrant(grantId, app, Date.now())
        await store.put('RefreshToken', `token of ${grantId}`, artifact({ userId, grantId }))
        return grantId
      }

      test('of many who use something up at once exactly one does, and the same call may be repeated', async () => {
        await store.put('AuthorizationCode', 'code', artifact())
        const calls = Array.from({ length: 8 }, () => randomUUID())
        const outcomes = await Promise.all(calls.map((call) => store.consume('AuthorizationCode', 'code', call)))
        expect(outcomes.filter(Boolean)).toHaveLength(1)
        const winner = calls[outcomes.indexOf(true)] ?? ''
        expect(await store.consume('AuthorizationCode', 'code', winner)).toBe(true)
        expect(await store.find('AuthorizationCode', 'code')).toEqual({ payload: { kept: true }, isConsumed: true })
        expect(await store.consume('AuthorizationCode', 'another', winner)).toBe(false)
      })

      test('a grant is found with its person, listed for nobody else, and ended by nobody else', async () => {
        const [own, other] = [await newPerson(), await newPerson()]
        const grantId = await connect(own)
        expect(await store.findGrant(grantId, Date.now())).toMatchObject({
          grant: { userId: own, app },
          person: { id: own },
        })
        expect(await store.findGrant(grantId, Date.now() + 41 * day)).toBeNull()
        expect(await store.listGrants(other, Date.now())).toEqual([])
        expect(await store.endGrant(other, grantId)).toBe(false)
        expect(await store.listGrants(own, Date.now())).toHaveLength(1)
        expect(await store.endGrant(own, grantId)).toBe(true)
        expect([
          await store.findGrant(grantId, Date.now()),
          await store.find('RefreshToken', `token of ${grantId}`),
        ]).toEqual([null, null])
      })

      test('a grant counts for nothing while its person is disabled, and goes with a person who goes', async () => {
        const userId = await newPerson()
        const grantId = await connect(userId)
        await people.change(userId, { isDisabled: true })
        expect(await store.findGrant(grantId, Date.now())).toBeNull()
        await people.change(userId, { isDisabled: false })
        expect(await store.findGrant(grantId, Date.now())).not.toBeNull()
        expect(await people.remove(userId)).toBe('removed')
        expect([await store.find('Grant', grantId), await store.find('RefreshToken', `token of ${grantId}`)]).toEqual([
          null,
          null,
        ])
      })

      test('a grant that no app can use any more is neither listed nor kept', async () => {
        const userId = await newPerson()
        const grantId = await connect(userId)
        const later = Date.now() + 2 * 3_600_000
        expect(await store.listGrants(userId, later)).toHaveLength(1)
        await store.consume('RefreshToken', `token of ${grantId}`, randomUUID())
        expect(await store.listGrants(userId, Date.now())).toHaveLength(1)
        expect(await store.listGrants(userId, later)).toEqual([])
        await store.sweep(later, patience)
        expect(await store.find('Grant', grantId)).toBeNull()
      })

      test('clients stay as long as they are used; what is over goes', async () => {
        const userId = await newPerson()
        for (const id of ['unused', 'used']) await store.put('Client', id, artifact({ expiresAt: null }))
        const before = await store.countClients()
        const grantId = await connect(userId, 'used')
        await store.put('Interaction', 'over', artifact({ expiresAt: Date.now() - 1 }))
        await store.sweep(Date.now(), patience)
        expect([await store.find('Interaction', 'over'), await store.countClients()]).toEqual([null, before])
        await store.sweep(Date.now() + 2 * day, patience)
        expect([await store.find('Client', 'unused'), await store.countClients()]).toEqual([null, before - 1])
        await store.endGrant(userId, grantId)
        await store.sweep(Date.now() + 89 * day, patience)
        expect(await store.find('Client', 'used')).not.toBeNull()
        await store.sweep(Date.now() + 91 * day, patience)
        expect(await store.find('Client', 'used')).toBeNull()
      })

      test('of copies that make a signing key at once one does, and keys go when they are old', async () => {
        const now = Date.now()
        const keys = Array.from({ length: 5 }, () => ({ id: randomUUID(), sealed: 'sealed', createdAt: now }))
        await Promise.all(keys.map((key) => store.addKey(key, 0)))
        expect(await store.listKeys()).toHaveLength(1)
        await store.addKey({ id: 'next', sealed: 'sealed', createdAt: now + 90 * day }, now)
        expect((await store.listKeys()).map(({ id }) => id)[0]).toBe('next')
        await store.sweep(now + 92 * day, patience)
        expect((await store.listKeys()).map(({ id }) => id)).toEqual(['next'])
      })
    },
  )

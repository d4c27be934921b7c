import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storePlaces } from '../../../test/support/store-places.ts'
import type { StoredPreferences } from '../../contract/preferences.ts'
import type { Admission, VerifiedIdentity } from '../../core/ports/people-store.ts'
import type { SessionRow } from '../../core/ports/session-store.ts'
import type { NewShare } from '../../core/ports/share-store.ts'
import { sql } from './drizzle.ts'
import { localUserId } from './local-user.ts'
import { makePostgresPeopleStores } from './postgres-people-stores.ts'
import { makePostgresTurnStore } from './postgres-turn-store.ts'
import { openStore, type OpenStore } from './store.test-support.ts'

const identityOf = (name: string, more: Partial<VerifiedIdentity> = {}): VerifiedIdentity => ({
  issuer: 'https://issuer.example',
  subject: `subject of ${name}`,
  email: `${name}@example.com`,
  name,
  groups: [],
  ...more,
})
const admission = (more: Partial<Admission> = {}): Admission => ({
  newId: randomUUID(),
  role: 'member',
  first: { id: localUserId, role: 'admin' },
  always: null,
  ...more,
})

for (const { name, missing: reason, open } of storePlaces)
  describe.skipIf(reason !== null)(`people in ${name}${reason === null ? '' : `: ${reason}`}`, () => {
    let place: OpenStore
    let removePlace: () => Promise<void>
    let stores: ReturnType<typeof makePostgresPeopleStores>
    beforeAll(async () => {
      const { where, remove } = await open()
      removePlace = remove
      place = openStore(where)
      stores = makePostgresPeopleStores({ database: place.database })
    }, 60_000)
    afterAll(async () => {
      await place.close()
      await removePlace()
    })

    const admit = async (identity: VerifiedIdentity, how = admission()) => {
      const admitted = await stores.people.admit(identity, how)
      if (admitted.outcome !== 'admitted') throw new Error(admitted.outcome)
      return admitted.person
    }
    const session = (userId: string, more: Partial<SessionRow> = {}): SessionRow => ({
      id: randomUUID(),
      userId,
      device: 'Firefox on Linux',
      createdAt: 1_000,
      lastUsedAt: 1_000,
      expiresAt: 5_000,
      endsAt: 9_000,
      ...more,
    })

    test('of many who come at once exactly one is the first', async () => {
      const names = ['ann', 'bob', 'cid', 'dot', 'eli']
      const people = await Promise.all(names.map((name) => admit(identityOf(name))))
      expect(people.filter(({ role }) => role === 'admin')).toHaveLength(1)
      expect(people.filter(({ id }) => id === localUserId)).toHaveLength(1)
      expect(new Set(people.map(({ id }) => id)).size).toBe(names.length)
      const again = await Promise.all(names.map((name) => admit(identityOf(name))))
      expect(again.map(({ id }) => id)).toEqual(people.map(({ id }) => id))
    })

    test('an identity keeps its person when the address changes; another identity never gets the person by the address', async () => {
      const before = await admit(identityOf('fay'))
      const after = await admit(identityOf('fay', { email: 'fay@new.example' }))
      expect([after.id, after.email]).toEqual([before.id, 'fay@new.example'])
      for (const other of [{ subject: 'a new owner' }, { issuer: 'https://other.example' }])
        expect(
          await stores.people.admit(identityOf('fay', { email: 'fay@new.example', ...other }), admission()),
        ).toEqual({
          outcome: 'address_taken',
        })
    })

    test('an invited address may come where nobody else may, with the role of the invitation', async () => {
      const closed = admission({ role: null, first: null })
      expect(await stores.people.admit(identityOf('gil'), closed)).toEqual({ outcome: 'not_invited' })
      const invited = await stores.people.invite(randomUUID(), 'gil@example.com', 'viewer')
      expect(invited).toMatchObject({ hasSignedIn: false, role: 'viewer' })
      expect(await stores.people.invite(randomUUID(), 'gil@example.com', 'admin')).toBeNull()
      expect(await admit(identityOf('gil'), closed)).toMatchObject({
        id: invited?.id,
        role: 'viewer',
        hasSignedIn: true,
      })
    })

    test('of admins who give up their role at once one is left', async () => {
      const admins = await Promise.all(
        ['hal', 'ivy', 'jon'].map((name) => admit(identityOf(name), admission({ always: 'admin' }))),
      )
      await stores.people.change(localUserId, { role: 'member' })
      for (const { id, role } of await stores.people.list())
        if (role === 'admin' && !admins.some((admin) => admin.id === id))
          await stores.people.change(id, { role: 'member' })
      const outcomes = await Promise.all(admins.map(({ id }) => stores.people.change(id, { role: 'member' })))
      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['changed', 'changed', 'last_admin'])
      const left = (await stores.people.list()).find(({ role }) => role === 'admin')
      expect(await stores.people.change(left?.id ?? '', { isDisabled: true })).toEqual({ outcome: 'last_admin' })
      expect(await stores.people.remove(left?.id ?? '')).toBe('last_admin')
      expect(await stores.people.change(randomUUID(), { role: 'viewer' })).toEqual({ outcome: 'unknown' })
    })

    test('a sign-in under way is used once and in time', async () => {
      const pending = { issuerId: 'main', state: 's', nonce: 'n', verifier: 'v', returnTo: '/x' }
      await stores.sessions.begin('digest', pending, 5_000)
      const taken = await Promise.all([stores.sessions.take('digest', 4_000), stores.sessions.take('digest', 4_000)])
      expect(taken.filter((each) => each !== null)).toEqual([pending])
      await stores.sessions.begin('late', pending, 5_000)
      expect(await stores.sessions.take('late', 5_000)).toBeNull()
    })

    test('sessions and tokens end by time, by hand, with their person, and with a person who is disabled', async () => {
      const { id: userId } = await admit(identityOf('kay'))
      const { id: otherId } = await admit(identityOf('lou'))
      const own = session(userId)
      await stores.sessions.insert('own', own)
      await stores.sessions.insert('other', session(otherId))
      expect((await stores.sessions.find('own', 4_999))?.session).toEqual(own)
      expect(await stores.sessions.find('own', 5_000)).toBeNull()
      await stores.sessions.prolong(own, 4_000, 8_000)
      expect((await stores.sessions.find('own', 7_000))?.session).toMatchObject({ lastUsedAt: 4_000, expiresAt: 8_000 })
      expect(await stores.sessions.end(otherId, own.id)).toBe(false)
      expect(await stores.sessions.list(otherId, 2_000)).toHaveLength(1)
      const token = {
        id: randomUUID(),
        userId,
        name: 't',
        scopes: ['ask' as const],
        createdAt: 1_000,
        expiresAt: 6_000,
        lastUsedAt: null,
      }
      await stores.sessions.insertToken('token', token)
      await stores.sessions.noteTokenUse(token, 3_000)
      expect((await stores.sessions.findToken('token', 5_999))?.token).toEqual({ ...token, lastUsedAt: 3_000 })
      expect(await stores.sessions.findToken('token', 6_000)).toBeNull()
      expect(await stores.sessions.endToken(otherId, token.id)).toBe(false)
      await stores.people.change(userId, { isDisabled: true })
      expect([await stores.sessions.find('own', 5_000), await stores.sessions.findToken('token', 5_000)]).toEqual([
        null,
        null,
      ])
      await stores.people.change(userId, { isDisabled: false })
      expect(await stores.people.remove(userId)).toBe('removed')
      expect([await stores.sessions.find('own', 5_000), await stores.sessions.findToken('token', 5_000)]).toEqual([
        null,
        null,
      ])
      await stores.sessions.sweep(6_000)
      expect(await stores.sessions.list(otherId, 0)).toEqual([])
    })

    test('of changes of one person at once none is lost; another person keeps theirs; nobody has none', async () => {
      const { id: userId } = await admit(identityOf('mia'))
      const { id: otherId } = await admit(identityOf('ned'))
      const set = (id: string, name: string) =>
        stores.preferences.change(id, (stored) => {
          const { fields } = (stored ?? { fields: {} }) as StoredPreferences
          return { version: 1, fields: { ...fields, [name]: { value: name, at: Object.keys(fields).length } } }
        })
      const names = ['a', 'b', 'c', 'd', 'e']
      await Promise.all(names.map((field) => set(userId, field)))
      await set(otherId, 'z')
      const { fields } = (await stores.preferences.read(userId)) as StoredPreferences
      expect(Object.keys(fields).toSorted()).toEqual(names)
      expect(await stores.preferences.read(otherId)).toEqual({ version: 1, fields: { z: { value: 'z', at: 0 } } })
      expect(await set(randomUUID(), 'a')).toBeNull()
      await stores.people.remove(userId)
      expect(await stores.preferences.read(userId)).toBeNull()
    })

    test('a share is made only of what is its owner’s, and ends with the turn or the conversation that it shares', async () => {
      const [{ id: ownerId }, { id: otherId }] = [await admit(identityOf('oda')), await admit(identityOf('pat'))]
      const turns = makePostgresTurnStore({
        database: place.database,
        instanceId: randomUUID(),
        onFault: () => undefined,
      })
      const asked = async (conversationId: string): Promise<string> => {
        const id = randomUUID()
        const words = { question: 'q', connection: 'sample', writer: 'offline', askJson: '{}' }
        await turns.createTurn({ id, ownerId, conversationId, ...words, createdAt: '2026-11-29T10:00:00.000Z' })
        return id
      }
      const conversationId = randomUUID()
      const [turnId, secondId] = [await asked(conversationId), await asked(conversationId)]
      const share = (more: Partial<NewShare> = {}): NewShare => ({
        id: randomUUID(),
        ownerId,
        conversationId,
        turnId: null,
        groupId: null,
        withRows: false,
        title: 'a title with \u0000',
        turns: [{ id: turnId, lastSeq: 3 }],
        createdAt: '2026-11-29T11:00:00.000Z',
        ...more,
      })
      const whole = share()
      const one = share({ turnId: secondId, createdAt: '2026-11-29T12:00:00.000Z' })
      const made = await stores.shares.insert(whole)
      expect(made).toMatchObject({ id: whole.id, ownerName: 'oda', audience: { kind: 'everyone' }, turns: whole.turns })
      expect(await stores.shares.insert(whole), 'a repeated statement finds its own row').toEqual(made)
      expect(await stores.shares.insert(one)).toMatchObject({ turnId: secondId })
      for (const foreign of [{ ownerId: otherId }, { turnId: randomUUID() }, { conversationId: randomUUID() }])
        expect(await stores.shares.insert(share(foreign))).toBeNull()
      expect(await stores.shares.insert(share({ groupId: randomUUID() }))).toBeNull()
      expect((await stores.shares.list(ownerId)).map(({ id }) => id)).toEqual([one.id, whole.id])
      expect(await stores.shares.remove(otherId, whole.id)).toBe(false)

      const run = (statement: string) => place.database.run((on) => on.execute(sql.raw(statement)))
      await run(`delete from turns where id = '${secondId}'`)
      expect((await stores.shares.list(ownerId)).map(({ id }) => id)).toEqual([whole.id])
      expect(await stores.shares.read(otherId, one.id)).toBeNull()
      await run(`delete from conversations where id = '${conversationId}'`)
      expect(await stores.shares.read(ownerId, whole.id)).toBeNull()
      await turns.close()
    })

    test('of queries that start at once only as many run as every budget allows, whoever of the group asks', async () => {
      const [max, noa] = [await admit(identityOf('max')), await admit(identityOf('noa'))]
      const groupId = randomUUID()
      await stores.groups.insert(groupId, 'Budgeted')
      for (const { id } of [max, noa]) await stores.groups.addMember(groupId, id)
      const day = '2026-11-29'
      const group = await stores.budgets.put(randomUUID(), {
        subject: { kind: 'group', groupId },
        bytesPerDay: 100,
        tokensPerDay: null,
      })
      const spend = (userId: string, bytes: number, turnId = randomUUID()) =>
        stores.budgets.spend({ turnId, userId, day }, bytes)
      const outcomes = await Promise.all([max, noa, max, noa, max].map(({ id }) => spend(id, 40)))
      expect(outcomes.filter((exceeded) => exceeded === null)).toHaveLength(2)
      expect(outcomes.find((exceeded) => exceeded !== null)).toMatchObject({ group: 'Budgeted', bytes: 80 })
      const [turnId] = [randomUUID()]
      expect([await spend(max.id, 20, turnId), await spend(max.id, 20, turnId)]).toEqual([null, null])
      expect(await spend(noa.id, 1)).toMatchObject({ bytes: 100 })

      // A budget of one's own takes the place of everybody's, never of a group's.
      const amount = (bytesPerDay: number) => ({ bytesPerDay, tokensPerDay: null })
      await stores.budgets.put(randomUUID(), { subject: { kind: 'everyone' }, ...amount(5) })
      await stores.budgets.put(randomUUID(), { subject: { kind: 'person', personId: noa.id }, ...amount(500) })
      const { id: other } = await admit(identityOf('oda'))
      expect([await spend(other, 6), await spend(other, 5)]).toMatchObject([{ kind: 'everyone', bytes: 0 }, null])
      expect((await stores.budgets.read(noa.id, day)).budgets.map(({ kind }) => kind)).toEqual(['group', 'person'])
      await stores.budgets.note(
        { turnId, userId: max.id, day },
        { model: { id: 'google:gemini', isOwnKey: false, inputTokens: 7, outputTokens: 2 } },
      )
      expect(await stores.budgets.read(max.id, day)).toMatchObject({ tokens: 9, queries: expect.any(Number) as number })
      expect((await stores.budgets.read(max.id, '2026-11-30')).bytes).toBe(0)
      expect((await stores.budgets.list(day)).map(({ name, bytesToday }) => [name, bytesToday])).toEqual([
        [null, 0],
        ['Budgeted', 100],
        ['noa', expect.any(Number)],
      ])
      expect(
        await stores.budgets.put(randomUUID(), { subject: { kind: 'group', groupId: randomUUID() }, ...amount(1) }),
      ).toBeNull()
      expect(await stores.budgets.remove(group ?? '')).toEqual({ subject: { kind: 'group', groupId } })
      expect(await spend(noa.id, 100)).toBeNull()
    })

    test('audit entries are only ever added', async () => {
      const row = {
        id: randomUUID(),
        at: 1_000,
        userId: localUserId,
        door: 'page',
        action: 'sign_in' as const,
        facts: { with: '100%_main' },
      }
      await stores.audit.append(row)
      await stores.audit.append(row)
      expect(await stores.audit.list({ words: '100%_', before: null, limit: 10 })).toMatchObject([{ facts: row.facts }])
      expect(await stores.audit.list({ words: '100_', before: null, limit: 10 })).toEqual([])
      for (const statement of [
        'delete from audit_entries',
        'update audit_entries set facts = null',
        'truncate audit_entries',
      ])
        await expect(place.database.run((on) => on.execute(sql.raw(statement)))).rejects.toThrow(
          'audit entries are only ever added',
        )
      expect(await stores.audit.list({ words: '100%_', before: null, limit: 10 })).toHaveLength(1)
    })
  })

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localUserId } from '../../src/adapters/postgres/local-user.ts'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { PersonSummary } from '../../src/contract/people.ts'
import { makeLocalCaller, makeOperatorCaller, operatorId, rightsOf, type Caller } from '../../src/core/caller.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { run } from '../support/cli-run.ts'
import { runFloe } from '../support/floe-process.ts'
import { startOrganisation } from '../support/organisation.ts'
import { storePlaces, type StorePlace } from '../support/store-places.ts'

/** Runs `floe admin users` on services that stay open after it. */
const makeUsers =
  (floe: Floe) =>
  (...argv: readonly string[]) =>
    run(['admin', 'users', ...argv], { services: { ...floe.services, close: () => Promise.resolve() } })

const parsed = (out: string): readonly PersonSummary[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PersonSummary)

const admin: Caller = { ...makeLocalCaller(localUserId, 'page'), rights: rightsOf('admin', null), isLocal: false }

for (const { name, missing, open } of storePlaces)
  describe.skipIf(missing !== null)(`floe admin users on ${name}${missing === null ? '' : `: ${missing}`}`, () => {
    let place: StorePlace
    let floe: Floe
    let users: ReturnType<typeof makeUsers>
    beforeAll(async () => {
      place = await open()
      floe = compose(readConfig({ ...place.env, LOG_LEVEL: 'silent' }))
      users = makeUsers(floe)
    }, 60_000)
    afterAll(async () => {
      await floe.services.close()
      await place.remove()
    })
    const audited = async () =>
      (await floe.services.people.audit.list(admin, { words: '', before: null, limit: 50 })).entries.map(
        ({ door, action, facts, person }) => [door, action, facts, person?.id, person?.name] as const,
      )

    test('the first admin who is invited goes on as the person without sign-in, and can be taken back', async () => {
      expect(await users('list')).toMatchObject({ code: 0, out: '' })
      const first = await users('invite', 'Typo@Example.com', '--role', 'admin', '--json')
      expect(parsed(first.out)).toMatchObject([{ id: localUserId, email: 'typo@example.com', isInvited: true }])
      expect(await users('remove', 'typo@example.com', '--yes')).toMatchObject({ code: 0 })
      expect((await users('list')).out).toBe('')
      const again = await users('invite', 'ann@example.com', '--role', 'admin', '--json')
      expect(parsed(again.out)).toMatchObject([{ id: localUserId, role: 'admin' }])
    })

    test('people are invited, listed, changed, disabled, enabled and removed, each audited as the operator', async () => {
      const invited = await users('invite', 'bob@example.com', '--role', 'viewer')
      expect(invited).toMatchObject({ code: 0, err: '' })
      expect(invited.out).toBe('bob@example.com may come as viewer: tell them the address of this Floe.\n')
      expect(await users('role', 'BOB@example.com', 'member')).toMatchObject({
        out: 'bob@example.com is member now.\n',
      })
      expect(await users('disable', 'bob@example.com')).toMatchObject({ code: 0 })
      expect((await users('list')).out).toBe('ann@example.com  admin   invited\nbob@example.com  member  disabled\n')
      expect(await users('enable', 'bob@example.com')).toMatchObject({ code: 0 })
      const [, bob] = parsed((await users('list', '--json')).out)
      expect(bob).toMatchObject({ email: 'bob@example.com', role: 'member', isDisabled: false })
      expect(await users('remove', 'bob@example.com', '--yes', '--json')).toMatchObject({ code: 0 })
      const person = bob?.id ?? ''
      const operator = [operatorId, 'The operator']
      expect((await audited()).slice(0, 5)).toEqual([
        ['cli', 'person.removed', { person }, ...operator],
        ['cli', 'person.changed', { person, isDisabled: false }, ...operator],
        ['cli', 'person.changed', { person, isDisabled: true }, ...operator],
        ['cli', 'person.changed', { person, role: 'member' }, ...operator],
        ['cli', 'person.invited', { person, role: 'viewer' }, ...operator],
      ])
    })

    test('groups are made, filled, emptied and removed, each audited as the operator', async () => {
      const groups = (...argv: readonly string[]) =>
        run(['admin', 'groups', ...argv], { services: { ...floe.services, close: () => Promise.resolve() } })
      expect(await groups('add', 'Finance')).toMatchObject({ code: 0, out: 'Made the group "Finance".\n', err: '' })
      expect(await groups('add', 'finance')).toMatchObject({ code: 2, out: '' })
      expect(await groups('join', 'FINANCE', 'ann@example.com')).toMatchObject({ code: 0, err: '' })
      expect((await groups('list')).out).toBe('Finance: ann@example.com\n')
      expect(await groups('join', 'Finance', 'nobody@example.com')).toMatchObject({ code: 1 })
      expect(await groups('leave', 'Sales', 'ann@example.com')).toMatchObject({ code: 1 })
      expect(await groups('leave', 'Finance', 'ann@example.com')).toMatchObject({ code: 0, err: '' })
      expect((await groups('list')).out).toBe('Finance: nobody\n')
      expect(await groups('remove', 'Finance')).toMatchObject({
        code: 2,
        err: expect.stringContaining('--yes') as unknown,
      })
      const removed = await groups('remove', 'Finance', '--yes', '--json')
      expect([removed.code, JSON.parse(removed.out)]).toMatchObject([0, { name: 'Finance', members: [] }])
      expect((await groups('list')).out).toBe('')
      const notes = (await audited()).filter(([, action]) => action.startsWith('group.'))
      expect(notes.map(([door, action, , actor]) => [door, action, actor])).toEqual(
        ['removed', 'left', 'joined', 'made'].map((done) => ['cli', `group.${done}`, operatorId]),
      )
    })

    test.each<readonly [string, readonly string[], number, RegExp]>([
      [
        'an address that somebody has',
        ['invite', 'ann@example.com', '--role', 'viewer'],
        2,
        /among the people already/,
      ],
      ['what is no address', ['invite', 'ann', '--role', 'viewer'], 2, /ann is no e-mail address/],
      ['no role', ['invite', 'x@example.com'], 2, /--role/],
      ['a role that is none', ['role', 'ann@example.com', 'boss'], 2, /no role "boss".*\n.*viewer, member, admin/],
      ['nobody', ['disable', 'nobody@example.com'], 1, /Nobody has the address/],
      ['a removal that is not confirmed', ['remove', 'ann@example.com'], 2, /conversations.*\n.*--yes/],
    ])('%s is refused', async (_, argv, code, words) => {
      const before = await audited()
      expect(await users(...argv)).toMatchObject({ code, out: '', err: expect.stringMatching(words) as unknown })
      expect(await audited()).toEqual(before)
      expect(parsed((await users('list', '--json')).out).map(({ email }) => email)).toEqual(['ann@example.com'])
    })
  })

test('whoever signs in keeps what the operator gave; the last admin stays; a removed person is out at once', async () => {
  const organisation = await startOrganisation({ ALLOWED_EMAILS: 'nobody@example.com' })
  const users = makeUsers(organisation.floe)
  try {
    await users('invite', 'ann@example.com', '--role', 'admin')
    await users('invite', 'bob@example.com', '--role', 'member')
    const [ann, bob] = [await organisation.signedIn('ann'), await organisation.signedIn('bob')]
    expect(await ann.json('GET', '/api/v1/me')).toMatchObject({ body: { id: localUserId, role: 'admin' } })
    expect((await users('role', 'ann@example.com', 'viewer')).err).toContain('Nobody would be left to manage people')
    expect((await users('remove', 'ann@example.com', '--yes')).code).toBe(1)
    const [before] = (await organisation.floe.services.people.audit.list(admin, { words: '', before: null, limit: 1 }))
      .entries
    expect(before?.action).toBe('sign_in')
    expect((await bob.json('GET', '/api/v1/me')).status).toBe(200)
    expect((await users('remove', 'bob@example.com', '--yes')).code).toBe(0)
    expect((await bob.json('GET', '/api/v1/me')).status).toBe(401)
  } finally {
    await organisation.close()
  }
}, 120_000)

test('the caller of the command line without admin may not manage people, and no other program is the operator', async () => {
  expect(makeOperatorCaller().rights).toEqual(['manage_people'])
  const floe = compose(readConfig({ LOG_LEVEL: 'silent', DATA_DIR: '/nowhere' }))
  const refused: unknown = await Promise.resolve()
    .then(() => floe.services.people.directory.list(floe.callerAt('cli')))
    .catch((error: unknown) => error)
  expect(refused instanceof ProblemError && refused.problem.code).toBe('forbidden')
  await floe.services.close()
})

test('the built program hands the operator to the command', async () => {
  const place = await storePlaces[0]?.open()
  if (place === undefined) throw new Error('There is no embedded store.')
  const invited = await runFloe(['admin', 'users', 'invite', 'cy@example.com', '--role', 'admin'], place.env)
  expect([invited.code, invited.err]).toEqual([0, ''])
  await place.remove()
}, 120_000)

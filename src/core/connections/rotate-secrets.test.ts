import { describe, expect, test } from 'vitest'
import { makeConnectionSecrets, makeSecretRotation } from './rotate-secrets.ts'
import { caller, codeOf, makeSaved as make, newConnection } from './scripted-kind.test-support.ts'

describe('sealing every secret under a new key', () => {
  test('counts what was sealed anew, what is current and what no key opens', async () => {
    const { saved, rotation, store, secrets } = make()
    const ids = await Promise.all(['A', 'B'].map(async (name) => (await saved.add(caller, newConnection(name))).id))
    const [first = '', second = ''] = ids
    await store.replaceSecret(caller.userId, second, store.rows.get(second)?.sealedSecret ?? null, {
      sealedSecret: 'damaged',
      needsSignIn: true,
    })
    expect(await rotation.rotate()).toMatchObject({ sealedAnew: 1, current: 0, unreadable: 1 })
    expect(store.rows.get(first)?.sealedSecret).toBe(`key 2 of ${caller.userId}/${first}:entered`)
    expect(store.rows.get(second)).toMatchObject({ sealedSecret: 'damaged', needsSignIn: true })
    // A ring from the configuration gets no new key: everything is current then.
    secrets.renew = () => Promise.resolve()
    expect(await rotation.rotate()).toMatchObject({ sealedAnew: 0, current: 1, unreadable: 1 })
  })

  test.each([true, false])('keeps what it notes of the sign-in: %s', async (needsSignIn) => {
    const { saved, rotation, store } = make({
      readNew: ({ name: _name, kind: _kind, ...settings }) =>
        Promise.resolve({ settings, secret: 'entered', needsSignIn }),
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    await rotation.rotate()
    expect(store.rows.get(id)).toMatchObject({ needsSignIn, sealedSecret: expect.stringMatching(/^key 2 /) as string })
  })

  test.each([
    ['a renewed token', (id: string) => `key 1 of ${caller.userId}/${id}:renewed`, 'renewed'],
    ['nothing, after a removal', () => null, null],
  ] as const)('never puts an old secret over %s', async (_, stored, kept) => {
    const { saved, rotation, store, secrets } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    const open = secrets.open.bind(secrets)
    let isFirst = true
    secrets.open = async (sealed, place) => {
      const opened = await open(sealed, place)
      const row = store.rows.get(id)
      if (isFirst && row !== undefined) store.rows.set(id, { ...row, sealedSecret: stored(id) })
      isFirst = false
      return opened
    }
    await rotation.rotate()
    const sealed = store.rows.get(id)?.sealedSecret ?? null
    expect(sealed).toBe(kept === null ? null : `key 2 of ${caller.userId}/${id}:${kept}`)
  })

  test('tells of each key what it still seals, and drops the older ones once that is nothing', async () => {
    const { saved, rotation, store, secrets } = make()
    const [first, second] = await Promise.all(['A', 'B'].map((name) => saved.add(caller, newConnection(name))))
    const damaged = { sealedSecret: `key 1 of elsewhere:x`, needsSignIn: true }
    const good = store.rows.get(second?.id ?? '')?.sealedSecret ?? ''
    await store.replaceSecret(caller.userId, second?.id ?? '', good, damaged)
    const rotated = await rotation.rotate()
    expect(rotated.keys).toEqual([
      { id: '2', seals: 1, isNewest: true },
      { id: '1', seals: 1, isNewest: false },
    ])
    expect(await rotation.dropOldKeys()).toMatchObject({ unreadable: 1, dropped: [] })
    await store.replaceSecret(caller.userId, second?.id ?? '', damaged.sealedSecret, { ...damaged, sealedSecret: good })
    expect(await rotation.dropOldKeys()).toEqual({
      sealedAnew: 1,
      current: 1,
      unreadable: 0,
      keys: [{ id: '2', seals: 2, isNewest: true }],
      source: 'the test',
      isOwnFile: true,
      dropped: ['1'],
    })
    expect(secrets.ring().ids).toEqual(['2'])
    expect(store.rows.get(first?.id ?? '')?.sealedSecret).toMatch(/^key 2 /)
  })

  test('keeps an old key that another process sealed with after the walk', async () => {
    const { saved, rotation, store } = make()
    const { id } = await saved.add(caller, newConnection('A'))
    await rotation.rotate()
    const list = store.listSealed.bind(store)
    let walks = 0
    store.listSealed = async () => {
      const held = await list()
      walks += 1
      return walks === 1 ? held : [...held, { ownerId: caller.userId, id, sealedSecret: 'key 1 of late:x' }]
    }
    expect(await rotation.dropOldKeys()).toMatchObject({ unreadable: 0, dropped: [] })
  })

  test('begins no walk that could miss what is being stored, and ends on a change of the ring beside it', async () => {
    const { saved, rotation, secrets, store } = make()
    await saved.add(caller, newConnection('A'))
    await rotation.rotate()
    const ring = secrets.ring.bind(secrets)
    const list = store.listSealed.bind(store)
    let walks = 0
    store.listSealed = () => ((walks += 1), list())
    secrets.ring = () => ({ ...ring(), isSettled: false })
    expect([await codeOf(rotation.dropOldKeys()), walks]).toEqual(['too_busy', 0])
    secrets.ring = ring
    secrets.drop = () => Promise.resolve(false)
    expect([await codeOf(rotation.dropOldKeys()), ring().ids]).toEqual(['too_busy', ['2', '1']])
  })

  test('leaves keys alone that are not in a file of its own', async () => {
    const { rotation, secrets } = make()
    const ring = secrets.ring()
    secrets.ring = () => ({ ...ring, isOwnFile: false })
    expect(await codeOf(rotation.dropOldKeys())).toBe('bad_request')
  })

  test('walks over every holder', async () => {
    const [one, two] = [make(), make()]
    await one.saved.add(caller, newConnection('A'))
    await two.saved.add(caller, newConnection('B'))
    const holders = [one, two].map(({ store }) => makeConnectionSecrets(store))
    const report = await makeSecretRotation({ holders, secrets: one.secrets }).rotate()
    expect(report).toMatchObject({ sealedAnew: 2, keys: [{ seals: 2 }, { seals: 0 }] })
  })
})

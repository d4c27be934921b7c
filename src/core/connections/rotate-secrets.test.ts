import { describe, expect, test } from 'vitest'
import { caller, makeSaved as make, newConnection } from './scripted-kind.test-support.ts'

describe('sealing every secret under a new key', () => {
  test('counts what was sealed anew, what is current and what no key opens', async () => {
    const { saved, store, secrets } = make()
    const ids = await Promise.all(['A', 'B'].map(async (name) => (await saved.add(caller, newConnection(name))).id))
    const [first = '', second = ''] = ids
    await store.replaceSecret(caller.userId, second, store.rows.get(second)?.sealedSecret ?? null, {
      sealedSecret: 'damaged',
      needsSignIn: true,
    })
    expect(await saved.rotateSecrets()).toEqual({ sealedAnew: 1, current: 0, unreadable: 1 })
    expect(store.rows.get(first)?.sealedSecret).toBe(`key 2 of ${caller.userId}/${first}:entered`)
    expect(store.rows.get(second)).toMatchObject({ sealedSecret: 'damaged', needsSignIn: true })
    // A ring from the configuration gets no new key: everything is current then.
    secrets.renew = () => Promise.resolve()
    expect(await saved.rotateSecrets()).toEqual({ sealedAnew: 0, current: 1, unreadable: 1 })
  })

  test.each([true, false])('keeps what it notes of the sign-in: %s', async (needsSignIn) => {
    const { saved, store } = make({
      readNew: ({ name: _name, kind: _kind, ...settings }) =>
        Promise.resolve({ settings, secret: 'entered', needsSignIn }),
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    await saved.rotateSecrets()
    expect(store.rows.get(id)).toMatchObject({ needsSignIn, sealedSecret: expect.stringMatching(/^key 2 /) as string })
  })

  test.each([
    ['a renewed token', (id: string) => `key 1 of ${caller.userId}/${id}:renewed`, 'renewed'],
    ['nothing, after a removal', () => null, null],
  ] as const)('never puts an old secret over %s', async (_, stored, kept) => {
    const { saved, store, secrets } = make()
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
    await saved.rotateSecrets()
    const sealed = store.rows.get(id)?.sealedSecret ?? null
    expect(sealed).toBe(kept === null ? null : `key 2 of ${caller.userId}/${id}:${kept}`)
  })
})

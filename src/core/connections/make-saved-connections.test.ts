import { describe, expect, test } from 'vitest'
import {
  caller,
  codeOf,
  findings,
  makeScriptedKind,
  makeSaved as make,
  never,
  newConnection,
  report,
  stranger,
} from './scripted-kind.test-support.ts'

/** Everything that may leave of a saved connection. */
const publicKeys = [
  'id',
  'name',
  'kind',
  'account',
  'accessUrl',
  'role',
  'warehouse',
  'database',
  'schema',
  'probing',
  'signIn',
  'needsSignIn',
  'warning',
  'setupSql',
  'checkedAt',
  'secretSavedAt',
  'lastUsedAt',
  'createdAt',
  'updatedAt',
].toSorted()

describe('saved connections', () => {
  test('[no-secrets] an answer has exactly these fields, even where a kind hands out more', async () => {
    const plain = makeScriptedKind()
    const { saved } = make({
      present: (settings) => ({ ...plain.present(settings), sealedSecret: 'leak', token: 'leak' }),
    })
    const added = await saved.add(caller, newConnection('Acme'))
    const answers = [
      added,
      await saved.read(caller, added.id),
      await saved.find(caller, 'Acme'),
      await saved.update(caller, added.id, { role: 'OTHER' }),
      ...(await saved.list(caller)),
    ]
    for (const answer of answers) {
      expect(Object.keys(answer).toSorted()).toEqual(publicKeys)
      expect(Object.keys('signIn' in answer ? answer.signIn : {}).toSorted()).toEqual(['clientId', 'method'])
      expect(JSON.stringify(answer)).not.toContain('leak')
    }
  })

  test('a change is made to the settings as another change has left them', async () => {
    let meanwhile: (() => Promise<unknown>) | null = null
    const plain = makeScriptedKind()
    const { saved } = make({
      readChange: async (...given) => {
        const changed = await plain.readChange(...given)
        await meanwhile?.()
        return changed
      },
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    meanwhile = () => {
      meanwhile = null
      return saved.update(caller, id, { warehouse: 'WH' })
    }
    await saved.update(caller, id, { role: 'OTHER' })
    expect(await saved.read(caller, id)).toMatchObject({ role: 'OTHER', warehouse: 'WH' })
  })
})

describe('the secret of a saved connection', () => {
  test('is sealed for its owner and its row, and sealed again when it is entered again', async () => {
    const { saved, store } = make({
      readChange: (settings) => Promise.resolve({ settings, secret: { secret: 'newer', needsSignIn: true } }),
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    expect(store.rows.get(id)?.sealedSecret).toBe(`key 1 of ${caller.userId}/${id}:entered`)
    await saved.update(caller, id, {})
    expect(store.rows.get(id)).toMatchObject({
      sealedSecret: `key 1 of ${caller.userId}/${id}:newer`,
      needsSignIn: true,
    })
  })

  test('is absent where the sign-in has none', async () => {
    const opened: unknown[] = []
    const { saved, store } = make({
      readNew: () => Promise.resolve({ settings: {}, secret: null, needsSignIn: true }),
      readChange: async (settings, _change, openSecret) => {
        opened.push(await openSecret())
        return { settings, secret: null }
      },
      present: () => makeScriptedKind().present(newConnection('Acme')),
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    await saved.update(caller, id, {})
    expect([store.rows.get(id)?.sealedSecret, opened]).toEqual([null, [null]])
  })

  test('is opened for its kind alone, when a change needs it', async () => {
    const opened: unknown[] = []
    const { saved } = make({
      readChange: async (settings, _change, openSecret) => {
        opened.push(await openSecret())
        return { settings, secret: null }
      },
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    await saved.update(caller, id, {})
    expect(opened).toEqual(['entered'])
  })
})

describe('what a check has found out about a connection', () => {
  test.each<readonly [string, object, boolean]>([
    ['another name', { name: 'Renamed' }, true],
    ['another default schema', { schema: 'OTHER' }, true],
    ['another role', { role: 'OTHER' }, false],
    ['another account', { account: 'other' }, false],
  ])('with %s: it still holds: %#', async (_, change, holds) => {
    const { saved, store, dropped } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    await store.note(caller.userId, id, 1, findings)
    await saved.update(caller, id, change)
    const forgotten = { warning: null, scope: null, checkedAt: null }
    expect(store.rows.get(id)).toMatchObject(holds ? findings : forgotten)
    expect(dropped).toEqual([id])
  })

  test('with another secret it holds no longer', async () => {
    const { saved, store } = make({
      readChange: (settings) => Promise.resolve({ settings, secret: { secret: 'newer', needsSignIn: false } }),
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    await store.note(caller.userId, id, 1, findings)
    await saved.update(caller, id, {})
    expect(store.rows.get(id)).toMatchObject({ warning: null, scope: null, checkedAt: null })
  })

  test.each([
    ['is kept with it and shown', false],
    ['is not kept where it was changed meanwhile', true],
  ])('by a test of its owner %s', async (_, isChanged) => {
    const { saved, store } = make({}, async (row) => {
      if (isChanged) await store.update(row, { ...row, settings: { ...row.settings, role: 'OTHER' } }, null, false)
      return { report, findings }
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    expect(await saved.test(caller, id, never)).toBe(report)
    expect((await saved.read(caller, id)).warning).toBe(isChanged ? null : 'It can write.')
    expect(store.rows.get(id)?.scope ?? null).toEqual(isChanged ? null : findings.scope)
  })
})

describe('names and owners', () => {
  test('a name is taken once by each person', async () => {
    const { saved } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    const other = await saved.add(caller, newConnection('Other'))
    expect(await codeOf(saved.add(caller, newConnection('Acme')))).toBe('bad_request')
    expect(await codeOf(saved.update(caller, other.id, { name: 'Acme' }))).toBe('bad_request')
    expect(await codeOf(saved.add(stranger, newConnection('Acme')))).toBeNull()
    expect((await saved.find(caller, 'Acme')).id).toBe(id)
    expect((await saved.list(caller)).map(({ name }) => name)).toEqual(['Acme', 'Other'])
    expect(await codeOf(saved.find(caller, 'Nobody'))).toBe('connection_unknown')
  })

  test('nobody else finds, reads, changes, tests, signs in to or removes a connection', async () => {
    const { saved, store, dropped } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    const { ticket } = await saved.startSignIn(caller, id, 'https://floe.example/oauth/callback')
    const attempts: readonly (readonly [string, Promise<unknown>, string])[] = [
      ['find', saved.find(stranger, 'Acme'), 'connection_unknown'],
      ['read', saved.read(stranger, id), 'not_found'],
      ['update', saved.update(stranger, id, { name: 'Mine' }), 'not_found'],
      ['test', saved.test(stranger, id, never), 'not_found'],
      ['catalog', saved.catalog(stranger, id), 'not_found'],
      ['refreshCatalog', saved.refreshCatalog(stranger, id, never), 'not_found'],
      ['startSignIn', saved.startSignIn(stranger, id, 'https://floe.example'), 'not_found'],
      ['finishSignIn', saved.finishSignIn(stranger, ticket, '?code=x'), 'sign_in_needed'],
      ['remove', saved.remove(stranger, id), 'not_found'],
    ]
    for (const [what, attempt, code] of attempts) expect([what, await codeOf(attempt)]).toEqual([what, code])
    expect(await saved.list(stranger)).toEqual([])
    expect([dropped, store.rows.get(id)?.sealedSecret]).toEqual([[], `key 1 of ${caller.userId}/${id}:entered`])
  })

  test('one that was removed is closed and gone', async () => {
    const { saved, dropped } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    await saved.remove(caller, id)
    expect([dropped, await saved.list(caller)]).toEqual([[id], []])
    expect(await codeOf(saved.remove(caller, id))).toBe('not_found')
  })

  test('one of a kind that this version does not have says so', async () => {
    const { saved, store } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    const row = store.rows.get(id)
    if (row !== undefined) store.rows.set(id, { ...row, kind: 'later' })
    expect(await codeOf(saved.read(caller, id))).toBe('connection_broken')
  })
})

describe('changes by others meanwhile', () => {
  test.each([
    ['four are followed', 4, null],
    ['five are too many', 5, 'too_busy'],
  ])('%s', async (_, others, code) => {
    let left = 0
    const plain = makeScriptedKind()
    const { saved, store } = make({
      readChange: async (...given) => {
        const row = [...store.rows.values()][0]
        if (left > 0 && row !== undefined) await store.update(row, row, null, true)
        left -= 1
        return await plain.readChange(...given)
      },
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    left = others
    expect(await codeOf(saved.update(caller, id, { role: 'OTHER' }))).toBe(code)
    expect(await saved.read(caller, id)).toMatchObject({ role: code === null ? 'OTHER' : 'READER' })
  })
})

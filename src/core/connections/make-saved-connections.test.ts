import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import { ProblemError } from '../problem.ts'
import { makeSavedConnections } from './make-saved-connections.ts'
import { caller, makeMemoryStore, makeScriptedKind, newConnection, secrets } from './scripted-kind.test-support.ts'

const unused = () => Promise.reject(new Error('nothing here opens a connection'))
function make(own: Partial<ConnectionKind> = {}) {
  const store = makeMemoryStore()
  const dropped: string[] = []
  const saved = makeSavedConnections({
    store,
    secrets,
    kinds: [makeScriptedKind(own)],
    probe: {
      diagnose: unused,
      catalogState: unused,
      refreshCatalog: unused,
      drop: (id) => Promise.resolve(void dropped.push(id)),
    },
    clock: { now: () => 0, after: () => () => undefined } as never,
    identity: { uuid: randomUUID, sha256: (text) => text },
  })
  return { store, saved, dropped }
}

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
      expect(Object.keys(answer.signIn).toSorted()).toEqual(['clientId', 'method'])
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

describe('a sign-in by browser', () => {
  async function start(duringExchange: (made: ReturnType<typeof make>, id: string) => Promise<unknown>) {
    let act: () => Promise<unknown> = () => Promise.resolve()
    const made = make({ finishSignIn: async () => await act().then(() => 'granted') })
    const { id } = await made.saved.add(caller, newConnection('Acme'))
    act = () => duringExchange(made, id)
    const { ticket } = await made.saved.startSignIn(caller, id, 'https://floe.example/oauth/callback')
    return { ...made, id, finish: () => made.saved.finishSignIn(caller, ticket, '?code=x') }
  }

  test('keeps a change that was saved while the grant was fetched', async () => {
    const { finish, store, id, dropped } = await start(({ saved }, id) =>
      saved.update(caller, id, { name: 'Renamed', warehouse: 'WH' }),
    )
    expect(await finish()).toMatchObject({ name: 'Renamed', warehouse: 'WH', needsSignIn: false })
    expect(store.rows.get(id)?.sealedSecret).toContain('granted')
    expect(dropped).toContain(id)
  })

  test.each([
    ['the role', ({ saved }: ReturnType<typeof make>, id: string) => saved.update(caller, id, { role: 'OTHER' })],
    [
      'the secret',
      ({ store }: ReturnType<typeof make>, id: string) => {
        const row = store.rows.get(id)
        if (row === undefined) throw new Error('nobody saved it')
        return store.update(row, row, { sealedSecret: 'newer', needsSignIn: false }, false)
      },
    ],
  ])('stores no grant where %s was changed meanwhile', async (_what, change) => {
    const { finish, store, id } = await start(change)
    const error: unknown = await finish().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({ problem: { code: 'sign_in_needed' } })
    expect(store.rows.get(id)?.sealedSecret).not.toContain('granted')
  })
})

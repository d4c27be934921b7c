import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ProblemError, problem } from '../problem.ts'
import { caller, codeOf, findings, makeSaved as make, newConnection } from './scripted-kind.test-support.ts'

describe('a sign-in by browser', () => {
  test.each([
    ['within a quarter of an hour', 15 * 60_000, null],
    ['later', 15 * 60_000 + 1, 'sign_in_needed'],
  ])('may be finished %s', async (_, afterMs, code) => {
    const { saved, pass } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    const { ticket } = await saved.startSignIn(caller, id, 'https://floe.example/oauth/callback')
    await pass(afterMs)
    expect(await codeOf(saved.finishSignIn(caller, ticket, '?code=x'))).toBe(code)
  })

  test('hands its kind the ticket and the answer as they were, and the stored secret', async () => {
    const given: unknown[] = []
    const { saved } = make({
      beginSignIn: (_settings, secret, redirectUri) => {
        given.push([secret, redirectUri])
        return Promise.resolve({ url: 'https://acme.example/sign-in', ticket: 'a ticket with blanks' })
      },
      finishSignIn: (_settings, secret, ticket, query) => {
        given.push([secret, ticket, query])
        return Promise.resolve('granted')
      },
    })
    const { id } = await saved.add(caller, newConnection('Acme'))
    const { ticket, url } = await saved.startSignIn(caller, id, 'https://floe.example/oauth/callback')
    expect(url).toBe('https://acme.example/sign-in')
    await saved.finishSignIn(caller, ticket, '?code=x')
    expect(given).toEqual([
      ['entered', 'https://floe.example/oauth/callback'],
      ['entered', 'a ticket with blanks', '?code=x'],
    ])
  })

  test('of one connection signs in to no other, and nothing else in the ticket opens', async () => {
    const { saved } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    const other = await saved.add(caller, newConnection('Other'))
    const { ticket } = await saved.startSignIn(caller, id, 'https://floe.example/oauth/callback')
    const swapped = ticket.replace(id, other.id)
    expect(await codeOf(saved.finishSignIn(caller, swapped, '?code=x'))).toBe('sign_in_needed')
    expect(await codeOf(saved.finishSignIn(caller, '', '?code=x'))).toBe('sign_in_needed')
  })

  test('forgets what was found out and closes the sessions, because another person may have signed in', async () => {
    const { saved, store, dropped } = make()
    const { id } = await saved.add(caller, newConnection('Acme'))
    await store.note(caller.userId, id, 1, findings)
    const { ticket } = await saved.startSignIn(caller, id, 'https://floe.example/oauth/callback')
    await saved.finishSignIn(caller, ticket, '?code=x')
    expect(store.rows.get(id)).toMatchObject({ warning: null, scope: null, needsSignIn: false })
    expect(dropped).toEqual([id])
  })

  test('that the keys cannot open for a defect is no sign-in to start again', async () => {
    const { saved, secrets } = make()
    secrets.open = () => Promise.reject(new Error('a defect'))
    await expect(saved.finishSignIn(caller, `${randomUUID()}.x`, '?code=x')).rejects.toThrow('a defect')
    secrets.open = () => Promise.reject(problem('connection_broken', 'No.', 'Go.'))
    expect(await codeOf(saved.finishSignIn(caller, `${randomUUID()}.x`, '?code=x'))).toBe('sign_in_needed')
  })

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

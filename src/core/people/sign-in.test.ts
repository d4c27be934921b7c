import { expect, test } from 'vitest'
import type { SessionStore } from '../ports/session-store.ts'
import { makeSignIn } from './sign-in.ts'

test('beginning to sign in clears away what is over', async () => {
  const calls: string[] = []
  const store = {
    sweep: (now: number) => Promise.resolve(void calls.push(`sweep ${now}`)),
    begin: (digest: string, { returnTo }: { returnTo: string }, expiresAt: number) =>
      Promise.resolve(void calls.push(`begin ${digest} ${returnTo} ${expiresAt}`)),
  } as unknown as SessionStore
  const signIn = makeSignIn({
    providers: [
      {
        id: 'main',
        label: 'Main',
        begin: () =>
          Promise.resolve({ url: 'https://issuer.example', secrets: { state: 's', nonce: 'n', verifier: 'v' } }),
        finish: () => Promise.reject(new Error('nobody comes back')),
        health: () => Promise.reject(new Error('nobody asks')),
      },
    ],
    store,
    clock: { now: () => 1_000, monotonicMs: () => 0, after: () => () => undefined },
    identity: { uuid: () => 'id', secret: () => 'ticket', sha256: (text) => `digest of ${text}` },
    policy: { domains: [], emails: [], admins: [], localUserId: 'local' },
    patienceMs: 500,
    people: {} as never,
    sessions: {} as never,
    audit: {} as never,
  })
  expect(await signIn.begin('main', 'https://floe.example/auth/callback', '/here')).toEqual({
    url: 'https://issuer.example',
    ticket: 'ticket',
    patienceMs: 500,
  })
  expect(calls).toEqual(['sweep 1000', 'begin digest of ticket /here 1500'])
  await expect(signIn.begin('other', '', undefined)).rejects.toMatchObject({ problem: { code: 'not_found' } })
})

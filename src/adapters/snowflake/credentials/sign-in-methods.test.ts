import { describe, expect, test } from 'vitest'
import type { NewSignIn } from '../../../contract/snowflake/sign-in.ts'
import { presentProblem } from '../../../core/problem.ts'
import { makePrivateKey } from './key-pair.ts'
import { methods, methodsWith, prepare, setupSqlOf } from './sign-in-methods.test-support.ts'

const refusal = async (given: NewSignIn, of = methods) =>
  presentProblem(
    await prepare(given, of).then(
      () => null,
      (error: unknown) => error,
    ),
  )

describe('what was entered to sign in with', () => {
  test('a key pair shows its public half alone', async () => {
    const key = await makePrivateKey()
    const given = { method: 'key_pair', user: 'SVC', privateKey: key.privateKeyPem } as const
    const { signIn, secret, needsSignIn } = await prepare(given)
    expect(signIn).toEqual({
      method: 'key_pair',
      user: 'SVC',
      publicKey: key.publicKey,
      fingerprint: key.fingerprint,
    })
    expect(JSON.parse(secret ?? '')).toEqual({ privateKeyPem: key.privateKeyPem })
    expect(needsSignIn).toBe(false)
  })

  test('without a key one is made', async () => {
    const [one, two] = [
      await prepare({ method: 'key_pair', user: 'SVC' }),
      await prepare({ method: 'key_pair', user: 'SVC' }),
    ]
    expect(one.secret).toContain('BEGIN PRIVATE KEY')
    expect(one.secret).not.toBe(two.secret)
  })

  test.each([
    ['SVC_FLOE', 'SVC_FLOE'],
    ['floe_svc', 'floe_svc'],
    ['ann@example.com', '"ann@example.com"'],
    [`x"; DROP USER y; --`, `"x""; DROP USER y; --"`],
  ])('the administrator’s statement names user %s as %s', async (user, quoted) => {
    const { signIn } = await prepare({ method: 'key_pair', user })
    expect(setupSqlOf(signIn)).toMatch(/^ALTER USER .* SET RSA_PUBLIC_KEY='[A-Za-z0-9+/=]+';$/)
    expect(setupSqlOf(signIn)).toContain(`ALTER USER ${quoted} SET`)
  })

  test('a token is taken without the blanks around it, and not with blanks inside', async () => {
    const { signIn, secret } = await prepare({ method: 'access_token', user: null, token: ' ey.J0 \n' })
    expect(signIn).toEqual({ method: 'access_token', user: null })
    expect(secret).toBe('{"token":"ey.J0"}')
    const problem = await refusal({ method: 'access_token', user: null, token: 'two w0rds' })
    expect(problem.code).toBe('bad_request')
    expect(JSON.stringify(problem)).not.toContain('w0rds')
  })

  test('the machine’s identity is lent out where the operator allows it, and no other', async () => {
    const given = { method: 'workload_identity', provider: 'AWS' } as const
    expect(await refusal(given)).toMatchObject({
      code: 'bad_request',
      action: expect.stringContaining('WORKLOAD_IDENTITY') as string,
    })
    expect(await refusal(given, methodsWith('GCP'))).toMatchObject({ code: 'bad_request' })
    expect(await prepare(given, methodsWith('AWS'))).toEqual({ signIn: given, secret: null, needsSignIn: false })
  })
})

describe('a sign-in server that people name', () => {
  const outside = {
    method: 'external_oauth',
    clientId: 'c',
    issuer: null,
    authorizationUrl: null,
    tokenUrl: null,
    scope: null,
  } as const

  test.each([
    'http://idp.example.com',
    'http://127.0.0.1:3000',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
    'https://idp.example.com:8443/',
    'https://user:word@idp.example.com/',
    'http://169.254.169.254/latest/meta-data',
    'https://169.254.169.254/',
    'https://2130706433/',
  ])('%s is refused', async (address) => {
    expect(await refusal({ ...outside, issuer: address })).toMatchObject({ code: 'bad_request' })
    const endpoints = { authorizationUrl: 'https://idp.example.com/authorize', tokenUrl: address }
    expect(await refusal({ ...outside, ...endpoints })).toMatchObject({ code: 'bad_request' })
  })

  test.each([
    [{}, 'bad_request'],
    [{ tokenUrl: 'https://idp.example.com/token' }, 'bad_request'],
    [{ issuer: 'https://idp.example.com' }, null],
    [{ authorizationUrl: 'https://a.example.com/a', tokenUrl: 'https://a.example.com/t' }, null],
  ])('%j is enough: %s', async (given, code) => {
    const work = prepare({ ...outside, ...given })
    if (code === null) expect(await work).toMatchObject({ needsSignIn: true })
    else await expect(work).rejects.toMatchObject({ problem: { code } })
  })
})

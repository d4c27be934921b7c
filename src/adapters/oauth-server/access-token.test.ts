import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT, UnsecuredJWT, type JWTHeaderParameters } from 'jose'
import { expect, test } from 'vitest'
import { verifyToken } from './access-token.ts'
import type { SigningKey } from './signing-keys.ts'

const origin = 'https://floe.example.com'
const now = 1_800_000_000_000
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const publicKey = createPublicKey(own.privateKey)
const key: SigningKey = { id: 'own', jwk: { kty: 'EC' }, publicKey }
const keys = {
  read: () => Promise.resolve([key]),
  find: (id: string) => Promise.resolve(id === key.id ? key : null),
}

const claims = {
  iss: `${origin}/oauth`,
  aud: `${origin}/api/v1`,
  sub: 'a person',
  grant: 'a grant',
  scope: 'floe:read floe:ask floe:people',
  iat: now / 1_000 - 60,
  exp: now / 1_000 + 60,
}
const header = { alg: 'ES256', typ: 'at+jwt', kid: 'own' }

const sign = (
  changes: Readonly<Record<string, unknown>> = {},
  headers: Partial<JWTHeaderParameters> = {},
  by: KeyObject | Uint8Array = own.privateKey,
): Promise<string> => new SignJWT({ ...claims, ...changes }).setProtectedHeader({ ...header, ...headers }).sign(by)

const verify = (token: string) => verifyToken(token, { origin, resource: 'api', now, keys })

test('a token of ours says whom it is for and what it may do; managing people is not among it', async () => {
  expect(await verify(await sign())).toEqual({ userId: 'a person', grantId: 'a grant', scopes: ['ask'] })
})

const spki = publicKey.export({ type: 'spki', format: 'pem' }) as string

const forged: readonly (readonly [string, () => Promise<string> | string])[] = [
  ['no signature', () => new UnsecuredJWT(claims).encode()],
  ['no signature, but our header', async () => `${(await sign()).split('.').slice(0, 2).join('.')}.`],
  ['HS256 with our public key as the secret', () => sign({}, { alg: 'HS256' }, new TextEncoder().encode(spki))],
  ['another key under the id of ours', () => sign({}, {}, foreign.privateKey)],
  ['another algorithm', () => sign({}, { alg: 'RS256' }, rsa.privateKey)],
  [
    'a key that it brings itself',
    () => sign({}, { jwk: foreign.publicKey.export({ format: 'jwk' }) }, foreign.privateKey),
  ],
  ['a key that nobody knows', () => sign({}, { kid: 'unknown' })],
  ['no key', () => sign({}, { kid: undefined } as unknown as JWTHeaderParameters)],
  ['the type of an identity token', () => sign({}, { typ: 'JWT' })],
  ['no type', () => sign({}, { typ: undefined } as unknown as JWTHeaderParameters)],
  ['another audience', () => sign({ aud: `${origin}/mcp` })],
  ['an audience that begins like ours', () => sign({ aud: `${origin}/api/v1/turns` })],
  ['no audience', () => sign({ aud: undefined })],
  ['another issuer', () => sign({ iss: 'https://evil.example/oauth' })],
  ['an end that has passed', () => sign({ exp: now / 1_000 - 1 })],
  ['no end', () => sign({ exp: undefined })],
  ['a beginning that has not come', () => sign({ nbf: now / 1_000 + 30 })],
  ['no grant', () => sign({ grant: undefined })],
  ['no person', () => sign({ sub: undefined })],
  [
    'a changed scope',
    async () =>
      (await sign()).replace(/\.[^.]+\./, `.${btoa(JSON.stringify({ ...claims, scope: 'floe:connections' }))}.`),
  ],
  ['three words with dots', () => 'not.a.token'],
  ['too many letters', () => `${'a'.repeat(9_000)}.b.c`],
]
test.each(forged)('a token with %s says nothing', async (_name, make) => {
  expect(await verify(await make())).toBeNull()
})

test('a store that is away is a fault, not a refusal', async () => {
  const away = { ...keys, find: () => Promise.reject(new Error('the store is away')) }
  await expect(verifyToken(await sign(), { origin, resource: 'api', now, keys: away })).rejects.toThrow('away')
})

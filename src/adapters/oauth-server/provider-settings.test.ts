import { expect, test } from 'vitest'
import { makeSettings, type SettingsNeeds } from './provider-settings.ts'

const cookiesAt = (origin: string) => {
  const needs = { origin, keys: [{ id: 'a key', jwk: { kty: 'EC' } }] } as unknown as SettingsNeeds
  const { names = {}, long, short } = makeSettings(needs).cookies ?? {}
  return { names: Object.values(names).map(String), kinds: [long, short] }
}

test('cookies of the authorization server are marked as secure where the public address is https', () => {
  const { names, kinds } = cookiesAt('https://floe.example.com')
  expect(names.filter((name) => !name.startsWith('__Secure-floe-'))).toEqual([])
  for (const kind of kinds) expect(kind).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax' })
})

test('over http, which only this machine is asked by, they are not', () => {
  const { names, kinds } = cookiesAt('http://127.0.0.1:3000')
  expect(names.filter((name) => name.startsWith('__'))).toEqual([])
  for (const kind of kinds) expect(kind).toMatchObject({ secure: false, httpOnly: true })
})

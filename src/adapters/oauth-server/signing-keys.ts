import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { Clock } from '../../core/ports/clock.ts'
import type { Identity } from '../../core/ports/identity.ts'
import type { OauthStore, SigningKeyRow } from '../../core/ports/oauth-store.ts'
import type { SecretBox } from '../../core/ports/secret-box.ts'
import type { SecretHolder } from '../../core/ports/secret-holder.ts'

/** The algorithm of every signature of this server. */
export const algorithm = 'ES256'

/** A private key as JSON Web Key, with the public one that checks its signatures. */
export interface SigningKey {
  readonly id: string
  readonly jwk: JsonWebKey & { readonly kty: 'EC' }
  readonly publicKey: KeyObject
}

/** The keys of this installation, shared by all copies of the server. */
export interface SigningKeys {
  /** Newest first, which is the one that signs; never empty. */
  read(): Promise<readonly SigningKey[]>
  /** The key with this id; null where there is none. */
  find(id: string): Promise<SigningKey | null>
}

interface SigningKeysNeeds {
  readonly store: OauthStore
  readonly secrets: SecretBox
  readonly clock: Clock
  readonly identity: Identity
}

/** Whom the secret box takes for the owner of the keys. */
const ownerId = 'signing keys'
const dayMs = 86_400_000
/** A new key signs after this long. */
const rotateAfterMs = 90 * dayMs
/** A replaced key still checks what it has signed, which lasts for minutes. */
export const keepKeysMs = rotateAfterMs + dayMs
/** Keys are read again after this long; sooner for an unknown one, which another copy may have made. */
const freshMs = 5 * 60_000
const unknownFreshMs = 5_000

/** The signing keys as the rotation of secrets sees them. */
export const makeSigningKeySecrets = (store: OauthStore): SecretHolder => ({
  list: async () => (await store.listKeys()).map(({ id, sealed }) => ({ place: { ownerId, rowId: id }, sealed })),
  read: async ({ rowId }) => (await store.listKeys()).find(({ id }) => id === rowId)?.sealed ?? null,
  replace: ({ rowId }, before, after) => store.replaceKey(rowId, before, after),
})

/** Keys are made when first needed, sealed in the store and replaced in time. One that the secret box cannot open any more counts as lost. */
export function makeSigningKeys({ store, secrets, clock, identity }: SigningKeysNeeds): SigningKeys {
  let known: { readonly keys: Promise<readonly SigningKey[]>; readonly readAt: number } | null = null

  const open = async ({ id, sealed }: SigningKeyRow): Promise<readonly SigningKey[]> => {
    const opened = await secrets.open(sealed, { ownerId, rowId: id }).catch(() => null)
    if (opened === null) return []
    const jwk = JSON.parse(opened) as SigningKey['jwk']
    return [{ id, jwk, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }]
  }
  const load = async (): Promise<readonly SigningKey[]> => {
    const rows = await store.listKeys()
    const [newest] = rows
    const keys = (await Promise.all(rows.map(open))).flat()
    const isUsable = newest !== undefined && keys[0]?.id === newest.id
    if (isUsable && clock.now() - newest.createdAt < rotateAfterMs) return keys
    const id = identity.uuid()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: id, alg: algorithm, use: 'sig' })
    const row = { id, sealed: await secrets.seal(jwk, { ownerId, rowId: id }), createdAt: clock.now() }
    await store.addKey(row, newest?.createdAt ?? 0)
    return (await Promise.all((await store.listKeys()).map(open))).flat()
  }

  const read = async (maxAgeMs: number): Promise<readonly SigningKey[]> => {
    if (known !== null && clock.now() - known.readAt < maxAgeMs) return await known.keys
    const reading = { keys: load(), readAt: clock.now() }
    known = reading
    reading.keys.catch(() => {
      if (known === reading) known = null
    })
    return await reading.keys
  }

  return {
    read: () => read(freshMs),
    find: async (id) => {
      for (const maxAgeMs of [freshMs, unknownFreshMs]) {
        const found = (await read(maxAgeMs)).find((key) => key.id === id)
        if (found !== undefined) return found
      }
      return null
    },
  }
}

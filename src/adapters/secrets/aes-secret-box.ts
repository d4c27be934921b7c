import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { SecretBox, SecretPlace } from '../../core/ports/secret-box.ts'
import { problem } from '../../core/problem.ts'
import type { KeyRing, SecretKey } from './key-ring.ts'

const cipher = 'aes-256-gcm'
const [saltLength, nonceLength, tagLength] = [16, 12, 16]
const headLength = saltLength + nonceLength + tagLength

/**
 * Seals with AES-256-GCM under a key derived for each secret (HKDF-SHA-256, fresh salt), bound to owner and row by both derivation and
 * authenticated data. Sealed text: `v1.<key id>.<base64url of salt, nonce, tag, ciphertext>`.
 */
export function makeAesSecretBox(ring: KeyRing): SecretBox {
  return {
    seal: async (secret, place) => await Promise.resolve(sealWith(newestOf(ring), secret, place)),
    open: async (sealed, place) => await Promise.resolve(openWith(ring, sealed, place)),
    isCurrent: (sealed) => sealed.startsWith(`v1.${newestOf(ring).id}.`),
    renew: async () => await Promise.resolve(ring.renew()),
    keyOf: (sealed) => /^v1\.([^.]+)\./.exec(sealed)?.[1] ?? null,
    ring: () => ({
      ids: ring.keys().map(({ id }) => id),
      source: ring.source,
      isOwnFile: ring.drop !== null,
      isSettled: ring.isSettled(),
    }),
    drop: async (ids) => await Promise.resolve(ring.drop?.(ids) ?? false),
  }
}

function newestOf(ring: KeyRing): SecretKey {
  const [newest] = ring.keys()
  if (newest !== undefined) return newest
  throw problem('connection_broken', 'There is no key to seal secrets with.', 'Set SECRET_KEYS.')
}

/** JSON delimits the parts, so that two different places never give the same bytes. */
const bindingOf = (keyId: string, { ownerId, rowId }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify(['floe secret', 1, keyId, ownerId, rowId]))

const deriveKey = ({ key }: SecretKey, salt: Uint8Array, binding: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, binding, 32))

function sealWith(key: SecretKey, secret: string, place: SecretPlace): string {
  const [salt, nonce] = [randomBytes(saltLength), randomBytes(nonceLength)]
  const binding = bindingOf(key.id, place)
  const sealing = createCipheriv(cipher, deriveKey(key, salt, binding), nonce, { authTagLength: tagLength })
  sealing.setAAD(binding)
  const text = Buffer.concat([sealing.update(secret, 'utf8'), sealing.final()])
  return `v1.${key.id}.${Buffer.concat([salt, nonce, sealing.getAuthTag(), text]).toString('base64url')}`
}

function openWith(ring: KeyRing, sealed: string, place: SecretPlace): string {
  const [version, id = '', body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  if (version !== 'v1' || bytes.length < headLength) throw changed()
  const key = ring.find(id)
  if (key === null) throw keyMissing(id, ring.source)
  const binding = bindingOf(id, place)
  const salt = bytes.subarray(0, saltLength)
  const nonce = bytes.subarray(saltLength, saltLength + nonceLength)
  const opening = createDecipheriv(cipher, deriveKey(key, salt, binding), nonce, { authTagLength: tagLength })
  opening.setAAD(binding)
  opening.setAuthTag(bytes.subarray(saltLength + nonceLength, headLength))
  try {
    return Buffer.concat([opening.update(bytes.subarray(headLength)), opening.final()]).toString('utf8')
  } catch {
    throw changed()
  }
}

const changed = () =>
  problem(
    'connection_broken',
    'A stored secret cannot be opened: it was changed, or its key is another one by now.',
    'Enter the secret of this connection again.',
  )

const keyMissing = (id: string, source: string) =>
  problem(
    'connection_broken',
    `A stored secret was sealed with key "${id.slice(0, 32)}", which ${source} does not have.`,
    'Put that key back, behind the newest one, or enter the secret of this connection again.',
  )

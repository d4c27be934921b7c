import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Identity } from '../../core/ports/identity.ts'

/** Randomness and digests from Node's crypto. */
export const makeNodeIdentity = (): Identity => ({
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString('base64url'),
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
})

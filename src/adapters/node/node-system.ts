import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../core/ports/clock.ts'
import type { Identity } from '../../core/ports/identity.ts'

/** The machine's clock. */
export const makeSystemClock = (): Clock => ({
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
})

/** Randomness and digests from Node's crypto. */
export const makeNodeIdentity = (): Identity => ({
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString('base64url'),
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
})

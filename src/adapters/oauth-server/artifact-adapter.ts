import type { Adapter, AdapterPayload, errors as Errors } from 'oidc-provider'
import type { Clock } from '../../core/ports/clock.ts'
import type { Identity } from '../../core/ports/identity.ts'
import type { OauthStore } from '../../core/ports/oauth-store.ts'

export interface ArtifactNeeds {
  readonly store: OauthStore
  readonly identity: Identity
  readonly clock: Clock
  /** Ends a grant that the server gives up: a token or a code came twice, or the app gave it back. */
  readonly endGrant: (grantId: string) => Promise<void>
  readonly errors: typeof Errors
}

/** Known to everybody by their id; the id of anything else is a secret. */
const openKinds: readonly string[] = ['Client', 'Grant']
const openId = /^[\w-]{1,64}$/

/**
 * What the provider keeps of one kind. Codes and tokens are used up by exactly one of several calls at the same time. Sessions are not kept:
 * Floe's own session says who is signed in.
 */
export function makeArtifactAdapter(
  kind: string,
  { store, identity, clock, endGrant, errors }: ArtifactNeeds,
): Adapter {
  const isOpen = openKinds.includes(kind)
  const idOf = (id: string): string => (isOpen ? id : identity.sha256(id))
  if (kind === 'Session') return unkept
  return {
    upsert: async (id, { jti: _secret, ...payload }, expiresIn) =>
      await store.put(kind, idOf(id), {
        payload,
        grantId: payload.grantId ?? null,
        userId: payload.accountId ?? null,
        clientId: payload.clientId ?? null,
        expiresAt: expiresIn === undefined ? null : clock.now() + expiresIn * 1_000,
      }),
    find: async (id) => {
      const found = isOpen && !openId.test(id) ? null : await store.find(kind, idOf(id))
      if (found === null) return undefined
      const payload = found.payload as AdapterPayload
      return kind === 'Client' ? payload : { ...payload, jti: id, ...(found.isConsumed ? { consumed: true } : {}) }
    },
    consume: async (id) => {
      if (await store.consume(kind, idOf(id), identity.uuid())) return
      const found = await store.find(kind, idOf(id))
      const grantId = found?.payload['grantId']
      if (typeof grantId === 'string') await endGrant(grantId)
      throw new errors.InvalidGrant(`${kind} already used`)
    },
    destroy: async (id) => {
      if (kind === 'Grant') await endGrant(id)
      await store.remove(kind, idOf(id))
    },
    revokeByGrantId: async (grantId) => await store.removeByGrant(kind, grantId),
    findByUserCode: nothing,
    findByUid: nothing,
  }
}

const nothing = () => Promise.resolve(undefined)
const unkept: Adapter = {
  upsert: nothing,
  find: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
  findByUserCode: nothing,
  findByUid: nothing,
}

import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../core/ports/clock.ts'
import type { ConnectionRow, ConnectionStore } from '../../../core/ports/connection-store.ts'
import type { SecretBox } from '../../../core/ports/secret-box.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import type { OauthClient, OauthOrder } from './oauth-client.ts'
import { signInAgain } from './oauth-problem.ts'

interface TokenNeeds {
  readonly store: ConnectionStore
  readonly secrets: SecretBox
  readonly oauth: OauthClient
  readonly clock: Clock
}

/** Whose token: the row is read anew each time, because another process may have renewed it. */
export interface TokenOwner {
  readonly ownerId: string
  readonly id: string
  /** The settings that the request to the sign-in server was made of; a token of others is not given out. */
  readonly revision: number
}

/** A token this close to its end is renewed first. */
const spareMs = 60_000
/** Longer than one exchange may take. */
const leaseMs = 30_000
const waitMs = 100
const triesPerWait = 350

/**
 * Gives a connection's access token. `toOrder` makes the request to the sign-in server of the stored secret; `isRefused` when Snowflake has
 * just refused the token given last.
 */
export type TokenSource = (
  owner: TokenOwner,
  toOrder: (secret: string | null) => OauthOrder,
  isRefused: boolean,
) => Promise<string>

/**
 * Makes what gives a connection's access token, renewed when it is about to end. A refresh token may be good for one use: one renewal runs at a
 * time, over all processes, and what it brought is stored before anybody uses it. Throws `sign_in_needed`, `warehouse_unreachable`,
 * `connection_broken`, `connection_unknown`.
 */
export function makeTokenSource(needs: TokenNeeds): TokenSource {
  const underWay = new Map<string, Promise<string>>()
  const given = new Map<string, string>()
  return (owner, toOrder, isRefused) => {
    const key = `${owner.ownerId} ${owner.id} ${owner.revision}`
    const shared = underWay.get(key)
    if (shared !== undefined) return shared
    const refused = isRefused ? (given.get(key) ?? null) : null
    const token = freshToken({ ...needs, toOrder }, owner, refused)
      .then((fresh) => {
        given.set(key, fresh)
        return fresh
      })
      .finally(() => underWay.delete(key))
    underWay.set(key, token)
    return token
  }
}

interface RenewalNeeds extends TokenNeeds {
  readonly toOrder: (secret: string | null) => OauthOrder
}

async function freshToken(needs: RenewalNeeds, owner: TokenOwner, refused: string | null): Promise<string> {
  const { store, clock } = needs
  const holder = randomUUID()
  for (let count = 0; count < triesPerWait; count += 1) {
    const row = await readRow(store, owner)
    const order = await readOrder(needs, row)
    const { accessToken, expiresAt } = order.secret
    const isFresh = accessToken !== refused && (expiresAt ?? 0) > clock.now() + spareMs
    if (accessToken !== null && isFresh) return accessToken
    const leased = await store.lease(owner.ownerId, owner.id, holder, leaseMs)
    if (leased === null) await delay(waitMs)
    else {
      try {
        if (leased.sealedSecret === row.sealedSecret) return await renew(needs, leased, order)
      } finally {
        await store.release(owner.ownerId, owner.id, holder)
      }
    }
  }
  throw problem('too_busy', 'The sign-in of this connection is being renewed elsewhere.', 'Try again in a moment.')
}

async function readRow(store: ConnectionStore, { ownerId, id, revision }: TokenOwner): Promise<ConnectionRow> {
  const row = await store.read(ownerId, id)
  if (row === null) throw problem('connection_unknown', 'The connection was removed.', 'Choose another one.')
  if (row.revision !== revision) throw changedMeanwhile()
  if (row.needsSignIn) throw signInAgain(`Nobody is signed in to "${row.name}".`)
  return row
}

async function readOrder(
  { secrets, toOrder }: RenewalNeeds,
  { ownerId, id, sealedSecret }: ConnectionRow,
): Promise<OauthOrder> {
  return toOrder(sealedSecret === null ? null : await secrets.open(sealedSecret, { ownerId, rowId: id }))
}

async function renew(needs: TokenNeeds, row: ConnectionRow, order: OauthOrder): Promise<string> {
  const { secret } = order
  try {
    if (secret.refreshToken === null) throw signInAgain(`The sign-in to "${row.name}" has ended.`)
    const fresh = await needs.oauth.renew(order, secret.refreshToken)
    if (!(await keep(needs, row, fresh, false))) throw changedMeanwhile()
    return fresh.accessToken ?? ''
  } catch (error) {
    // The grant is worth nothing any more; the client's own secret stays.
    if (error instanceof ProblemError && error.problem.code === 'sign_in_needed')
      await keep(needs, row, { ...secret, refreshToken: null, accessToken: null, expiresAt: null }, true)
    throw error
  }
}

async function keep(
  { store, secrets }: TokenNeeds,
  { ownerId, id, sealedSecret }: ConnectionRow,
  secret: OauthOrder['secret'],
  needsSignIn: boolean,
): Promise<boolean> {
  const sealed = await secrets.seal(JSON.stringify(secret), { ownerId, rowId: id })
  return await store.replaceSecret(ownerId, id, sealedSecret, { sealedSecret: sealed, needsSignIn })
}

const changedMeanwhile = () => problem('connection_broken', 'The connection was changed meanwhile.', 'Ask again.')

import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../core/ports/clock.ts'
import type { ConnectionRow, ConnectionStore } from '../../../core/ports/connection-store.ts'
import type { SecretBox } from '../../../core/ports/secret-box.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import type { BrowserSignIn, OauthClient } from './oauth-client.ts'
import { signInAgain } from './oauth-problem.ts'
import { readOauthSecret, type OauthSecret } from './stored-secret.ts'

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
}

/** A token this close to its end is renewed first. */
const spareMs = 60_000
/** Longer than one exchange may take. */
const leaseMs = 30_000
const waitMs = 100
const triesPerWait = 350

/** Gives a connection's access token; `isRefused` when Snowflake has just refused the one given last. */
export type TokenSource = (owner: TokenOwner, isRefused: boolean) => Promise<string>

/**
 * Makes what gives a connection's access token, renewed when it is about to end. A refresh token may be good for one use: one renewal runs at a
 * time, over all processes, and what it brought is stored before anybody uses it. Throws `sign_in_needed`, `warehouse_unreachable`,
 * `connection_broken`, `connection_unknown`.
 */
export function makeTokenSource(needs: TokenNeeds): TokenSource {
  const underWay = new Map<string, Promise<string>>()
  const given = new Map<string, string>()
  return (owner, isRefused) => {
    const key = `${owner.ownerId} ${owner.id}`
    const shared = underWay.get(key)
    if (shared !== undefined) return shared
    const refused = isRefused ? (given.get(key) ?? null) : null
    const token = freshToken(needs, owner, refused)
      .then((fresh) => {
        given.set(key, fresh)
        return fresh
      })
      .finally(() => underWay.delete(key))
    underWay.set(key, token)
    return token
  }
}

async function freshToken(needs: TokenNeeds, owner: TokenOwner, refused: string | null): Promise<string> {
  const { store, clock } = needs
  const holder = randomUUID()
  for (let count = 0; count < triesPerWait; count += 1) {
    const row = await readRow(store, owner)
    const secret = await openSecret(needs, row)
    const { accessToken, expiresAt } = secret
    const isFresh = accessToken !== refused && (expiresAt ?? 0) > clock.now() + spareMs
    if (accessToken !== null && isFresh) return accessToken
    const leased = await store.lease(owner.ownerId, owner.id, holder, leaseMs)
    if (leased === null) await delay(waitMs)
    else {
      try {
        if (leased.sealedSecret === row.sealedSecret) return await renew(needs, leased, secret)
      } finally {
        await store.release(owner.ownerId, owner.id, holder)
      }
    }
  }
  throw problem('too_busy', 'The sign-in of this connection is being renewed elsewhere.', 'Try again in a moment.')
}

async function readRow(store: ConnectionStore, { ownerId, id }: TokenOwner): Promise<ConnectionRow> {
  const row = await store.read(ownerId, id)
  if (row === null) throw problem('connection_unknown', 'The connection was removed.', 'Choose another one.')
  if (row.needsSignIn) throw signInAgain(`Nobody is signed in to "${row.name}".`)
  return row
}

async function openSecret({ secrets }: TokenNeeds, { ownerId, id, sealedSecret }: ConnectionRow): Promise<OauthSecret> {
  return readOauthSecret(sealedSecret === null ? null : await secrets.open(sealedSecret, { ownerId, rowId: id }))
}

async function renew(needs: TokenNeeds, row: ConnectionRow, secret: OauthSecret): Promise<string> {
  const { oauth } = needs
  try {
    if (secret.refreshToken === null) throw signInAgain(`The sign-in to "${row.name}" has ended.`)
    const { accessUrl, role } = row
    const fresh = await oauth.renew({ signIn: browserSignIn(row), accessUrl, role, secret }, secret.refreshToken)
    if (!(await keep(needs, row, fresh, false)))
      throw problem('connection_broken', 'The connection was changed meanwhile.', 'Ask again.')
    return fresh.accessToken ?? ''
  } catch (error) {
    // What was granted is worth nothing any more; the client's own secret stays.
    if (error instanceof ProblemError && error.problem.code === 'sign_in_needed')
      await keep(needs, row, { ...secret, refreshToken: null, accessToken: null, expiresAt: null }, true)
    throw error
  }
}

async function keep(
  { store, secrets }: TokenNeeds,
  { ownerId, id, sealedSecret }: ConnectionRow,
  secret: OauthSecret,
  needsSignIn: boolean,
): Promise<boolean> {
  const sealed = await secrets.seal(JSON.stringify(secret), { ownerId, rowId: id })
  return await store.replaceSecret(ownerId, id, sealedSecret, { sealedSecret: sealed, needsSignIn })
}

function browserSignIn({ signIn }: ConnectionRow): BrowserSignIn {
  if (signIn.method === 'snowflake_oauth' || signIn.method === 'external_oauth') return signIn
  throw problem('connection_broken', 'This connection does not sign in by browser.', 'Check its sign-in.')
}

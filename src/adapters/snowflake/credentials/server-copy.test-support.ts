import type { ConnectionProbe } from '../../../core/connections/saved-connections.ts'
import { defaultConnectionPolicy } from '../../../core/connections/connection-policy.ts'
import { makeSavedConnections } from '../../../core/connections/make-saved-connections.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { SecretBox } from '../../../core/ports/secret-box.ts'
import { makeNodeIdentity } from '../../node/node-system.ts'
import { makePostgresCatalogStore } from '../../postgres/postgres-catalog-store.ts'
import {
  makePostgresConnectionShareStore,
  makePostgresConnectionStore,
} from '../../postgres/postgres-connection-store.ts'
import type { openStore } from '../../postgres/store.test-support.ts'
import { makeSnowflakeKind } from '../snowflake-kind.ts'
import { readSettings } from '../snowflake-settings.ts'
import { makeOauthClient } from './oauth-client.ts'
import { makeTokenSource } from './renew-token.ts'
import { implementationOf, makeSignInMethods } from './sign-in-methods.ts'

const unasked = () => Promise.reject(new Error('nothing here opens a connection'))
const probe: ConnectionProbe = {
  diagnose: unasked,
  places: unasked,
  catalogState: unasked,
  refreshCatalog: unasked,
  drop: () => Promise.resolve(),
  dropShares: () => Promise.resolve(),
}

interface Shared {
  readonly opened: ReturnType<typeof openStore>
  readonly secrets: SecretBox
  readonly clock: Clock
}

/** What a copy of the server has: two of them share nothing but the database and the keys. */
export function makeServerCopy({ opened, secrets, clock }: Shared) {
  const store = makePostgresConnectionStore(opened)
  const shares = makePostgresConnectionShareStore(opened)
  const oauth = makeOauthClient({ clock, allowLoopback: true, proxyEnv: {} })
  const kind = makeSnowflakeKind({
    store,
    secrets,
    catalogs: makePostgresCatalogStore(opened),
    clock,
    workload: null,
    allowLoopback: true,
    egress: [],
    environment: {},
    onFault: (error) => {
      throw error
    },
  })
  const saved = makeSavedConnections({
    store,
    shares,
    secrets,
    kinds: [kind],
    probe,
    clock,
    identity: makeNodeIdentity(),
    policyOf: () => defaultConnectionPolicy,
    onTested: () => undefined,
    onFault: (error) => {
      throw error
    },
  })
  const source = makeTokenSource({ store, secrets, oauth, clock })
  const methods = makeSignInMethods({ token: source, workload: null, allowLoopback: true })
  const read = async ({ ownerId, id }: { readonly ownerId: string; readonly id: string }) => {
    const row = await store.read(ownerId, id)
    if (row === null) throw new Error('nobody saved it')
    return row
  }
  /** Gives the token that sessions opened now will sign in with. */
  const openSession = async (of: { readonly ownerId: string; readonly id: string }) => {
    const { ownerId, id, revision, settings: stored } = await read(of)
    const settings = readSettings(stored)
    const { browser } = implementationOf(methods, settings.signIn.method)
    if (browser === null) throw new Error('no sign-in by browser')
    const toOrder = (secret: string | null) => browser.order(settings.signIn, settings, secret)
    return (isRefused = false) => source({ ownerId, id, revision }, toOrder, isRefused)
  }
  const token = async (of: { readonly ownerId: string; readonly id: string }, isRefused = false): Promise<string> =>
    await (
      await openSession(of)
    )(isRefused)
  return { saved, store, token, openSession }
}

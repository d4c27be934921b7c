import { makeSigningKeySecrets } from '../adapters/oauth-server/signing-keys.ts'
import { makePostgresCatalogStore } from '../adapters/postgres/postgres-catalog-store.ts'
import {
  makePostgresConnectionShareStore,
  makePostgresConnectionStore,
} from '../adapters/postgres/postgres-connection-store.ts'
import { makePostgresOauthStore } from '../adapters/postgres/postgres-oauth-store.ts'
import { makeSnowflakeKind } from '../adapters/snowflake/snowflake-kind.ts'
import { readDriverEnvironment, type Config } from '../config.ts'
import { makeConnectionShares } from '../core/connections/connection-shares.ts'
import { makeSavedConnections } from '../core/connections/make-saved-connections.ts'
import { makeConnectionSecrets, makeSecretRotation } from '../core/connections/rotate-secrets.ts'
import { makeSavedSource } from '../core/connections/saved-source.ts'
import { limits } from '../core/limits.ts'
import type { Audit } from '../core/people/audit.ts'
import type { ConnectionKind, KindName } from '../core/ports/connection-kind.ts'
import type { Foundation } from './foundation.ts'

/** Saved connections of every kind, their secrets and the sessions behind them. */
export function composeSaved(
  config: Config,
  { database, clock, identity, notices, secrets, onFault }: Foundation,
  audit: Audit,
) {
  const workload = config.WORKLOAD_IDENTITY ?? null
  const store = makePostgresConnectionStore({ database })
  const shares = makePostgresConnectionShareStore({ database })
  const byName: Record<KindName, ConnectionKind> = {
    snowflake: makeSnowflakeKind({
      store,
      catalogs: makePostgresCatalogStore({ database }),
      secrets,
      clock,
      workload,
      allowLoopback: config.SNOWFLAKE_ALLOW_LOOPBACK === 'true',
      egress: config.EGRESS_ADDRESSES ?? [],
      environment: readDriverEnvironment(workload !== null),
      resultOrigins: config.SNOWFLAKE_RESULT_HOSTS ?? [],
      onFault,
    }),
  }
  const kinds = Object.values(byName)
  const source = makeSavedSource({ store, shares, kinds, clock, idleMs: limits.connectionIdleMs, onFault })
  const savedConnections = makeSavedConnections({ store, shares, secrets, kinds, probe: source, clock, identity })
  const connectionShares = makeConnectionShares({ store: shares, kinds, probe: source, audit, notices, onFault })
  const signingKeys = makeSigningKeySecrets(makePostgresOauthStore({ database }))
  const rotation = makeSecretRotation({ holders: [makeConnectionSecrets(store), signingKeys], secrets })
  return { source, savedConnections, connectionShares, rotation, kinds }
}

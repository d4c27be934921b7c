import { join } from 'node:path'
import { makeDuckdbConnections } from '../adapters/duckdb/duckdb-connections.ts'
import { makeRowFiles } from '../adapters/duckdb/export/row-files.ts'
import { makeFolderKind } from '../adapters/duckdb/folder/folder-kind.ts'
import { makeSigningKeySecrets } from '../adapters/oauth-server/signing-keys.ts'
import { makePostgresCatalogStore } from '../adapters/postgres/postgres-catalog-store.ts'
import {
  makePostgresConnectionShareStore,
  makePostgresConnectionStore,
} from '../adapters/postgres/postgres-connection-store.ts'
import { makePostgresModelKeyStore } from '../adapters/postgres/postgres-model-key-store.ts'
import { makePostgresOauthStore } from '../adapters/postgres/postgres-oauth-store.ts'
import { makeSnowflakeKind } from '../adapters/snowflake/snowflake-kind.ts'
import { installationPolicy, readDriverEnvironment, type Config } from '../config.ts'
import type { LeftoverQuery } from '../core/ask/sweep-orphans.ts'
import { makeLocalCaller } from '../core/caller.ts'
import { combineConnections } from '../core/connections/combine-connections.ts'
import { choosePolicy } from '../core/connections/connection-policy.ts'
import { makeConnectionStates } from '../core/connections/connection-states.ts'
import { makeConnectionSetup } from '../core/connections/connection-setup.ts'
import { makeConnectionShares } from '../core/connections/connection-shares.ts'
import { makeSavedConnections } from '../core/connections/make-saved-connections.ts'
import { makeConnectionSecrets, makeSecretRotation } from '../core/connections/rotate-secrets.ts'
import { makeSavedSource } from '../core/connections/saved-source.ts'
import { measureWarehouses } from '../core/metrics/measure-warehouses.ts'
import { makeModelKeySecrets } from '../core/models/own-models.ts'
import { limits } from '../core/limits.ts'
import type { Audit } from '../core/people/audit.ts'
import type { ConnectionKind, KindName } from '../core/ports/connection-kind.ts'
import type { SqlParsers } from '../core/ports/sql-parsers.ts'
import type { Foundation } from './foundation.ts'

/** The sample, folders and saved connections of every kind, with the secrets and sessions behind them. */
export function composeConnections(
  config: Config,
  { database, clock, meter, tracer, identity, notices, secrets, onFault }: Foundation,
  audit: Audit,
  parsers: Pick<SqlParsers, 'toDuckdb'>,
) {
  const workload = config.WORKLOAD_IDENTITY ?? null
  const store = makePostgresConnectionStore({ database })
  const shares = makePostgresConnectionShareStore({ database })
  const egress = config.EGRESS_ADDRESSES ?? []
  const policyOf = (ref: string) => choosePolicy(installationPolicy(config, ref), config.CONNECTION_POLICIES, ref)
  const localConnections = makeDuckdbConnections({
    dataDir: config.DATA_DIR,
    scale: config.SAMPLE === 'off' ? null : config.SAMPLE_SCALE,
    folders: config.FOLDERS ?? null,
    translate: (sql, catalog) => parsers.toDuckdb(sql, { catalog }),
    onFault,
  })
  const byName: Record<KindName, ConnectionKind> = {
    snowflake: makeSnowflakeKind({
      store,
      catalogs: makePostgresCatalogStore({ database }),
      secrets,
      clock,
      workload,
      allowLoopback: config.SNOWFLAKE_ALLOW_LOOPBACK === 'true',
      egress,
      environment: readDriverEnvironment(workload !== null),
      resultOrigins: config.SNOWFLAKE_RESULT_HOSTS ?? [],
      onFault,
    }),
    folder: makeFolderKind({
      source: localConnections,
      demandFolder: (path) => localConnections.demandFolder(path),
      isOff: config.FOLDERS?.length === 0,
    }),
  }
  const measured = measureWarehouses({ meter, clock, tracer })
  const kinds = Object.values(byName).map(measured.kind)
  const source = makeSavedSource({ store, shares, kinds, clock, idleMs: limits.connectionIdleMs, onFault })
  const probe = source
  const states = makeConnectionStates(clock)
  const onTested = states.noteTest
  const forPeople = { store, shares, secrets, kinds, probe, clock, identity, policyOf, onTested, onFault }
  const savedConnections = makeSavedConnections(forPeople)
  const connectionSetup = makeConnectionSetup({ kinds, egress })
  const connectionShares = makeConnectionShares({ store: shares, kinds, probe: source, audit, notices, onFault })
  const signingKeys = makeSigningKeySecrets(makePostgresOauthStore({ database }))
  const modelKeys = makeModelKeySecrets(makePostgresModelKeyStore({ database }))
  const rotation = makeSecretRotation({ holders: [makeConnectionSecrets(store), signingKeys, modelKeys], secrets })
  const rowFiles = makeRowFiles(join(config.DATA_DIR, 'exports'), localConnections.exporting)
  const local = measured.source(localConnections, (ref) => (ref === 'sample' ? 'sample' : 'folder'))
  const connections = states.watch(combineConnections({ sources: [local, source], policyOf, rowFiles }))
  return {
    connections,
    localConnections,
    exporting: localConnections.exporting,
    health: () => Promise.resolve(localConnections.health()),
    savedConnections,
    connectionSetup,
    connectionShares,
    rotation,
    kinds,
    /** Cancels a query that a process which is gone has left at its warehouse. */
    cancelLeftover: async ({ ownerId, connection, queryId }: LeftoverQuery): Promise<void> => {
      const { signal } = new AbortController()
      const { warehouse } = await connections.open(makeLocalCaller(ownerId, 'recovery'), connection, signal)
      await warehouse.cancelLeftover?.(queryId, { signal })
    },
    /** Removes for good what people removed and can no longer bring back. */
    purge: () => store.purge(clock.now() - limits.connectionUndoMs),
  }
}

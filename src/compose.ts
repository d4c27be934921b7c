import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { destination, type Logger } from 'pino'
import { makeDuckdbConnections } from './adapters/duckdb/duckdb-connections.ts'
import { makeWorkerInterpreter } from './adapters/interpreter/worker-interpreter.ts'
import { makeWriters } from './adapters/models/make-writers.ts'
import { makeLogger } from './adapters/node/make-logger.ts'
import { makeNodeIdentity } from './adapters/node/node-identity.ts'
import { makeSystemClock } from './adapters/node/system-clock.ts'
import { localUserId } from './adapters/postgres/local-user.ts'
import type { Database } from './adapters/postgres/database.ts'
import { openDatabase } from './adapters/postgres/open-database.ts'
import { makePostgresCatalogStore } from './adapters/postgres/postgres-catalog-store.ts'
import { makePostgresConnectionStore } from './adapters/postgres/postgres-connection-store.ts'
import { makePostgresTurnStore } from './adapters/postgres/postgres-turn-store.ts'
import { makeAesSecretBox } from './adapters/secrets/aes-secret-box.ts'
import { makeFileRing, makeGivenRing, type KeyRing } from './adapters/secrets/key-ring.ts'
import { makeSnowflakeKind } from './adapters/snowflake/snowflake-kind.ts'
import { makeWorkerSqlParsers } from './adapters/sql-parsers/worker-sql-parsers.ts'
import { readDriverEnvironment, type Config } from './config.ts'
import { describeResult } from './core/answer/describe-result.ts'
import { makeAnswerTurn } from './core/ask/answer-turn.ts'
import { makeHistory } from './core/ask/history.ts'
import type { JourneyNeeds } from './core/ask/journey.ts'
import { makeJourney } from './core/ask/make-journey.ts'
import { makeTurns } from './core/ask/make-turns.ts'
import { makeStarters } from './core/ask/starters.ts'
import { makeOrphanSweep } from './core/ask/sweep-orphans.ts'
import { makeLocalCaller, type Caller, type Door } from './core/caller.ts'
import { chooseChart } from './core/chart/choose-chart.ts'
import { makeReadAppInfo } from './core/connections/app-info.ts'
import { combineConnections, isReservedRef } from './core/connections/combine-connections.ts'
import { choosePolicy, defaultConnectionPolicy, type ConnectionPolicy } from './core/connections/connection-policy.ts'
import { makeDiagnose } from './core/connections/diagnose.ts'
import { makeSavedConnections } from './core/connections/make-saved-connections.ts'
import { makeEvaluate } from './core/evaluate/run-evaluation.ts'
import { makeExplainSql } from './core/explain/explain-sql.ts'
import { makeCheckSql } from './core/guard/check-sql.ts'
import { makeSavedSource } from './core/connections/saved-source.ts'
import { limits } from './core/limits.ts'
import { makeLedger } from './core/ledger/account-for.ts'
import { makeGuard } from './core/guard/make-guard.ts'
import type { ConnectionKind, KindName } from './core/ports/connection-kind.ts'
import type { Clock } from './core/ports/clock.ts'
import type { Identity } from './core/ports/identity.ts'
import type { Writers } from './core/ports/writers.ts'
import { presentProblem } from './core/problem.ts'
import type { Health, Services } from './core/services.ts'

/** The program that Config describes. Nothing is opened before it is first needed; `warm` opens beside other work. */
export interface Floe {
  readonly services: Services
  /** Who a request through a transport comes from: without sign-in always the one local person. */
  readonly callerAt: (door: Door) => Caller
  readonly version: string
  /** The kinds of connection that people save. */
  readonly kinds: readonly ConnectionKind[]
  readonly logger: Logger
  /** Opens store, parsers and sample ahead of the first question. */
  warm(): void
}

/** Version of the package, read from its manifest beside `src` or `dist`. */
const readVersion = (): string =>
  (JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }).version

/** Wires the program, in order: what lies below, the journey, what the doors may use. */
export function compose(config: Config): Floe {
  const logger = makeLogger(config.LOG_LEVEL, destination(2))
  const clock = makeSystemClock()
  const identity = makeNodeIdentity()
  const version = readVersion()
  const onFault = (error: unknown): void => logger.error({ err: error }, 'something below failed')

  const callerAt = (door: Door): Caller => makeLocalCaller(localUserId, door)

  let closing = false
  const parsers = makeWorkerSqlParsers({
    timeoutMs: limits.parserMs,
    logSignal: ({ kind, detail }) => logger.warn({ kind, detail }, 'the guard noticed something'),
  })
  const guard = makeGuard({ parsers })
  const localConnections = makeDuckdbConnections({
    dataDir: config.DATA_DIR,
    scale: config.SAMPLE_SCALE,
    translate: (sql, catalog) => parsers.toDuckdb(sql, { catalog }),
    onFault,
  })
  const database = openDatabase({
    databaseUrl: config.DATABASE_URL ?? null,
    dataDir: join(config.DATA_DIR, 'store'),
    userIds: [localUserId],
    onFault,
  })
  const { source: saved, savedConnections, kinds, ring } = composeSaved(config, { database, clock, identity, onFault })
  const connections = combineConnections({
    sources: [localConnections, saved],
    policyOf: (ref) => choosePolicy(installationPolicy(config, ref), config.CONNECTION_POLICIES, ref),
  })
  const store = makePostgresTurnStore({ database, instanceId: identity.uuid(), onFault })
  const sweep = makeOrphanSweep({
    store,
    clock,
    onFault,
    isRunHere: (turnId) => turns.isRunHere(turnId),
    cancelLeftover: async ({ ownerId, connection, queryId }) => {
      const { signal } = new AbortController()
      const { warehouse } = await connections.open(makeLocalCaller(ownerId, 'recovery'), connection, signal)
      await warehouse.cancelLeftover?.(queryId, { signal })
    },
  })
  const interpreter = makeWorkerInterpreter({ timeoutMs: limits.interpreterMs })
  const writers = makeWriters({
    offline: interpreter.writer,
    geminiApiKey: config.GEMINI_API_KEY ?? null,
    geminiBaseUrl: config.GEMINI_BASE_URL ?? null,
    geminiModel: config.GEMINI_MODEL ?? null,
    proxy: readDriverEnvironment(false),
    clock,
    log: (message, error) => logger.warn({ err: error }, message),
  })

  const journeyNeeds: JourneyNeeds = {
    connections,
    guard,
    clock,
    identity,
    findTables: (question, catalog, signal) => interpreter.findTables(question, catalog, { limit: 20, signal }),
    explain: (sql, options) => parsers.explain(sql, options),
    outline: (sql) => parsers.outline(sql),
    partsOf: (sql, options) => parsers.partsOf(sql, options),
    placedParts: (sql) => parsers.placedParts(sql),
    readLedger: makeLedger(),
    chooseChart,
    describeResult,
    suggestFollowUps: interpreter.suggestFollowUps,
    onFault,
  }
  const turns = makeTurns({
    journey: makeJourney(journeyNeeds),
    store,
    writers,
    clock,
    identity,
    sweep,
    log: (event, error) => logger.error({ err: error }, event),
    limits: limits.turns,
  })
  const starters = makeStarters({ connections, suggestQuestions: interpreter.suggestQuestions })
  const services: Services = {
    turns,
    answer: makeAnswerTurn({ turns, clock }),
    history: makeHistory({ store, sweep, turns }),
    check: makeCheckSql({ guard, connections }),
    explain: makeExplainSql({ guard, connections, explain: (sql, options) => parsers.explain(sql, options) }),
    evaluate: makeEvaluate({ ...journeyNeeds, writers }),
    appInfo: makeReadAppInfo({ connections, localConnections, writers, starters, version }),
    starters,
    connections: savedConnections,
    diagnose: makeDiagnose({ guard, connections, savedConnections }),
    health: async () => [{ name: 'store', ...(await database.health()) }, describeWriters(writers), describeKeys(ring)],
    close: async () => {
      await turns.close()
      closing = true
      sweep.end()
      await Promise.all([connections.close(), parsers.close(), interpreter.close()])
      await store.close()
      await database.close()
    },
  }
  /** Ignores warm-up failures during shutdown. */
  const onWarmFault = (error: unknown): void => {
    if (!closing) onFault(error)
  }
  const warm = (): void => {
    for (const start of [
      () => sweep.first(),
      () => parsers.warm(),
      () => services.appInfo(callerAt('recovery'), new AbortController().signal),
    ])
      start().catch(onWarmFault)
  }
  return { services, callerAt, version, kinds, logger, warm }
}

/** The policy of a connection before `CONNECTION_POLICIES`. Values of people's own accounts reach a model only where an operator says so. */
const installationPolicy = (config: Config, ref: string): ConnectionPolicy => ({
  guard: defaultConnectionPolicy.guard,
  limits: {
    maxRows: defaultConnectionPolicy.limits.maxRows,
    queryTimeoutMs: config.QUERY_TIMEOUT_SECONDS * 1_000,
    maxResultBytes: config.MAX_RESULT_MEGABYTES * 1_048_576,
    askAboveBytes: config.ASK_ABOVE_GIGABYTES * 1e9,
    refuseAboveBytes: config.REFUSE_ABOVE_GIGABYTES * 1e9,
  },
  samplesToModel: isReservedRef(ref),
  probing: defaultConnectionPolicy.probing,
})

interface SavedNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly identity: Identity
  readonly onFault: (error: unknown) => void
}

/** Saved connections of every kind, their secrets and the sessions behind them. */
function composeSaved(config: Config, { database, clock, identity, onFault }: SavedNeeds) {
  const workload = config.WORKLOAD_IDENTITY ?? null
  const keys = config.SECRET_KEYS
  const ring = keys === undefined ? makeFileRing(join(config.DATA_DIR, 'secret-keys')) : makeGivenRing(keys)
  const secrets = makeAesSecretBox(ring)
  const store = makePostgresConnectionStore({ database })
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
  const source = makeSavedSource({ store, kinds, clock, idleMs: limits.connectionIdleMs, onFault })
  const savedConnections = makeSavedConnections({ store, secrets, kinds, probe: source, clock, identity })
  return { source, savedConnections, kinds, ring }
}

/** Looking makes the key file where there is none yet. */
function describeKeys(ring: KeyRing): Health {
  const name = 'secrets'
  try {
    const [newest] = ring.keys()
    const detail = `Stored secrets are sealed with key "${newest?.id ?? ''}" of ${ring.source}.`
    return { name, state: 'ok', detail, action: null }
  } catch (error) {
    const { message, action } = presentProblem(error)
    return { name, state: 'failed', detail: message, action }
  }
}

function describeWriters(writers: Writers): Health {
  const [first] = writers.list()
  return {
    name: 'writer',
    state: 'ok',
    detail: `${first?.label ?? writers.defaultId} writes the queries.`,
    action: null,
  }
}

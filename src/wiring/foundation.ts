import { subscribe } from 'node:diagnostics_channel'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { makePrometheusMeter, type PrometheusMeter } from '../adapters/metrics/prometheus-meter.ts'
import { makeLog, withoutQuotes, writeLinesTo, type Log } from '../adapters/node/make-log.ts'
import { makeNodeIdentity, makeSystemClock } from '../adapters/node/node-system.ts'
import type { Database } from '../adapters/postgres/database.ts'
import { localUserId } from '../adapters/postgres/local-user.ts'
import { openDatabase } from '../adapters/postgres/open-database.ts'
import { makePostgresNoticeWire } from '../adapters/postgres/postgres-notice-wire.ts'
import { childWords, type ChildWords } from '../adapters/processes/child-words.ts'
import { prepareDataFolder } from '../adapters/processes/make-folder.ts'
import { makeRedis, type Redis } from '../adapters/redis/redis-client.ts'
import { makeRedisRateLimiters } from '../adapters/redis/redis-rate-limiter.ts'
import { makeRedisNoticeWire } from '../adapters/redis/redis-notice-wire.ts'
import { makeAesSecretBox } from '../adapters/secrets/aes-secret-box.ts'
import { makeFileRing, makeGivenRing, type KeyRing } from '../adapters/secrets/key-ring.ts'
import { makeOpenTelemetry, type Tracing } from '../adapters/tracing/open-telemetry.ts'
import type { Config } from '../config.ts'
import { makeNotices, type HeardNotices } from '../core/notices.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Identity } from '../core/ports/identity.ts'
import { silentMeter, type Meter } from '../core/ports/meter.ts'
import type { SecretBox } from '../core/ports/secret-box.ts'
import { silentTracer, type Tracer } from '../core/ports/tracer.ts'
import type { Health } from '../core/services.ts'
import { traced } from '../core/tracing/traced.ts'

/** What every part of the program stands on. */
export interface Foundation {
  readonly log: Log
  readonly database: Database
  /** Null where copies do without it. */
  readonly redis: Redis | null
  readonly serving: Serving
  readonly clock: Clock
  /** Where everything is counted; it counts nothing where no door for monitoring is set. */
  readonly meter: Meter
  /** What monitoring reads; null where no door for it is set. */
  readonly metrics: PrometheusMeter | null
  /** Where it is told what each part of the work took; nobody is told where no collector is set. */
  readonly tracer: Tracer
  readonly tracing: Tracing | null
  readonly identity: Identity
  /** The id of this copy of the server, new at every start. */
  readonly instanceId: string
  readonly notices: HeardNotices
  /** The keys that seal secrets, and what seals with them. */
  readonly ring: KeyRing
  readonly secrets: SecretBox
  /** Told of a fault that no request waits for. */
  readonly onFault: (error: unknown) => void
  /** The state of the store, and of Redis where there is one. */
  readonly health: () => Promise<readonly Health[]>
  /** Ends its connections; nothing else may use them any more. */
  readonly close: () => Promise<void>
}

/** What a server takes straight from the foundation. */
export interface Serving {
  /** Makes limiters whose counts all copies share; null where each copy counts by itself. */
  readonly makeRateLimiter: ReturnType<typeof makeRedisRateLimiters> | null
  /** Makes the data folder. Throws `store_unavailable` where nothing can be written into it. */
  readonly prepareDataFolder: () => Promise<void>
}

/** Makes it. Nothing is opened before its first use. */
export function makeFoundation(config: Config, version: string): Foundation {
  const identity = makeNodeIdentity()
  const instanceId = identity.uuid()
  const log = makeLog({
    level: config.LOG_LEVEL,
    quotes: config.LOG_SQL === 'on',
    destination: writeLinesTo(2),
    traceId: () => tracer.traceId(),
  })
  const { logger } = log
  const tracing = makeTracing(config, { version, instanceId, logger })
  const tracer = tracing?.tracer ?? silentTracer
  const onFault = (error: unknown): void => logger.error({ err: error }, 'something below failed')
  subscribe(childWords, (message) => {
    const { child, pid, line } = message as ChildWords
    logger.warn({ child, pid, words: withoutQuotes(line) }, 'a child process wrote')
  })
  const clock = makeSystemClock()
  const hasMetrics = config.METRICS_PORT !== undefined || config.METRICS_TOKEN !== undefined
  const metrics = hasMetrics ? makePrometheusMeter({ onFault }) : null
  const keys = config.SECRET_KEYS
  const ring = keys === undefined ? makeFileRing(join(config.DATA_DIR, 'secret-keys')) : makeGivenRing(keys)
  const opened = openDatabase({
    databaseUrl: config.DATABASE_URL ?? null,
    dataDir: join(config.DATA_DIR, 'store'),
    userIds: [localUserId],
    onFault,
  })
  const database: Database = {
    ...opened,
    run: (work, name = 'statement') => traced(tracer, `store ${name}`, {}, () => opened.run(work)),
  }
  const { REDIS_URL: redisUrl } = config
  const client =
    redisUrl === undefined ? null : makeRedis({ url: redisUrl, log: (level, message) => logger[level](message) })
  const redis: Redis | null = client && {
    ...client,
    run: (work) => traced(tracer, 'cache', {}, () => client.run(work)),
  }
  const serving: Serving = {
    makeRateLimiter: redis === null ? null : makeRedisRateLimiters(redis),
    prepareDataFolder: () => prepareDataFolder(config.DATA_DIR),
  }
  const wires = [
    ...(redis === null ? [] : [makeRedisNoticeWire(redis)]),
    // Processes that share an embedded store do not tell each other through it: they look at it often.
    ...(config.DATABASE_URL === undefined ? [] : [makePostgresNoticeWire({ database, onFault })]),
  ]
  const notices = makeNotices({ wires, instanceId, onFault })
  const health = async (): Promise<readonly Health[]> => [
    { name: 'store', ...(await database.health()) },
    ...(redis === null ? [] : [await redis.health()]),
  ]
  const close = async (): Promise<void> => {
    await notices.close()
    await redis?.close()
    await database.close()
    await tracing?.close()
  }
  const secrets = makeAesSecretBox(ring)
  return {
    log,
    database,
    redis,
    serving,
    clock,
    meter: metrics?.meter ?? silentMeter,
    metrics,
    tracer,
    tracing,
    identity,
    instanceId,
    notices,
    ring,
    secrets,
    onFault,
    health,
    close,
  }
}

/** Null where no collector is set. */
function makeTracing(
  config: Config,
  { logger, ...self }: { readonly version: string; readonly instanceId: string; readonly logger: Logger },
): Tracing | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config
  if (endpoint === undefined) return null
  return makeOpenTelemetry({
    ...self,
    endpoint,
    headers: config.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: config.OTEL_SERVICE_NAME,
    share: config.OTEL_TRACES_SAMPLER_ARG,
    log: (level, message) => logger[level](message),
  })
}

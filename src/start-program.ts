import { join } from 'node:path'
import type { CliNeeds } from './cli/cli-io.ts'
import { exitCodes } from './cli/exit-codes.ts'
import { runCli } from './cli/run-cli.ts'
import { watchLauncher } from './cli/watch-launcher.ts'
import { compose, type Floe } from './compose.ts'
import { ConfigError, isOneInContainer, readConfig, type Config } from './config.ts'
import { createServer } from './http/create-server.ts'
import { openMetricsPort, type MetricsDoor } from './http/metrics-door.ts'
import { announceAddress, openLocalAccess } from './http/local-access.ts'
import { describeSibling, firstAnswer, listen, stopServer } from './http/run-server.ts'

/** How long running questions may take to end and to be stored once the server was told to stop. */
const graceMs = 5_000

/** The process ends this long after a signal at the latest: containers are killed after 10 s. */
const endWithinMs = 8_000

/** The store, parsers and sample are opened after the first page was served, or after this long without a request for it. */
const firstPageMs = 400

/** Runs the command line in this process and returns its exit code. */
export async function startProgram(argv: readonly string[]): Promise<number> {
  const config = readConfigOrExplain()
  if (config === null) return argv[0] === 'doctor' ? exitCodes.unhealthy : exitCodes.usage
  const floe = compose(config)
  const { stdin, stdout, stderr } = process
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, endAtLatest)
  // Windows has no such signal.
  if (process.platform !== 'win32') process.on('SIGUSR2', floe.log.toggleDebug)
  process.on('uncaughtException', (error) => {
    floe.log.logger.fatal({ err: error }, 'a defect ended the program')
    process.exit(exitCodes.failed)
  })
  watchLauncher(() => process.kill(process.pid, 'SIGTERM'))
  const needs: CliNeeds = {
    openServices: () => Promise.resolve(floe.services),
    serve: (signal) => serve(floe, config, signal),
    logDefect: (error) => floe.log.logger.error({ err: error }, 'a command failed'),
    caller: floe.callerAt('cli'),
    operator: floe.operator,
    version: floe.version,
    kinds: floe.kinds,
  }
  return await runCli(argv, { stdin, stdout, stderr, isTerminal: stdin.isTTY && stderr.isTTY, signals: process }, needs)
}

/** Ends the process after a while even when the store or a client no longer answers. */
function endAtLatest(): void {
  const end = (): void => {
    process.stderr.write(`Floe did not stop within ${endWithinMs / 1_000} s; what was not stored yet is lost.\n`)
    process.exit(exitCodes.terminated)
  }
  setTimeout(end, endWithinMs).unref()
}

function readConfigOrExplain(): Config | null {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return null
  }
}

/** Serves until `signal` is aborted. The page goes first; store, parsers and sample, which take all of a processor for a while, open after it. */
async function serve(floe: Floe, config: Config, signal: AbortSignal): Promise<void> {
  const { services, identify, authorizationServer, serving, version, log } = floe
  const { logger } = log
  const { makeRateLimiter } = serving
  const { meter, tracer, tracing } = floe.monitoring
  await tracing?.load()
  await serving.prepareDataFolder()
  const localAccess =
    services.people.signIn !== null
      ? null
      : await openLocalAccess(config.DATA_DIR, isOneInContainer(config) ? 'true' : config.REQUIRE_LOCAL_TOKEN)
  const metricsDoor = metricsDoorOf(floe, config)
  const app = await createServer({
    services,
    identify,
    authorizationServer,
    version,
    webRoot: join(import.meta.dirname, '..', 'dist', 'web'),
    publicUrl: config.PUBLIC_URL ?? null,
    trustedProxies: config.TRUSTED_PROXIES ?? [],
    guestOrigins: config.CORS_ORIGINS ?? [],
    ...(makeRateLimiter === null ? {} : { makeRateLimiter }),
    localAccess,
    meter,
    metricsDoor,
    logger,
    logScope: log.scope,
    audit: services.people.audit,
    tracer,
  })
  const metricsPort = metricsDoor === null ? null : await openMetricsPort(metricsDoor)
  if (metricsPort !== null) logger.info(`Metrics are served on ${metricsPort.address}/metrics.`)
  void firstAnswer(app, firstPageMs).then(() => floe.warm())
  try {
    const address = await listen(app, { host: config.HOST, port: config.PORT, dataDir: config.DATA_DIR })
    process.stdout.write(announceAddress(address, localAccess))
    process.stdout.write(await describeSibling(config.DATA_DIR, address))
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await stopServer(app, services, graceMs)
  } finally {
    await metricsPort?.close()
  }
}

/** Null where neither a port nor a token lets monitoring in. */
function metricsDoorOf({ monitoring: { metrics } }: Floe, config: Config): MetricsDoor | null {
  const { METRICS_PORT: port = null, METRICS_HOST: host, METRICS_TOKEN: token = null } = config
  return metrics === null ? null : { metrics, port, host, token }
}

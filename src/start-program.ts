import { join } from 'node:path'
import type { CliNeeds } from './cli/cli-io.ts'
import { exitCodes } from './cli/exit-codes.ts'
import { runCli } from './cli/run-cli.ts'
import { compose, type Floe } from './compose.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { createServer } from './http/create-server.ts'
import { firstAnswer, listen, stopServer } from './http/run-server.ts'

/** How long running questions may take to end once the server was told to stop. */
const graceMs = 10_000

/** How long the first page is waited for before everything else is opened. */
const patienceMs = 400

/** Runs the command line in this process and returns its exit code. */
export async function startProgram(argv: readonly string[]): Promise<number> {
  const config = readConfigOrExplain()
  if (config === null) return argv[0] === 'doctor' ? exitCodes.unhealthy : exitCodes.usage
  const floe = compose(config)
  const { stdin, stdout, stderr } = process
  const needs: CliNeeds = {
    openServices: () => Promise.resolve(floe.services),
    serve: (signal) => serve(floe, config, signal),
    logDefect: (error) => floe.logger.error({ err: error }, 'a command failed'),
    caller: floe.callerAt('cli'),
    version: floe.version,
    kinds: floe.kinds,
  }
  return await runCli(argv, { stdin, stdout, stderr, isTerminal: stdin.isTTY && stderr.isTTY, signals: process }, needs)
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
  const { services, callerAt, version, logger } = floe
  const app = await createServer({
    services,
    identify: callerAt,
    version,
    webRoot: join(import.meta.dirname, '..', 'dist', 'web'),
    publicUrl: config.PUBLIC_URL ?? null,
    logger,
  })
  void firstAnswer(app, patienceMs).then(() => floe.warm())
  const address = await listen(app, { host: config.HOST, port: config.PORT })
  process.stdout.write(`Floe is ready on ${address}\n`)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await stopServer(app, services, graceMs)
}

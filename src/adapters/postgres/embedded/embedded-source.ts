import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PoolConfig } from 'pg'
import { problem } from '../../../core/problem.ts'
import type { ConnectionSource } from '../database.ts'
import type { EngineOrder } from './engine-message.ts'
import { findOwner } from './owner-record.ts'
import { startEngine, type StartedEngine } from './start-engine.ts'

interface EmbeddedNeeds {
  readonly dataDir: string
  readonly templatePath: string | null
  readonly onFault: (error: unknown) => void
}

/** Beside the built program, where `npm run build` puts it; there is none beside the sources. */
const builtTemplate = fileURLToPath(new URL('../../../embedded-template.tar.gz', import.meta.url))

/**
 * The embedded PostgreSQL of a data folder. The first process to come owns it and serves it on a socket; others connect as guests, and
 * one of them takes over when the owner ends.
 */
export function makeEmbeddedSource(needs: EmbeddedNeeds): ConnectionSource {
  const dir = resolve(needs.dataDir)
  const order: EngineOrder = { dir, templatePath: needs.templatePath ?? builtTemplate, task: 'serve' }
  let own: StartedEngine | null = null
  let locating: Promise<PoolConfig> | null = null
  let closed = false

  const find = async (): Promise<string> => {
    if (own?.isRunning() === true) return own.socketDir
    const owner = await findOwner(dir)
    if (owner !== null) return owner.socketDir
    const started = await startServing(order, needs.onFault)
    if (started.role === 'owner') own = started
    if (closed) {
      await started.stop()
      throw problem('store_unavailable', 'The database was closed while it was being opened.', 'Start Floe again.')
    }
    return started.socketDir
  }

  return {
    place: `The embedded database in ${dir}`,
    secret: null,
    locate: () => {
      locating ??= find()
        .then(poolConfig)
        .finally(() => {
          locating = null
        })
      return locating
    },
    close: async () => {
      closed = true
      await locating?.catch(() => undefined)
      await own?.stop()
    },
  }
}

/** Making a new folder takes a process of its own, after which the next one serves it. */
async function startServing(order: EngineOrder, onFault: (error: unknown) => void): Promise<StartedEngine> {
  const started = await startEngine(order, onFault)
  const serving = started.role === 'made' ? await startEngine(order, onFault) : started
  if (serving.role === 'made') throw new Error(`The folder ${order.dir} was removed while it was being opened.`)
  return serving
}

const poolConfig = (socketDir: string): PoolConfig => ({
  host: socketDir,
  port: 5432,
  user: 'postgres',
  database: 'postgres',
  application_name: 'floe',
  // One session serves all connections, so that more of them only wait in line.
  max: 4,
  connectionTimeoutMillis: 10_000,
  idleTimeoutMillis: 0,
  query_timeout: 20_000,
  allowExitOnIdle: true,
})

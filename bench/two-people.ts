// The server as `serve` starts it, but for two people: who comes with what a browser sends is one, any other program is the other.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { localUserId } from '../src/adapters/postgres/local-user.ts'
import { openDatabase } from '../src/adapters/postgres/open-database.ts'
import { compose } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import { makeLocalCaller } from '../src/core/caller.ts'
import { createServer } from '../src/http/create-server.ts'
import { listen, stopServer } from '../src/http/run-server.ts'

const config = readConfig()
const secondId = randomUUID()
const database = openDatabase({
  databaseUrl: config.DATABASE_URL ?? null,
  dataDir: join(config.DATA_DIR, 'store'),
  userIds: [localUserId, secondId],
  onFault: () => undefined,
})
await database.health()
const floe = compose(config)
const app = await createServer({
  services: floe.services,
  identify: (door) => makeLocalCaller(door === 'page' ? secondId : localUserId, door),
  version: floe.version,
  webRoot: null,
  publicUrl: null,
  logger: floe.log.logger,
})
console.log(`Floe is ready on ${await listen(app, { host: '127.0.0.1', port: 0, dataDir: null })}`)
process.once('SIGTERM', () => {
  void stopServer(app, floe.services, 5_000).finally(() => process.exit(0))
})

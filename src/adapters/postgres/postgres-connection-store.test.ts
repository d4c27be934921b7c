import { postgresMissing, startPostgresServer } from '../../../test/support/postgres-server.ts'
import { describeConnectionStores } from '../../../test/support/connection-store-suite.ts'
import type { Database } from './database.ts'
import { localUserId } from './local-user.ts'
import { makePostgresCatalogStore } from './postgres-catalog-store.ts'
import { makePostgresConnectionStore } from './postgres-connection-store.ts'
import { openStore, otherUserId, temporaryFolder, testTemplate } from './store.test-support.ts'

const storesOn = (database: Database) => ({
  connections: makePostgresConnectionStore({ database }),
  catalogs: makePostgresCatalogStore({ database }),
  ownerId: localUserId,
  otherId: otherUserId,
})

describeConnectionStores('embedded', null, async () => {
  const folder = temporaryFolder()
  const { database, close } = openStore({ dataDir: folder.path, templatePath: await testTemplate() })
  return { ...storesOn(database), close: () => close().finally(folder.remove) }
})

describeConnectionStores('PostgreSQL server', postgresMissing(), async () => {
  const server = await startPostgresServer()
  const { database, close } = openStore({ databaseUrl: server.url })
  const end = async (): Promise<void> => {
    await close()
    await server.remove()
  }
  return { ...storesOn(database), close: end }
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testTemplate } from '../../src/adapters/postgres/store.test-support.ts'
import { postgresMissing, startPostgresServer } from './postgres-server.ts'

/** A store of its own for a Floe under test: the environment that names it, and how it is removed. */
export interface StorePlace {
  readonly env: Readonly<Record<string, string>>
  /** For `openStore` and `openDatabase`. */
  readonly where: { readonly databaseUrl?: string; readonly dataDir: string; readonly templatePath: string }
  readonly remove: () => Promise<void>
}

async function embeddedPlace(): Promise<StorePlace> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-place-'))
  return {
    env: { DATA_DIR: folder },
    where: { dataDir: join(folder, 'store'), templatePath: await testTemplate() },
    remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  }
}

async function serverPlace(): Promise<StorePlace> {
  const { env, where, remove } = await embeddedPlace()
  const server = await startPostgresServer()
  return {
    env: { ...env, DATABASE_URL: server.url },
    where: { ...where, databaseUrl: server.url },
    remove: async () => {
      await server.remove()
      await remove()
    },
  }
}

/** Both engines of the store; `missing` says why one cannot be tried here. */
export const storePlaces: readonly {
  readonly name: string
  readonly missing: string | null
  readonly open: () => Promise<StorePlace>
}[] = [
  { name: 'the embedded store', missing: null, open: embeddedPlace },
  { name: 'a PostgreSQL server', missing: postgresMissing(), open: serverPlace },
]

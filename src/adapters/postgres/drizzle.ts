import { createRequire } from 'node:module'
import type * as DrizzleOrm from 'drizzle-orm'
import type * as NodePostgres from 'drizzle-orm/node-postgres'
import type * as PgCore from 'drizzle-orm/pg-core'
import pg, { type Client, type ClientConfig, type Pool, type PoolConfig } from 'pg'

// Loaded as CommonJS: Node's ES module loader spends about a second and 230 MB on the import cycles of this library.
// drizzle-kit reads the schema as CommonJS itself, where import.meta is empty.
const load = createRequire(import.meta.url ?? __filename)

export const { and, asc, desc, eq, gt, isNotNull, isNull, lt, sql } = load('drizzle-orm') as typeof DrizzleOrm
export const pgCore = load('drizzle-orm/pg-core') as typeof PgCore
export const { drizzle } = load('drizzle-orm/node-postgres') as typeof NodePostgres

export const makePool = (config: PoolConfig): Pool => new pg.Pool(config)
export const makeClient = (config: ClientConfig): Client => new pg.Client(config)

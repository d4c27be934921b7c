import type { ModelKeyStore } from '../../core/ports/model-key-store.ts'
import type { Database } from './database.ts'
import { makeStatementStore } from './statement-store.ts'

/** Keeps people's own keys for models in PostgreSQL, sealed: each method runs the statement of its name. */
export const makePostgresModelKeyStore = ({ database }: { readonly database: Database }): ModelKeyStore =>
  makeStatementStore<ModelKeyStore>(database, () => import('./model-statements.ts'))

import type { OauthStore } from '../../core/ports/oauth-store.ts'
import type { Database } from './database.ts'
import { makeStatementStore } from './statement-store.ts'

/** Keeps what the authorization server keeps in PostgreSQL: each method runs the statement of its name. */
export const makePostgresOauthStore = ({ database }: { readonly database: Database }): OauthStore =>
  makeStatementStore<OauthStore>(database, () => import('./oauth-statements.ts'))

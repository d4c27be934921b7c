import type { OauthStore } from '../../core/ports/oauth-store.ts'
import type { Database, Statements } from './database.ts'

/** Functions of the names of a store's methods, each of which takes the connection first. */
type StatementsOf<Store> = {
  readonly [Name in keyof Store]: Store[Name] extends (...given: infer Given) => infer Result
    ? (on: Statements, ...given: Given) => Result
    : never
}

// Late, because loading the query builder costs more than the rest of a short command.
const load = (): Promise<StatementsOf<OauthStore>> => import('./oauth-statements.ts')

/** Keeps what the authorization server keeps in PostgreSQL: each method runs the statement of its name. */
export function makePostgresOauthStore({ database }: { readonly database: Database }): OauthStore {
  let loading: ReturnType<typeof load> | null = null
  const call = async (name: string | symbol, given: readonly unknown[]): Promise<unknown> => {
    const statement: unknown = Reflect.get(await (loading ??= load()), name)
    if (typeof statement !== 'function') throw new TypeError(`There is no statement ${String(name)}.`)
    return await database.run((on) => Promise.resolve(Reflect.apply(statement, null, [on, ...given])))
  }
  return new Proxy<OauthStore>(Object.create(null) as OauthStore, {
    get(_none, name) {
      return (...given: readonly unknown[]) => call(name, given)
    },
  })
}

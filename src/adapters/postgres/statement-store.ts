import type { Database, Statements } from './database.ts'

/** Functions of the names of a store's methods, each of which takes the connection first. */
export type StatementsOf<Store> = {
  readonly [Name in keyof Store]: Store[Name] extends (...given: infer Given) => infer Result
    ? (on: Statements, ...given: Given) => Result
    : never
}

/**
 * Makes a store each of whose methods runs the statement of its name. The statements are loaded at the first call, because loading the query
 * builder costs more than the rest of a short command.
 */
export function makeStatementStore<Store extends object>(
  database: Database,
  load: () => Promise<StatementsOf<Store>>,
): Store {
  let loading: ReturnType<typeof load> | null = null
  const call = async (name: string | symbol, given: readonly unknown[]): Promise<unknown> => {
    const statement: unknown = Reflect.get(await (loading ??= load()), name)
    if (typeof statement !== 'function') throw new TypeError(`There is no statement ${String(name)}.`)
    return await database.run((on) => Promise.resolve(Reflect.apply(statement, null, [on, ...given])), String(name))
  }
  return new Proxy<Store>(Object.create(null) as Store, {
    get(_none, name) {
      return (...given: readonly unknown[]) => call(name, given)
    },
  })
}

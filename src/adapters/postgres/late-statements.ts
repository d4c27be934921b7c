import type { Database, Statements } from './database.ts'

type Work<Known, Name extends keyof Known> = Known[Name] extends (on: Statements, ...given: infer Given) => infer Answer
  ? { readonly given: Given; readonly answer: Answer }
  : never

/** Loads a module once: each further `import()` of it takes the event loop longer than a short statement does. */
export function loadOnce<Known>(load: () => Promise<Known>): () => Promise<Known> {
  let loading: Promise<Known> | null = null
  return () => (loading ??= load())
}

/**
 * Runs the statements of a module by their names. The module is loaded late, because the query builder costs more than the rest of a short
 * command.
 */
export function lateStatements<Known>(database: Pick<Database, 'run'>, load: () => Promise<Known>) {
  const known = loadOnce(load)
  return <Name extends keyof Known>(name: Name) =>
    async (...given: Work<Known, Name>['given']): Promise<Awaited<Work<Known, Name>['answer']>> => {
      const work = (await known())[name] as (
        on: Statements,
        ...given: Work<Known, Name>['given']
      ) => Promise<Awaited<Work<Known, Name>['answer']>>
      return await database.run((on) => work(on, ...given))
    }
}

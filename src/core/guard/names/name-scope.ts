import type { Span } from '../../../contract/problem.ts'
import type { NamedTable } from './catalog-index.ts'

/** What a query, a table or a table function gives by name. */
export interface Output {
  readonly columns: ReadonlySet<string>
  /** More columns than are known: nothing can be said to be missing. */
  readonly open: boolean
  /** Some columns have names made from their expression, which only quotes can spell. */
  readonly loose: boolean
}

/** One thing in FROM. */
export interface Source extends Output {
  /** The name it goes by here, folded; null where it has none. */
  readonly alias: string | null
  /** The table itself, where it is one. */
  readonly table: NamedTable | null
  /** The table's own qualified name, usable where no alias was given. */
  readonly qualified: readonly string[]
}

/** The names that an expression can see, from the inside out. */
export interface Scope {
  readonly sources: Source[]
  /** Names of the select list and parameters of lambdas. */
  readonly aliases: Set<string>
  readonly outer: Scope | null
}

export interface ColumnUse {
  readonly database: string
  readonly schema: string
  readonly table: string
  readonly name: string
  readonly span: Span | null
}

export const unknownOutput: Output = { columns: new Set(), open: true, loose: false }
export const outputOf = (columns: Iterable<string>, loose = false): Output => ({
  columns: new Set(columns),
  open: false,
  loose,
})

export const openScope = (outer: Scope | null): Scope => ({ sources: [], aliases: new Set(), outer })

export function* scopesFrom(scope: Scope): Generator<Scope> {
  for (let at: Scope | null = scope; at !== null; at = at.outer) yield at
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index])

/** The source that a qualifier names: its alias, or the end of the table's own name. */
export function sourceNamed(scope: Scope, qualifier: readonly string[]): Source | null {
  for (const { sources } of scopesFrom(scope)) {
    const found = sources.find((source) =>
      qualifier.length === 1 && source.alias !== null
        ? source.alias === qualifier[0]
        : isSame(source.qualified.slice(-qualifier.length), qualifier),
    )
    if (found !== undefined) return found
  }
  return null
}

/** Renames the columns of an output by a list of aliases, as `x (a, b)` does. */
export function renamed(output: Output, names: readonly string[]): Output {
  if (names.length === 0) return output
  if (output.open) return { ...output, columns: new Set([...names, ...output.columns]) }
  return outputOf([...names, ...[...output.columns].slice(names.length)], output.loose)
}

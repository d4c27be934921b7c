import type { Span } from '../../../contract/problem.ts'
import type { TableRef } from '../trees/tree-facts.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import type { Fault } from '../verdict.ts'
import type { CatalogIndex, NamedTable } from './catalog-index.ts'

/** A name that is not in the catalog; `fix` is the text to write instead where only case, quotes or a qualifier are wrong. */
export interface NameFault extends Fault {
  readonly fix: { readonly span: Span; readonly text: string } | null
}

/** CTEs in sight, by folded name. */
export type Ctes = ReadonlyMap<string, Output & { readonly isRecursive: boolean }>

/** The resolution of one statement's names: what is looked up, what was found, and how its parts read one another. */
export interface Resolution {
  /** Null where there is no catalog: then nothing is missing. */
  readonly index: CatalogIndex | null
  readonly spanOf: (ident: TreeNode) => Span | null
  readonly tables: NamedTable[]
  readonly faults: NameFault[]
  /** What lets the statement make more rows than an estimate can tell; the first such thing, as a phrase. */
  unboundedRows: string | null
  /** Reads a query and returns the columns it gives. */
  resolveQuery(query: TreeNode, ctes: Ctes, outer: Scope | null): Output
  /** Reads an expression, or a list of them. */
  resolveExpression(tree: Tree, ctes: Ctes, scope: Scope): void
  /** The table that a name in FROM means; null, and a fault, where there is none. */
  resolveTable(ref: TableRef): NamedTable | null
}

/** What a query, a table or a table function gives by name. */
export interface Output {
  readonly columns: ReadonlySet<string>
  /** More columns than are known: nothing can be said to be missing. */
  readonly open: boolean
  /** Some columns have names made from their expression, which only quotes can spell. */
  readonly loose: boolean
  /** The most rows, where the text tells; else infinite. */
  readonly maxRows: number
}

/** One thing in FROM. */
export interface Source extends Output {
  /** The name it goes by here, folded; null where it has none. */
  readonly alias: string | null
  /** The table itself, where it is one. */
  readonly table: NamedTable | null
  /** The table's own qualified name, usable where no alias was given. */
  readonly qualified: readonly string[]
  /** Whether it is the common table expression that is being defined. */
  readonly isRecursive: boolean
}

/** The names that an expression can see, from the inside out. */
export interface Scope {
  readonly sources: Source[]
  /** Names of the select list and parameters of lambdas. */
  readonly aliases: Set<string>
  /** Conditions of WHERE and ON, and sources that USING and its like join: both tell which sources belong together. */
  readonly conditions: Tree[]
  readonly ties: ReadonlySet<Source>[]
  readonly outer: Scope | null
}

export const unknownOutput: Output = { columns: new Set(), open: true, loose: false, maxRows: Number.POSITIVE_INFINITY }
export const outputOf = (columns: Iterable<string>, maxRows = Number.POSITIVE_INFINITY): Output => ({
  columns: new Set(columns),
  open: false,
  loose: false,
  maxRows,
})

export const openScope = (outer: Scope | null): Scope => ({
  sources: [],
  aliases: new Set(),
  conditions: [],
  ties: [],
  outer,
})

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
  return { ...output, columns: new Set([...names, ...[...output.columns].slice(names.length)]) }
}

import type { Span } from '../../../contract/problem.ts'
import type { OffsetMap } from '../trees/offset-map.ts'
import type { TableRef } from '../trees/tree-facts.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import type { Fault } from '../verdict.ts'
import type { CatalogIndex, NamedTable } from './catalog-index.ts'

/** A name that is not in the catalog; `fix` is the text to write instead where only case, quotes or a qualifier are wrong. */
export interface NameFault extends Fault {
  readonly fix: { readonly span: Span; readonly text: string } | null
}

/** Faults after which no more names are looked up: finding the nearest names takes time. */
export const mostFaults = 50

/** CTEs in scope, by folded name. */
export type Ctes = ReadonlyMap<string, Output & { readonly isRecursive: boolean }>

/** State of resolving the names of one statement. The functions are fields because they call one another across files. */
export interface Resolution {
  /** Null without a catalog: then no name is unknown. */
  readonly index: CatalogIndex | null
  readonly offsets: OffsetMap
  readonly tables: NamedTable[]
  readonly faults: NameFault[]
  /** What lets the statement make more rows than an estimate can tell; the first such thing, as a phrase. */
  unboundedRows: string | null
  /** Resolves a query and returns its columns. */
  resolveQuery(query: TreeNode, ctes: Ctes, outer: Scope | null): Output
  /** Resolves an expression or a list of expressions. */
  resolveExpression(tree: Tree, ctes: Ctes, scope: Scope): void
  /** Returns the table that a name in FROM refers to; adds a fault and returns null if it is unknown. */
  resolveTable(ref: TableRef): NamedTable | null
}

/** The columns of a query, table or table function. */
export interface Output {
  readonly columns: ReadonlySet<string>
  /** Whether there may be further columns, so that none counts as unknown. */
  readonly open: boolean
  /** Whether some columns are named by their expression, which only a quoted name can refer to. */
  readonly loose: boolean
  /** The most rows as far as the text tells; infinite otherwise. */
  readonly maxRows: number
}

/** An item of FROM. */
export interface Source extends Output {
  /** Its alias, folded; null without one. */
  readonly alias: string | null
  /** The catalog's table; null for anything else. */
  readonly table: NamedTable | null
  /** The table's own qualified name, usable where no alias was given. */
  readonly qualified: readonly string[]
  /** Whether it is the recursive CTE that is being defined. */
  readonly isRecursive: boolean
}

/** The names visible to an expression, innermost scope first. */
export interface Scope {
  readonly sources: Source[]
  /** Aliases of the select list and parameters of lambdas. */
  readonly aliases: Set<string>
  /** Conditions of WHERE and ON, and sets of sources joined by USING, NATURAL or ASOF: both tie sources together. */
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

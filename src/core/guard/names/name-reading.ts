import type { Span } from '../../../contract/problem.ts'
import type { TreeNode, Tree } from '../trees/tree.ts'
import type { TableRef } from '../trees/tree-facts.ts'
import type { Fault } from '../verdict.ts'
import type { CatalogIndex, NamedTable } from './catalog-index.ts'
import type { ColumnUse, Output, Scope } from './name-scope.ts'

/** A name that is not in the catalog; `fix` is the text to write instead where only case, quotes or a qualifier are wrong. */
export interface NameFault extends Fault {
  readonly fix: { readonly span: Span; readonly text: string } | null
}

/** A table of a query together with what the catalog knows of it. */
export interface TableUse {
  readonly table: NamedTable
  readonly span: Span | null
}

/** CTEs in sight, by folded name. */
export type Ctes = ReadonlyMap<string, Output>

/** The reading of one statement's names: what is looked up, what was found, and how its parts read one another. */
export interface NameReading {
  /** Null where there is no catalog: then nothing is missing. */
  readonly index: CatalogIndex | null
  readonly spanOf: (ident: TreeNode) => Span | null
  readonly tables: TableUse[]
  readonly columns: ColumnUse[]
  readonly faults: NameFault[]
  /** Reads a query and returns the columns it gives. */
  readQuery(query: TreeNode, ctes: Ctes, outer: Scope | null): Output
  /** Reads an expression, or a list of them. */
  readExpression(tree: Tree, ctes: Ctes, scope: Scope): void
  /** The table that a name in FROM means; null, and a fault, where there is none. */
  readTable(ref: TableRef): NamedTable | null
}

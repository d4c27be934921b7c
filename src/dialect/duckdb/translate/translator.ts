import type { Declarations } from './declared-columns.ts'
import type { Emitted } from './emitted.ts'
import type { OutputColumn } from './emitted.ts'
import { cannotRun, type Node } from './syntax.ts'

/** A query in DuckDB's dialect. `columns` is null where a star over a table hides what they are. */
export interface EmittedQuery {
  readonly text: string
  readonly columns: readonly OutputColumn[] | null
  /** Columns known even though others are not. */
  readonly known: readonly OutputColumn[]
}

/** One relation of a FROM clause and what is known of its columns. */
export interface Relation {
  /** Null where it has no name. */
  readonly name: string | null
  readonly known: readonly OutputColumn[]
  readonly complete: boolean
  /** Columns that USING or NATURAL merged into those of relations before it; null where they are not known. */
  readonly merged?: readonly string[] | null
  /** Rows of `VALUES`: columns can be called `$1`, `$2`. */
  readonly positional: boolean
  /** The column that numbers the rows of `GENERATOR`, as DuckDB text. */
  readonly rowNumber: string | null
}

/** Names in sight of an expression. */
export interface Scope {
  readonly ctes: ReadonlyMap<string, EmittedQuery>
  readonly relations: readonly Relation[]
  /** Columns named by the select list, which later expressions may use. */
  readonly aliases: ReadonlyMap<string, OutputColumn>
  /** Parameters of lambdas in sight. */
  readonly parameters: ReadonlyMap<string, Emitted>
  readonly parent: Scope | null
}

/** Turns nodes into DuckDB text within one scope. */
export interface Translator {
  readonly scope: Scope
  /** The statement as written, for the names of unnamed columns. */
  readonly source: string
  /** What is known of tables; its database also qualifies two-part names. */
  readonly declared: Declarations
  expr(node: Node): Emitted
  /** A nested query; it sees this scope. */
  query(node: Node): EmittedQuery
  inside(scope: Partial<Scope>): Translator
}

export const emptyScope: Scope = {
  ctes: new Map(),
  relations: [],
  aliases: new Map(),
  parameters: new Map(),
  parent: null,
}

const sameLetters = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase()

/** DuckDB takes names for the same that differ in case only, and the first of several columns of one name; Snowflake does not. */
export function assertOneColumn(scope: Scope, qualifier: string | null, name: string): void {
  const named = scope.relations.filter((relation) => qualifier === null || relation.name === qualifier)
  for (const { known } of named) {
    const alike = known.filter((column) => sameLetters(column.name, name))
    if (alike.length > 1) throw cannotRun(`the name ${name} beside others of these letters`)
    const [only] = alike
    if (only !== undefined && only.name !== name && !scope.aliases.has(name))
      throw cannotRun(`the name ${name} for the column ${only.name}`)
  }
}

/** What is known of the column a name means, else null. Unknown relations hide nothing: a clash would be ambiguous. */
export function lookUp(scope: Scope | null, qualifier: string | null, name: string): OutputColumn | null {
  if (scope === null) return null
  for (const relation of scope.relations) {
    if (qualifier !== null && relation.name !== qualifier) continue
    const column = relation.known.find((candidate) => candidate.name === name)
    if (column !== undefined) return column
    if (qualifier !== null) return null
  }
  if (qualifier === null) {
    if (scope.relations.some((relation) => !relation.complete)) {
      const alias = scope.aliases.get(name)
      return alias === undefined ? null : { ...alias, kind: alias.kind === 'json' ? 'json' : 'unknown', scale: null }
    }
    const alias = scope.aliases.get(name)
    if (alias !== undefined) return alias
  }
  return lookUp(scope.parent, qualifier, name)
}

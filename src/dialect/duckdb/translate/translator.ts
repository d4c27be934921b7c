import type { Declarations } from './declared-columns.ts'
import { type Emitted, type OutputColumn, spelled } from './emitted.ts'
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
  /** Whether a table of the database has this name; other names are given by the query. */
  readonly stored?: boolean
  readonly known: readonly OutputColumn[]
  readonly complete: boolean
  /** Columns that USING or NATURAL merged into those of relations before it; null where they are not known. */
  readonly merged?: readonly string[] | null
  /** The column that numbers the rows of `GENERATOR`, as DuckDB text. */
  readonly rowNumber: string | null
}

/** Names in sight of an expression. */
export interface Scope {
  readonly ctes: ReadonlyMap<string, EmittedQuery>
  readonly relations: readonly Relation[]
  /** Columns named by the select list, which later expressions may use. */
  readonly aliases: ReadonlyMap<string, OutputColumn>
  /** The first branch of the recursive query that is being translated, whose columns need room for what is added to them. */
  readonly anchor: Node
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
  anchor: null,
  parameters: new Map(),
  parent: null,
}

/** Whether names differ in capital letters at most: DuckDB takes such names for the same, Snowflake does not. */
export const sameLetters = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase()

/** The nearest relation in sight that goes by a name, else null. */
export function relationNamed(scope: Scope | null, name: string): Relation | null {
  for (let at = scope; at !== null; at = at.parent) {
    const found = at.relations.find((relation) => relation.name === name)
    if (found !== undefined) return found
    if (at.relations.some((relation) => relation.name !== null && sameLetters(relation.name, name)))
      throw cannotRun(`the name ${name} beside others of these letters`)
  }
  return null
}

/** Throws where DuckDB would find a column although Snowflake finds none, or several: under other letters, or one name twice. */
export function assertOneColumn(scope: Scope, qualifier: string | null, name: string): void {
  const relations = scope.relations.filter((relation) => qualifier === null || relation.name === qualifier)
  const found = relations.map(({ known }) => known.filter((column) => column.name === name).length)
  if (found.some((count) => count > 1)) throw cannotRun(`the name ${name} of several columns`)
  if (found.includes(1) || scope.aliases.has(name)) return
  const alike = relations.flatMap(({ known }) => known).find((column) => sameLetters(column.name, name))
  if (alike !== undefined) throw cannotRun(`the name ${name} for the column ${alike.name}`)
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
  if (qualifier !== null) return lookUp(scope.parent, qualifier, name)
  const alias = scope.aliases.get(name)
  const complete = scope.relations.every((relation) => relation.complete)
  if (alias === undefined) return complete ? lookUp(scope.parent, qualifier, name) : null
  return complete || alias.kind === 'json' ? alias : { ...alias, kind: 'unknown', scale: null }
}

/**
 * The columns of one name on both sides, as a merge by name (`what`) finds them. Throws where DuckDB, which looks at the spelling but not at
 * capital letters, would pair others.
 */
export function sharedColumns(
  left: readonly OutputColumn[],
  right: readonly OutputColumn[],
  what: string,
): readonly OutputColumn[] {
  for (const a of left) {
    const b = right.find((column) => sameLetters(column.name, a.name))
    if (b !== undefined && (b.name === a.name) !== sameLetters(spelled(a), spelled(b)))
      throw cannotRun(`${what} of columns whose names differ in capital letters`)
  }
  const shared = left.filter((column) => right.some(({ name }) => name === column.name))
  if (shared.length === 0) throw cannotRun(`${what} without a common column`)
  return shared
}

import type { Span } from '../../../contract/problem.ts'
import type { Fault } from '../verdict.ts'

/** One part of a name as written; `quoted` names are exact, others fold to upper case. */
export interface NamePart {
  readonly text: string
  readonly quoted: boolean
}

/** A table named in a query; names that a CTE hides are not among them. */
export interface TableRef {
  readonly parts: readonly NamePart[]
  readonly span: Span | null
}

export type FunctionPlace = 'expression' | 'table' | 'match' | 'any'

/** A function called in a query. */
export interface FunctionRef {
  /** Folded parts joined by dots, for messages and for comparing the parsers. */
  readonly name: string
  /** Folded parts. */
  readonly parts: readonly string[]
  /** Where it stands: among expressions, in FROM, in MATCH_RECOGNIZE, or not told by the parser. */
  readonly place: FunctionPlace
  /** Written without parentheses, as `CURRENT_DATE` may be; the other parser may take it for a column. */
  readonly bare: boolean
  readonly span: Span | null
}

/** The facts of one parser's tree. */
export interface TreeFacts {
  readonly tables: readonly TableRef[]
  readonly functions: readonly FunctionRef[]
  /** Nodes that stand for a call, such as `CAST` and `EXTRACT`, each with the names that Snowflake text may have used; for comparing the parsers. */
  readonly forms: ReadonlyMap<string, readonly string[]>
  readonly faults: readonly Fault[]
}

/** Snowflake's folding: unquoted names are stored in upper case, quoted ones as written. */
export const fold = (part: NamePart): string => (part.quoted ? part.text : part.text.toUpperCase())

/** A name as stored, parts joined by dots. */
export const joinName = (parts: readonly NamePart[]): string => parts.map(fold).join('.')

/**
 * Names defined by WITH. A CTE is visible to the CTEs after it and to the query below, and, in the branches of its own UNION after
 * the first, to itself; everywhere else the same name is a table.
 */
export interface CteScope {
  readonly names: ReadonlySet<string>
  readonly outer: CteScope | null
}

export const noCtes: CteScope = { names: new Set(), outer: null }

export const withCte = (scope: CteScope, name: NamePart): CteScope => ({ names: new Set([fold(name)]), outer: scope })

export function hides(scope: CteScope, parts: readonly NamePart[]): boolean {
  const [only, ...more] = parts
  if (only === undefined || more.length > 0) return false
  const name = fold(only)
  for (let at: CteScope | null = scope; at !== null; at = at.outer) if (at.names.has(name)) return true
  return false
}

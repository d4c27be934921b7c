import { fold } from './tree-facts.ts'
import type { NamePart } from './tree-facts.ts'

/**
 * Names that a WITH clause gives to queries. A CTE is visible to those after it and to the query below, and, in the branches of its own UNION after
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

import { partOf } from '../trees/sqlparser-ident.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { fold } from '../trees/tree-facts.ts'
import type { Ctes, NameReading } from './name-reading.ts'
import { openScope, outputOf, renamed, unknownOutput } from './name-scope.ts'
import type { Output, Scope } from './name-scope.ts'
import { resolveFrom } from './resolve-from.ts'
import { selectOutput } from './select-output.ts'

/** Reads a query with its CTEs and returns the columns it gives. */
export function resolveQuery(reading: NameReading, query: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const inner = resolveWith(reading, nodeIn(query, 'with'), ctes, outer)
  const body = nodeIn(query, 'body') ?? {}
  const tail = [query['order_by'], query['limit_clause'], query['fetch']]
  const select = nodeIn(body, 'Select')
  if (select !== null) return resolveSelect(reading, select, tail, inner, outer)
  const output = resolveBody(reading, body, inner, outer)
  const scope: Scope = { sources: [{ ...output, alias: null, table: null, qualified: [] }], aliases: new Set(), outer }
  reading.readExpression(tail, inner, scope)
  return output
}

function resolveWith(reading: NameReading, clause: TreeNode | null, ctes: Ctes, outer: Scope | null): Ctes {
  let known = ctes
  for (const cte of clause === null ? [] : listIn(clause, 'cte_tables')) {
    const alias = isNode(cte) ? nodeIn(cte, 'alias') : null
    const query = isNode(cte) ? nodeIn(cte, 'query') : null
    const name = nodeIn(alias ?? {}, 'name')
    if (alias === null || query === null || name === null) continue
    const names = columnNames(alias)
    const self = fold(partOf(name))
    const output = renamed(resolveCte(reading, query, known, outer, { self, names }), names)
    known = new Map([...known, [self, output]])
  }
  return known
}

const columnNames = (alias: TreeNode): readonly string[] =>
  listIn(alias, 'columns').flatMap((column) => {
    const name = isNode(column) ? nodeIn(column, 'name') : null
    return name === null ? [] : [fold(partOf(name))]
  })

interface Self {
  readonly self: string
  readonly names: readonly string[]
}

/** In a CTE's own UNION the branches after the first may mean the CTE itself. */
function resolveCte(reading: NameReading, query: TreeNode, ctes: Ctes, outer: Scope | null, self: Self): Output {
  const union = nodeIn(nodeIn(query, 'body') ?? {}, 'SetOperation')
  if (union === null || union['op'] !== 'Union' || nodeIn(query, 'with') !== null)
    return reading.readQuery(query, ctes, outer)
  const output = resolveBranches(reading, union, ctes, outer, self)
  const scope: Scope = { sources: [{ ...output, alias: null, table: null, qualified: [] }], aliases: new Set(), outer }
  reading.readExpression([query['order_by'], query['limit_clause'], query['fetch']], ctes, scope)
  return output
}

function resolveBranches(reading: NameReading, union: TreeNode, ctes: Ctes, outer: Scope | null, self: Self): Output {
  const left = nodeIn(union, 'left') ?? {}
  const deeper = nodeIn(left, 'SetOperation')
  const first =
    deeper !== null && deeper['op'] === 'Union'
      ? resolveBranches(reading, deeper, ctes, outer, self)
      : resolveBody(reading, left, ctes, outer)
  const withSelf = new Map([...ctes, [self.self, renamed(first, self.names)]])
  const second = resolveBody(reading, nodeIn(union, 'right') ?? {}, withSelf, outer)
  return joined(union, first, second)
}

/** A query without its WITH and ORDER BY: SELECT, a set operation, VALUES, or a query in brackets. */
function resolveBody(reading: NameReading, body: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const select = nodeIn(body, 'Select')
  if (select !== null) return resolveSelect(reading, select, [], ctes, outer)
  const inner = nodeIn(body, 'Query')
  if (inner !== null) return reading.readQuery(inner, ctes, outer)
  const set = nodeIn(body, 'SetOperation')
  if (set !== null) {
    const left = resolveBody(reading, nodeIn(set, 'left') ?? {}, ctes, outer)
    return joined(set, left, resolveBody(reading, nodeIn(set, 'right') ?? {}, ctes, outer))
  }
  const values = nodeIn(body, 'Values')
  return values === null ? unknownOutput : resolveValues(reading, values, ctes, outer)
}

/** A set operation has the columns of its first branch; BY NAME has those of both. */
function joined(set: TreeNode, left: Output, right: Output): Output {
  const quantifier = set['set_quantifier']
  if (typeof quantifier !== 'string' || !quantifier.endsWith('ByName')) return left
  return {
    columns: new Set([...left.columns, ...right.columns]),
    open: left.open || right.open,
    loose: left.loose || right.loose,
  }
}

function resolveValues(reading: NameReading, values: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const rows = listIn(values, 'rows').map((row) => (isNode(row) ? listIn(row, 'content') : []))
  reading.readExpression(rows, ctes, openScope(outer))
  return outputOf((rows[0] ?? []).map((_, index) => `COLUMN${index + 1}`))
}

function resolveSelect(
  reading: NameReading,
  select: TreeNode,
  tail: readonly Tree[],
  ctes: Ctes,
  outer: Scope | null,
): Output {
  const scope = openScope(outer)
  resolveFrom(reading, listIn(select, 'from'), ctes, scope)
  const projection = listIn(select, 'projection')
  for (const name of projection.flatMap(aliasIn)) scope.aliases.add(name)
  const { selection, connect_by: connected, group_by: grouped, having, qualify, top } = select
  reading.readExpression([projection, selection, connected, grouped, having, qualify, top, ...tail], ctes, scope)
  return selectOutput(reading, projection, scope)
}

/** The name that an item of the select list is given. */
function aliasIn(item: Tree): readonly string[] {
  const aliased = isNode(item) ? nodeIn(item, 'ExprWithAlias') : null
  const alias = nodeIn(aliased ?? {}, 'alias')
  if (alias !== null) return [fold(partOf(alias))]
  const wildcard = isNode(item) ? nodeIn(item, 'Wildcard') : null
  const renames = nodeIn(wildcard ?? {}, 'opt_rename')
  return renames === null ? [] : listIn(renames, 'Multiple').flatMap(renamedTo)
}

function renamedTo(item: Tree): readonly string[] {
  const alias = isNode(item) ? nodeIn(item, 'alias') : null
  return alias === null ? [] : [fold(partOf(alias))]
}

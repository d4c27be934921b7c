import { partOf } from '../trees/sqlparser-ident.ts'
import { fold } from '../trees/tree-facts.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { openScope, outputOf, renamed, sourceNamed, unknownOutput } from './resolution.ts'
import type { Ctes, Output, Resolution, Scope, Source } from './resolution.ts'
import { resolveFrom } from './resolve-from.ts'

/** Reads a query with its CTEs and returns the columns it gives. */
export function resolveQuery(resolution: Resolution, query: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const inner = resolveWith(resolution, nodeIn(query, 'with'), ctes, outer)
  const body = nodeIn(query, 'body') ?? {}
  const tail = [query['order_by'], query['limit_clause'], query['fetch']]
  const select = nodeIn(body, 'Select')
  if (select !== null) return resolveSelect(resolution, select, tail, inner, outer)
  const output = resolveBody(resolution, body, inner, outer)
  const scope: Scope = { sources: [{ ...output, alias: null, table: null, qualified: [] }], aliases: new Set(), outer }
  resolution.resolveExpression(tail, inner, scope)
  return output
}

function resolveWith(resolution: Resolution, clause: TreeNode | null, ctes: Ctes, outer: Scope | null): Ctes {
  let known = ctes
  for (const cte of clause === null ? [] : listIn(clause, 'cte_tables')) {
    const alias = isNode(cte) ? nodeIn(cte, 'alias') : null
    const query = isNode(cte) ? nodeIn(cte, 'query') : null
    const name = nodeIn(alias ?? {}, 'name')
    if (alias === null || query === null || name === null) continue
    const names = columnNames(alias)
    const self = fold(partOf(name))
    const output = renamed(resolveCte(resolution, query, known, outer, { self, names }), names)
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
function resolveCte(resolution: Resolution, query: TreeNode, ctes: Ctes, outer: Scope | null, self: Self): Output {
  const union = nodeIn(nodeIn(query, 'body') ?? {}, 'SetOperation')
  if (union === null || union['op'] !== 'Union' || nodeIn(query, 'with') !== null)
    return resolution.resolveQuery(query, ctes, outer)
  const output = resolveBranches(resolution, union, ctes, outer, self)
  const scope: Scope = { sources: [{ ...output, alias: null, table: null, qualified: [] }], aliases: new Set(), outer }
  resolution.resolveExpression([query['order_by'], query['limit_clause'], query['fetch']], ctes, scope)
  return output
}

function resolveBranches(resolution: Resolution, union: TreeNode, ctes: Ctes, outer: Scope | null, self: Self): Output {
  const left = nodeIn(union, 'left') ?? {}
  const deeper = nodeIn(left, 'SetOperation')
  const first =
    deeper !== null && deeper['op'] === 'Union'
      ? resolveBranches(resolution, deeper, ctes, outer, self)
      : resolveBody(resolution, left, ctes, outer)
  const withSelf = new Map([...ctes, [self.self, renamed(first, self.names)]])
  const second = resolveBody(resolution, nodeIn(union, 'right') ?? {}, withSelf, outer)
  return joined(union, first, second)
}

/** A query without its WITH and ORDER BY: SELECT, a set operation, VALUES, or a query in brackets. */
function resolveBody(resolution: Resolution, body: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const select = nodeIn(body, 'Select')
  if (select !== null) return resolveSelect(resolution, select, [], ctes, outer)
  const inner = nodeIn(body, 'Query')
  if (inner !== null) return resolution.resolveQuery(inner, ctes, outer)
  const set = nodeIn(body, 'SetOperation')
  if (set !== null) {
    const left = resolveBody(resolution, nodeIn(set, 'left') ?? {}, ctes, outer)
    return joined(set, left, resolveBody(resolution, nodeIn(set, 'right') ?? {}, ctes, outer))
  }
  const values = nodeIn(body, 'Values')
  return values === null ? unknownOutput : resolveValues(resolution, values, ctes, outer)
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

function resolveValues(resolution: Resolution, values: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const rows = listIn(values, 'rows').map((row) => (isNode(row) ? listIn(row, 'content') : []))
  resolution.resolveExpression(rows, ctes, openScope(outer))
  return outputOf((rows[0] ?? []).map((_, index) => `COLUMN${index + 1}`))
}

function resolveSelect(
  resolution: Resolution,
  select: TreeNode,
  tail: readonly Tree[],
  ctes: Ctes,
  outer: Scope | null,
): Output {
  const scope = openScope(outer)
  resolveFrom(resolution, listIn(select, 'from'), ctes, scope)
  const projection = listIn(select, 'projection')
  for (const name of projection.flatMap(aliasIn)) scope.aliases.add(name)
  const { selection, connect_by: connected, group_by: grouped, having, qualify, top } = select
  resolution.resolveExpression([projection, selection, connected, grouped, having, qualify, top, ...tail], ctes, scope)
  return selectOutput(resolution, projection, scope)
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

interface Collected {
  readonly columns: Set<string>
  open: boolean
  loose: boolean
}

/** The columns that a select list gives; a star is spread out and noted as resolution what it stands for. */
export function selectOutput(resolution: Resolution, projection: readonly Tree[], scope: Scope): Output {
  const collected: Collected = { columns: new Set(), open: false, loose: false }
  for (const item of projection) if (isNode(item)) collectItem(resolution, item, scope, collected)
  return collected
}

function collectItem(resolution: Resolution, item: TreeNode, scope: Scope, collected: Collected): void {
  const aliased = nodeIn(item, 'ExprWithAlias')
  const alias = nodeIn(aliased ?? {}, 'alias')
  const name = alias ?? plainName(nodeIn(item, 'UnnamedExpr'))
  if (name !== null) collected.columns.add(fold(partOf(name)))
  else if (nodeIn(item, 'UnnamedExpr') !== null) collected.loose = true
  const wildcard = nodeIn(item, 'Wildcard')
  if (wildcard !== null) for (const source of scope.sources) spread(resolution, source, wildcard, collected)
  const [holder, options] = listIn(item, 'QualifiedWildcard')
  if (holder !== undefined && isNode(holder)) spreadNamed(resolution, holder, options, scope, collected)
}

/** A bare column keeps its name. */
function plainName(expression: TreeNode | null): TreeNode | null {
  if (expression === null) return null
  const last = listIn(expression, 'CompoundIdentifier').at(-1)
  return nodeIn(expression, 'Identifier') ?? (isNode(last) ? last : null)
}

function spreadNamed(
  resolution: Resolution,
  holder: TreeNode,
  options: Tree,
  scope: Scope,
  collected: Collected,
): void {
  const names = namesIn(holder['ObjectName'])
  const source = sourceNamed(scope, names)
  if (source === null) collected.open = true
  else spread(resolution, source, isNode(options) ? options : {}, collected)
}

function spread(resolution: Resolution, source: Source, options: TreeNode, collected: Collected): void {
  const excluded = new Set(namesIn(options['opt_exclude']))
  const renames = renamesIn(options['opt_rename'])
  for (const column of source.columns) {
    if (excluded.has(column)) continue
    collected.columns.add(renames.get(column) ?? column)
    if (source.table === null) continue
    const { database, schema, name: table } = source.table
    resolution.columns.push({ database, schema, table, name: column, span: null })
  }
  for (const name of renames.values()) collected.columns.add(name)
  collected.open ||= source.open
  collected.loose ||= source.loose
}

/** Every name inside a tree of names. */
function namesIn(tree: Tree): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => namesIn(item))
  if (!isNode(tree)) return []
  return typeof tree['value'] === 'string'
    ? [fold(partOf(tree))]
    : Object.values(tree).flatMap((child) => namesIn(child))
}

function renamesIn(tree: Tree): ReadonlyMap<string, string> {
  const renames = new Map<string, string>()
  const collect = (item: Tree): void => {
    if (Array.isArray(item)) return item.forEach(collect)
    if (!isNode(item)) return
    const [from, to] = [nodeIn(item, 'ident'), nodeIn(item, 'alias')]
    if (from !== null && to !== null) renames.set(fold(partOf(from)), fold(partOf(to)))
    else Object.values(item).forEach(collect)
  }
  collect(tree)
  return renames
}

import { aggregateFunctions } from '../functions/function-lists.ts'
import { namesIn, partOf } from '../trees/sqlparser-ident.ts'
import { fold } from '../trees/tree-facts.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { openScope, outputOf, renamed, sourceNamed, unknownOutput } from './resolution.ts'
import type { Ctes, Output, Resolution, Scope, Source } from './resolution.ts'
import { resolveFrom } from './resolve-from.ts'
import { unboundedRowsOf } from './row-bounds.ts'

/** Resolves a query with its CTEs and returns its columns. */
export function resolveQuery(resolution: Resolution, query: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const inner = resolveWith(resolution, nodeIn(query, 'with'), ctes, outer)
  const body = nodeIn(query, 'body') ?? {}
  const tail = [query['order_by'], query['limit_clause'], query['fetch']]
  const select = nodeIn(body, 'Select')
  const most = mostRowsOf(query)
  if (select !== null) return atMost(resolveSelect(resolution, select, tail, inner, outer), most)
  const output = resolveBody(resolution, body, inner, outer)
  resolution.resolveExpression(tail, inner, { ...openScope(outer), sources: [unnamed(output)] })
  return atMost(output, most)
}

/** The source that ORDER BY of a set operation or a query in brackets sees. */
const unnamed = (output: Output): Source => ({ ...output, alias: null, table: null, qualified: [], isRecursive: false })

const atMost = (output: Output, rows: number): Output => ({ ...output, maxRows: Math.min(output.maxRows, rows) })

/** The number in LIMIT or FETCH; infinite without one. */
function mostRowsOf(query: TreeNode): number {
  const limit = nodeIn(nodeIn(query, 'limit_clause') ?? {}, 'LimitOffset')?.['limit']
  const quantity = nodeIn(query, 'fetch')?.['quantity']
  const count = isNode(limit) ? limit : isNode(quantity) ? quantity : {}
  const [literal] = listIn(nodeIn(nodeIn(count, 'Value') ?? {}, 'value') ?? {}, 'Number')
  return typeof literal === 'string' ? Number(literal) : Number.POSITIVE_INFINITY
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
    known = new Map([...known, [self, { ...output, isRecursive: false }]])
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

/** Only the branches after the first of a CTE's UNION see the CTE itself. */
function resolveCte(resolution: Resolution, query: TreeNode, ctes: Ctes, outer: Scope | null, self: Self): Output {
  const union = nodeIn(nodeIn(query, 'body') ?? {}, 'SetOperation')
  if (union === null || union['op'] !== 'Union' || nodeIn(query, 'with') !== null)
    return resolution.resolveQuery(query, ctes, outer)
  const output = resolveBranches(resolution, union, ctes, outer, self)
  const tail = [query['order_by'], query['limit_clause'], query['fetch']]
  resolution.resolveExpression(tail, ctes, { ...openScope(outer), sources: [unnamed(output)] })
  return output
}

function resolveBranches(resolution: Resolution, union: TreeNode, ctes: Ctes, outer: Scope | null, self: Self): Output {
  const left = nodeIn(union, 'left') ?? {}
  const deeper = nodeIn(left, 'SetOperation')
  const first =
    deeper !== null && deeper['op'] === 'Union'
      ? resolveBranches(resolution, deeper, ctes, outer, self)
      : resolveBody(resolution, left, ctes, outer)
  const own = { ...renamed(first, self.names), maxRows: Number.POSITIVE_INFINITY, isRecursive: true }
  const withSelf = new Map([...ctes, [self.self, own]])
  const second = resolveBody(resolution, nodeIn(union, 'right') ?? {}, withSelf, outer)
  return joined(union, first, second)
}

/** Resolves a query without WITH and ORDER BY: SELECT, a set operation, VALUES or a query in brackets. */
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

/** The columns of a set operation: those of its first branch, with BY NAME those of both. */
function joined(set: TreeNode, left: Output, right: Output): Output {
  const quantifier = set['set_quantifier']
  const maxRows = left.maxRows + right.maxRows
  if (typeof quantifier !== 'string' || !quantifier.endsWith('ByName')) return { ...left, maxRows }
  return {
    columns: new Set([...left.columns, ...right.columns]),
    open: left.open || right.open,
    loose: left.loose || right.loose,
    maxRows,
  }
}

function resolveValues(resolution: Resolution, values: TreeNode, ctes: Ctes, outer: Scope | null): Output {
  const rows = listIn(values, 'rows').map((row) => (isNode(row) ? listIn(row, 'content') : []))
  resolution.resolveExpression(rows, ctes, openScope(outer))
  return outputOf(
    (rows[0] ?? []).map((_, index) => `COLUMN${index + 1}`),
    rows.length,
  )
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
  scope.conditions.push(selection)
  resolution.unboundedRows ??= unboundedRowsOf(select, scope)
  const rows = scope.sources.reduce((product, source) => product * source.maxRows, 1)
  return { ...selectOutput(projection, scope), maxRows: isOneRow(select) ? 1 : rows }
}

/** Whether a SELECT returns one row: it aggregates without GROUP BY. */
function isOneRow(select: TreeNode): boolean {
  const grouped = nodeIn(select, 'group_by')
  const isGrouped = grouped !== null && !JSON.stringify(grouped).startsWith('{"Expressions":[[]')
  const projection = listIn(select, 'projection')
  return !isGrouped && containsAggregate(projection)
}

/** Whether an expression calls an aggregate that is no window function, subqueries apart. */
function containsAggregate(tree: Tree): boolean {
  if (Array.isArray(tree)) return tree.some(containsAggregate)
  if (!isNode(tree) || 'body' in tree) return false
  const call = nodeIn(tree, 'Function')
  const [name] = call === null ? [] : namesIn(call['name'])
  const isAggregate = name !== undefined && aggregateFunctions.has(name) && (call?.['over'] ?? null) === null
  return isAggregate || Object.values(tree).some(containsAggregate)
}

/** The aliases that an item of the select list defines. */
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

/** The columns of a select list, with stars expanded. */
function selectOutput(projection: readonly Tree[], scope: Scope): Collected {
  const collected: Collected = { columns: new Set(), open: false, loose: false }
  for (const item of projection) if (isNode(item)) collectItem(item, scope, collected)
  return collected
}

function collectItem(item: TreeNode, scope: Scope, collected: Collected): void {
  const aliased = nodeIn(item, 'ExprWithAlias')
  const alias = nodeIn(aliased ?? {}, 'alias')
  const name = alias ?? plainName(nodeIn(item, 'UnnamedExpr'))
  if (name !== null) collected.columns.add(fold(partOf(name)))
  else if (nodeIn(item, 'UnnamedExpr') !== null) collected.loose = true
  const wildcard = nodeIn(item, 'Wildcard')
  if (wildcard !== null) for (const source of scope.sources) spread(source, wildcard, collected)
  const [holder, options] = listIn(item, 'QualifiedWildcard')
  if (holder !== undefined && isNode(holder)) spreadNamed(holder, options, scope, collected)
}

/** The name of an unaliased column; null for any other expression. */
function plainName(expression: TreeNode | null): TreeNode | null {
  if (expression === null) return null
  const last = listIn(expression, 'CompoundIdentifier').at(-1)
  return nodeIn(expression, 'Identifier') ?? (isNode(last) ? last : null)
}

function spreadNamed(holder: TreeNode, options: Tree, scope: Scope, collected: Collected): void {
  const names = namesIn(holder['ObjectName'])
  const source = sourceNamed(scope, names)
  if (source === null) collected.open = true
  else spread(source, isNode(options) ? options : {}, collected)
}

function spread(source: Source, options: TreeNode, collected: Collected): void {
  const excluded = new Set(namesIn(options['opt_exclude']))
  const renames = renamesIn(options['opt_rename'])
  for (const column of source.columns) {
    if (excluded.has(column)) continue
    collected.columns.add(renames.get(column) ?? column)
  }
  for (const name of renames.values()) collected.columns.add(name)
  collected.open ||= source.open
  collected.loose ||= source.loose
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

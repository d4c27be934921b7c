import { identsIn, namesIn, partOf, readSpan } from '../trees/sqlparser-ident.ts'
import { join } from '../trees/offset-map.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { fold, joinName } from '../trees/tree-facts.ts'
import type { Ctes, Output, Resolution, Scope, Source } from './resolution.ts'
import { openScope, outputOf, renamed, unknownOutput } from './resolution.ts'
import { mentionedSources, rowsOfCall, sourcesWith } from './row-bounds.ts'

const rowFunctions: Readonly<Record<string, readonly string[]>> = {
  FLATTEN: ['SEQ', 'KEY', 'PATH', 'INDEX', 'VALUE', 'THIS'],
  SPLIT_TO_TABLE: ['SEQ', 'INDEX', 'VALUE'],
  STRTOK_SPLIT_TO_TABLE: ['SEQ', 'INDEX', 'VALUE'],
  GENERATOR: [],
}

/** Adds each item of FROM to the scope, in order, because LATERAL sees the items before it. */
export function resolveFrom(resolution: Resolution, from: readonly Tree[], ctes: Ctes, scope: Scope): void {
  for (const item of from) if (isNode(item)) resolveJoined(resolution, item, ctes, scope)
}

function resolveJoined(resolution: Resolution, item: TreeNode, ctes: Ctes, scope: Scope): void {
  const first = scope.sources.length
  resolveRelation(resolution, item['relation'], ctes, scope)
  for (const join of listIn(item, 'joins')) {
    if (!isNode(join)) continue
    const before = scope.sources.slice(first)
    resolveRelation(resolution, join['relation'], ctes, scope)
    const added = scope.sources.slice(first + before.length)
    for (const kind of isNode(join['join_operator']) ? Object.values(join['join_operator']) : []) {
      const constraint = isNode(kind) ? (kind['constraint'] ?? kind) : kind
      const on = isNode(constraint) ? constraint['On'] : null
      resolution.resolveExpression([on, isNode(kind) ? kind['match_condition'] : null], ctes, scope)
      scope.conditions.push(on)
      tieByName(constraint, before, added, scope)
      if (isNode(kind) && 'match_condition' in kind) scope.ties.push(new Set([...before, ...added]))
    }
  }
}

/** Ties sources joined by USING or NATURAL. The warehouse checks their columns. */
function tieByName(constraint: Tree, before: readonly Source[], added: readonly Source[], scope: Scope): void {
  const using = isNode(constraint) ? namesIn(constraint['Using']) : []
  const shared = constraint === 'Natural' ? added.flatMap((source) => [...source.columns]) : using
  const tied = shared.flatMap((column) => sourcesWith(before, column))
  const isOpen = constraint === 'Natural' && added.some((source) => source.open)
  if (tied.length > 0) scope.ties.push(new Set([...tied, ...added]))
  else if (isOpen) scope.ties.push(new Set([...before, ...added]))
}

function resolveRelation(resolution: Resolution, relation: Tree, ctes: Ctes, scope: Scope): void {
  if (!isNode(relation)) return
  const [kind] = Object.keys(relation)
  const node = kind === undefined ? null : nodeIn(relation, kind)
  if (node === null) return
  const alias = aliasOf(node)
  if (kind === 'Table' || kind === 'SemanticView') scope.sources.push(tableSource(resolution, node, ctes, alias))
  else if (kind === 'Derived') scope.sources.push(named(alias, derived(resolution, node, ctes, scope)))
  else if (kind === 'NestedJoin') resolveJoined(resolution, nodeIn(node, 'table_with_joins') ?? {}, ctes, scope)
  else if (kind === 'Function' || kind === 'TableFunction') {
    const source = named(alias, callOutput(resolution, node, ctes, scope))
    scope.ties.push(new Set([source, ...mentionedSources(node['expr'] ?? node['args'], scope)]))
    scope.sources.push(source)
  } else scope.sources.push(named(alias, reshaped(resolution, node, ctes, scope)))
}

interface Alias {
  readonly name: string | null
  readonly columns: readonly string[]
}

function aliasOf(node: TreeNode): Alias {
  const alias = nodeIn(node, 'alias')
  const name = nodeIn(alias ?? {}, 'name')
  const columns = listIn(alias ?? {}, 'columns').flatMap((column) => (isNode(column) ? [nodeIn(column, 'name')] : []))
  return {
    name: name === null ? null : fold(partOf(name)),
    columns: columns.flatMap((column) => (column === null ? [] : [fold(partOf(column))])),
  }
}

const named = (alias: Alias, output: Output): Source => ({
  ...renamed(output, alias.columns),
  alias: alias.name,
  table: null,
  qualified: [],
  isRecursive: false,
})

function tableSource(resolution: Resolution, node: TreeNode, ctes: Ctes, alias: Alias): Source {
  const idents = identsIn(listIn(node, 'name')) ?? []
  const parts = idents.map(partOf)
  const [only] = parts
  const cte = only !== undefined && parts.length === 1 ? ctes.get(fold(only)) : undefined
  const qualified = parts.map(fold)
  if (cte !== undefined)
    return { ...renamed(cte, alias.columns), alias: alias.name, table: null, qualified, isRecursive: cte.isRecursive }
  const spans = idents.map((ident) => readSpan(ident, resolution.offsets))
  const table = resolution.resolveTable({ parts, span: join(spans[0] ?? null, spans.at(-1) ?? null) })
  const full = table === null ? qualified : [table.database, table.schema, table.name]
  const columns =
    table === null || 'metrics' in node || table.columns.length === 0 ? unknownOutput : outputOf(table.columns)
  return { ...renamed(columns, alias.columns), alias: alias.name, table, qualified: full, isRecursive: false }
}

function derived(resolution: Resolution, node: TreeNode, ctes: Ctes, scope: Scope): Output {
  const query = nodeIn(node, 'subquery')
  if (query === null) return unknownOutput
  const isLateral = node['lateral'] === true
  const output = resolution.resolveQuery(query, ctes, isLateral ? scope : scope.outer)
  // A lateral query makes rows for each row before it, bounded by its own conditions.
  return isLateral ? { ...output, maxRows: 1 } : output
}

/** Resolves a table function, whose arguments see the sources before it. */
function callOutput(resolution: Resolution, node: TreeNode, ctes: Ctes, scope: Scope): Output {
  const call = nodeIn(nodeIn(node, 'expr') ?? {}, 'Function') ?? node
  resolution.resolveExpression(call['args'], ctes, scope)
  const idents = identsIn(listIn(call, 'name'))
  const columns = idents === null ? undefined : rowFunctions[joinName(idents.map(partOf))]
  const maxRows = rowsOfCall(call)
  if (!Number.isFinite(maxRows)) resolution.unboundedRows ??= 'a table function that makes any number of rows'
  return columns === undefined ? unknownOutput : outputOf(columns, maxRows)
}

/** Resolves the input of PIVOT, UNPIVOT or MATCH_RECOGNIZE. Their output columns are not computed. */
function reshaped(resolution: Resolution, node: TreeNode, ctes: Ctes, scope: Scope): Output {
  const inner = openScope(scope.outer)
  resolveRelation(resolution, node['table'], ctes, inner)
  const pivoted = [
    node['aggregate_functions'],
    node['value_column'],
    nodeIn(node, 'value_source')?.['Subquery'] ?? null,
  ]
  const unpivoted = listIn(node, 'columns').map((column) => (isNode(column) ? column['expr'] : null))
  resolution.resolveExpression([pivoted, unpivoted, node['partition_by']], ctes, inner)
  return unknownOutput
}

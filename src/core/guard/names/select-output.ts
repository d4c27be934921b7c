import { partOf } from '../trees/sqlparser-ident.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { fold } from '../trees/tree-facts.ts'
import type { NameReading } from './name-reading.ts'
import { sourceNamed } from './name-scope.ts'
import type { Output, Scope, Source } from './name-scope.ts'

interface Collected {
  readonly columns: Set<string>
  open: boolean
  loose: boolean
}

/** The columns that a select list gives; a star is spread out and noted as reading what it stands for. */
export function selectOutput(reading: NameReading, projection: readonly Tree[], scope: Scope): Output {
  const collected: Collected = { columns: new Set(), open: false, loose: false }
  for (const item of projection) if (isNode(item)) collectItem(reading, item, scope, collected)
  return collected
}

function collectItem(reading: NameReading, item: TreeNode, scope: Scope, collected: Collected): void {
  const aliased = nodeIn(item, 'ExprWithAlias')
  const alias = nodeIn(aliased ?? {}, 'alias')
  const name = alias ?? plainName(nodeIn(item, 'UnnamedExpr'))
  if (name !== null) collected.columns.add(fold(partOf(name)))
  else if (nodeIn(item, 'UnnamedExpr') !== null) collected.loose = true
  const wildcard = nodeIn(item, 'Wildcard')
  if (wildcard !== null) for (const source of scope.sources) spread(reading, source, wildcard, collected)
  const [holder, options] = listIn(item, 'QualifiedWildcard')
  if (holder !== undefined && isNode(holder)) spreadNamed(reading, holder, options, scope, collected)
}

/** A bare column keeps its name. */
function plainName(expression: TreeNode | null): TreeNode | null {
  if (expression === null) return null
  const last = listIn(expression, 'CompoundIdentifier').at(-1)
  return nodeIn(expression, 'Identifier') ?? (isNode(last) ? last : null)
}

function spreadNamed(reading: NameReading, holder: TreeNode, options: Tree, scope: Scope, collected: Collected): void {
  const names = namesIn(holder['ObjectName'])
  const source = sourceNamed(scope, names)
  if (source === null) collected.open = true
  else spread(reading, source, isNode(options) ? options : {}, collected)
}

function spread(reading: NameReading, source: Source, options: TreeNode, collected: Collected): void {
  const excluded = new Set(namesIn(options['opt_exclude']))
  const renames = renamesIn(options['opt_rename'])
  for (const column of source.columns) {
    if (excluded.has(column)) continue
    collected.columns.add(renames.get(column) ?? column)
    if (source.table === null) continue
    const { database, schema, name: table } = source.table
    reading.columns.push({ database, schema, table, name: column, span: null })
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

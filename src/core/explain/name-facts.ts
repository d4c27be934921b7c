import { columnKindOf, type ColumnKindOfType } from '../catalog/catalog.ts'
import { isNode, listIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { stored, type Names } from './name-words.ts'
import { bare, literal, nameIn, shownName, tagged, type Tagged } from './tagged.ts'
import type { TypedTable } from './typed-tables.ts'
import type { NameFacts } from './words.ts'

type Column = { readonly kind: ColumnKindOfType | null; readonly nullable: boolean }

const outerKinds = /^(?:Natural)?(?:Left|Right|Full)/

/** The names of a query, with the tables that they stand for. */
export function readNames(query: Tree, tables: readonly TypedTable[]): Names {
  const names: Names = {
    holders: new Map(),
    aliases: new Map(),
    sources: new Map(),
    derived: new Map(),
    makesNulls: false,
  }
  collect(query, names, tables)
  return names
}

export function factsOf(names: Names): NameFacts {
  const shared = new Set([...names.holders].flatMap(([name, found]) => (found.size > 1 ? [name] : [])))
  const repeated = new Set([...names.aliases.values()].flatMap((found) => (found.size > 1 ? [...found] : [])))
  return {
    needsTable: (column, table) => shared.has(column) || repeated.has(table),
    kindOf: (tree) => kindOf(tree, names, 0),
    mayBeNull: (tree) => mayBeNull(tree, names, 0),
  }
}

function collect(tree: Tree, names: Names, tables: readonly TypedTable[]): void {
  if (Array.isArray(tree)) for (const part of tree as readonly Tree[]) collect(part, names, tables)
  if (!isNode(tree)) return
  for (const field in tree) {
    const child = tree[field]
    if (isNode(child)) {
      if (field === 'column') note(names.holders, shownName(child, 'name'), shownName(child, 'table'))
      if (field === 'table' && isNode(child['name'])) collectTable(child, names, tables)
      if (field === 'alias') push(names.derived, shownName(child, 'alias'), child['this'])
      if (field === 'function' && groupsWithTotals.has(nameIn(child, 'name')?.toUpperCase() ?? ''))
        names.makesNulls = true
    }
    if (field === 'kind' && typeof child === 'string' && outerKinds.test(child)) names.makesNulls = true
    collect(child, names, tables)
  }
}

/** Grouping functions that add total rows, in which the columns added up are NULL. */
export const groupsWithTotals = new Set(['ROLLUP', 'CUBE', 'GROUPING SETS'])

function collectTable(table: TreeNode, names: Names, tables: readonly TypedTable[]): void {
  const [name, schema, database] = [shownName(table, 'name'), shownName(table, 'schema'), shownName(table, 'catalog')]
  const alias = shownName(table, 'alias') ?? name
  note(names.aliases, name, alias)
  const found = tables.filter(
    (one) =>
      stored(one.name) === name &&
      (schema === null || one.schema === schema.replaceAll('"', '')) &&
      (database === null || one.database === database.replaceAll('"', '')),
  )
  for (const one of found.length === 0 ? [null] : found) push(names.sources, alias, one)
}

function note(found: Map<string, Set<string>>, key: string | null, value: string | null): void {
  if (key === null || value === null) return
  found.set(key, (found.get(key) ?? new Set()).add(value))
}

function push<T>(found: Map<string, T[]>, key: string | null, value: T): void {
  if (key !== null) found.set(key, [...(found.get(key) ?? []), value])
}

/** Everything a column may refer to: stored columns of the tables in question, and expressions with that alias. */
function columnsOf(node: TreeNode, names: Names, depth: number): readonly Column[] {
  const name = shownName(node, 'name')
  const qualifier = shownName(node, 'table')
  if (name === null || depth > 8) return [unknown]
  const sources = qualifier === null ? [...names.sources.values()].flat() : (names.sources.get(qualifier) ?? [null])
  const columns = sources.flatMap((table) => table?.columns ?? []).filter((column) => stored(column.name) === name)
  const isStored = columns.length > 0 && (qualifier === null || !sources.includes(null))
  // A qualifier of stored tables excludes expressions of subqueries with the same alias.
  const derived = isStored && qualifier !== null ? [] : (names.derived.get(name) ?? [])
  const found = [
    ...columns.map(({ type, nullable }) => ({ kind: columnKindOf(type), nullable: nullable || names.makesNulls })),
    ...derived
      .filter((tree) => tagged(bare(tree))?.node !== node)
      .map((tree) => ({ kind: kindOf(tree, names, depth + 1), nullable: mayBeNull(tree, names, depth + 1) })),
  ]
  return found.length === 0 ? [unknown] : found
}

const unknown: Column = { kind: null, nullable: true }

/** Units of DATE_TRUNC that leave no time of day. */
const dayUnits = /^(?:day|week|month|quarter|year)s?$/i

function kindOf(tree: Tree, names: Names, depth: number): ColumnKindOfType | null {
  const found = tagged(bare(tree))
  if (found === null || depth > 8) return null
  const { tag, node } = found
  if (tag === 'column') {
    const [first, ...others] = columnsOf(node, names, depth).map(({ kind }) => kind)
    return first !== undefined && others.every((kind) => kind === first) ? first : null
  }
  if (tag === 'literal') return literal(tree)?.type === 'number' ? 'number' : null
  if (tag === 'cast' || tag === 'try_cast') return castKind(node)
  if (tag === 'function') return functionKind(node, names, depth)
  if (tag === 'alias' || tag === 'min' || tag === 'max' || tag === 'any_value')
    return kindOf(node['this'], names, depth)
  if (tag === 'coalesce') return kindOf(listIn(node, 'expressions')[0], names, depth)
  if (tag === 'nvl') return kindOf(node['this'], names, depth)
  return tag === 'date' || tag === 'last_day' ? 'date' : null
}

function castKind(node: TreeNode): ColumnKindOfType | null {
  const to = node['to']
  const type = isNode(to) ? to['data_type'] : null
  return typeof type === 'string' ? columnKindOf(type.replaceAll('_', '')) : null
}

function functionKind(node: TreeNode, names: Names, depth: number): ColumnKindOfType | null {
  const name = nameIn(node, 'name')?.toUpperCase() ?? ''
  const [first, second] = listIn(node, 'args')
  if (/^(?:TRY_)?(?:TO_)?DATE$|^CURRENT_DATE$|^LAST_DAY$|^DATE_FROM_PARTS$/.test(name)) return 'date'
  if (/^(?:CURRENT_TIMESTAMP|GETDATE|SYSDATE)$|^(?:TRY_)?TO_TIMESTAMP/.test(name)) return 'timestamp'
  if (name === 'DATEADD') return kindOf(listIn(node, 'args')[2], names, depth)
  if (name !== 'DATE_TRUNC') return null
  const unit = literal(first)?.value ?? ''
  return dayUnits.test(unit) ? 'date' : kindOf(second, names, depth)
}

const neverNull = new Set(
  'count count_if approx_count_distinct approx_distinct row_number rank dense_rank star'.split(' '),
)
const nullWithArgument = new Set(
  'sum avg min max median any_value cast upper lower length abs year quarter month day alias neg'.split(' '),
)
const nullWithEither = new Set('add sub mul div mod concat'.split(' '))

function mayBeNull(tree: Tree, names: Names, depth: number): boolean {
  if (literal(tree) !== null) return false
  const found: Tagged | null = tagged(bare(tree))
  if (found === null || depth > 8) return true
  const { tag, node } = found
  if (tag === 'column') return columnsOf(node, names, depth).some(({ nullable }) => nullable)
  if (neverNull.has(tag) || tag === 'boolean') return false
  if (nullWithArgument.has(tag)) return mayBeNull(node['this'], names, depth)
  if (nullWithEither.has(tag)) return [node['left'], node['right']].some((side) => mayBeNull(side, names, depth))
  if (tag === 'nvl') return mayBeNull(node['expression'], names, depth)
  if (tag === 'coalesce') return listIn(node, 'expressions').every((part) => mayBeNull(part, names, depth))
  if (tag === 'function' && nameIn(node, 'name')?.toUpperCase() === 'DATE_TRUNC')
    return mayBeNull(listIn(node, 'args')[1], names, depth)
  return true
}

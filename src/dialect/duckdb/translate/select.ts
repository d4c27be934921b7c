import { problem } from '../../../core/problem.ts'
import { windowSpec } from '../functions/windows.ts'
import { asCondition } from './coercions.ts'
import { type OutputColumn } from './emitted.ts'
import { fromClause } from './from.ts'
import { nameOf, ownName } from './identifiers.ts'
import { type OrderBy, orderText } from './ordering.ts'
import { outerJoins } from './outer-joins.ts'
import { type Projection, projection } from './projection.ts'
import {
  bodyIf,
  cannotRun,
  type Fields,
  fields,
  integerLiteral,
  listOf,
  type Node,
  optional,
  tagged,
} from './syntax.ts'
import { type EmittedQuery, type Relation, type Translator } from './translator.ts'

const known = [
  'top',
  'top_before_distinct',
  'distinct',
  'projection',
  'from',
  'selection',
  'group_by',
  'having',
  'named_window',
  'window_before_qualify',
  'qualify',
  'flavor',
]

/** One SELECT with the order that belongs to it. */
export interface SelectBody {
  readonly query: EmittedQuery
  readonly order: string
  readonly limited: boolean
}

/** `SELECT … FROM … WHERE … GROUP BY … HAVING … QUALIFY …`. */
export function select(node: Node, t: Translator, order: OrderBy): SelectBody {
  const parts = fields(node, 'SELECT', known)
  if (parts['flavor'] !== undefined && parts['flavor'] !== 'Standard') throw cannotRun('a query that starts with FROM')
  const written = outerJoins(listOf(parts['from']), parts['selection'])
  const from = fromClause(written.from, t)
  const base = t.inside({
    relations: from.relations,
    aliases: new Map(),
    parent: t.scope.relations.length > 0 ? t.scope : t.scope.parent,
  })
  const nodes = listOf(parts['projection'])
  if (written.reordered && nodes.some(isStar)) throw cannotRun('a star over (+) of tables in another order')
  const items = projection(nodes, base, node)
  const inner = base.inside({ ...base.scope, aliases: items.aliases })
  refuseClashes(parts, order.items, clashes(items.aliases, nodes, from.relations))
  const clause = (keyword: string, body: Node): string => {
    if (optional(body) === null) return ''
    return ` ${keyword} ${asCondition(inner.expr(body)).text}`
  }
  const unique = distinct(parts['distinct'])
  const text =
    `SELECT ${unique}${items.text}${from.text}${clause('WHERE', written.condition)}` +
    `${groupBy(parts['group_by'], inner)}${clause('HAVING', parts['having'])}${windows(parts['named_window'], inner)}${clause('QUALIFY', parts['qualify'])}`
  if (unique !== '') refuseHiddenOrder(order.items, items, inner)
  const query = { text, columns: items.columns, known: items.known }
  return withTop(topText(parts['top']), orderText(order, inner, items.columns), query)
}

const isStar = (node: Node): boolean => ['Wildcard', 'QualifiedWildcard'].includes(tagged(node)[0])

/** With DISTINCT, rows can only be sorted by what is selected. Where a star hides the columns, a bare name may be one of them. */
function refuseHiddenOrder(order: readonly Node[], items: Projection, t: Translator): void {
  for (const item of order) {
    const { expr } = item as { readonly expr: Node }
    const identifier = bodyIf(expr, 'Identifier') ?? listOf(bodyIf(expr, 'CompoundIdentifier')).at(-1)
    if (integerLiteral(expr) !== null) continue
    if (identifier === undefined) {
      if (!items.texts.includes(t.expr(expr).text)) throw cannotRun('DISTINCT in the order of a calculation')
      continue
    }
    if (items.columns === null || items.known.some(({ name }) => name === nameOf(identifier))) continue
    throw problem(
      'sql_invalid',
      'With DISTINCT, rows can only be sorted by columns that are selected.',
      'Select the column as well, or leave DISTINCT or the order out.',
    )
  }
}

/** Aliases that are also names of other columns in sight: which of both HAVING, QUALIFY and calculations in ORDER BY mean is not known. */
function clashes(
  aliases: ReadonlyMap<string, OutputColumn>,
  items: readonly Node[],
  relations: readonly Relation[],
): ReadonlySet<string> {
  const own = items.flatMap((item) => {
    const { expr, alias } = (bodyIf(item, 'ExprWithAlias') ?? {}) as { readonly expr?: Node; readonly alias?: Node }
    const column = bodyIf(expr, 'Identifier') ?? listOf(bodyIf(expr, 'CompoundIdentifier')).at(-1)
    return column !== undefined && nameOf(column) === nameOf(alias) ? [nameOf(alias)] : []
  })
  const names = relations.flatMap((relation) => relation.known.map(({ name }) => name))
  return new Set([...aliases.keys()].filter((name) => names.includes(name) && !own.includes(name)))
}

function refuseClashes(parts: Fields, order: readonly Node[], names: ReadonlySet<string>): void {
  if (names.size === 0) return
  const keys = order.map((item) => (item as { readonly expr?: Node }).expr)
  for (const node of [
    parts['having'],
    parts['qualify'],
    ...keys.filter((key) => bodyIf(key, 'Identifier') === undefined),
  ]) {
    const name = bareNames(node).find((candidate) => names.has(candidate))
    if (name !== undefined) throw cannotRun(`${name} after SELECT, which is both an alias and a column`)
  }
}

/** Unqualified names in an expression, those inside of aggregates and windows apart: they mean columns. */
function bareNames(node: Node): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(bareNames)
  if (typeof node !== 'object' || node === null || bodyIf(node, 'Function') !== undefined) return []
  if (bodyIf(node, 'Subquery') !== undefined || bodyIf(node, 'CompoundIdentifier') !== undefined) return []
  const identifier = bodyIf(node, 'Identifier')
  return identifier === undefined ? Object.values(node).flatMap(bareNames) : [nameOf(identifier)]
}

function withTop(
  top: string,
  order: string,
  query: EmittedQuery,
): { readonly query: EmittedQuery; readonly order: string; readonly limited: boolean } {
  if (top === '') return { query, order, limited: false }
  const text = `${query.text}${order === '' ? '' : ` ORDER BY ${order}`}${top}`
  return { query: { ...query, text }, order: '', limited: true }
}

function topText(node: Node): string {
  if (optional(node) === null) return ''
  const { quantity } = fields(node, 'TOP', ['quantity'])
  const [tag, count] = tagged(quantity)
  if (tag !== 'Constant' || typeof count !== 'number') throw cannotRun('TOP with a computed number')
  return ` LIMIT ${count}`
}

function distinct(node: Node): string {
  if (optional(node) === null) return ''
  if (node === 'Distinct') return 'DISTINCT '
  if (node === 'All') return ''
  throw cannotRun('DISTINCT ON')
}

function windows(node: Node, t: Translator): string {
  const list = listOf(node).map((item) => {
    const [name, spec] = listOf(item)
    return `${ownName(nameOf(name))} AS ${windowSpec(spec, t, null)}`
  })
  return list.length === 0 ? '' : ` WINDOW ${list.join(', ')}`
}

/** ` GROUP BY …`, or nothing. */
export function groupBy(node: Node, t: Translator): string {
  const [tag, body] = tagged(node)
  if (tag === 'All') {
    if (listOf(body).length > 0) throw cannotRun('GROUP BY ALL with modifiers')
    return ' GROUP BY ALL'
  }
  const [expressions, modifiers] = listOf(body)
  if (tag !== 'Expressions' || listOf(modifiers).length > 0) throw cannotRun('GROUP BY with modifiers')
  const items = listOf(expressions).map((item) => groupItem(item, t))
  return items.length === 0 ? '' : ` GROUP BY ${items.join(', ')}`
}

const set = (nodes: Node, t: Translator): string =>
  `(${listOf(nodes)
    .map((node) => t.expr(node).text)
    .join(', ')})`

function groupItem(node: Node, t: Translator): string {
  const rollup = bodyIf(node, 'Rollup') ?? bodyIf(node, 'Cube')
  if (rollup !== undefined) {
    const keyword = bodyIf(node, 'Rollup') === undefined ? 'CUBE' : 'ROLLUP'
    const entries = listOf(rollup).map((entry) =>
      listOf(entry).length === 1 ? t.expr(listOf(entry)[0]).text : set(entry, t),
    )
    return `${keyword} (${entries.join(', ')})`
  }
  const sets = bodyIf(node, 'GroupingSets')
  if (sets !== undefined)
    return `GROUPING SETS (${listOf(sets)
      .map((entry) => set(entry, t))
      .join(', ')})`
  return t.expr(node).text
}

import { nameOf } from './identifiers.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional } from './syntax.ts'

/** A FROM clause and its condition, `(+)` written as outer joins. */
interface Written {
  readonly from: readonly Node[]
  readonly condition: Node
  /** Whether the tables stand in another order than they were listed in. */
  readonly reordered: boolean
}

interface Listed {
  readonly name: string
  readonly relation: Node
}

/** `FROM a, b WHERE a.x = b.x (+)` as `FROM a LEFT JOIN b ON a.x = b.x`. Columns must name their table. */
export function outerJoins(from: readonly Node[], condition: Node): Written {
  const conditions = conjuncts(condition).map((node) => ({ node, optionalSide: markedTables(node) }))
  if (conditions.every(({ optionalSide }) => optionalSide.length === 0)) return { from, condition, reordered: false }
  if (conditions.some(({ optionalSide }) => optionalSide.length > 1)) throw cannotRun('(+) on both sides')
  const listed = from.map(listedTable)
  const on = (name: string): readonly Node[] =>
    conditions.filter(({ optionalSide }) => optionalSide[0] === name).map(({ node }) => withoutMarks(node))
  const [first, ...others] = inJoinOrder(listed, on)
  if (first === undefined) throw cannotRun('(+) without tables')
  const joins = others.map(({ name, relation }) => {
    const joined = all(on(name))
    const operator = joined === null ? { CrossJoin: 'None' } : { LeftOuter: { On: joined } }
    return { relation, global: false, join_operator: operator }
  })
  const rest = all(conditions.filter(({ optionalSide }) => optionalSide.length === 0).map(({ node }) => node))
  const order = [first, ...others]
  return {
    from: [{ relation: first.relation, joins }],
    condition: rest,
    reordered: order.some((table, i) => table !== listed[i]),
  }
}

function listedTable(node: Node): Listed {
  const { relation, joins } = fields(node, 'FROM', ['relation', 'joins'])
  const table = bodyIf(relation, 'Table') ?? bodyIf(relation, 'Derived')
  if (table === undefined || listOf(joins).length > 0) throw cannotRun('(+) beside a JOIN')
  const { alias, name } = table as { readonly alias?: Node; readonly name?: Node }
  const own =
    optional(alias) === null ? bodyIf(listOf(name).at(-1), 'Identifier') : (alias as { readonly name: Node }).name
  if (own === undefined) throw cannotRun('(+) on a subquery without a name')
  return { name: nameOf(own), relation }
}

/** The tables so that each outer-joined one comes behind all that its conditions name. */
function inJoinOrder(listed: readonly Listed[], on: (name: string) => readonly Node[]): readonly Listed[] {
  const placed = listed.filter(({ name }) => on(name).length === 0)
  let waiting = listed.filter((table) => !placed.includes(table))
  while (waiting.length > 0) {
    const next = waiting.find(({ name }) =>
      on(name)
        .flatMap(tablesIn)
        .every((other) => other === name || placed.some((table) => table.name === other)),
    )
    if (next === undefined) throw cannotRun('(+) between tables in a circle')
    placed.push(next)
    waiting = waiting.filter((table) => table !== next)
  }
  return placed
}

function conjuncts(node: Node): readonly Node[] {
  if (optional(node) === null) return []
  const nested = bodyIf(node, 'Nested')
  if (nested !== undefined && markedTables(nested).length > 0) return conjuncts(nested)
  const body = bodyIf(node, 'BinaryOp') as
    { readonly op?: Node; readonly left?: Node; readonly right?: Node } | undefined
  return body?.op === 'And' ? [...conjuncts(body.left), ...conjuncts(body.right)] : [node]
}

const all = (nodes: readonly Node[]): Node =>
  nodes.length === 0 ? null : nodes.reduce((left, right) => ({ BinaryOp: { left, op: 'And', right } }))

const valuesOf = (node: Node): readonly Node[] =>
  Array.isArray(node) ? (node as readonly Node[]) : typeof node === 'object' && node !== null ? Object.values(node) : []

/** The tables whose columns are marked with `(+)`, each once. */
function markedTables(node: Node): readonly string[] {
  const marked = bodyIf(node, 'OuterJoin')
  if (marked !== undefined) return tablesIn(marked)
  return [...new Set(valuesOf(node).flatMap(markedTables))]
}

/** The tables that the columns of an expression name, each once. */
function tablesIn(node: Node): readonly string[] {
  const path = bodyIf(node, 'CompoundIdentifier')
  if (path !== undefined) return listOf(path).slice(-2, -1).map(nameOf)
  if (bodyIf(node, 'Identifier') !== undefined) throw cannotRun('(+) beside a column that does not name its table')
  return [...new Set(valuesOf(node).flatMap(tablesIn))]
}

function withoutMarks(node: Node): Node {
  const marked = bodyIf(node, 'OuterJoin')
  if (marked !== undefined) return marked
  if (Array.isArray(node)) return node.map(withoutMarks)
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withoutMarks(value)]))
}

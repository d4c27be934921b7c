import type { Token } from '../guard/scan-sql.ts'
import type { OffsetMap } from '../guard/trees/offset-map.ts'
import { partOf, readSpan } from '../guard/trees/sqlparser-ident.ts'
import { fold } from '../guard/trees/tree-facts.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import type { Clause, PartKind, QueryPart, TextSpan } from './query-parts.ts'
import { makeSqlText } from './sql-text.ts'
import { expressionVisitors } from './visit-expressions.ts'
import { add, nameSpans, union, type Place, type Shown, type Visitor, type Walk } from './walk-tree.ts'

/** Lists the parts of a statement from sqlparser's tree, each with its place in the text. `tokens` are those of the same text. */
export function readParts(statement: Tree, offsets: OffsetMap, tokens: readonly Token[]): readonly QueryPart[] {
  const walk: Walk = { parts: [], text: makeSqlText(tokens), offsets, levels: 0, visit }
  visit(walk, statement, { clause: 'select', level: 0, shown: [] })
  return walk.parts.toSorted((a, b) => a.from - b.from || b.to - a.to)
}

/** Visits a tree and returns the span of the names and literals in it. */
function visit(walk: Walk, tree: Tree, place: Place): TextSpan | null {
  if (Array.isArray(tree)) return union((tree as readonly Tree[]).map((one) => visit(walk, one, place)))
  if (!isNode(tree)) return null
  const leaf = visitLeaf(walk, tree, place)
  if (leaf !== undefined) return leaf
  const spans: (TextSpan | null)[] = []
  // GROUP BY and ORDER BY come last, because they may refer to the SELECT list.
  let inner = place
  for (const [field, child] of Object.entries(tree)) {
    if (field === 'select_token' || field === 'alias' || (field === 'order_by' && !Array.isArray(child))) continue
    const read = Object.hasOwn(visitors, field) ? visitors[field] : undefined
    const level = walk.levels + 1
    const found = read === undefined ? visit(walk, child, inner) : read(walk, child, inner, tree)
    if (field === 'projection') inner = afterProjection(walk, child, inner)
    if (field === 'body') inner = belowBody(walk, child, inner, level)
    spans.push(found)
  }
  if ('order_by' in tree && !Array.isArray(tree['order_by'])) spans.push(visitOrder(walk, tree['order_by'], inner))
  return union(spans)
}

const afterProjection = (walk: Walk, projection: Tree, place: Place): Place => ({
  ...place,
  shown: shownIn(walk, projection, place),
})

/** Names and literals, the only nodes with a place of their own; undefined for any other node. */
function visitLeaf(walk: Walk, node: TreeNode, place: Place): TextSpan | undefined {
  const found = 'span' in node && 'value' in node ? readSpan(node, walk.offsets) : null
  if (found === null) return undefined
  const span = { from: found.start, to: found.end }
  const value = node['value']
  if (isNode(value)) addLiteral(walk, value, span, place)
  else if (value === 'Null' && node['quote_style'] === undefined) add(walk, 'null', 'NULL', span, place)
  else add(walk, 'column', fold(partOf(node)), span, place)
  return span
}

function addLiteral(walk: Walk, value: TreeNode, span: TextSpan, place: Place): void {
  const [entry] = Object.entries(value)
  if (entry === undefined) return
  const [kind, content] = entry
  if (kind === 'Number') add(walk, 'number', walk.text.textOf(span), span, place)
  else if (kind === 'Boolean') add(walk, 'boolean', walk.text.textOf(span).toLowerCase(), span, place)
  else if (typeof content === 'string') add(walk, 'text', content, span, place)
  else if (isNode(content) && typeof content['value'] === 'string') add(walk, 'text', content['value'], span, place)
}

const inClause =
  (clause: Clause): Visitor =>
  (walk, tree, place) =>
    visit(walk, tree, { ...place, clause })

const visitSelect: Visitor = (walk, tree, place) => {
  walk.levels += 1
  const level = walk.levels
  const inner = { ...place, clause: 'select', level, shown: [] } as const
  const start = isNode(tree) ? readSpan(nodeIn(tree, 'select_token') ?? {}, walk.offsets) : null
  if (start !== null && isNode(tree) && tree['distinct'] !== undefined && tree['distinct'] !== null) {
    const word = walk.text.wordAfter('DISTINCT', start.end)
    if (word !== null) add(walk, 'distinct', 'SELECT', word, inner)
  }
  const span = union([start === null ? null : { from: start.start, to: start.end }, visit(walk, tree, inner)])
  if (span !== null) add(walk, 'query', 'SELECT', walk.text.condition(span, []), { ...place, level })
  return span
}

const visitSet: Visitor = (walk, tree, place) => {
  if (!isNode(tree)) return null
  const left = visit(walk, tree['left'], place)
  const right = visit(walk, tree['right'], place)
  const op = typeof tree['op'] === 'string' ? tree['op'].toUpperCase() : ''
  const word = left === null ? null : walk.text.wordAfter(op, left.to)
  const quantifier = tree['set_quantifier']
  if (word !== null) add(walk, 'set', quantifier === 'All' ? `${op} ALL` : op, word, place)
  if (word !== null && op !== 'UNION' && op !== 'INTERSECT') add(walk, 'negation', op, word, place)
  return union([left, right])
}

const visitGroup: Visitor = (walk, tree, place) => {
  const block = isNode(tree) ? tree : {}
  const [keys] = listIn(block, 'Expressions')
  const list = Array.isArray(keys) ? (keys as readonly Tree[]) : []
  const spans = list.map((key) => visitKey(walk, key, place, 'group', 'group', ''))
  if ('All' in block) {
    const word = walk.text.lastWord('ALL')
    if (word !== null) add(walk, 'group', 'ALL', word, { ...place, clause: 'group' })
    return word
  }
  return union(spans)
}

/** A key of GROUP BY, ORDER BY or PARTITION BY. */
function visitKey(walk: Walk, key: Tree, place: Place, clause: Clause, kind: PartKind, name: string): TextSpan | null {
  const span = visit(walk, key, { ...place, clause })
  if (span === null) return null
  const refers = shownFor(key, place.shown)
  add(walk, kind, name, span, { ...place, clause }, refers === null ? {} : { refers })
  return span
}

/** What a position or an alias stands for. */
function shownFor(key: Tree, shown: readonly Shown[]): TextSpan | null {
  if (!isNode(key)) return null
  const number = nodeIn(nodeIn(key, 'Value') ?? {}, 'value')?.['Number']
  if (Array.isArray(number)) return shown[Number(number[0]) - 1]?.span ?? null
  const ident = nodeIn(key, 'Identifier')
  return ident === null ? null : (shown.find(({ alias }) => alias === fold(partOf(ident)))?.span ?? null)
}

function visitOrder(walk: Walk, tree: Tree, place: Place): TextSpan | null {
  const kind = isNode(tree) ? (nodeIn(tree, 'kind') ?? tree) : {}
  return visitOrderKeys(walk, listIn(kind, 'Expressions'), place, 'order')
}

const visitOrderKeys = (walk: Walk, keys: readonly Tree[], place: Place, clause: Clause): TextSpan | null =>
  union(
    keys.filter(isNode).map((key) => {
      const name = nodeIn(key, 'options')?.['asc'] === false ? 'desc' : 'asc'
      return visitKey(walk, key['expr'], place, clause, 'order', name)
    }),
  )

const visitLimit: Visitor = (walk, tree, place) => {
  const at = { ...place, clause: 'limit' } as const
  if (!isNode(tree)) return null
  const spans = ['limit', 'quantity', 'offset'].map((field) => {
    const span = visit(walk, tree[field], at)
    if (span !== null) add(walk, field === 'offset' ? 'offset' : 'limit', walk.text.textOf(span), span, at)
    return span
  })
  return union([...spans, visit(walk, tree['LimitOffset'] === undefined ? null : visitLimitOf(walk, tree, place), at)])
}

/** LIMIT is wrapped in the node of its own variant. */
function visitLimitOf(walk: Walk, tree: TreeNode, place: Place): null {
  visitLimit(walk, tree['LimitOffset'], place, tree)
  return null
}

const visitProjection: Visitor = (walk, tree, place) => {
  const items = (Array.isArray(tree) ? (tree as readonly Tree[]) : []).filter(isNode)
  return union(items.map((item) => visitItem(walk, item, { ...place, clause: 'select' })))
}

function visitItem(walk: Walk, item: TreeNode, place: Place): TextSpan | null {
  const named = nodeIn(item, 'ExprWithAlias')
  if (named === null) {
    const span = visit(walk, item, place)
    const star = 'Wildcard' in item || 'QualifiedWildcard' in item ? walk.text.star(span, walk.parts) : null
    if (star !== null) add(walk, 'star', '*', star, place)
    return union([span, star])
  }
  const refers = visit(walk, named['expr'], place)
  const alias = nodeIn(named, 'alias')
  const at = alias === null ? null : readSpan(alias, walk.offsets)
  if (alias === null || at === null || refers === null) return refers
  add(walk, 'alias', fold(partOf(alias)), { from: at.start, to: at.end }, place, { refers })
  return refers
}

/** The spans of a SELECT list, found again without listing its parts twice. */
function shownIn(walk: Walk, projection: Tree, place: Place): readonly Shown[] {
  const quiet: Walk = { ...walk, parts: [] }
  return (Array.isArray(projection) ? (projection as readonly Tree[]) : []).filter(isNode).flatMap((item) => {
    const named = nodeIn(item, 'ExprWithAlias')
    const span = visit(quiet, named?.['expr'] ?? item, place)
    const alias = named === null ? null : nodeIn(named, 'alias')
    return span === null ? [] : [{ span, alias: alias === null ? null : fold(partOf(alias)) }]
  })
}

/** The place of a query's ORDER BY and LIMIT: they belong to the SELECT of its body and may refer to its list. */
function belowBody(walk: Walk, body: Tree, place: Place, level: number): Place {
  const select = isNode(body) ? nodeIn(body, 'Select') : null
  return select === null ? place : { ...place, level, shown: shownIn(walk, select['projection'], place) }
}

const visitJoin: Visitor = (walk, tree, place, parent) => {
  const span = visit(walk, tree, { ...place, clause: 'on' })
  const kind = isNode(tree) ? (Object.keys(tree)[0] ?? '') : ''
  const table = isNode(parent['relation']) ? nodeIn(parent['relation'], 'Table') : null
  const at = table === null ? null : union(nameSpans(walk, table['name']))
  const alias = table === null ? null : nodeIn(nodeIn(table, 'alias') ?? {}, 'name')
  if (/^(?:Left|Right|Full)/.test(kind) && at !== null && table !== null) {
    const qualifier = alias === null ? (nameSpans(walk, table['name']).at(-1)?.name ?? '') : fold(partOf(alias))
    add(walk, 'outer-join', kind, at, { ...place, clause: 'from' }, { qualifier })
  }
  return span
}

const visitors: Readonly<Record<string, Visitor>> = {
  ...expressionVisitors,
  Select: visitSelect,
  SetOperation: visitSet,
  projection: visitProjection,
  from: inClause('from'),
  selection: inClause('where'),
  having: inClause('having'),
  qualify: inClause('qualify'),
  group_by: visitGroup,
  partition_by: (walk, tree, place) =>
    union(
      (Array.isArray(tree) ? (tree as readonly Tree[]) : []).map((key) =>
        visitKey(walk, key, place, 'partition', 'partition', ''),
      ),
    ),
  // Inside OVER the keys are a plain list.
  order_by: (walk, tree, place) => visitOrderKeys(walk, Array.isArray(tree) ? tree : [], place, 'window'),
  limit_clause: visitLimit,
  fetch: visitLimit,
  top: (walk, _tree, place) => {
    const word = walk.text.lastWord('TOP')
    const span = word === null ? null : walk.text.extended(word, 1)
    const count = span === null ? '' : (walk.text.textOf(span).split(' ')[1] ?? '')
    const at = { ...place, clause: 'limit' } as const
    if (span !== null) {
      add(walk, 'number', count, span, at)
      add(walk, 'limit', count, span, at)
    }
    return span
  },
  join_operator: visitJoin,
}

import type { Span } from '../../../contract/problem.ts'
import { isDataType } from '../data-types.ts'
import type { Fault } from '../verdict.ts'
import { checkSqlparserNodes } from './check-sqlparser-nodes.ts'
import { hides, noCtes, withCte } from './cte-scope.ts'
import type { CteScope } from './cte-scope.ts'
import { join } from './places.ts'
import type { Places } from './places.ts'
import { firstSpan, identsIn, partOf, readSpan } from './sqlparser-ident.ts'
import type { SqlparserRules } from './sqlparser-nodes.ts'
import { isNode, listIn, nodeIn } from './tree.ts'
import type { Tree, TreeNode } from './tree.ts'
import { fold, joinName } from './tree-facts.ts'
import type { FunctionRef, NamePart, TableRef, TreeFacts } from './tree-facts.ts'

/** Functions that Snowflake writes as syntax and sqlparser as nodes of their own. */
const formNodes = new Set(['Cast', 'Ceil', 'Floor', 'Extract', 'Position', 'Substring', 'Trim', 'RLike'])

/** `LIKE ALL (…)` is read as a call. */
const quantifiers = new Set(['ALL', 'ANY'])

interface Reading {
  readonly tables: TableRef[]
  readonly functions: FunctionRef[]
  readonly forms: Set<string>
  readonly faults: Fault[]
  readonly spanOf: (ident: TreeNode) => Span | null
}

/** What sqlparser's tree of one statement says, judged by the allow-list of nodes. */
export function readSqlparserTree(statement: Tree, rules: SqlparserRules, places: Places): TreeFacts {
  const spanOf = (ident: TreeNode) => readSpan(ident, places)
  const reading: Reading = { tables: [], functions: [], forms: new Set(), faults: [], spanOf }
  const faults = checkSqlparserNodes(statement, rules, (tree) => firstSpan(tree, spanOf))
  if (faults.length === 0) visit(reading, statement, noCtes)
  return { ...reading, faults: [...faults, ...reading.faults] }
}

function visit(reading: Reading, tree: Tree, scope: CteScope): void {
  if (Array.isArray(tree)) for (const item of tree) visit(reading, item, scope)
  else if (isNode(tree)) visitNode(reading, tree, scope)
}

function visitNode(reading: Reading, node: TreeNode, outer: CteScope): void {
  const scope = nodeIn(node, 'with') === null ? outer : openWith(reading, node, outer)
  for (const field in node) {
    const child = node[field]
    if (field === 'Placeholder' && !isColumnNumber(child)) reading.faults.push(placeholder)
    if (field === 'data_type') checkType(reading, child)
    if (field === 'span' || field === 'with' || field === 'data_type' || child === null || typeof child !== 'object')
      continue
    if (formNodes.has(field)) reading.forms.add(field.toUpperCase())
    if (isNode(child)) {
      if (field === 'Table' || field === 'SemanticView') readTable(reading, child, scope)
      if (field === 'Function' && Array.isArray(child['name'])) readFunction(reading, child, 'expression')
    }
    if (field === 'relation' || field === 'table') visitRelation(reading, child, scope)
    else if (field === 'version') visitVersion(reading, child, scope)
    else visit(reading, child, scope)
  }
}

/** Types that sqlparser knows by itself and Snowflake has, too. */
const sharedTypes = new Set(
  (
    'Array BigInt Binary Boolean Char CharVarying Character CharacterVarying Custom Date Datetime Dec Decimal Double DoublePrecision Float Float4 ' +
    'Float8 Int Int2 Int4 Int8 Integer Interval Map Numeric Nvarchar Real SmallInt String Text Time Timestamp TimestampNtz TinyInt Uuid Varbinary Varchar'
  ).split(' '),
)

/** A cast may name only types that Snowflake has. */
function checkType(reading: Reading, type: Tree): void {
  const kind = isNode(type) ? Object.keys(type)[0] : type
  if (typeof kind === 'string' && !sharedTypes.has(kind)) reading.faults.push(unknownType(null))
  else checkNames(reading, type)
}

/** A type that sqlparser does not know by itself has to be one that Snowflake does. */
function checkNames(reading: Reading, type: Tree): void {
  if (Array.isArray(type)) for (const item of type) checkNames(reading, item)
  if (!isNode(type)) return
  const [first, modifiers] = listIn(type, 'Custom')
  const idents = Array.isArray(first) ? identsIn(first) : null
  const [name, ...more] = idents ?? []
  const isKnown = name !== undefined && more.length === 0 && isDataType(partOf(name).text) && isSized(modifiers)
  if ('Custom' in type && !isKnown) reading.faults.push(unknownType(firstSpan(type, reading.spanOf)))
  else if (!('Custom' in type)) for (const child of Object.values(type)) checkNames(reading, child)
}

/** `(38, 0)` or `(FLOAT, 3)`. */
const isSized = (modifiers: Tree): boolean =>
  !Array.isArray(modifiers) || modifiers.every((size) => typeof size === 'string' && /^(?:\d+|FLOAT|INT)$/i.test(size))

const unknownType = (span: Span | null): Fault => ({
  code: 'construct_not_allowed',
  reason: 'This is not a data type that Snowflake has.',
  action: 'Cast to a type such as NUMBER, VARCHAR or DATE.',
  span,
})

/** A function that stands in FROM is a table function; `TABLE(…)` may hold a call and nothing else. */
function visitRelation(reading: Reading, relation: Tree, scope: CteScope): void {
  const wrapped = isNode(relation) ? nodeIn(relation, 'TableFunction') : null
  const call = isNode(relation) ? nodeIn(nodeIn(wrapped ?? {}, 'expr') ?? relation, 'Function') : null
  if (call !== null) {
    readFunction(reading, call, 'table')
    for (const field in call) if (field !== 'name') visit(reading, call[field], scope)
  } else if (wrapped === null) visit(reading, relation, scope)
  else reading.faults.push(dynamicName(firstSpan(wrapped, reading.spanOf)))
}

/** AT, BEFORE and CHANGES look like calls and are none; their arguments are read like any other. */
function visitVersion(reading: Reading, version: Tree, scope: CteScope): void {
  const changes = isNode(version) ? (nodeIn(version, 'Changes') ?? version) : {}
  for (const call of Object.values(changes)) {
    const inner = isNode(call) ? (nodeIn(call, 'Function') ?? call) : null
    if (inner !== null) visit(reading, inner['args'], scope)
  }
}

/** The CTEs of a query, each read with what it may see; returns what the query below sees. */
function openWith(reading: Reading, query: TreeNode, outer: CteScope): CteScope {
  const clause = nodeIn(query, 'with')
  let scope = outer
  for (const cte of clause === null ? [] : listIn(clause, 'cte_tables')) {
    if (!isNode(cte)) continue
    const name = nodeIn(nodeIn(cte, 'alias') ?? {}, 'name')
    const inner = nodeIn(cte, 'query')
    if (name === null || inner === null) continue
    const after = withCte(scope, partOf(name))
    visitCte(reading, inner, scope, after)
    scope = after
  }
  return scope
}

/** In a CTE's own UNION the branches after the first may mean the CTE itself. */
function visitCte(reading: Reading, query: TreeNode, before: CteScope, after: CteScope): void {
  const union = nodeIn(nodeIn(query, 'body') ?? {}, 'SetOperation')
  if (union === null || union['op'] !== 'Union' || nodeIn(query, 'with') !== null) return visit(reading, query, before)
  visitBranches(reading, union, before, after)
  visit(reading, [query['order_by'], query['limit_clause'], query['fetch']], before)
}

function visitBranches(reading: Reading, union: TreeNode, before: CteScope, after: CteScope): void {
  const left = nodeIn(union, 'left')
  const deeper = left === null ? null : nodeIn(left, 'SetOperation')
  if (deeper !== null && deeper['op'] === 'Union') visitBranches(reading, deeper, before, after)
  else visit(reading, left, before)
  visit(reading, union['right'], after)
}

function readTable(reading: Reading, table: TreeNode, scope: CteScope): void {
  const idents = listIn(table, 'name').flatMap((part) => (isNode(part) ? [nodeIn(part, 'Identifier')] : [null]))
  const parts = idents.flatMap((ident) => (ident === null ? [] : [partOf(ident)]))
  const span = spanOfAll(reading, idents)
  if (parts.length < idents.length) reading.faults.push(dynamicName(span))
  else if (idents.some((ident) => ident?.['quote_style'] === "'")) reading.faults.push(dynamicName(span))
  else if (nodeIn(table, 'args') !== null) reading.functions.push(callOf(parts, 'table', span))
  else if (!hides(scope, parts)) reading.tables.push({ parts, span })
}

function readFunction(reading: Reading, node: TreeNode, place: FunctionRef['place']): void {
  const idents = listIn(node, 'name').map((part) => (isNode(part) ? nodeIn(part, 'Identifier') : null))
  const parts = idents.flatMap((ident) => (ident === null ? [] : [partOf(ident)]))
  const span = spanOfAll(reading, idents)
  const call = callOf(parts, place, span)
  if (parts.length < idents.length) reading.faults.push(dynamicName(span))
  else if (!quantifiers.has(call.name)) reading.functions.push(call)
}

const callOf = (parts: readonly NamePart[], place: FunctionRef['place'], span: Span | null): FunctionRef => ({
  name: joinName(parts),
  parts: parts.map(fold),
  place,
  bare: false,
  span,
})

const spanOfAll = (reading: Reading, idents: readonly (TreeNode | null)[]): Span | null =>
  idents.reduce<Span | null>((whole, ident) => (ident === null ? whole : join(whole, reading.spanOf(ident))), null)

const dynamicName = (span: Span | null): Fault => ({
  code: 'dynamic_name',
  reason: 'A name is taken from text or a variable, so what it reads cannot be checked.',
  action: 'Write the name itself.',
  span,
})

/** `$1` is a column by its place; every other placeholder waits for a value. */
const isColumnNumber = (tree: Tree): boolean => typeof tree === 'string' && /^\$\d+$/.test(tree)

const placeholder: Fault = {
  code: 'session_variable',
  reason: 'A placeholder has no value here.',
  action: 'Write the value itself.',
  span: null,
}

import type { Span } from '../../../contract/problem.ts'
import { isDataType } from './data-types.ts'
import type { Fault } from '../verdict.ts'
import { fold, hides, joinName, noCtes, withCte } from './tree-facts.ts'
import type { CteScope, FunctionRef, NamePart, TableRef, TreeFacts } from './tree-facts.ts'
import { join } from './offset-map.ts'
import type { OffsetMap } from './offset-map.ts'
import { firstSpan, identsIn, partOf, readSpan } from './sqlparser-ident.ts'
import type { SqlparserRules } from './sqlparser-nodes.ts'
import { isAbsent, isNode, listIn, nodeIn } from './tree.ts'
import type { Tree, TreeNode } from './tree.ts'

/** Nodes of sqlparser that stand for a call written with special syntax. */
const formNodes = new Set(['Cast', 'Ceil', 'Floor', 'Extract', 'Position', 'Substring', 'Trim', 'RLike'])

interface Walk {
  readonly tables: TableRef[]
  readonly functions: FunctionRef[]
  readonly forms: Map<string, readonly string[]>
  readonly faults: Fault[]
  readonly offsets: OffsetMap
  /** The place of calls outside of FROM. */
  readonly place: 'expression' | 'match'
}

/** Collects the facts of sqlparser's tree and checks it against the allow-list of nodes. */
export function sqlparserFacts(statement: Tree, rules: SqlparserRules, offsets: OffsetMap): TreeFacts {
  const walk: Walk = { tables: [], functions: [], forms: new Map(), faults: [], offsets, place: 'expression' }
  const faults = checkSqlparserNodes(statement, rules, (tree) => firstSpan(tree, offsets))
  if (faults.length === 0) visit(walk, statement, noCtes)
  return { ...walk, faults: [...faults, ...walk.faults] }
}

function visit(walk: Walk, tree: Tree, scope: CteScope): void {
  if (Array.isArray(tree)) for (const item of tree) visit(walk, item, scope)
  else if (isNode(tree)) visitNode(walk, tree, scope)
}

function visitNode(parent: Walk, node: TreeNode, outer: CteScope): void {
  const walk: Walk = 'body' in node && 'order_by' in node ? { ...parent, place: 'expression' } : parent
  const scope = nodeIn(node, 'with') === null ? outer : openWith(walk, node, outer)
  for (const field in node) {
    const child = node[field]
    if (field === 'Placeholder' && !(typeof child === 'string' && /^\$\d+$/.test(child))) walk.faults.push(placeholder)
    if (field === 'data_type') checkType(walk, child)
    if (field === 'span' || field === 'with' || field === 'data_type' || child === null || typeof child !== 'object')
      continue
    readField(walk, field, child, scope)
    visitField(walk, field, child, scope)
  }
}

/** Notes what a field itself says: a quantifier or interval that is really a call, a form, a table or a function. */
function readField(walk: Walk, field: string, child: Tree, scope: CteScope): void {
  if ((field === 'AnyOp' || field === 'AllOp') && !holds(child, 'right', 'Subquery')) walk.faults.push(ownCall(field))
  if (field === 'Interval' && !holds(child, 'value', 'Value')) walk.faults.push(ownCall(field))
  if (formNodes.has(field)) walk.forms.set(field, [field.toUpperCase()])
  if (!isNode(child)) return
  if (field === 'Table' || field === 'SemanticView') readTable(walk, child, scope)
  if (field === 'Function' && Array.isArray(child['name'])) readFunction(walk, child, walk.place)
}

/** Goes on with what lies under a field, under the scope and place that hold there. */
function visitField(walk: Walk, field: string, child: Tree, scope: CteScope): void {
  if (field === 'MatchRecognize' && isNode(child)) {
    visit(walk, { table: child['table'] }, scope)
    visit({ ...walk, place: 'match' }, { ...child, table: null }, scope)
  } else if ((field === 'Like' || field === 'ILike') && isNode(child)) visit(walk, withoutAll(child), scope)
  else if (field === 'relation' || field === 'table') visitRelation(walk, child, scope)
  else if (field === 'version') visitVersion(walk, child, scope)
  else visit(walk, child, scope)
}

const holds = (node: Tree, field: string, kind: string): boolean => isNode(node) && kind in (nodeIn(node, field) ?? {})

/** The parser reads ANY, ALL and INTERVAL before brackets as syntax. Snowflake does so only before a query or a text, and else calls a function of that name. */
const ownCall = (node: 'AnyOp' | 'AllOp' | 'Interval'): Fault => ({
  code: 'function_not_allowed',
  reason: `${node.replace('Op', '').toUpperCase()} is a function of your own here, and is not known to only read.`,
  action: node === 'Interval' ? "Write INTERVAL before a text, as in INTERVAL '1 day'." : 'Write a subquery after it.',
  span: null,
})

/** Replaces the call in `LIKE ALL (…)`, which the parser reads as a function, by its arguments. Elsewhere, or in quotes, ALL is a function of that name. */
function withoutAll(like: TreeNode): TreeNode {
  const call = nodeIn(nodeIn(like, 'pattern') ?? {}, 'Function')
  const [name, ...more] = call === null ? [] : (identsIn(listIn(call, 'name')) ?? [])
  const isAll = name !== undefined && more.length === 0 && !partOf(name).quoted && joinName([partOf(name)]) === 'ALL'
  return isAll && call !== null ? { ...like, pattern: call['args'] } : like
}

/** Types that sqlparser has a node for and Snowflake supports. */
const sharedTypes = new Set(
  (
    'Array BigInt Binary Boolean Char CharVarying Character CharacterVarying Custom Date Datetime Dec Decimal Double DoublePrecision Float Float4 ' +
    'Float8 Int Int2 Int4 Int8 Integer Interval Map Numeric Nvarchar Real SmallInt String Text Time Timestamp TimestampNtz TinyInt Uuid Varbinary Varchar'
  ).split(' '),
)

/** Refuses a cast to a type that Snowflake does not have. */
function checkType(walk: Walk, type: Tree): void {
  const kind = isNode(type) ? Object.keys(type)[0] : type
  if (typeof kind === 'string' && !sharedTypes.has(kind)) walk.faults.push(unknownType(null))
  else checkNames(walk, type)
}

/** Types without a node of their own (`Custom`) must be in the list of Snowflake's types. */
function checkNames(walk: Walk, type: Tree): void {
  if (Array.isArray(type)) for (const item of type) checkNames(walk, item)
  if (!isNode(type)) return
  const [first, modifiers] = listIn(type, 'Custom')
  const idents = Array.isArray(first) ? identsIn(first) : null
  const [name, ...more] = idents ?? []
  const isKnown = name !== undefined && more.length === 0 && isDataType(partOf(name).text) && isSized(modifiers)
  if ('Custom' in type && !isKnown) walk.faults.push(unknownType(firstSpan(type, walk.offsets)))
  else if (!('Custom' in type)) for (const child of Object.values(type)) checkNames(walk, child)
}

/** Accepts sizes such as `(38, 0)` and `(FLOAT, 3)`. */
const isSized = (modifiers: Tree): boolean =>
  !Array.isArray(modifiers) || modifiers.every((size) => typeof size === 'string' && /^(?:\d+|FLOAT|INT)$/i.test(size))

const unknownType = (span: Span | null): Fault => ({
  code: 'construct_not_allowed',
  reason: 'This is not a data type that Snowflake has.',
  action: 'Cast to a type such as NUMBER, VARCHAR or DATE.',
  span,
})

/** Notes a call in FROM as a table function. `TABLE(…)` may hold only a call. */
function visitRelation(walk: Walk, relation: Tree, scope: CteScope): void {
  const wrapped = isNode(relation) ? nodeIn(relation, 'TableFunction') : null
  const call = isNode(relation) ? nodeIn(nodeIn(wrapped ?? {}, 'expr') ?? relation, 'Function') : null
  if (call !== null) {
    readFunction(walk, call, 'table')
    for (const field in call) if (field !== 'name') visit(walk, call[field], scope)
  } else if (wrapped === null) visit(walk, relation, scope)
  else walk.faults.push(dynamicName(firstSpan(wrapped, walk.offsets)))
}

/** AT, BEFORE and CHANGES are parsed as calls but are clauses: only their arguments are visited. */
function visitVersion(walk: Walk, version: Tree, scope: CteScope): void {
  const changes = isNode(version) ? (nodeIn(version, 'Changes') ?? version) : {}
  for (const call of Object.values(changes)) {
    const inner = isNode(call) ? (nodeIn(call, 'Function') ?? call) : null
    if (inner !== null) visit(walk, inner['args'], scope)
  }
}

/** Visits each CTE in the scope of the CTEs before it; returns the scope of the query below. */
function openWith(walk: Walk, query: TreeNode, outer: CteScope): CteScope {
  const clause = nodeIn(query, 'with')
  let scope = outer
  for (const cte of clause === null ? [] : listIn(clause, 'cte_tables')) {
    if (!isNode(cte)) continue
    const name = nodeIn(nodeIn(cte, 'alias') ?? {}, 'name')
    const inner = nodeIn(cte, 'query')
    if (name === null || inner === null) continue
    const after = withCte(scope, partOf(name))
    visitCte(walk, inner, scope, after)
    scope = after
  }
  return scope
}

/** Only the branches after the first of a CTE's UNION see the CTE itself. */
function visitCte(walk: Walk, query: TreeNode, before: CteScope, after: CteScope): void {
  const union = nodeIn(nodeIn(query, 'body') ?? {}, 'SetOperation')
  if (union === null || union['op'] !== 'Union' || nodeIn(query, 'with') !== null) return visit(walk, query, before)
  visitBranches(walk, union, before, after)
  visit(walk, [query['order_by'], query['limit_clause'], query['fetch']], before)
}

function visitBranches(walk: Walk, union: TreeNode, before: CteScope, after: CteScope): void {
  const left = nodeIn(union, 'left')
  const deeper = left === null ? null : nodeIn(left, 'SetOperation')
  if (deeper !== null && deeper['op'] === 'Union') visitBranches(walk, deeper, before, after)
  else visit(walk, left, before)
  visit(walk, union['right'], after)
}

function readTable(walk: Walk, table: TreeNode, scope: CteScope): void {
  const idents = listIn(table, 'name').flatMap((part) => (isNode(part) ? [nodeIn(part, 'Identifier')] : [null]))
  const parts = idents.flatMap((ident) => (ident === null ? [] : [partOf(ident)]))
  const span = spanOfAll(walk, idents)
  if (parts.length < idents.length) walk.faults.push(dynamicName(span))
  else if (idents.some((ident) => ident?.['quote_style'] === "'")) walk.faults.push(dynamicName(span))
  else if (nodeIn(table, 'args') !== null) walk.functions.push(callOf(parts, 'table', span))
  else if (!hides(scope, parts)) walk.tables.push({ parts, span })
}

function readFunction(walk: Walk, node: TreeNode, place: FunctionRef['place']): void {
  const idents = listIn(node, 'name').map((part) => (isNode(part) ? nodeIn(part, 'Identifier') : null))
  const parts = idents.flatMap((ident) => (ident === null ? [] : [partOf(ident)]))
  const span = spanOfAll(walk, idents)
  if (parts.length < idents.length) walk.faults.push(dynamicName(span))
  else walk.functions.push(callOf(parts, place, span))
}

/** Functions that exist only with special syntax; a quoted name among them is a function of the account. */
const syntaxOnly = new Set(['CAST', 'TRY_CAST', 'EXTRACT'])

function callOf(parts: readonly NamePart[], place: FunctionRef['place'], span: Span | null): FunctionRef {
  const isOwn = parts.length === 1 && parts.every((part) => part.quoted && syntaxOnly.has(part.text))
  const name = isOwn ? `"${joinName(parts)}"` : joinName(parts)
  return { name, parts: isOwn ? [name] : parts.map(fold), place, bare: false, span }
}

const spanOfAll = (walk: Walk, idents: readonly (TreeNode | null)[]): Span | null =>
  idents.reduce<Span | null>(
    (whole, ident) => (ident === null ? whole : join(whole, readSpan(ident, walk.offsets))),
    null,
  )

const dynamicName = (span: Span | null): Fault => ({
  code: 'dynamic_name',
  reason: 'A name is taken from text or a variable, so what it reads cannot be checked.',
  action: 'Write the name itself.',
  span,
})

/** A placeholder other than `$1`, which is a column by position. */
const placeholder: Fault = {
  code: 'session_variable',
  reason: 'A placeholder has no value here.',
  action: 'Write the value itself.',
  span: null,
}

/** Finds the first position in a node, or null. */
export type FindSpan = (tree: Tree) => Span | null

/** Returns a fault for every node and field that is not on the allow-list. */
export function checkSqlparserNodes(tree: Tree, rules: SqlparserRules, findSpan: FindSpan): readonly Fault[] {
  const faults: Fault[] = []
  const visit = (parent: string, child: Tree): void => {
    if (Array.isArray(child)) for (const item of child) visit(parent, item)
    else if (typeof child === 'string') checkChoice(parent, child)
    else if (typeof child === 'object' && child !== null)
      visitFields(parent, child as { readonly [field: string]: Tree })
  }
  const visitFields = (parent: string, node: { readonly [field: string]: Tree }): void => {
    const allowed = rules.allowed.get(parent)
    for (const field in node) {
      const value = node[field]
      if (field === 'span' || rules.passive.has(field) || isAbsent(value)) continue
      if (allowed?.has(field) === true) visit(field, value)
      else faults.push(nodeFault(field, findSpan(value) ?? findSpan(node)))
    }
  }
  const checkChoice = (field: string, value: string): void => {
    const among = rules.choices.get(field)
    if (among !== undefined && !among.has(value)) faults.push(nodeFault(value, null))
  }
  visit('ROOT', tree)
  return faults
}

const writing = new Set(['Insert', 'Update', 'Delete', 'Merge', 'Truncate', 'into', 'locks'])

function nodeFault(node: string, span: Span | null): Fault {
  if (node === 'into') return writes('SELECT INTO makes a table.', 'Leave INTO out.', span)
  if (node === 'locks') return writes('FOR UPDATE locks rows.', 'Leave it out.', span)
  if (writing.has(node)) return writes(`${node.toUpperCase()} changes data.`, 'Only SELECT queries run.', span)
  const reason = `This form of SQL is not on the list of what may run (${node}).`
  return { code: 'construct_not_allowed', reason, action: 'Write it another way.', span }
}

const writes = (reason: string, action: string, span: Span | null): Fault => ({ code: 'writes', reason, action, span })

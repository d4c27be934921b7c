import type { Span } from '../../../contract/problem.ts'
import type { Fault, RefusalCode } from '../verdict.ts'
import { fold, hides, joinName, noCtes, withCte } from './tree-facts.ts'
import type { CteScope, FunctionRef, NamePart, TableRef, TreeFacts } from './tree-facts.ts'
import { join } from './offset-map.ts'
import type { OffsetMap } from './offset-map.ts'
import type { PolyglotRules } from './polyglot-nodes.ts'
import { isAbsent, isNode, listIn, nodeIn } from './tree.ts'
import type { Tree, TreeNode } from './tree.ts'

interface Walk {
  readonly tables: TableRef[]
  readonly functions: FunctionRef[]
  readonly forms: Map<string, readonly string[]>
  readonly faults: Fault[]
  readonly rules: PolyglotRules
  readonly places: OffsetMap
}

const queryRoots = new Set(['select', 'union', 'intersect', 'except', 'subquery'])

/** Collects the facts of polyglot's tree and checks it against the allow-list of nodes. */
export function polyglotFacts(statement: Tree, rules: PolyglotRules, places: OffsetMap): TreeFacts {
  const walk: Walk = { tables: [], functions: [], forms: new Map(), faults: [], rules, places }
  const query = withoutComment(statement)
  const root = isNode(query) ? (Object.keys(query)[0] ?? '') : ''
  if (queryRoots.has(root)) visit(walk, query, noCtes)
  else walk.faults.push(notAQuery(root))
  return walk
}

/** Unwraps the node that polyglot puts around a statement with a comment before its semicolon. */
export function withoutComment(statement: Tree): Tree {
  const annotated = isNode(statement) ? nodeIn(statement, 'annotated') : null
  return annotated === null ? statement : annotated['this']
}

const notAQuery = (root: string): Fault => ({
  code: 'not_a_query',
  reason: `This is not a query (${root}).`,
  action: 'Write it as a SELECT query.',
  span: null,
})

function visit(walk: Walk, tree: Tree, scope: CteScope): void {
  if (Array.isArray(tree)) for (const item of tree) visit(walk, item, scope)
  else if (isNode(tree)) visitNode(walk, tree, scope)
}

function visitNode(walk: Walk, node: TreeNode, outer: CteScope): void {
  const clause = nodeIn(node, 'with')
  const scope = clause === null ? outer : openWith(walk, clause, outer)
  const only = onlyField(node)
  const names = only === null ? undefined : walk.rules.functionNames.get(only)
  if (only !== null && names !== undefined) walk.forms.set(only, names)
  for (const field in node) {
    const child = node[field]
    if (isAbsent(child) || field === 'with' || walk.rules.passive.has(field)) continue
    if (!walk.rules.allowed.has(field)) walk.faults.push(nodeFault(field, firstSpan(walk, child)))
    else if (typeof child !== 'object' || child === null) continue
    else if (isNode(child)) visitTagged(walk, field, child, scope)
    else visit(walk, child, scope)
  }
}

/** Returns the field of a node with exactly one field: such a node is a tag around its content. */
function onlyField(node: TreeNode): string | null {
  let only: string | null = null
  for (const field in node) {
    if (only !== null) return null
    only = field
  }
  return only
}

function visitTagged(walk: Walk, field: string, child: TreeNode, scope: CteScope): void {
  if (field === 'table' && nodeIn(child, 'name') !== null) readTable(walk, child, scope)
  else if (field === 'semantic_view') noteTable(walk, dottedNames(child['this']))
  else if (field === 'function' || field === 'aggregate_function') readCall(walk, child)
  else if (field === 'method_call') readMethod(walk, child)
  else if (field === 'parameter' && typeof child['index'] !== 'number') walk.faults.push(nodeFault('placeholder', null))
  visit(walk, child, scope)
}

/** Visits each CTE in the scope of the CTEs before it; returns the scope of the query below. */
function openWith(walk: Walk, clause: TreeNode, outer: CteScope): CteScope {
  let scope = outer
  for (const cte of listIn(clause, 'ctes')) {
    const name = isNode(cte) ? nodeIn(cte, 'alias') : null
    const query = isNode(cte) ? nodeIn(cte, 'this') : null
    if (name === null || query === null || !isNode(cte)) continue
    const after = withCte(scope, partOf(name))
    const union = nodeIn(query, 'union')
    if (union === null || nodeIn(union, 'with') !== null) visit(walk, query, scope)
    else visitBranches(walk, union, scope, after)
    visit(walk, { ...cte, this: null }, scope)
    scope = after
  }
  return scope
}

/** Only the branches after the first of a CTE's UNION see the CTE itself. */
function visitBranches(walk: Walk, union: TreeNode, before: CteScope, after: CteScope): void {
  const deeper = nodeIn(nodeIn(union, 'left') ?? {}, 'union')
  if (deeper === null) visit(walk, union['left'], before)
  else visitBranches(walk, deeper, before, after)
  visit(walk, union['right'], after)
  visitNode(walk, { ...union, left: null, right: null }, before)
}

function readTable(walk: Walk, table: TreeNode, scope: CteScope): void {
  const idents = nodesIn(table, ['catalog', 'schema', 'name'])
  if (!hides(scope, idents.map(partOf))) noteTable(walk, idents)
}

function noteTable(walk: Walk, idents: readonly TreeNode[]): void {
  const span = idents.reduce<Span | null>((whole, ident) => join(whole, spanOf(walk, ident)), null)
  walk.tables.push({ parts: idents.map(partOf), span })
}

function readCall(walk: Walk, call: TreeNode): void {
  const name = typeof call['name'] === 'string' ? call['name'] : ''
  if (name.toUpperCase() === 'TABLE') return readTableWrapper(walk, call)
  const isQuoted = call['quoted'] === true
  if (!isQuoted && walk.rules.syntaxCalls.has(name.toUpperCase())) return
  const folded = isQuoted ? name : name.toUpperCase()
  walk.functions.push({
    name: folded,
    parts: [folded],
    place: 'any',
    bare: call['no_parens'] === true,
    span: null,
  })
}

/** Refuses `TABLE(…)` around anything but a call. */
function readTableWrapper(walk: Walk, call: TreeNode): void {
  const [only, ...more] = listIn(call, 'args')
  const inner = isNode(only) ? Object.keys(only)[0] : undefined
  if (more.length === 0 && (inner === 'function' || inner === 'method_call')) return
  const reason = 'A table is named by text or a variable, so what it reads cannot be checked.'
  walk.faults.push({ code: 'dynamic_name', reason, action: 'Write the name itself.', span: null })
}

/** Notes `a.b.f(…)`, whose qualifier polyglot parses as a column. */
function readMethod(walk: Walk, call: TreeNode): void {
  const method = nodeIn(call, 'method')
  const parts = [...dottedNames(call['this']), ...(method === null ? [] : [method])].map(partOf)
  walk.functions.push({ name: joinName(parts), parts: parts.map(fold), place: 'any', bare: false, span: null })
}

function nodesIn(node: TreeNode, fields: readonly string[]): readonly TreeNode[] {
  return fields.map((field) => nodeIn(node, field)).filter((child) => child !== null)
}

/** Returns the parts of a qualifier that polyglot parsed as a column or as fields of one. */
function dottedNames(tree: Tree): readonly TreeNode[] {
  if (!isNode(tree)) return []
  const dot = nodeIn(tree, 'dot')
  if (dot !== null) return [...dottedNames(dot['this']), ...nodesIn(dot, ['field'])]
  return nodesIn(nodeIn(tree, 'column') ?? {}, ['table', 'name'])
}

const partOf = (ident: TreeNode): NamePart => ({
  text: typeof ident['name'] === 'string' ? ident['name'] : '',
  quoted: ident['quoted'] === true,
})

function spanOf(walk: Walk, ident: TreeNode): Span | null {
  const span = nodeIn(ident, 'span')
  const start = span?.['start']
  const end = span?.['end']
  if (typeof start !== 'number' || typeof end !== 'number') return null
  return { start: walk.places.at(start), end: walk.places.at(end) }
}

/** Returns the first span found inside a tree. */
function firstSpan(walk: Walk, tree: Tree): Span | null {
  const children = Array.isArray(tree) ? tree : isNode(tree) ? Object.values(tree) : []
  const own = isNode(tree) ? spanOf(walk, tree) : null
  if (own !== null) return own
  for (const child of children) {
    const span = typeof child === 'object' ? firstSpan(walk, child) : null
    if (span !== null) return span
  }
  return null
}

type Meaning = readonly [RefusalCode, string, string]
const meanings: Record<string, Meaning> = {
  into: ['writes', 'SELECT INTO makes a table.', 'Leave INTO out.'],
  locks: ['writes', 'FOR UPDATE locks rows.', 'Leave it out.'],
  insert: ['writes', 'INSERT changes data.', 'Only SELECT queries run.'],
  update: ['writes', 'UPDATE changes data.', 'Only SELECT queries run.'],
  delete: ['writes', 'DELETE changes data.', 'Only SELECT queries run.'],
  merge: ['writes', 'MERGE changes data.', 'Only SELECT queries run.'],
  stage_reference: ['stage_access', 'Walk files in a stage is not allowed.', 'Query tables and views only.'],
  placeholder: ['session_variable', 'A placeholder has no value here.', 'Write the value itself.'],
  model_attribute: [
    'function_not_allowed',
    'Calling a method of a model or instance is not allowed.',
    'Leave the call out.',
  ],
}

function nodeFault(node: string, span: Span | null): Fault {
  const meaning = meanings[node]
  if (meaning !== undefined) return { code: meaning[0], reason: meaning[1], action: meaning[2], span }
  const reason = `This form of SQL is not on the list of what may run (${node}).`
  return { code: 'construct_not_allowed', reason, action: 'Write it another way.', span }
}

import { partOf } from '../trees/sqlparser-ident.ts'
import { fold } from '../trees/tree-facts.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { sourceNamed } from './resolution.ts'
import type { Scope, Source } from './resolution.ts'

/** Rows that a query may make out of literals, such as a list of days, and still count as bounded. */
const mostLiteralRows = 100_000
/** Pairs that a join without a condition may make of sources whose sizes the text tells. */
const mostPairs = 1_000_000

/**
 * What lets a SELECT make more rows than an estimate of the bytes it reads can tell, as a phrase; null where nothing does. Sources joined by
 * an equation are taken to stay near the larger of them; sources that no condition ties together multiply.
 */
export function unboundedRowsOf(select: TreeNode, scope: Scope): string | null {
  if (scope.sources.some((source) => source.isRecursive) && !isRecursionBounded(select, scope))
    return 'a recursion without an upper bound'
  if (listIn(select, 'connect_by').length > 0 && !containsField(select['connect_by'] ?? null, 'Prior'))
    return 'a CONNECT BY without PRIOR'
  if (scope.sources.length < 2) return null
  const sizes = componentSizes(scope)
  const pairs = sizes.reduce((product, rows) => product * rows, 1)
  const isCross = sizes.length > 1 && !(pairs <= mostPairs)
  const isLarge = Number.isFinite(pairs) && pairs > mostPairs
  return isCross || isLarge ? 'a join without a condition that ties the tables together' : null
}

/** The rows of each group of sources that conditions tie together; groups of at most one row multiply nothing and are left out. */
function componentSizes(scope: Scope): readonly number[] {
  const groupOf = new Map(scope.sources.map((source) => [source, new Set([source])]))
  for (const tie of [...scope.ties, ...scope.conditions.flatMap((condition) => tiesIn(condition, scope))]) {
    const merged = new Set([...tie].flatMap((source) => [...(groupOf.get(source) ?? [])]))
    for (const source of merged) groupOf.set(source, merged)
  }
  const sizes = [...new Set(groupOf.values())].map((group) => Math.max(...[...group].map((source) => source.maxRows)))
  return sizes.filter((rows) => rows > 1)
}

type Tie = ReadonlySet<Source>

/** Sets of sources that a condition ties together. Inequalities tie nothing: nearly every pair satisfies them. */
function tiesIn(condition: Tree, scope: Scope): readonly Tie[] {
  if (!isNode(condition)) return []
  const nested = condition['Nested']
  if (isNode(nested)) return tiesIn(nested, scope)
  const operation = nodeIn(condition, 'BinaryOp')
  const [left, right] = [operation?.['left'], operation?.['right']]
  const operator = operation?.['op']
  switch (typeof operator === 'string' ? operator : '') {
    case 'And':
      return [...tiesIn(left, scope), ...tiesIn(right, scope)]
    case 'Or': {
      const [a, b] = [left, right].map((branch) => new Set(tiesIn(branch, scope).flatMap((tie) => [...tie])))
      return [new Set([...(a ?? [])].filter((source) => b?.has(source)))]
    }
    case 'NotEq':
    case 'Lt':
    case 'LtEq':
    case 'Gt':
    case 'GtEq':
      return []
    default:
      return 'UnaryOp' in condition ? [] : [mentionedSources(condition, scope)]
  }
}

/** The sources of a SELECT that an expression names. In a subquery only qualified names count: bare ones may be its own. */
export function mentionedSources(tree: Tree, scope: Scope, isInside = false): Set<Source> {
  if (Array.isArray(tree)) return new Set(tree.flatMap((item) => [...mentionedSources(item, scope, isInside)]))
  const found = new Set<Source>()
  if (!isNode(tree)) return found
  for (const field in tree) {
    const child = tree[field]
    const parts = field === 'CompoundIdentifier' && Array.isArray(child) ? child.filter(isNode).map(partOf) : []
    if (parts.length > 1) {
      const source = sourceNamed({ ...scope, outer: null }, parts.slice(0, -1).map(fold))
      if (source !== null) found.add(source)
    } else if (field === 'Identifier' && isNode(child) && !isInside) {
      for (const source of sourcesWith(scope.sources, fold(partOf(child)))) found.add(source)
    } else for (const source of mentionedSources(child, scope, isInside || 'body' in tree)) found.add(source)
  }
  return found
}

/** The sources that have a column; where none is known to, those whose columns are not all known. */
export function sourcesWith(sources: readonly Source[], column: string): readonly Source[] {
  const known = sources.filter((source) => source.columns.has(column))
  return known.length > 0 ? known : sources.filter((source) => source.open)
}

/**
 * Whether a recursive branch ends: a table's rows bound it when an equation ties it to them; a counter when the branch compares it with an upper
 * bound, or with a lower one and counts down.
 */
function isRecursionBounded(select: TreeNode, scope: Scope): boolean {
  const ties = [...scope.ties, ...scope.conditions.flatMap((condition) => tiesIn(condition, scope))]
  const isTied = ties.some((tie) => {
    const sources = [...tie]
    return sources.some((source) => source.isRecursive) && sources.some((source) => !source.isRecursive)
  })
  if (isTied) return true
  const countsDown = containsOperator(select['projection'] ?? null, new Set(['Minus']))
  const bounds = new Set(countsDown ? ['Lt', 'LtEq', 'Gt', 'GtEq'] : ['Lt', 'LtEq'])
  return scope.conditions.some(
    (condition) => containsOperator(condition, bounds) || containsField(condition, 'Between'),
  )
}

function containsField(tree: Tree, name: string): boolean {
  if (Array.isArray(tree)) return tree.some((item) => containsField(item, name))
  return isNode(tree) && (name in tree || Object.values(tree).some((child) => containsField(child, name)))
}

function containsOperator(tree: Tree, operators: ReadonlySet<string>): boolean {
  if (Array.isArray(tree)) return tree.some((item) => containsOperator(item, operators))
  if (!isNode(tree)) return false
  const operator = tree['op']
  if (typeof operator === 'string' && operators.has(operator)) return true
  return Object.values(tree).some((child) => containsOperator(child, operators))
}

/** Functions whose size is an argument: rows of GENERATOR, elements and letters that other functions cut into rows. */
const sizedFunctions = new Set('GENERATOR ARRAY_GENERATE_RANGE REPEAT SPACE LPAD RPAD RANDSTR'.split(' '))
/** Functions whose result is far larger than their arguments. */
const growingFunctions = new Set('POW POWER EXP FACTORIAL SQUARE BITSHIFTLEFT'.split(' '))

/** The most rows that a table function makes for each row before it; infinite where the text asks for more than a query makes of literals. */
export function rowsOfCall(call: TreeNode): number {
  const isGenerator = nameOf(call) === 'GENERATOR'
  const hasCount = isGenerator && JSON.stringify(call['args']).includes('"ROWCOUNT"')
  const size = isGenerator && !hasCount ? Number.POSITIVE_INFINITY : largestSize({ Function: call })
  return size > mostLiteralRows ? Number.POSITIVE_INFINITY : isGenerator ? size : 1
}

/** The largest size that a call inside an expression is asked for. */
function largestSize(tree: Tree): number {
  if (Array.isArray(tree)) return Math.max(1, ...tree.map(largestSize))
  if (!isNode(tree)) return 1
  const call = nodeIn(tree, 'Function')
  const inner = Math.max(1, ...Object.values(tree).map(largestSize))
  return call !== null && sizedFunctions.has(nameOf(call)) ? Math.max(inner, sizeIn(call['args'])) : inner
}

/** An upper bound of a size from the literals in it, as if all were multiplied; columns are bounded by the data. */
function sizeIn(tree: Tree): number {
  if (Array.isArray(tree)) return tree.reduce<number>((product, item) => product * sizeIn(item), 1)
  if (!isNode(tree)) return 1
  const call = nodeIn(tree, 'Function')
  if (call !== null && growingFunctions.has(nameOf(call))) return Number.POSITIVE_INFINITY
  const [literal] = listIn(tree, 'Number')
  return typeof literal === 'string' ? Math.max(1, Math.abs(Number(literal))) : sizeIn(Object.values(tree))
}

function nameOf(call: TreeNode): string {
  const [name, ...more] = listIn(call, 'name')
  const ident = isNode(name) ? nodeIn(name, 'Identifier') : null
  return ident === null || more.length > 0 ? '' : fold(partOf(ident))
}

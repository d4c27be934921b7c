import { partOf, readSpan } from '../guard/trees/sqlparser-ident.ts'
import { fold } from '../guard/trees/tree-facts.ts'
import { isNode, nodeIn, type Tree } from '../guard/trees/tree.ts'
import { add, nameSpans, union, type Visitor } from './walk-tree.ts'

/** A condition that may be written with NOT inside ("NOT IN", "NOT LIKE") or in front ("NOT EXISTS"). */
const condition =
  (name: string): Visitor =>
  (walk, tree, place) => {
    const inner = walk.visit(walk, tree, place)
    if (inner === null || !isNode(tree)) return inner
    const isNegated = tree['negated'] === true
    const span = walk.text.condition(inner, isNegated && name === 'Exists' ? ['EXISTS', 'NOT'] : ['EXISTS'])
    add(walk, 'operator', name, span, place)
    if (isNegated) add(walk, 'negation', `Not${name}`, span, place)
    return span
  }

/** Operators that a tree writes as its node's name, with the operand inside: `{"IsNull": …}`. */
const postfix =
  (name: string, words: number, isNegation = false): Visitor =>
  (walk, tree, place) => {
    const inner = walk.visit(walk, tree, place)
    if (inner === null) return null
    const span = walk.text.extended(inner, words)
    add(walk, 'operator', name, span, place)
    if (isNegation) add(walk, 'negation', name, span, place)
    return span
  }

/** Operators that mean something to the ledger; `And`, `Plus` and `Multiply` do not. */
const tellingOperators = new Set(['Eq', 'NotEq', 'Gt', 'GtEq', 'Lt', 'LtEq', 'Minus', 'Divide', 'Or'])

const visitBinary: Visitor = (walk, tree, place) => {
  if (!isNode(tree)) return null
  const span = union([walk.visit(walk, tree['left'], place), walk.visit(walk, tree['right'], place)])
  const op = tree['op']
  if (span === null || typeof op !== 'string' || !tellingOperators.has(op)) return span
  add(walk, 'operator', op, span, place)
  if (op === 'NotEq') add(walk, 'negation', op, span, place)
  return span
}

const visitUnary: Visitor = (walk, tree, place) => {
  if (!isNode(tree)) return null
  const inner = walk.visit(walk, tree['expr'], place)
  if (inner === null || tree['op'] !== 'Not') return inner
  const span = walk.text.condition(inner, ['NOT'])
  add(walk, 'negation', 'Not', span, place)
  return span
}

const visitCompound: Visitor = (walk, tree, place) => {
  const idents = (Array.isArray(tree) ? (tree as readonly Tree[]) : []).filter(isNode)
  const last = idents.at(-1)
  const span = union(
    idents.map((ident) => {
      const found = readSpan(ident, walk.offsets)
      return found === null ? null : { from: found.start, to: found.end }
    }),
  )
  if (last === undefined || span === null) return span
  const before = idents.at(-2)
  const qualifier = before === undefined ? {} : { qualifier: fold(partOf(before)) }
  add(walk, 'column', fold(partOf(last)), span, place, qualifier)
  return span
}

const visitTable: Visitor = (walk, tree, place) => {
  if (!isNode(tree)) return null
  const names = nameSpans(walk, tree['name'])
  const last = names.at(-1)
  const span = union(names)
  if (last === undefined || span === null) return walk.visit(walk, tree['args'], place)
  const alias = nodeIn(nodeIn(tree, 'alias') ?? {}, 'name')
  add(walk, 'table', last.name, span, place, { qualifier: alias === null ? last.name : fold(partOf(alias)) })
  return union([span, walk.visit(walk, tree['args'], place)])
}

const visitFunction: Visitor = (walk, tree, place) => {
  if (!isNode(tree)) return null
  const names = nameSpans(walk, tree['name'])
  const [first, last] = [names[0], names.at(-1)]
  const args = walk.visit(walk, tree['args'], place)
  const over = walk.visit(walk, tree['over'], { ...place, clause: 'window' })
  const rest = union([walk.visit(walk, tree['filter'], place), walk.visit(walk, tree['within_group'], place)])
  if (first === undefined || last === undefined) return union([args, over, rest])
  const span = walk.text.call({ from: first.from, to: last.to })
  add(walk, 'call', last.name.toUpperCase(), span, place)
  const argumentList = nodeIn(nodeIn(tree, 'args') ?? {}, 'List')
  const word = argumentList?.['duplicate_treatment'] === 'Distinct' ? walk.text.wordAfter('DISTINCT', last.to) : null
  if (word !== null) add(walk, 'distinct', last.name.toUpperCase(), word, place)
  if (tree['over'] === undefined || tree['over'] === null) return union([span, rest])
  const whole = walk.text.window(union([span, over, rest]) ?? span)
  add(walk, 'window', last.name.toUpperCase(), whole, place)
  return whole
}

const visitExtract: Visitor = (walk, tree, place) => {
  const inner = isNode(tree) ? walk.visit(walk, tree['expr'], place) : null
  if (inner === null || !isNode(tree)) return inner
  const span = walk.text.enclosing(inner)
  const field = tree['field']
  add(walk, 'call', (typeof field === 'string' ? field : JSON.stringify(field)).toUpperCase(), span, place)
  return span
}

const visitCase: Visitor = (walk, tree, place) => {
  const inner = isNode(tree)
    ? union(['operand', 'conditions', 'results', 'else_result'].map((field) => walk.visit(walk, tree[field], place)))
    : null
  if (inner !== null) add(walk, 'case', 'CASE', inner, place)
  return inner
}

/** Visitors of expressions and tables, by the node's name in sqlparser's tree. */
export const expressionVisitors: Readonly<Record<string, Visitor>> = {
  BinaryOp: visitBinary,
  UnaryOp: visitUnary,
  Between: condition('Between'),
  InList: condition('In'),
  InSubquery: condition('In'),
  Exists: condition('Exists'),
  Like: condition('Like'),
  ILike: condition('Like'),
  RLike: condition('Like'),
  SimilarTo: condition('Like'),
  IsNull: postfix('IsNull', 2),
  IsNotNull: postfix('IsNotNull', 3),
  IsFalse: postfix('IsFalse', 2, true),
  IsNotTrue: postfix('IsNotTrue', 3, true),
  CompoundIdentifier: visitCompound,
  Table: visitTable,
  Function: visitFunction,
  Extract: visitExtract,
  Case: visitCase,
}

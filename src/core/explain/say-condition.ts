import { sayExpression } from './say-expression.ts'
import { boundOf, constantDay, sayPeriod, type Bound } from './say-period.ts'
import { isNode, listIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, chain, literal, tagged } from './tagged.ts'
import { code, listed, type Speech } from './words.ts'

const comparisons: Readonly<Record<string, readonly [plain: string, ofDays: string]>> = {
  eq: ['is', 'is'],
  neq: ['is not', 'is not'],
  gt: ['is more than', 'is after'],
  gte: ['is at least', 'is on or after'],
  lt: ['is less than', 'is before'],
  lte: ['is at most', 'is on or before'],
}

/** A condition in words; what has no words stands as SQL. Two bounds on one column are said as the period they enclose. */
export function sayCondition(tree: Tree, speech: Speech): string {
  const all = chain(tree, 'and')
  if (all.length === 1) return sayOne(all[0], speech)
  const bounds = all.map((part) => boundOf(part, speech.print))
  const said = all.map((part, index) => {
    const bound = bounds[index] ?? null
    if (bound === null) return sayOne(part, speech)
    const partner = bounds.find((other) => other !== null && other.key === bound.key && other.side !== bound.side)
    return partner === undefined || partner === null ? sayOne(part, speech) : sayRange(part, bound, partner, speech)
  })
  return listed(said.filter((part) => part !== ''))
}

/** The range once, where its lower bound stands; nothing where its upper one does. */
function sayRange(part: Tree, bound: Bound, partner: Bound, speech: Speech): string {
  if (bound.side === 'before') return ''
  const comparison = tagged(part)
  return `${sayExpression(comparison?.node['left'], speech)} is ${sayPeriod(bound.day, partner.day)}`
}

function sayOne(tree: Tree, speech: Speech): string {
  const any = chain(tree, 'or')
  if (any.length > 1)
    return `(${listed(
      any.map((part) => sayCondition(part, speech)),
      'or',
    )})`
  const inner = bare(tree)
  const found = tagged(inner)
  const said = found === null ? null : wordsOf(found.tag, found.node, speech)
  return said ?? code(speech.print(inner))
}

function wordsOf(tag: string, node: TreeNode, speech: Speech): string | null {
  const comparison = comparisons[tag]
  if (comparison !== undefined) return sayComparison(comparison, node, speech)
  const subject = () => sayExpression(node['this'], speech)
  const not = node['not'] === true ? 'not ' : ''
  if (tag === 'and') return sayCondition({ and: node }, speech)
  if (tag === 'not') return sayNegation(node, speech)
  if (tag === 'is_null') return `${subject()} is ${not}NULL`
  if (tag === 'between') {
    return `${subject()} is ${not}from ${sayExpression(node['low'], speech)} to ${sayExpression(node['high'], speech)}`
  }
  if (tag === 'in') return sayIn(node, subject(), not, speech)
  if (tag === 'like' || tag === 'i_like') return sayLike(node, sayExpression(node['left'], speech), tag === 'i_like')
  if (tag === 'exists') return 'a subquery finds a matching row'
  return null
}

function sayComparison([plain, ofDays]: readonly [string, string], node: TreeNode, speech: Speech): string {
  const right = node['right']
  const day = constantDay(right)
  const verb = day === null ? plain : ofDays
  return `${sayExpression(node['left'], speech)} ${verb} ${day ?? sayExpression(right, speech)}`
}

function sayNegation(node: TreeNode, speech: Speech): string | null {
  const inner = tagged(bare(node['this']))
  if (inner === null) return null
  if (['is_null', 'in', 'like', 'i_like', 'between'].includes(inner.tag) && inner.node['not'] !== true) {
    return wordsOf(inner.tag, { ...inner.node, not: true }, speech)
  }
  if (inner.tag === 'exists') return 'a subquery finds no matching row'
  return `not (${sayCondition(node['this'], speech)})`
}

function sayIn(node: TreeNode, subject: string, not: string, speech: Speech): string | null {
  if (isNode(node['query'])) return `${subject} is ${not}among the results of a subquery`
  const values = listIn(node, 'expressions')
  if (values.length === 0 || isNode(node['unnest'])) return null
  if (tagged(bare(values[0]))?.tag === 'subquery') return `${subject} is ${not}among the results of a subquery`
  return `${subject} is ${not}one of ${listed(
    values.map((value) => sayExpression(value, speech)),
    'or',
  )}`
}

/** The three usual shapes of a pattern; any other is given as it is. */
function sayLike(node: TreeNode, subject: string, anyCase: boolean): string | null {
  const pattern = literal(node['right'])
  if (pattern?.type !== 'string' || isNode(node['escape'])) return null
  const not = node['not'] === true
  const suffix = anyCase ? ', in any case of letters' : ''
  const found = /^(%?)([^%_\\]+)(%?)$/.exec(pattern.value)
  if (found === null) return `${subject} ${not ? 'does not match' : 'matches'} the pattern '${pattern.value}'${suffix}`
  const [, before, text, after] = found
  const verb =
    before && after
      ? ['contains', 'contain']
      : after
        ? ['starts with', 'start with']
        : before
          ? ['ends with', 'end with']
          : ['is', 'equal']
  return `${subject} ${not ? `does not ${verb[1]}` : verb[0]} '${text}'${suffix}`
}

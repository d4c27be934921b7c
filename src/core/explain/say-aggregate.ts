import { listIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, literal, tagged, unsaid } from './tagged.ts'
import type { Speech } from './words.ts'

const aggregates: Readonly<Record<string, string>> = {
  sum: 'the sum of',
  avg: 'the average of',
  min: 'the smallest',
  max: 'the largest',
  median: 'the median of',
  stddev: 'the standard deviation of',
  stddev_samp: 'the standard deviation of',
  variance: 'the variance of',
  any_value: 'any one value of',
}

/** Many rows to one, in words; null for what is no aggregate or has more to it. */
export function sayAggregate(tag: string, node: TreeNode, speech: Speech): string | null {
  if (tag === 'count') return sayCount(node, speech)
  if (unsaid(node, ['this', 'name', 'distinct']) !== null) return null
  const isDistinct = node['distinct'] === true
  if (tag === 'count_if') return isDistinct ? null : `the number of rows (only where ${speech.condition(node['this'])})`
  if (tag === 'approx_count_distinct' || tag === 'approx_distinct')
    return isDistinct ? null : `roughly the number of different ${speech.expression(node['this'])}`
  const words = aggregates[tag]
  if (words === undefined) return null
  if (isDistinct) return `${words} different values of ${speech.expression(node['this'])}`
  return (tag === 'sum' ? saySumWhere(node['this'], speech) : null) ?? `${words} ${speech.expression(node['this'])}`
}

function sayCount(node: TreeNode, speech: Speech): string | null {
  if (unsaid(node, ['this', 'star', 'distinct', 'name']) !== null) return null
  if (node['star'] === true) return 'the number of rows'
  const counted = tagged(node['this'])
  if (counted === null || counted.tag === 'tuple' || counted.tag === 'star') return null
  if (node['distinct'] === true) return `the number of different ${speech.expression(node['this'])}`
  return literal(node['this']) === null
    ? `the number of rows with a ${speech.expression(node['this'])}`
    : 'the number of rows'
}

/** `SUM(CASE WHEN … THEN x ELSE 0 END)` and `SUM(IFF(…, x, 0))`: x where the condition holds, nothing elsewhere. */
function saySumWhere(tree: Tree, speech: Speech): string | null {
  const found = tagged(bare(tree))
  if (found?.tag === 'if_func' && unsaid(found.node, ['condition', 'true_value', 'false_value']) === null)
    return sumWhere(found.node['condition'], found.node['true_value'], found.node['false_value'], speech)
  if (found?.tag !== 'case' || unsaid(found.node, ['whens', 'else_']) !== null) return null
  const [only, ...more] = listIn(found.node, 'whens')
  const [condition, value] = Array.isArray(only) ? (only as readonly Tree[]) : []
  return more.length > 0 ? null : sumWhere(condition, value, found.node['else_'], speech)
}

function sumWhere(condition: Tree, value: Tree, otherwise: Tree, speech: Speech): string | null {
  const rest = literal(otherwise)
  const isNothing = otherwise === null || otherwise === undefined || tagged(otherwise)?.tag === 'null'
  if (!isNothing && !(rest?.type === 'number' && Number(rest.value) === 0)) return null
  const isOne = literal(value)?.value === '1'
  const where = speech.condition(condition)
  return isOne
    ? `the number of rows (only where ${where})`
    : `the sum of ${speech.expression(value)} (only where ${where})`
}

import { listIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { sayOrder } from './say-order.ts'
import { bare, literal, nameIn, tagged, unsaid } from './tagged.ts'
import { listed } from '../sentences.ts'
import { quoted, type Speech } from './words.ts'

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

/** An aggregate in words; null for any other node and for aggregates with further clauses. */
export function sayAggregate(tag: string, node: TreeNode, speech: Speech): string | null {
  if (tag === 'count') return sayCount(node, speech)
  if (tag === 'within_group') return sayList(node, speech)
  if (tag === 'aggregate_function') return sayValueAt(node, speech)
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
  if (counted === null || counted.tag === 'star') return null
  const isDistinct = node['distinct'] === true
  const parts = counted.tag === 'tuple' ? listIn(counted.node, 'expressions') : [node['this']]
  const skipped = parts.some((part) => speech.facts.mayBeNull(part))
  const words = listed(parts.map((part) => speech.expression(part)))
  if (parts.length > 1) return isDistinct ? `the number of different combinations of ${words} without a NULL` : null
  if (isDistinct) return `the number of different ${words}${skipped ? ' (NULL not counted)' : ''}`
  return skipped ? `the number of rows where ${words} is not NULL` : 'the number of rows'
}

/** `SUM(CASE WHEN … THEN x ELSE 0 END)` and `SUM(IFF(…, x, 0))` as a sum over the rows that meet the condition. */
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

/** `LISTAGG(x, ', ') WITHIN GROUP (ORDER BY y)`. */
function sayList(node: TreeNode, speech: Speech): string | null {
  const list = tagged(node['this'])
  if (list?.tag !== 'list_agg' || unsaid(list.node, ['this', 'separator', 'distinct', 'name']) !== null) return null
  const separator = literal(list.node['separator'])
  const by = separator === null || separator.value === '' ? '' : `, separated by ${quoted(separator.value)}`
  const different = list.node['distinct'] === true ? 'different ' : ''
  const order = sayOrder(listIn(node, 'order_by'), speech)
  return `the ${different}values of ${speech.expression(list.node['this'])} as one text${by}${order === null ? '' : `, in order of ${order}`}`
}

/** `MIN_BY(x, y)` and `MAX_BY(x, y)`. */
function sayValueAt(node: TreeNode, speech: Speech): string | null {
  const side = { MIN_BY: 'smallest', MAX_BY: 'largest' }[nameIn(node, 'name')?.toUpperCase() ?? '']
  const [value, by, ...more] = listIn(node, 'args')
  if (side === undefined || by === undefined || more.length > 0 || unsaid(node, ['name', 'args']) !== null) return null
  return `${speech.expression(value)} of a row with the ${side} ${speech.expression(by)}`
}

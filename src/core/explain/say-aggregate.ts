import { listIn, nodeIn, isNode } from '../guard/trees/tree.ts'
import type { Tree, TreeNode } from '../guard/trees/tree.ts'
import { sayOrder } from './say-order.ts'
import { bare, isNull, literal, nameIn, tagged, unsaid, type Tagged } from './tagged.ts'
import { listed } from '../sentences.ts'
import { quoted } from './words.ts'
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
  const where = isDistinct ? null : countedWhere(counted, speech)
  if (where !== null) return `the number of rows (only where ${where})`
  const parts = counted.tag === 'tuple' ? listIn(counted.node, 'expressions') : [node['this']]
  const skipped = parts.some((part) => speech.facts.mayBeNull(part))
  const words = listed(parts.map((part) => speech.expression(part)))
  if (parts.length > 1) return isDistinct ? `the number of different combinations of ${words} without a NULL` : null
  if (isDistinct) return `the number of different ${words}${skipped ? ' (NULL not counted)' : ''}`
  return skipped ? `the number of rows where ${words} is not NULL` : 'the number of rows'
}

/** The condition of `COUNT(CASE WHEN … THEN 1 END)`, which counts the rows that meet it; null for any other CASE. */
function countedWhere({ tag, node }: Tagged, speech: Speech): string | null {
  if (tag !== 'case' || unsaid(node, ['whens', 'else_']) !== null) return null
  const [only, ...more] = listIn(node, 'whens')
  const [condition, value] = Array.isArray(only) ? (only as readonly Tree[]) : []
  const isCounted = more.length === 0 && literal(value) !== null && (!isNode(node['else_']) || isNull(node['else_']))
  return isCounted ? speech.condition(condition) : null
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
  const isNothing = otherwise === null || otherwise === undefined || isNull(otherwise)
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

const ranks: Readonly<Record<string, string>> = {
  row_number: 'the row number',
  rank: 'the rank',
  dense_rank: 'the rank without gaps',
}

/** A window function with a common window in words; null for any other, which is then given as SQL. */
export function sayWindow(node: TreeNode, speech: Speech): string | null {
  const over = nodeIn(node, 'over')
  if (over === null || unsaid(node, ['this', 'over']) !== null) return null
  if (unsaid(over, ['partition_by', 'order_by', 'frame']) !== null) return null
  const within = listIn(over, 'partition_by').map((part) => speech.expression(part))
  const parts: Parts = {
    within: within.length === 0 ? '' : ` within each ${listed(within)}`,
    order: sayOrder(listIn(over, 'order_by'), speech),
    frame: nodeIn(over, 'frame'),
  }
  return (
    sayRank(node['this'], parts) ?? sayNeighbour(node['this'], parts, speech) ?? sayRunning(node['this'], parts, speech)
  )
}

interface Parts {
  readonly within: string
  readonly order: string | null
  readonly frame: TreeNode | null
}

function sayRank(call: Tree, { within, order, frame }: Parts): string | null {
  // ROW_NUMBER has no fields, so its node may be a bare word instead of a tagged object.
  const tag = tagged(call)?.tag ?? (typeof call === 'string' ? call : '')
  const rank = ranks[tag]
  if (rank === undefined || frame !== null) return null
  return `${rank}${within}${order === null ? '' : ` in order of ${order}`}`
}

/** LAG and LEAD without defaults, and the first value of a window that begins with its first row. */
function sayNeighbour(call: Tree, { within, order, frame }: Parts, speech: Speech): string | null {
  const found = tagged(call)
  if (found === null || frame !== null || order === null) return null
  const isFirst = found.tag === 'first_value'
  if ((!isFirst && found.tag !== 'lag' && found.tag !== 'lead') || unsaid(found.node, ['this', 'offset']) !== null)
    return null
  const subject = speech.expression(found.node['this'])
  if (isFirst) return `${subject} of the first row${within} in order of ${order}`
  const offset = found.node['offset']
  const count = offset === null || offset === undefined ? '1' : literal(offset)?.value
  if (count === undefined) return null
  const side = found.tag === 'lag' ? 'before' : 'after'
  return `${subject} of the row ${count === '1' ? `just ${side}` : `${count} rows ${side}`}${within} in order of ${order}`
}

function sayRunning(call: Tree, { within, order, frame }: Parts, speech: Speech): string | null {
  const found = tagged(call)
  const aggregate = found === null ? null : sayAggregate(found.tag, found.node, speech)
  if (aggregate === null) return null
  const reach = frame === null ? (order === null ? 'all' : 'running') : reachOf(frame)
  if (reach === 'all') return `${aggregate} over all rows${within}`
  if (reach === null || order === null) return null
  if (reach !== 'running') return `${aggregate} over ${sayRows(reach)}${within} in order of ${order}`
  const ties = frame === null || frame['kind'] === 'Range' ? ' and its ties' : ''
  return `${aggregate} from the first row to this one${ties}${within} in order of ${order}`
}

/** A frame between two numbers of rows before and after the current row; null for an open end. */
interface RowSpan {
  readonly before: string | null
  readonly after: string | null
}

/** `all`, `running`, or the rows around the current one that a frame covers; null for any other frame. */
function reachOf(frame: TreeNode): 'all' | 'running' | RowSpan | null {
  const { start } = frame
  const end = frame['end'] ?? 'CurrentRow'
  if (unsaid(frame, ['kind', 'kind_text', 'start', 'end', 'start_side_text', 'end_side_text']) !== null) return null
  if (start === 'UnboundedPreceding' && end === 'UnboundedFollowing') return 'all'
  if (start === 'UnboundedPreceding' && end === 'CurrentRow') return 'running'
  const before = start === 'UnboundedPreceding' ? null : rowsAt(start, 'Preceding')
  const after = end === 'UnboundedFollowing' ? null : rowsAt(end, 'Following')
  return frame['kind'] !== 'Rows' || before === undefined || after === undefined ? null : { before, after }
}

/** The number of rows on one side of the current row; undefined for any other bound. */
function rowsAt(bound: Tree, side: 'Preceding' | 'Following'): string | undefined {
  if (bound === 'CurrentRow') return '0'
  const count = isNode(bound) ? literal(bound[side]) : null
  return count?.type === 'number' ? count.value : undefined
}

function sayRows({ before, after }: RowSpan): string {
  const sides = [
    ...(before === '0' ? [] : [before === null ? 'all rows before it' : `the ${before} before it`]),
    ...(after === '0' ? [] : [after === null ? 'all rows after it' : `the ${after} after it`]),
  ]
  return listed(['this row', ...sides])
}

import { listIn, nodeIn, isNode, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { sayOrder } from './say-order.ts'
import { bare, isNull, literal, nameIn, tagged, unsaid, type Tagged } from './tagged.ts'
import { listed } from '../sentences.ts'
import { noun, quoted, type Speech } from './words.ts'

const aggregates: Readonly<Record<string, string>> = {
  sum: 'the total of',
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
    return isDistinct ? null : `roughly the number of different ${sayValues(node['this'], speech)}`
  if (aggregates[tag] === undefined) return null
  if (isDistinct) return `${aggregates[tag]} different values of ${speech.expression(node['this'])}`
  return (tag === 'sum' ? saySumWhere(node['this'], speech) : null) ?? sayPlain(tag, node['this'], speech)
}

const short: Readonly<Record<string, string>> = { sum: 'the total', avg: 'the average', median: 'the median' }

/** An aggregate over all rows: "the total price", "the latest order date", "the total of A × B". */
function sayPlain(tag: string, value: Tree, speech: Speech): string {
  const kind = speech.facts.kindOf(value)
  const isMoment = kind === 'date' || kind === 'timestamp'
  const words =
    isMoment && tag === 'min' ? 'the earliest' : isMoment && tag === 'max' ? 'the latest' : (aggregates[tag] ?? '')
  const said = speech.expression(value)
  const column = tagged(bare(value))
  const isNamed = column?.tag === 'column' && speech.names.bareColumn(column.node) !== null && said.startsWith('the ')
  if (tag === 'min' || tag === 'max') return `${words} ${noun(said)}`
  const before = short[tag]
  return isNamed && before !== undefined && !/^(?:total|average|median) /.test(noun(said))
    ? `${before} ${noun(said)}`
    : `${words} ${said}`
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
  if (parts.length > 1)
    return isDistinct ? `the number of different combinations of ${words} without a missing value` : null
  if (isDistinct)
    return `the number of different ${sayValues(parts[0], speech)}${skipped ? ' (missing ones not counted)' : ''}`
  return skipped ? `the number of rows where ${words} has a value` : 'the number of rows'
}

/** Values of an expression, in the plural where it has one: "customer keys". */
function sayValues(tree: Tree, speech: Speech): string {
  const column = tagged(bare(tree))
  const many = column?.tag === 'column' ? speech.names.values(column.node) : null
  return many ?? noun(speech.expression(tree))
}

/** The condition of `COUNT(CASE WHEN … THEN 1 END)`, which counts the rows that meet it; null for any other CASE. */
function countedWhere({ tag, node }: Tagged, speech: Speech): string | null {
  const only = tag === 'case' ? onlyBranch(node) : null
  if (only === null || literal(only.value) === null) return null
  return !isNode(only.otherwise) || isNull(only.otherwise) ? speech.condition(only.condition) : null
}

interface Branch {
  readonly condition: Tree
  readonly value: Tree
  readonly otherwise: Tree
}

/** `CASE WHEN c THEN v ELSE o END` or `IFF(c, v, o)`; null for a CASE of several branches or over an operand. */
function branchOf(tree: Tree): Branch | null {
  const found = tagged(bare(tree))
  if (found?.tag === 'case') return onlyBranch(found.node)
  if (
    found?.tag !== 'if_func' ||
    unsaid(found.node, ['condition', 'true_value', 'false_value', 'original_name']) !== null
  )
    return null
  return {
    condition: found.node['condition'],
    value: found.node['true_value'],
    otherwise: found.node['false_value'],
  }
}

function onlyBranch(node: TreeNode): Branch | null {
  const [only, ...more] = listIn(node, 'whens')
  if (unsaid(node, ['whens', 'else_']) !== null || more.length > 0 || !Array.isArray(only)) return null
  const [condition, value] = only as readonly Tree[]
  return { condition, value, otherwise: node['else_'] }
}

const isNumber = (tree: Tree, value: number): boolean => {
  const found = literal(tree)
  return found?.type === 'number' && Number(found.value) === value
}

/** The condition of an expression that counts rows: `COUNT_IF(c)`, `COUNT(CASE WHEN c THEN 1 END)`, `SUM(IFF(c, 1, 0))`; else null. */
export function countedCondition(tree: Tree): Tree | null {
  const found = tagged(bare(tree))
  if (found === null || unsaid(found.node, ['this', 'name']) !== null) return null
  if (found.tag === 'count_if') return found.node['this'] ?? null
  const branch = found.tag === 'count' || found.tag === 'sum' ? branchOf(found.node['this']) : null
  if (branch === null) return null
  const isNothing = !isNode(branch.otherwise) || isNull(branch.otherwise)
  const counts = found.tag === 'count' ? literal(branch.value) !== null && isNothing : isNumber(branch.value, 1)
  return counts && (isNothing || (found.tag === 'sum' && isNumber(branch.otherwise, 0)))
    ? (branch.condition ?? null)
    : null
}

/** The condition of `AVG(CASE WHEN c THEN 1 ELSE 0 END)`, the share of the rows that meet it; else null. */
export function averagedCondition(tree: Tree): Tree | null {
  const found = tagged(bare(tree))
  const branch =
    found?.tag === 'avg' && unsaid(found.node, ['this', 'name']) === null ? branchOf(found.node['this']) : null
  return branch !== null && isNumber(branch.value, 1) && isNumber(branch.otherwise, 0)
    ? (branch.condition ?? null)
    : null
}

/** `SUM(CASE WHEN … THEN x ELSE 0 END)` and `SUM(IFF(…, x, 0))` as a sum over the rows that meet the condition. */
function saySumWhere(tree: Tree, speech: Speech): string | null {
  const branch = branchOf(tree)
  if (branch === null) return null
  const { condition, value, otherwise } = branch
  const isNothing = !isNode(otherwise) || isNull(otherwise)
  if (!isNothing && !isNumber(otherwise, 0)) return null
  const where = speech.condition(condition)
  return isNumber(value, 1)
    ? `the number of rows (only where ${where})`
    : `${sayPlain('sum', value, speech)} (only where ${where})`
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
  return `${speech.expression(value)} of a row with the ${side} ${noun(speech.expression(by))}`
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
  const within = listIn(over, 'partition_by').map((part) => noun(speech.expression(part)))
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
  if (reach === 'running' && found?.tag === 'sum') {
    const ties = frame === null || frame['kind'] === 'Range' ? ', equal rows added at once' : ''
    const inner = speech.expression(found.node['this'])
    return `the running total of ${inner.replace(/^the total (?:of )?/, '')}${within} in order of ${order}${ties}`
  }
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

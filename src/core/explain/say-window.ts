import { sayOrder } from './say-order.ts'
import { listIn, nodeIn, isNode } from '../guard/trees/tree.ts'
import type { Tree, TreeNode } from '../guard/trees/tree.ts'
import { sayAggregate } from './say-aggregate.ts'
import { literal, tagged, unsaid } from './tagged.ts'
import { listed } from '../sentences.ts'

import type { Speech } from './words.ts'

const ranks: Readonly<Record<string, string>> = {
  row_number: 'the row number',
  rank: 'the rank',
  dense_rank: 'the rank without gaps',
}

/** A window function in words where its window is one of the usual; any other stands as SQL. */
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

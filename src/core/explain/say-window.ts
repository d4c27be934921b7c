import { listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { sayAggregate } from './say-aggregate.ts'
import { sayOrder } from './say-order.ts'
import { literal, tagged, unsaid } from './tagged.ts'
import { listed, type Speech } from './words.ts'

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
  const ties = frame === null || frame['kind'] === 'Range' ? ' and its ties' : ''
  if (reach === 'running') return `${aggregate} from the first row to this one${ties}${within} in order of ${order}`
  return `${aggregate} over this row and the ${reach} before it${within} in order of ${order}`
}

/** `all`, `running`, or how many rows back a frame reaches; null for any other frame. */
function reachOf(frame: TreeNode): string | null {
  const { start, end } = frame
  if (unsaid(frame, ['kind', 'kind_text', 'start', 'end', 'start_side_text', 'end_side_text']) !== null) return null
  if (start === 'UnboundedPreceding' && end === 'UnboundedFollowing') return 'all'
  if (end !== 'CurrentRow') return null
  if (start === 'UnboundedPreceding') return 'running'
  const back =
    tagged(start)?.tag === 'Preceding' && frame['kind'] === 'Rows'
      ? literal(nodeIn(frame, 'start')?.['Preceding'])
      : null
  return back?.type === 'number' ? back.value : null
}

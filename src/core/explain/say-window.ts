import { listIn, nodeIn, type TreeNode } from '../guard/trees/tree.ts'
import { tagged } from './tagged.ts'
import { sayOrder } from './say-order.ts'
import { code, listed, type Speech } from './words.ts'

const ranks: Readonly<Record<string, string>> = {
  row_number: 'the row number',
  rank: 'the rank',
  dense_rank: 'the rank without gaps',
}

/** A rank over a window in words; any other window function stands as SQL. */
export function sayWindow(node: TreeNode, speech: Speech): string | null {
  const over = nodeIn(node, 'over')
  const rank = ranks[rankTag(node)]
  if (over === null || rank === undefined || nodeIn(over, 'frame') !== null) return null
  const within = listIn(over, 'partition_by').map((part) => partWords(speech.print(part)))
  const order = sayOrder(listIn(over, 'order_by'), speech)
  return [
    rank,
    ...(within.length > 0 ? [`within each ${listed(within)}`] : []),
    ...(order === null ? [] : [`in order of ${order}`]),
  ].join(' ')
}

const partWords = (text: string): string =>
  /^[\w.$]+$/.test(text) ? (text.split('.').at(-1) ?? text).toUpperCase() : code(text)

/** ROW_NUMBER has no fields, so its node may be a bare word instead of a tagged object. */
function rankTag(node: TreeNode): string {
  const ranked = node['this']
  return tagged(ranked)?.tag ?? (typeof ranked === 'string' ? ranked : '')
}

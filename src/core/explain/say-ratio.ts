import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { averagedCondition, countedCondition } from './say-aggregate.ts'
import { sayOrder } from './say-order.ts'
import { listed } from '../sentences.ts'
import { bare, literal, nameIn, tagged, unsaid } from './tagged.ts'
import { noun, type Speech } from './words.ts'

/** A quotient in its usual meaning: a share of the rows, a part of the whole, a change. `isPercent`: it is taken times 100. */
interface Ratio {
  readonly of: Tree
  readonly by: Tree
  readonly isPercent: boolean
}

/** A share, a percentage or a change in plain words; null where a division or a product is none of them for certain. */
export function sayRatio(tag: 'div' | 'mul', node: TreeNode, speech: Speech): string | null {
  if (unsaid(node, ['left', 'right']) !== null) return null
  const ratio = readRatio(tag, node)
  if (ratio !== null) return sayShareOfRows(ratio, speech) ?? sayPart(ratio, speech) ?? sayChange(ratio, speech)
  const averaged = tag === 'mul' ? timesHundred(node) : null
  const condition = averaged === null ? null : averagedCondition(averaged)
  return condition === null ? null : `the percentage of rows where ${inBrackets(speech.condition(condition))}`
}

/** Several conditions in brackets, so that what stands behind them does not read as another one. */
const inBrackets = (condition: string): string =>
  / (?:and|or) /.test(condition) && !/^\([^()]*\)$/.test(condition) ? `(${condition})` : condition

/** `100 * a / b`, `a * 100 / b`, `a / b * 100` and `a / b`, each with or without NULLIF around the divisor. */
function readRatio(tag: 'div' | 'mul', node: TreeNode): Ratio | null {
  if (tag === 'mul') {
    const quotient = tagged(bare(timesHundred(node)))
    return quotient?.tag === 'div' ? ratioOf(quotient.node['left'], quotient.node['right'], true) : null
  }
  const left = tagged(bare(node['left']))
  const hundredth = left?.tag === 'mul' ? timesHundred(left.node) : null
  return hundredth === null ? ratioOf(node['left'], node['right'], false) : ratioOf(hundredth, node['right'], true)
}

const ratioOf = (of: Tree, by: Tree, isPercent: boolean): Ratio => ({
  of: bare(of),
  by: bare(withoutNullIf(by) ?? by),
  isPercent,
})

/** The other side of a product with 100; null for any other product. */
function timesHundred({ left, right }: TreeNode): Tree {
  const isHundred = (tree: Tree): boolean => {
    const found = literal(tree)
    return found?.type === 'number' && Number(found.value) === 100
  }
  return isHundred(left) ? right : isHundred(right) ? left : null
}

/** The value of `NULLIF(value, 0)`, by which a division never fails; null for anything else. */
export function withoutNullIf(tree: Tree): Tree {
  const found = tagged(bare(tree))
  const [value, zero, ...more] =
    found?.tag === 'function' && nameIn(found.node, 'name')?.toUpperCase() === 'NULLIF'
      ? listIn(found.node, 'args')
      : []
  const none = literal(zero)
  return more.length === 0 && none?.type === 'number' && Number(none.value) === 0 ? value : null
}

/** The number of rows that meet a condition, of all rows. */
function sayShareOfRows({ of, by, isPercent }: Ratio, speech: Speech): string | null {
  const all = tagged(by)
  const condition =
    all?.tag === 'count' && all.node['star'] === true && isPlainCount(all.node) ? countedCondition(of) : null
  if (condition === null) return null
  return `the ${isPercent ? 'percentage' : 'share'} of rows where ${inBrackets(speech.condition(condition))}`
}

const isPlainCount = (node: TreeNode): boolean => unsaid(node, ['this', 'star', 'name']) === null

/** An aggregate of each group, of the same over all groups: `SUM(a) / SUM(SUM(a)) OVER ()`. */
function sayPart({ of, by, isPercent }: Ratio, speech: Speech): string | null {
  const window = tagged(by)
  const over = window?.tag === 'window_function' ? nodeIn(window.node, 'over') : null
  const sum = tagged(window?.node['this'])
  if (over === null || sum?.tag !== 'sum' || unsaid(sum.node, ['this', 'name']) !== null) return null
  if (unsaid(over, ['partition_by']) !== null || speech.print(bare(sum.node['this'])) !== speech.print(of)) return null
  const within = listIn(over, 'partition_by').map((part) => noun(speech.expression(part)))
  const whole = within.length === 0 ? 'all rows' : `all rows with the same ${listed(within)}`
  return `${speech.expression(of)} as a ${isPercent ? 'percentage' : 'share'} of its sum over ${whole}`
}

/** `(a - b) / b`: how much something changed from b to a. */
function sayChange({ of, by, isPercent }: Ratio, speech: Speech): string | null {
  const difference = tagged(of)
  if (difference?.tag !== 'sub' || unsaid(difference.node, ['left', 'right']) !== null) return null
  const { left, right } = difference.node
  if (speech.print(bare(right)) !== speech.print(by)) return null
  const unit = isPercent ? ' in percent' : ' as a share of the first'
  const before = rowBefore(right)
  if (before !== null && speech.print(bare(before.value)) === speech.print(bare(left))) {
    const order = sayOrder(before.order, speech)
    return order === null
      ? null
      : `the change${unit} of ${speech.expression(left)} since the row before, in order of ${order}`
  }
  return `the change${unit} from ${speech.expression(right)} to ${speech.expression(left)}`
}

/** `LAG(value) OVER (ORDER BY …)`: the same value one row before. */
function rowBefore(tree: Tree): { readonly value: Tree; readonly order: readonly Tree[] } | null {
  const window = tagged(bare(tree))
  const over = window?.tag === 'window_function' ? nodeIn(window.node, 'over') : null
  const lag = tagged(window?.node['this'])
  if (over === null || lag?.tag !== 'lag' || isNode(lag.node['offset']) || unsaid(lag.node, ['this']) !== null)
    return null
  return unsaid(over, ['order_by']) === null ? { value: lag.node['this'], order: listIn(over, 'order_by') } : null
}

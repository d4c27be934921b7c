import { sayCondition } from './say-condition.ts'
import { sayAll, sayExpression } from './say-expression.ts'
import { sayFrom } from './say-from.ts'
import { sayOrder } from './say-order.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, literal, nameIn, tagged } from './tagged.ts'
import { code, listed, sentence, type Speech } from './words.ts'

const setWords: Readonly<Record<string, string>> = {
  union: 'combines the rows of two queries',
  intersect: 'keeps the rows that two queries share',
  except: 'keeps the rows of the first query that the second does not have',
}

/**
 * A query in plain words, from its syntax tree alone: what it shows, where from, which rows, how grouped, sorted and cut. One
 * sentence a line; deterministic. `print` gives a part as SQL, for what has no words: such parts stand in backticks.
 */
export function explainQuery(tree: Tree, print: (tree: Tree) => string): string {
  return sayQuery(tree, { print }).map(sentence).join('\n')
}

function sayQuery(tree: Tree, speech: Speech): readonly string[] {
  const inner = bare(tree)
  const found = tagged(inner)
  if (found === null) return [`runs ${code(speech.print(tree))}`]
  const { tag, node } = found
  if (tag === 'subquery') return [...sayQuery(node['this'], speech), ...sayTail(node, [], speech)]
  if (tag === 'select') return [...sayWith(node, speech), ...saySelect(node, speech)]
  const words = setWords[tag]
  return words === undefined ? [`runs ${code(speech.print(tree))}`] : saySet(words, tag, node, speech)
}

function saySet(words: string, tag: string, node: TreeNode, speech: Speech): readonly string[] {
  const doubles = tag === 'union' ? (node['all'] === true ? ', doubles kept' : ', doubles removed') : ''
  return [
    ...sayWith(node, speech),
    `${words}${doubles}:`,
    ...sayQuery(node['left'], speech),
    'and the second query:',
    ...sayQuery(node['right'], speech),
    ...sayTail(node, [], speech),
  ]
}

function sayWith(node: TreeNode, speech: Speech): readonly string[] {
  const block = nodeIn(node, 'with')
  if (block === null) return []
  return listIn(block, 'ctes')
    .filter(isNode)
    .flatMap((cte) => {
      const name = nameIn(cte, 'alias')?.toUpperCase() ?? 'a step'
      const loop = block['recursive'] === true ? ', which may refer to itself' : ''
      return [`first prepares ${name}${loop}:`, ...sayQuery(cte['this'], speech).map((line) => `${name}: ${line}`)]
    })
}

function saySelect(node: TreeNode, speech: Speech): readonly string[] {
  const shown = listIn(node, 'expressions')
  const selected = shown.map((expression) => sayExpression(expression, speech))
  const condition = (field: string): Tree => nodeIn(node, field)?.['this']
  const where = condition('where_clause')
  const having = condition('having')
  const qualify = condition('qualify')
  return [
    sayShown(node, shown, selected, speech),
    ...sayFrom(node, speech),
    ...(where === undefined ? [] : [`keeps only rows where ${sayCondition(where, speech)}`]),
    ...(having === undefined ? [] : [`keeps only groups where ${sayCondition(having, speech)}`]),
    ...(qualify === undefined ? [] : [`of those, keeps only rows where ${sayCondition(qualify, speech)}`]),
    ...sayTail(node, selected, speech),
  ]
}

function sayShown(node: TreeNode, shown: readonly Tree[], selected: readonly string[], speech: Speech): string {
  const distinct = node['distinct'] === true ? ', each combination once' : ''
  const named = shown.map((expression, index) => withAlias(expression, selected[index] ?? ''))
  const group = nodeIn(node, 'group_by')
  if (group === null) return `shows ${listed(named)}${distinct}`
  if (group['all'] === true) return `shows ${listed(named)}, one row for each combination of what is not aggregated`
  const keys = listIn(group, 'expressions').map((key) => sayGroupKey(key, selected, speech))
  return `for each ${listed(keys)}, shows ${listed(named)}${distinct}`
}

function withAlias(expression: Tree, said: string): string {
  const found = tagged(expression)
  const alias = found?.tag === 'alias' ? nameIn(found.node, 'alias') : null
  return alias === null || alias.toUpperCase() === said ? said : `${said} (as ${alias.toUpperCase()})`
}

function sayGroupKey(key: Tree, selected: readonly string[], speech: Speech): string {
  const position = literal(key)
  if (position?.type === 'number') return selected[Number(position.value) - 1] ?? code(position.value)
  return sayAll([key], speech)
}

function sayTail(node: TreeNode, selected: readonly string[], speech: Speech): readonly string[] {
  const order = sayOrder(listIn(nodeIn(node, 'order_by') ?? {}, 'expressions'), speech, selected)
  const cut = limitOf(node)
  const skip = literal(nodeIn(node, 'offset')?.['this'])
  return [
    ...(order === null ? [] : [`sorted by ${order}`]),
    ...(skip === null ? [] : [`leaves out the first ${skip.value} rows`]),
    ...(cut === null ? [] : [`at most ${cut} ${cut === '1' ? 'row' : 'rows'}`]),
  ]
}

/** The number of rows that LIMIT, TOP or FETCH sets; a limit that is no number is left to the SQL. */
function limitOf(node: TreeNode): string | null {
  const limit = nodeIn(node, 'limit')
  const found = [limit?.['this'], limit, nodeIn(node, 'top')?.['this'], nodeIn(node, 'fetch')?.['count']]
  for (const tree of found) {
    const count = literal(tree)
    if (count?.type === 'number') return count.value
  }
  return null
}

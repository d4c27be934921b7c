import { sayCondition } from './say-condition.ts'
import { sayAll, sayExpression } from './say-expression.ts'
import { sayFrom } from './say-from.ts'
import { sayOrder } from './say-order.ts'
import { sharedNames } from './shared-names.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, literal, shownName, tagged, unsaid } from './tagged.ts'
import { code, listed, sentence, type Speech } from './words.ts'

const setWords: Readonly<Record<string, string>> = {
  union: 'combines the rows of # queries',
  intersect: 'keeps the rows that # queries share',
  except: 'keeps the rows of the first of # queries that the second does not have',
}

/**
 * A query in plain words, from its syntax tree alone: what it shows, where from, which rows, how grouped, sorted and cut; then the queries
 * inside it, each under its name. One sentence a line; deterministic. `print` gives a part as SQL, for what has no words: such parts stand in backticks.
 */
export function explainQuery(tree: Tree, print: (tree: Tree) => string): string {
  const speech: Speech = {
    print,
    needsTable: sharedNames(tree),
    asides: [],
    expression: (part) => sayExpression(part, speech),
    condition: (part) => sayCondition(part, speech),
  }
  const lines = [...sayQuery(tree, speech)]
  // Saying one of them may mention more.
  for (const { label, query } of speech.asides) lines.push(...under(label, sayQuery(query, speech)))
  return lines.map(sentence).join('\n')
}

const under = (label: string, lines: readonly string[]): readonly string[] => lines.map((line) => `${label}: ${line}`)

function sayQuery(tree: Tree, speech: Speech): readonly string[] {
  const found = tagged(bare(tree))
  if (found === null) return [`runs ${code(speech.print(tree))}`]
  const { tag, node } = found
  if (tag === 'subquery')
    return [...sayWith(node, speech), ...sayQuery(node['this'], speech), ...sayTail(node, [], speech)]
  if (tag === 'select') return [...sayWith(node, speech), ...saySelect(node, speech)]
  if (tag === 'values') return [`lists ${listIn(node, 'expressions').length} given rows`]
  return tag in setWords ? saySet(tag, node, speech) : [`runs ${code(speech.print(tree))}`]
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** A chain of the same operator is said as one. */
function saySet(tag: string, node: TreeNode, speech: Speech): readonly string[] {
  const parts = setParts(tag, node)
  const doubles = tag === 'union' ? (node['all'] === true ? ', doubles kept' : ', doubles removed') : ''
  const byName = node['by_name'] === true ? ', columns matched by name' : ''
  return [
    ...sayWith(node, speech),
    `${(setWords[tag] ?? '').replace('#', parts.length === 2 ? 'two' : String(parts.length))}${doubles}${byName}:`,
    ...parts.flatMap((part, index) =>
      under(`${ordinals[index] ?? `number ${index + 1}`} query`, sayQuery(part, speech)),
    ),
    ...sayTail(node, [], speech),
  ]
}

function setParts(tag: string, node: TreeNode): readonly Tree[] {
  const parts: Tree[] = [node['right']]
  let left = node['left']
  for (;;) {
    const inner = tagged(left)
    const isSame =
      inner?.tag === tag &&
      tag !== 'except' &&
      inner.node['all'] === node['all'] &&
      inner.node['by_name'] === node['by_name']
    if (inner === null || !isSame || unsaid(inner.node, ['left', 'right', 'all', 'by_name']) !== null)
      return [left, ...parts]
    parts.unshift(inner.node['right'])
    left = inner.node['left']
  }
}

function sayWith(node: TreeNode, speech: Speech): readonly string[] {
  const block = nodeIn(node, 'with')
  if (block === null) return []
  return listIn(block, 'ctes')
    .filter(isNode)
    .flatMap((cte) => {
      const name = shownName(cte, 'alias') ?? 'a step'
      const names = listIn(cte, 'columns').flatMap((column) =>
        isNode(column) ? [shownName({ column }, 'column') ?? ''] : [],
      )
      const columns = names.length === 0 ? '' : ` with the columns ${listed(names)}`
      const loop = block['recursive'] === true ? ', which may refer to itself' : ''
      return [`first prepares ${name}${columns}${loop}:`, ...under(name, sayQuery(cte['this'], speech))]
    })
}

/** Everything about a SELECT that is said; whatever else is filled is told to be left to the SQL. */
const saidOfSelect =
  'expressions from joins where_clause having qualify group_by order_by limit offset fetch top distinct with hint operator_comments'.split(
    ' ',
  )
const unsaidWords: Readonly<Record<string, string>> = {
  connect: 'follows a hierarchy from row to row (CONNECT BY); how is best read in the SQL',
  exclude: 'leaves out some columns (EXCLUDE); which is best read in the SQL',
}

function saySelect(node: TreeNode, speech: Speech): readonly string[] {
  const shown = listIn(node, 'expressions')
  const selected = shown.map((expression) => sayExpression(expression, speech))
  const condition = (field: string): Tree => nodeIn(node, field)?.['this']
  const where = condition('where_clause')
  const having = condition('having')
  const qualify = condition('qualify')
  const left = unsaid(node, saidOfSelect)
  return [
    sayShown(node, shown, selected, speech),
    ...sayFrom(node, speech),
    ...(left === null
      ? []
      : [unsaidWords[left] ?? `does something more that is best read in the SQL (${left.replaceAll('_', ' ')})`]),
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
  if (group['all'] === true)
    return `shows ${listed(named)}, one row for each combination of what is not aggregated${distinct}`
  const keys = listIn(group, 'expressions').map((key) => sayGroupKey(key, selected, speech))
  if (keys.length === 0 || unsaid(group, ['expressions']) !== null)
    return `shows ${listed(named)}, grouped as the SQL says${distinct}`
  return `for each ${listed(keys)}, shows ${listed(named)}${distinct}`
}

function withAlias(expression: Tree, said: string): string {
  const found = tagged(expression)
  const alias = found?.tag === 'alias' ? shownName(found.node, 'alias') : null
  return alias === null || alias === said ? said : `${said} (as ${alias})`
}

function sayGroupKey(key: Tree, selected: readonly string[], speech: Speech): string {
  const position = literal(key)
  if (position?.type === 'number') return selected[Number(position.value) - 1] ?? `column ${position.value}`
  return sayAll([key], speech)
}

function sayTail(node: TreeNode, selected: readonly string[], speech: Speech): readonly string[] {
  const block = nodeIn(node, 'order_by') ?? {}
  const order = sayOrder(listIn(block, 'expressions'), speech, selected)
  const cut = limitOf(node)
  const skip = literal(nodeIn(node, 'offset')?.['this']) ?? literal(node['offset'])
  return [
    ...(order === null ? [] : [`sorted by ${order}`]),
    ...(skip === null ? [] : [`leaves out the first ${skip.value} ${skip.value === '1' ? 'row' : 'rows'}`]),
    ...(cut === null ? [] : [`at most ${cut} ${cut === '1' ? 'row' : 'rows'}`]),
  ]
}

/** The number of rows that LIMIT, TOP or FETCH sets; a limit that is no number limits nothing. */
function limitOf(node: TreeNode): string | null {
  const limit = nodeIn(node, 'limit')
  const found = [limit?.['this'], limit, nodeIn(node, 'top')?.['this'], nodeIn(node, 'fetch')?.['count']]
  for (const tree of found) {
    const count = literal(tree)
    if (count?.type === 'number') return count.value
  }
  return null
}

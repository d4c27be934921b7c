import { type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { sayAggregate } from './say-aggregate.ts'
import { sayFunction } from './say-function.ts'
import { sayWindow } from './say-window.ts'
import { bare, literal, shownName, tagged, unsaid } from './tagged.ts'
import { code, listed, quoted, subquery, type Speech } from './words.ts'

type Sayer = (node: TreeNode, speech: Speech) => string | null

const operators: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷', mod: 'modulo' }
const conditions = new Set('eq neq gt gte lt lte and or not is_null between in like i_like exists'.split(' '))

/** An expression in words; what has no words stands as SQL. */
export function sayExpression(tree: Tree, speech: Speech): string {
  const asides = speech.asides.length
  const said = wordsOf(bare(tree), speech)
  if (said !== null) return said
  // What was noted on the way to nothing is not said either.
  speech.asides.length = asides
  return code(speech.print(tree))
}

function wordsOf(tree: Tree, speech: Speech): string | null {
  const found = tagged(tree)
  if (found === null) return null
  const { tag, node } = found
  const value = literal(tree)
  if (value !== null)
    return value.type === 'string' ? quoted(value.value) : value.type === 'number' ? value.value : null
  const operator = operators[tag]
  if (operator !== undefined) return `${operand(node['left'], speech)} ${operator} ${operand(node['right'], speech)}`
  if (conditions.has(tag)) return `whether ${speech.condition(tree)}`
  return sayers[tag]?.(node, speech) ?? sayAggregate(tag, node, speech) ?? sayFunction(tag, node, speech)
}

/** Several words inside a sum or product stand in brackets. */
function operand(tree: Tree, speech: Speech): string {
  const said = sayExpression(tree, speech)
  return / /.test(said) && !/^(?:'[^']*'|`[^`]*`)$/.test(said) ? `(${said})` : said
}

const sayers: Readonly<Record<string, Sayer>> = {
  column: sayColumn,
  star: (node) => {
    if (unsaid(node, ['table']) !== null) return null
    const table = shownName(node, 'table')
    return table === null ? 'all columns' : `all columns of ${table}`
  },
  boolean: (node) => (node['value'] === true ? 'true' : 'false'),
  null: () => 'NULL',
  neg: (node, speech) => `−${operand(node['this'], speech)}`,
  alias: (node, speech) => sayExpression(node['this'], speech),
  window_function: sayWindow,
  subquery: (node, speech) =>
    unsaid(node, ['this', 'modifiers_inside']) === null ? `the result of ${subquery(node['this'], speech)}` : null,
}

function sayColumn(node: TreeNode, speech: Speech): string | null {
  const name = shownName(node, 'name')
  if (name === null || node['join_mark'] === true) return null
  const table = shownName(node, 'table')
  return table !== null && speech.needsTable(name, table) ? `${table}.${name}` : name
}

/** Several expressions as a list in a sentence. */
export const sayAll = (trees: readonly Tree[], speech: Speech): string =>
  listed(trees.map((tree) => sayExpression(tree, speech)))

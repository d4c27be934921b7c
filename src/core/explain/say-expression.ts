import { listIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, literal, nameIn, tagged } from './tagged.ts'
import { sayWindow } from './say-window.ts'
import { code, listed, type Speech } from './words.ts'

type Sayer = (node: TreeNode, speech: Speech) => string | null

const operators: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷', mod: 'modulo' }

const aggregates: Readonly<Record<string, string>> = {
  sum: 'the sum of',
  avg: 'the average of',
  min: 'the smallest',
  max: 'the largest',
  median: 'the median of',
  stddev: 'the standard deviation of',
  stddev_samp: 'the standard deviation of',
  variance: 'the variance of',
}

const parts: Readonly<Record<string, string>> = {
  year: 'the year of',
  quarter: 'the quarter of',
  month: 'the month of',
  day: 'the day of the month of',
  upper: 'the upper case of',
  lower: 'the lower case of',
  length: 'the length of',
  abs: 'the absolute value of',
  trim: 'the trimmed',
}

/** An expression in words; what has no words stands as SQL. */
export function sayExpression(tree: Tree, speech: Speech): string {
  return wordsOf(bare(tree), speech) ?? code(speech.print(tree))
}

function wordsOf(tree: Tree, speech: Speech): string | null {
  const found = tagged(tree)
  if (found === null) return null
  const { tag, node } = found
  const value = literal(tree)
  if (value !== null) return value.type === 'string' ? `'${value.value}'` : value.type === 'number' ? value.value : null
  const operator = operators[tag]
  if (operator !== undefined) return `${operand(node['left'], speech)} ${operator} ${operand(node['right'], speech)}`
  const aggregate = aggregates[tag]
  if (aggregate !== undefined) return sayAggregate(aggregate, node, speech)
  const part = parts[tag]
  if (part !== undefined) return onlyThis(node) ? `${part} ${sayExpression(node['this'], speech)}` : null
  return sayers[tag]?.(node, speech) ?? null
}

/** Whether a node says nothing beyond its operand. */
const onlyThis = (node: TreeNode): boolean =>
  Object.entries(node).every(
    ([field, value]) => ['this', 'name', 'original_name', 'span'].includes(field) || blank(value),
  )

const blank = (value: Tree): boolean =>
  value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0)

function operand(tree: Tree, speech: Speech): string {
  const said = sayExpression(tree, speech)
  const nested = operators[tagged(bare(tree))?.tag ?? ''] !== undefined
  return nested ? `(${said})` : said
}

function sayAggregate(words: string, node: TreeNode, speech: Speech): string | null {
  if (!onlyThis({ ...node, distinct: false })) return null
  return `${words} ${node['distinct'] === true ? 'different values of ' : ''}${sayExpression(node['this'], speech)}`
}

const sayers: Readonly<Record<string, Sayer>> = {
  column: (node) => nameIn(node, 'name')?.toUpperCase() ?? null,
  star: (node) => (nameIn(node, 'table') === null && onlyThis({ ...node, table: null }) ? 'all columns' : null),
  boolean: (node) => (node['value'] === true ? 'true' : 'false'),
  null: () => 'NULL',
  neg: (node, speech) => `−${operand(node['this'], speech)}`,
  count: sayCount,
  count_if: (node, speech) => (onlyThis(node) ? `the number of rows where ${code(speech.print(node['this']))}` : null),
  approx_distinct: (node, speech) =>
    onlyThis(node) ? `roughly the number of different ${sayExpression(node['this'], speech)}` : null,
  alias: (node, speech) => sayExpression(node['this'], speech),
  extract: (node, speech) =>
    typeof node['field'] === 'string'
      ? `the ${node['field'].toLowerCase()} of ${sayExpression(node['this'], speech)}`
      : null,
  cast: sayCast,
  function: sayFunction,
  window_function: sayWindow,
  subquery: () => 'the result of a subquery',
}

function sayCount(node: TreeNode, speech: Speech): string | null {
  if (!onlyThis({ ...node, star: false, distinct: false })) return null
  if (node['star'] === true) return 'the number of rows'
  const counted = tagged(node['this'])
  if (counted === null || counted.tag === 'tuple') return null
  if (node['distinct'] === true) return `the number of different ${sayExpression(node['this'], speech)}`
  return literal(node['this']) === null
    ? `the number of rows with a ${sayExpression(node['this'], speech)}`
    : 'the number of rows'
}

/** Only a cast of text to a date or timestamp reads better without its type. */
function sayCast(node: TreeNode, speech: Speech): string | null {
  const value = literal(node['this'])
  const target = node['to']
  const type = JSON.stringify(target ?? null)
  if (value?.type === 'string' && /"(date|timestamp[a-z_]*)"/.test(type)) return value.value
  return /"data_type":"date"/.test(type) ? `the date of ${sayExpression(node['this'], speech)}` : null
}

function sayFunction(node: TreeNode, speech: Speech): string | null {
  const args = listIn(node, 'args')
  const name = nameIn(node, 'name')?.toUpperCase()
  const [first, second] = args
  if (name === 'DATE_TRUNC' && args.length === 2) {
    const unit = literal(first)?.value ?? nameOfVar(first)
    return unit === null ? null : `the ${unit.toLowerCase()} of ${sayExpression(second, speech)}`
  }
  if (name === 'ROUND' && args.length === 2 && literal(second)?.type === 'number') {
    return `${operand(first, speech)} rounded to ${literal(second)?.value} ${literal(second)?.value === '1' ? 'digit' : 'digits'}`
  }
  if (name === 'TO_DATE' && args.length === 1 && literal(first)?.type === 'string') return literal(first)?.value ?? null
  return null
}

/** A bare word such as the `month` of `DATE_TRUNC(month, d)`. */
function nameOfVar(tree: Tree): string | null {
  const found = tagged(tree)
  if (found?.tag === 'var') return nameIn(found.node, 'this')
  return found?.tag === 'column' ? nameIn(found.node, 'name') : null
}

/** Several expressions as a list in a sentence. */
export const sayAll = (trees: readonly Tree[], speech: Speech): string =>
  listed(trees.map((tree) => sayExpression(tree, speech)))

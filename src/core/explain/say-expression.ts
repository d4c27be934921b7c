import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { sayAggregate, sayWindow } from './say-aggregate.ts'
import { bare, isNull, literal, shownName, tagged, unsaid, nameIn } from './tagged.ts'
import { listed } from '../sentences.ts'
import { sayRatio, withoutNullIf } from './say-ratio.ts'
import { code, noun, quoted, subquery, type Speech } from './words.ts'
import { constantDay } from './say-period.ts'

type Sayer = (node: TreeNode, speech: Speech) => string | null

/** Aggregates, which a SELECT may name and refer to again. */
const named = /^(?:sum|avg|min|max|median|count|count_if|window_function)$/
const operators: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷', mod: 'modulo' }
const conditions = new Set(
  'eq neq gt gte lt lte and or not is_null between in like i_like exists null_safe_eq null_safe_neq'.split(' '),
)

/** An expression in words; a construct without words is given as SQL. */
export function sayExpression(tree: Tree, speech: Speech): string {
  const asides = speech.asides.length
  const said = wordsOf(bare(tree), speech)
  if (said !== null) return said
  // Discards subqueries registered while describing a part that is given as SQL after all.
  speech.asides.length = asides
  return code(speech.print(tree))
}

function wordsOf(tree: Tree, speech: Speech): string | null {
  const found = tagged(tree)
  if (found === null) return null
  const { tag, node } = found
  const given = speech.given.size > 0 && named.test(tag) ? speech.given.get(speech.print(tree)) : undefined
  if (given !== undefined) return given
  const value = literal(tree)
  if (value !== null)
    return value.type === 'string' ? quoted(value.value) : value.type === 'number' ? value.value : null
  const ratio = tag === 'div' || tag === 'mul' ? sayRatio(tag, node, speech) : null
  if (ratio !== null) return ratio
  if (operators[tag] !== undefined) return sayOperation(tag, node, speech)
  if (tag === 'null') return 'NULL'
  if (tag === 'boolean') return node['value'] === true ? 'true' : 'false'
  if (tag === 'neg') return `−${operand(node['this'], speech)}`
  if (tag === 'alias') return sayExpression(node['this'], speech)
  if (conditions.has(tag)) return `whether ${speech.condition(tree)}`
  return sayers[tag]?.(node, speech) ?? sayAggregate(tag, node, speech) ?? sayFunction(tag, node, speech)
}

function sayOperation(tag: string, { left, right }: TreeNode, speech: Speech): string {
  const divisor = tag === 'div' ? withoutNullIf(right) : null
  const remark = divisor === null ? '' : ' (no value where that divides by 0)'
  return `${operand(left, speech)} ${operators[tag] ?? ''} ${operand(divisor ?? right, speech)}${remark}`
}

/** Brackets an operand of several words that has none yet. */
function operand(tree: Tree, speech: Speech): string {
  const said = sayExpression(tree, speech)
  const found = tagged(bare(tree))
  const isWhole = /^(?:case|if_func)$/.test(found?.tag ?? '') || (found?.tag === 'column' && !said.includes(' of '))
  return !isWhole && / /.test(said) && !/^(?:'[^']*'|`[^`]*`)$/.test(said) ? `(${said})` : noun(said)
}

const sayers: Readonly<Record<string, Sayer>> = {
  column: sayColumn,
  star: (node, speech) => {
    if (unsaid(node, ['table', 'except']) !== null) return null
    const table = shownName(node, 'table')
    const left = listIn(node, 'except').map((name) => (isNode(name) ? (shownName({ name }, 'name') ?? '') : ''))
    return `all columns${table === null ? '' : ` of ${speech.names.rows(table) ?? table}`}${left.length === 0 ? '' : ` but ${listed(left)}`}`
  },
  case: sayCase,
  if_func: sayIf,
  window_function: sayWindow,
  subquery: (node, speech) =>
    unsaid(node, ['this', 'modifiers_inside']) === null ? `the result of ${subquery(node['this'], speech)}` : null,
}

/** The values of a CASE in the order they are tried, in brackets, since conditions and values have words like those around them. */
function sayCase(node: TreeNode, speech: Speech): string | null {
  if (unsaid(node, ['operand', 'whens', 'else_']) !== null) return null
  const subject = isNode(node['operand']) ? speech.expression(node['operand']) : null
  const branches: string[] = []
  for (const when of listIn(node, 'whens')) {
    const [test, value] = Array.isArray(when) ? (when as readonly Tree[]) : []
    // A comparison with NULL is never true, whatever "is NULL" would say.
    if (subject !== null && isNull(test)) return null
    const condition = subject === null ? speech.condition(test) : `${subject} is ${speech.expression(test)}`
    branches.push(`${speech.expression(value)} if ${condition}`)
  }
  return `(${[...branches, sayOtherwise(node['else_'], speech)].join(', otherwise ')})`
}

function sayIf(node: TreeNode, speech: Speech): string | null {
  if (unsaid(node, ['condition', 'true_value', 'false_value', 'original_name']) !== null) return null
  const otherwise = sayOtherwise(node['false_value'], speech)
  return `(${speech.expression(node['true_value'])} if ${speech.condition(node['condition'])}, otherwise ${otherwise})`
}

const sayOtherwise = (tree: Tree, speech: Speech): string =>
  isNode(tree) && !isNull(tree) ? speech.expression(tree) : 'no value'

function sayColumn(node: TreeNode, speech: Speech): string | null {
  const name = shownName(node, 'name')
  if (name === null || node['join_mark'] === true) return null
  const words = speech.names.column(node)
  if (words !== null) return words
  const table = shownName(node, 'table')
  return table !== null && speech.facts.needsTable(name, table) ? `${table}.${name}` : name
}

const ofThis: Readonly<Record<string, string>> = {
  year: 'the year of',
  quarter: 'the number of the quarter of',
  month: 'the number of the month of',
  day: 'the day of the month of',
  upper: 'the upper case of',
  lower: 'the lower case of',
  day_of_week: 'the number of the weekday of',
  length: 'the length of',
  abs: 'the absolute value of',
  trim: 'the trimmed',
}

/** Scalar functions in words, by node kind; null for any other. */
function sayFunction(tag: string, node: TreeNode, speech: Speech): string | null {
  const words = ofThis[tag]
  // TRIM of other characters than blanks has a field `characters`, which is not in the list.
  if (words !== undefined)
    return unsaid(node, ['this', 'name', 'sql_standard_syntax', 'position']) === null
      ? `${words} ${speech.expression(node['this'])}`
      : null
  if (tag === 'extract') return typeof node['field'] === 'string' ? partOf(node['field'], node['this'], speech) : null
  if (tag === 'cast') return sayCast(node, speech)
  if (tag === 'nvl')
    return `${speech.expression(node['this'])} (or ${speech.expression(node['expression'])} where there is none)`
  if (tag === 'date_diff') return sayDifference(node, speech)
  if (tag === 'coalesce') return sayCoalesce(listIn(node, 'expressions'), speech)
  return tag === 'function' ? sayCall(node, speech) : null
}

const parts: Readonly<Record<string, string>> = {
  year: 'the year of',
  quarter: 'the number of the quarter of',
  month: 'the number of the month of',
  day: 'the day of the month of',
}

const partOf = (part: string, of: Tree, speech: Speech): string =>
  `${parts[part.toLowerCase()] ?? `the ${part.toLowerCase()} of`} ${speech.expression(of)}`

function sayCoalesce([value, otherwise, ...more]: readonly Tree[], speech: Speech): string | null {
  if (value === undefined || otherwise === undefined || more.length > 0) return null
  return `${speech.expression(value)} (or ${speech.expression(otherwise)} where there is none)`
}

/** DATEDIFF counts the borders of days, months or years between two moments, not whole units: 23:00 to 01:00 is one day. */
function sayDifference(node: TreeNode, speech: Speech): string | null {
  const unit = typeof node['unit'] === 'string' ? node['unit'].toLowerCase().replace(/s$/, '') : ''
  if (!/^(?:day|week|month|quarter|year)$/.test(unit) || unsaid(node, ['this', 'expression', 'unit']) !== null)
    return null
  const isOfDays = [node['this'], node['expression']].every((part) => speech.facts.kindOf(part) === 'date')
  const between = `from ${speech.expression(node['expression'])} to ${speech.expression(node['this'])}`
  return unit === 'day' && isOfDays ? `the number of days ${between}` : `the number of calendar ${unit}s ${between}`
}

/** A cast of text to a day is described by the day alone, any other cast with its type. */
function sayCast(node: TreeNode, speech: Speech): string | null {
  const day = constantDay({ cast: node })
  if (day !== null) return day
  const value = literal(node['this'])
  const type = nodeIn(node, 'to')?.['data_type']
  if (value?.type === 'string' && (type === 'date' || type === 'timestamp')) return value.value
  if (unsaid(node, ['this', 'to', 'double_colon_syntax']) !== null) return null
  if (type === 'date') return `the date of ${speech.expression(node['this'])}`
  const written = /\bAS (.+)\)$/s.exec(speech.print({ cast: { ...node, double_colon_syntax: false } }))?.[1]
  return written === undefined ? null : `${speech.expression(node['this'])} as ${written}`
}

/** Functions that put one value in the place of another. */
function sayReplaced(name: string, args: readonly Tree[], speech: Speech): string | null {
  const [first, second] = args
  if (name === 'NULLIF' && args.length === 2)
    return `${speech.expression(first)} (no value where that is ${speech.expression(second)})`
  if (name === 'ZEROIFNULL' && args.length === 1) return `${speech.expression(first)} (or 0 where there is none)`
  return name === 'DIV0' && args.length === 2
    ? `${operand(first, speech)} ÷ ${operand(second, speech)} (0 where that divides by 0)`
    : null
}

const calls: Readonly<Record<string, string>> = {
  DAYNAME: 'the weekday of',
  MONTHNAME: 'the name of the month of',
  DAYOFWEEKISO: 'the number of the weekday (1 is Monday) of',
}

function sayCall(node: TreeNode, speech: Speech): string | null {
  const args = listIn(node, 'args')
  const name = nameIn(node, 'name')?.toUpperCase()
  const [first, second] = args
  const ofOne = calls[name ?? '']
  if (ofOne !== undefined && args.length === 1) return `${ofOne} ${speech.expression(first)}`
  if (name === 'DATE_TRUNC' && args.length === 2) {
    const unit = wordIn(first)
    return unit === null ? null : `the start of the ${unit.toLowerCase()} of ${speech.expression(second)}`
  }
  if (name === 'DATE_PART' && args.length === 2) {
    const unit = wordIn(first)
    return unit === null ? null : partOf(unit, second, speech)
  }
  const replaced = name === undefined ? null : sayReplaced(name, args, speech)
  if (replaced !== null) return replaced
  const digits = name === 'ROUND' && args.length === 2 ? literal(second) : null
  if (digits?.type === 'number')
    return `${speech.expression(first)} (rounded to ${digits.value} ${digits.value === '1' ? 'digit' : 'digits'})`
  return constantDay({ function: node })
}

/** A bare word or text such as the `month` of `DATE_TRUNC(month, d)`. */
function wordIn(tree: Tree): string | null {
  const text = literal(tree)
  if (text !== null) return /^[A-Za-z_]+$/.test(text.value) ? text.value : null
  const found = tagged(tree)
  if (found?.tag === 'var') return nameIn(found.node, 'this')
  return found?.tag === 'column' && shownName(found.node, 'table') === null ? nameIn(found.node, 'name') : null
}

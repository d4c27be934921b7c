import { makeSpeech } from './make-speech.ts'
import { groupsWithTotals } from './name-facts.ts'
import { sayWhole } from './say-condition.ts'
import { sayExpression } from './say-expression.ts'
import { aliasesOf, sayFrom } from './say-from.ts'
import { sayOrder } from './say-order.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, literal, nameIn, shownName, tagged, unsaid } from './tagged.ts'
import type { TypedTable } from './typed-tables.ts'
import { listed } from '../sentences.ts'
import { code, noun, sentence, type Speech } from './words.ts'

const setWords: Readonly<Record<string, string>> = {
  union: 'combines the rows of # queries',
  intersect: 'keeps the rows that # queries share, each once',
  except: 'keeps the rows of the first of # queries that the second does not have, each once',
}

/**
 * Describes a query in plain words, from its syntax tree alone: what it shows, from which tables, which rows, how grouped, sorted and
 * limited; then its subqueries, each under its label. One sentence a line; deterministic. `print` renders a part as SQL: constructs
 * without words are given in backticks. With the types of `tables`, sentences are precise about times of day and NULLs; without them
 * they hold for any type.
 */
export function explainQuery(tree: Tree, print: (tree: Tree) => string, tables: readonly TypedTable[] = []): string {
  const speech = makeSpeech(tree, print, tables)
  const lines = [...sayQuery(tree, speech)]
  // Describing a subquery may register further ones.
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
  if (tag === 'select')
    return [...sayWith(node, speech), ...speech.names.within(aliasesOf(node), () => saySelect(node, speech))]
  if (tag === 'values') return [`lists ${listIn(node, 'expressions').length} given rows`]
  return tag in setWords ? saySet(tag, node, speech) : [`runs ${code(speech.print(tree))}`]
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** A chain of the same operator is described as one. */
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

/** SELECT fields the explanation covers; any other non-empty field is listed as "see the SQL". */
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
  const outer = [...speech.given]
  speech.given.clear()
  const selected = shown.map((expression) => {
    const said = sayExpression(expression, speech)
    remember(expression, speech)
    return said
  })
  const [where, having, qualify] = ['where_clause', 'having', 'qualify'].map((field) => nodeIn(node, field)?.['this'])
  const left = unsaid(node, saidOfSelect)
  const lines = [
    sayShown(node, shown, selected, speech),
    ...sayFrom(node, speech),
    ...(left === null
      ? []
      : [unsaidWords[left] ?? `does something more that is best read in the SQL (${left.replaceAll('_', ' ')})`]),
    ...(where === undefined ? [] : [`keeps only rows where ${sayWhole(where, speech)}`]),
    ...(having === undefined ? [] : [`keeps only groups where ${sayWhole(having, speech)}`]),
    ...(qualify === undefined ? [] : [`of those, keeps only rows where ${sayWhole(qualify, speech)}`]),
    ...sayTail(node, shown, speech),
  ]
  speech.given.clear()
  for (const [sql, words] of outer) speech.given.set(sql, words)
  return lines
}

/** Lets later parts of the SELECT refer to a column by the name that it is given. */
function remember(expression: Tree, speech: Speech): void {
  const found = tagged(expression)
  const name = found?.tag === 'alias' ? shownName(found.node, 'alias') : null
  const words = name === null ? null : speech.names.alias(name)
  if (words !== null) speech.given.set(speech.print(bare(found?.node['this'])), `the ${words}`)
}

function sayShown(node: TreeNode, shown: readonly Tree[], selected: readonly string[], speech: Speech): string {
  const distinct = node['distinct'] === true ? ', each combination once' : ''
  const named = shown.map((expression, index) =>
    withAlias(expression, selected[index] ?? '', countOf(node, speech), speech),
  )
  const group = nodeIn(node, 'group_by')
  if (group === null) return `shows ${isWholeTable(node, shown, speech) ? 'all columns' : listed(named)}${distinct}`
  if (group['all'] === true)
    return `shows ${listed(named)}, one row for each combination of what is not aggregated${distinct}`
  const totals = sayTotals(listIn(group, 'expressions'), selected, speech)
  if (totals !== null) return `${totals}, shows ${listed(named)}${distinct}`
  const keys = sayGroupKeys(listIn(group, 'expressions'), selected, speech)
  if (keys.length === 0 || unsaid(group, ['expressions']) !== null)
    return `shows ${listed(named)}, grouped as the SQL says${distinct}`
  return `${sayGroups(keys, { named, selected })}${distinct}`
}

/** Whether a SELECT from one table lists each of its columns once and nothing else. */
function isWholeTable(node: TreeNode, shown: readonly Tree[], speech: Speech): boolean {
  const [alias, ...others] = aliasesOf(node)
  const columns = alias === undefined || others.length > 0 ? [] : speech.names.columns(alias)
  const names = new Set(
    shown.map((one) => {
      const found = tagged(bare(one))
      return found?.tag === 'column' ? shownName(found.node, 'name') : null
    }),
  )
  return columns.length > 2 && columns.length === shown.length && columns.every((column) => names.has(column))
}

/** What is shown of each group. Keys that are shown are told once; keys that are not tell apart groups that look alike. */
function sayGroups(
  keys: readonly string[],
  { named, selected }: { readonly named: readonly string[]; readonly selected: readonly string[] },
): string {
  const isShown = (key: string): boolean => selected.includes(key)
  const rest = named.filter((_, index) => !keys.includes(selected[index] ?? ''))
  const own = named.filter((_, index) => keys.includes(selected[index] ?? ''))
  const hidden = keys.filter((key) => !isShown(key) && !isPlaceOf(key, selected)).map(eachOf)
  const apart = hidden.length === 0 ? '' : ` (told apart by ${listed(hidden)})`
  if (own.length === 0) return `for each ${listed(hidden)} (not shown), shows ${listed(rest)}`
  if (rest.length === 0) return `shows each ${listed(own.map(eachOf))} once${apart}`
  return `for each ${listed(own.map(eachOf))}${apart}, shows ${listed(rest)}`
}

/** Whether a key is the place in the calendar of a weekday or a month that is shown by its name, so that it makes no further groups. */
function isPlaceOf(key: string, selected: readonly string[]): boolean {
  const of = / of (?:the month|the weekday(?: \(1 is Monday\))?) of (.+)$/.exec(key)?.[1]
  return (
    of !== undefined &&
    [`the weekday of ${of}`, `the name of the month of ${of}`].some((name) => selected.includes(name))
  )
}

/** A key after "each": the start of a month stands for the month. */
const eachOf = (said: string): string => noun(said).replace(/^start of the (?=\w+ of )/, '')

/** What COUNT(*) counts in a SELECT from one stored table: "number of orders". */
function countOf(node: TreeNode, speech: Speech): string {
  const [alias, ...others] = aliasesOf(node)
  return alias === undefined || others.length > 0 ? '' : `number of ${speech.names.rows(alias) ?? 'rows'}`
}

function withAlias(expression: Tree, said: string, rows: string, speech: Speech): string {
  const found = tagged(expression)
  const alias = found?.tag === 'alias' ? shownName(found.node, 'alias') : null
  if (alias === null || alias === said) return said
  const words = speech.names.alias(alias)
  if (words === null) return `${said} (as ${alias})`
  if (said === 'the number of rows' && words === rows) return `the ${words}`
  const told = new Set(said.toLowerCase().split(/[^\p{L}\p{N}]+/u))
  return words.split(' ').every((word) => told.has(word)) ? said : `${said} (called "${words}")`
}

/** GROUP BY with ROLLUP, CUBE or GROUPING SETS: the groups and the total rows beside them; null for plain keys. */
function sayTotals(keys: readonly Tree[], selected: readonly string[], speech: Speech): string | null {
  const calls = keys.map((key) => {
    const found = tagged(bare(key))
    const name = found?.tag === 'function' ? (nameIn(found.node, 'name')?.toUpperCase() ?? '') : ''
    return groupsWithTotals.has(name) && found !== null ? { name, args: listIn(found.node, 'args') } : null
  })
  const call = calls.find((one) => one !== null)
  if (call === undefined || call === null || calls.filter((one) => one !== null).length > 1) return null
  const plain = sayGroupKeys(
    keys.filter((_, index) => calls[index] === null),
    selected,
    speech,
  )
  const names = sayGroupKeys(call.name === 'GROUPING SETS' ? [] : call.args, selected, speech)
  const over = (parts: readonly string[]): string =>
    plain.length + parts.length === 0 ? 'over everything' : `for each ${listed([...plain, ...parts])}`
  const nulls = 'NULL standing in the columns added up'
  if (call.name === 'GROUPING SETS')
    return `${listed(
      call.args.map((set) => over(sayGroupKeys(setOf(set), selected, speech))),
      'then',
    )} (${nulls})`
  const totals =
    call.name === 'ROLLUP'
      ? names.map((_, count) => over(names.slice(0, names.length - 1 - count)))
      : [`for every smaller combination of them${plain.length === 0 ? ' and over everything' : ''}`]
  return `${over(names)}, with total rows ${listed(totals)} (${nulls})`
}

/** The keys of one grouping set, which stands in brackets unless it is a single key. */
function setOf(set: Tree): readonly Tree[] {
  const found = tagged(bare(set))
  return found?.tag === 'tuple' ? listIn(found.node, 'expressions') : [set]
}

/** GROUP BY keys in words; a number stands for the selected expression at its position. */
function sayGroupKeys(keys: readonly Tree[], selected: readonly string[], speech: Speech): readonly string[] {
  return keys.map((key) => {
    const position = literal(key)
    if (position?.type === 'number') return selected[Number(position.value) - 1] ?? `column ${position.value}`
    return speech.expression(key)
  })
}

function sayTail(node: TreeNode, shown: readonly Tree[], speech: Speech): readonly string[] {
  const block = nodeIn(node, 'order_by') ?? {}
  const order = sayOrder(listIn(block, 'expressions'), speech, shown)
  const cut = limitOf(node)
  const skip = literal(nodeIn(node, 'offset')?.['this']) ?? literal(node['offset'])
  const open = order === null && !givesOneRow(node, shown) ? ' (no order is given, so it may be any of them)' : ''
  return [
    ...(order === null ? [] : [`sorted by ${order}`]),
    ...(skip === null ? [] : [`leaves out the first ${skip.value} ${skip.value === '1' ? 'row' : 'rows'}`]),
    ...(cut === null ? [] : [`at most ${cut} ${cut === '1' ? 'row' : 'rows'}${open}`]),
  ]
}

/** Whether a SELECT aggregates all rows into one. */
function givesOneRow(node: TreeNode, shown: readonly Tree[]): boolean {
  if (nodeIn(node, 'group_by') !== null || shown.length === 0) return false
  const aggregate = /^\{"(?:count|sum|avg|min|max|median|count_if|any_value|approx_count_distinct)":/
  return shown.every((one) => {
    const value = tagged(one)?.tag === 'alias' ? tagged(one)?.node['this'] : one
    return aggregate.test(JSON.stringify(value ?? null))
  })
}

/** The number of rows that LIMIT, TOP or FETCH sets, or null. */
function limitOf(node: TreeNode): string | null {
  const limit = nodeIn(node, 'limit')
  const found = [limit?.['this'], limit, nodeIn(node, 'top')?.['this'], nodeIn(node, 'fetch')?.['count']]
  for (const tree of found) {
    const count = literal(tree)
    if (count?.type === 'number') return count.value
  }
  return null
}

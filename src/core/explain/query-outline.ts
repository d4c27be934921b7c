import type { PeriodUnit } from '../../contract/words/columns.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { groupsWithTotals, readNames } from './name-facts.ts'
import { makeNameWords } from './name-words.ts'
import { aliasesOf } from './say-from.ts'
import { bare, literal, nameIn, shownName, tagged } from './tagged.ts'
import type { TypedTable } from './typed-tables.ts'
import type { NameWords } from './words.ts'

/** What a query's syntax tree says about its result: how each column came to be, how many rows it takes, in which order. */
export interface QueryOutline {
  /** One for each column of the result; null where the tree does not list them, as for `*` and UNION. */
  readonly outputs: readonly OutputOutline[] | null
  /** The most rows that the query takes by its own LIMIT; null where it sets none. */
  readonly limit: number | null
  /** Whether OFFSET leaves out the first rows. */
  readonly skips: boolean
  readonly isSorted: boolean
  /** Whether GROUP BY makes its rows, so that a plain column is a key of the groups. */
  readonly isGrouped: boolean
  /** Whether QUALIFY or HAVING keeps only some of the rows or groups, as the first few of each group. */
  readonly keepsSome: boolean
  /** The sort keys that are columns of the result, up to the first that is not. */
  readonly order: readonly { readonly position: number; readonly descending: boolean }[]
  /** Whether total rows stand beside the groups, as with ROLLUP. */
  readonly hasTotals: boolean
}

export interface OutputOutline {
  /** `plain` is a column or an expression of one row, `distinct` a count of different values; `other` is none of the rest. */
  readonly gives: 'count' | 'distinct' | 'sum' | 'other' | 'plain'
  /** The part of the calendar that the values are truncated to; null for any other value. */
  readonly bucket: PeriodUnit | null
  /** A stored column in the words of the catalog, as "region name"; left out for any other and where its words are not certain. */
  readonly words?: string
  /** The moment that is truncated, as SQL of the query's own tables; null where there is none. */
  readonly moment: string | null
}

interface NamedOutput extends OutputOutline {
  readonly name: string | null
}

/** What reading a query needs to know of the whole. */
interface Reader {
  readonly print: (tree: Tree) => string
  readonly names: NameWords
}

/** The subqueries and CTEs in reach by their names as stored; null for a stored table. */
type Sources = ReadonlyMap<string, readonly NamedOutput[] | null>

/** Reads the outline of a query from its syntax tree. `print` renders a part as SQL; `tables` are those it may read. */
export function readQueryOutline(tree: Tree, print: Reader['print'], tables: readonly TypedTable[] = []): QueryOutline {
  const found = tagged(bare(tree))
  const node = found?.node ?? {}
  const reader: Reader = { print, names: makeNameWords(readNames(tree, tables)) }
  const outputs = found === null ? null : outputsOf(bare(tree), new Map(), reader)
  const shown = listIn(node, 'expressions')
  const limit = [nodeIn(node, 'limit')?.['this'], nodeIn(node, 'top')?.['this'], nodeIn(node, 'fetch')?.['count']]
    .map((part) => literal(part))
    .find((part) => part?.type === 'number')
  return {
    outputs:
      outputs?.map(({ gives, bucket, moment, words }) => ({
        gives,
        bucket,
        moment,
        ...(words === undefined ? {} : { words }),
      })) ?? null,
    limit: limit === undefined || limit === null ? null : Number(limit.value),
    skips: isNode(node['offset']) || literal(node['offset']) !== null,
    isSorted: isNode(node['order_by']),
    isGrouped: isNode(node['group_by']),
    keepsSome: isNode(node['qualify']) || isNode(node['having']),
    order: outputs === null ? [] : orderOf(node, { shown, outputs, print }),
    hasTotals: hasTotals(node),
  }
}

function hasTotals(node: TreeNode): boolean {
  const keys = listIn(nodeIn(node, 'group_by') ?? {}, 'expressions')
  return keys.some((key) => {
    const found = tagged(bare(key))
    return (
      found !== null &&
      (found.tag !== 'function' || groupsWithTotals.has(nameIn(found.node, 'name')?.toUpperCase() ?? '')) &&
      /^(?:function|rollup|cube|grouping_sets)$/.test(found.tag)
    )
  })
}

interface Shown {
  readonly shown: readonly Tree[]
  readonly outputs: readonly NamedOutput[]
  readonly print: Reader['print']
}

function orderOf(node: TreeNode, { shown, outputs, print }: Shown): QueryOutline['order'] {
  const order: { readonly position: number; readonly descending: boolean }[] = []
  for (const key of listIn(nodeIn(node, 'order_by') ?? {}, 'expressions').filter(isNode)) {
    const position = positionOf(key['this'], { shown, outputs, print })
    if (position < 0) break
    order.push({ position, descending: key['desc'] === true })
  }
  return order
}

function positionOf(key: Tree, { shown, outputs, print }: Shown): number {
  const number = literal(bare(key))
  if (number?.type === 'number') return Number(number.value) <= shown.length ? Number(number.value) - 1 : -1
  const column = tagged(bare(key))
  const name =
    column?.tag === 'column' && shownName(column.node, 'table') === null ? shownName(column.node, 'name') : null
  const named = name === null ? -1 : outputs.findIndex((output) => output.name === name)
  return named >= 0 ? named : shown.findIndex((one) => print(valueOf(one)) === print(bare(key)))
}

const valueOf = (expression: Tree): Tree => {
  const found = tagged(bare(expression))
  return found?.tag === 'alias' ? bare(found.node['this']) : bare(expression)
}

/** The columns of a SELECT; null for `*` and for anything else, as UNION. */
function outputsOf(tree: Tree, outer: Sources, reader: Reader): readonly NamedOutput[] | null {
  const found = tagged(bare(tree))
  if (found?.tag === 'subquery') return outputsOf(found.node['this'], outer, reader)
  if (found?.tag !== 'select') return null
  const prepared = new Map(outer)
  for (const cte of listIn(nodeIn(found.node, 'with') ?? {}, 'ctes').filter(isNode))
    prepared.set(shownName(cte, 'alias') ?? '', outputsOf(cte['this'], prepared, reader))
  const sources = sourcesOf(found.node, prepared, reader)
  const shown = listIn(found.node, 'expressions')
  if (shown.some((expression) => tagged(valueOf(expression))?.tag === 'star')) return null
  return reader.names.within(aliasesOf(found.node), () =>
    shown.map((expression) => outputOf(expression, sources, reader)),
  )
}

/** What a SELECT reads, by alias: the columns of subqueries and CTEs, null for stored tables. */
function sourcesOf(node: TreeNode, prepared: Sources, reader: Reader): Sources {
  const joined = listIn(node, 'joins')
    .filter(isNode)
    .map((join) => join['this'])
  const sources = new Map<string, readonly NamedOutput[] | null>()
  for (const source of [...listIn(nodeIn(node, 'from') ?? {}, 'expressions'), ...joined]) {
    const found = tagged(source)
    const name = found === null ? null : shownName(found.node, 'name')
    const alias = found === null ? null : shownName(found.node, 'alias')
    const isDerived = found?.tag === 'subquery'
    const outputs = isDerived
      ? (outputsOf(found.node['this'], prepared, reader) ?? [])
      : (prepared.get(name ?? '') ?? null)
    sources.set(alias ?? name ?? '', outputs)
  }
  return sources
}

function outputOf(expression: Tree, sources: Sources, { print, names }: Reader): NamedOutput {
  const found = tagged(bare(expression))
  const value = valueOf(expression)
  const inner = tagged(value)
  const own = inner?.tag === 'column' ? shownName(inner.node, 'name') : null
  const name = found?.tag === 'alias' ? shownName(found.node, 'alias') : own
  const derived = inner?.tag === 'column' ? derivedOutput(inner.node, sources) : null
  if (derived !== null) return { ...derived, name }
  // A name that the query gives the column itself is the one people know.
  const words = inner?.tag === 'column' && found?.tag !== 'alias' ? names.label(inner.node) : null
  return {
    name,
    gives: givesOf(value),
    ...bucketIn(value, sources, print),
    ...(words === null ? {} : { words }),
  }
}

/** The output of a subquery that a column stands for; null for a stored column. Beside a join its rows may repeat, so it adds up no more. */
function derivedOutput(node: TreeNode, sources: Sources): OutputOutline | null {
  const [name, table] = [shownName(node, 'name'), shownName(node, 'table')]
  for (const [alias, outputs] of sources) {
    const output = table === null || table === alias ? outputs?.find((one) => one.name === name) : undefined
    if (output !== undefined)
      return { ...output, moment: null, gives: sources.size > 1 && output.gives !== 'plain' ? 'other' : output.gives }
  }
  const isUnknown = [...sources.values()].some((outputs) => outputs !== null && outputs.length === 0)
  return isUnknown ? { gives: 'other', bucket: null, moment: null } : null
}

/** Functions that leave it to their argument whether its values add up. */
const passing = new Set(['cast', 'try_cast', 'coalesce', 'nvl', 'neg', 'paren', 'zeroifnull'])
const aggregates =
  /"(?:sum|avg|min|max|count|count_if|median|stddev\w*|variance|any_value|approx_\w+|list_agg|within_group|aggregate_function|window_function|percentile_\w+|mode|array_agg)":/

function givesOf(tree: Tree): OutputOutline['gives'] {
  const found = tagged(bare(tree))
  if (found === null) return 'plain'
  const { tag, node } = found
  if (tag === 'count_if') return 'count'
  if (tag === 'count') return node['distinct'] === true ? 'distinct' : 'count'
  if (tag === 'sum') return node['distinct'] === true ? 'other' : 'sum'
  if (passing.has(tag)) return givesOf(node['this'] ?? listIn(node, 'expressions')[0])
  if (tag === 'function' && nameIn(node, 'name')?.toUpperCase() === 'ZEROIFNULL')
    return givesOf(listIn(node, 'args')[0])
  if (tag === 'add' || tag === 'sub') return bothGive(node)
  return aggregates.test(JSON.stringify(tree ?? null)) ? 'other' : 'plain'
}

function bothGive(node: TreeNode): OutputOutline['gives'] {
  const sides = [givesOf(node['left']), givesOf(node['right'])]
  if (sides.every((side) => side === 'plain')) return 'plain'
  return sides.every((side) => side === 'sum' || side === 'count') ? 'sum' : 'other'
}

const units: readonly PeriodUnit[] = ['year', 'quarter', 'month', 'week', 'day']

function bucketIn(tree: Tree, sources: Sources, print: Reader['print']): Pick<OutputOutline, 'bucket' | 'moment'> {
  const found = tagged(bare(tree))
  if (found === null) return noBucket
  const { tag, node } = found
  if (tag === 'cast') return bucketIn(node['this'], sources, print)
  const args = listIn(node, 'args')
  const name = nameIn(node, 'name')?.toUpperCase()
  const isStored = [...sources.values()].every((outputs) => outputs === null)
  const of = (unit: string | undefined, moment: Tree): Pick<OutputOutline, 'bucket' | 'moment'> => {
    const bucket = units.find((one) => one === unit?.toLowerCase().replace(/s$/, '')) ?? null
    return bucket === null ? noBucket : { bucket, moment: isStored ? print(moment) : null }
  }
  if (tag === 'year') return of('year', node['this'])
  if (tag === 'extract' && /^year$/i.test(nameIn(node, 'field') ?? '')) return of('year', node['this'])
  if (tag !== 'function') return noBucket
  if (name === 'TO_DATE' || name === 'DATE') return bucketIn(args[0], sources, print)
  if (name === 'DATE_TRUNC') return of(wordOf(args[0]), args[1])
  const isYear = name === 'DATE_PART' && wordOf(args[0])?.toLowerCase() === 'year'
  return isYear ? of('year', args[1]) : noBucket
}

const noBucket = { bucket: null, moment: null }

function wordOf(tree: Tree): string | undefined {
  const found = tagged(tree)
  return (
    literal(tree)?.value ??
    (found === null ? undefined : (nameIn(found.node, 'this') ?? nameIn(found.node, 'name') ?? undefined))
  )
}

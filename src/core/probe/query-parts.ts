import { columnKindOf, type ColumnKindOfType } from '../catalog/catalog.ts'
import { makeSpeech } from '../explain/make-speech.ts'
import { sayCondition } from '../explain/say-condition.ts'
import { bare, chain, literal, tagged, type Tagged } from '../explain/tagged.ts'
import { aliasesOf } from '../explain/say-from.ts'
import type { TypedTable } from '../explain/typed-tables.ts'
import type { Speech } from '../explain/words.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import type { ColumnName } from '../ports/writer.ts'
import { daysOf, type DayRange } from './condition-days.ts'

/** One condition of a query on its rows. Bounds on one date column are one condition. */
export interface QueryCondition {
  readonly sql: string
  /** In plain words. */
  readonly words: string
  /** The one stored column it is about, with its spelling in the query; null where there are several or none. */
  readonly column: (ColumnName & { readonly sql: string; readonly kind: ColumnKindOfType | null }) | null
  /** The days it asks for; null where it is not about days. */
  readonly days: DayRange | null
  /** The end of a number column that it asks for: more than a number is `highest`. */
  readonly end: 'highest' | 'lowest' | null
  /** The texts that the column must equal or contain, one of them; empty for any other condition. */
  readonly texts: readonly string[]
  /** The query that the column must be among the results of. */
  readonly inner: QueryParts | null
}

/** What decides which rows a query reads: its text in parts, so that a part can be left out. */
export interface QueryParts {
  /** The CTEs with their keyword, or nothing. */
  readonly ctes: string
  /** `FROM …` with its joins. */
  readonly from: string
  /** The stored tables read directly. */
  readonly tables: readonly Pick<ColumnName, 'database' | 'schema' | 'name'>[]
  readonly isJoined: boolean
  readonly conditions: readonly QueryCondition[]
  /** The conditions on groups or on ranked rows, in words; null where there are none. */
  readonly groups: string | null
  /** What the single aggregate of the query is made of, without NULLs; null for `COUNT(*)` and any other query. */
  readonly measured: { readonly sql: string; readonly words: string } | null
  /** The subquery or CTE that it reads alone. */
  readonly source: QueryParts | null
}

interface Context {
  readonly speech: Speech
  readonly tables: readonly TypedTable[]
  readonly print: (tree: Tree) => string
  /** The CTEs of the whole query by their names as stored. */
  readonly ctes: ReadonlyMap<string, Tree>
  /** Their text. */
  readonly prefix: string
  readonly depth: number
}

const deepest = 4

/** Reads the parts of a query from its syntax tree; null for anything but a SELECT from tables. `print` renders a part as SQL. */
export function readQueryParts(
  tree: Tree,
  print: (tree: Tree) => string,
  tables: readonly TypedTable[],
): QueryParts | null {
  const speech = makeSpeech(tree, print, tables)
  return partsOf(tree, { speech, tables, print, ctes: new Map(), prefix: '', depth: 0 })
}

function partsOf(tree: Tree, outer: Context): QueryParts | null {
  const found = tagged(bare(tree))
  if (found?.tag === 'subquery') return partsOf(found.node['this'], outer)
  if (found?.tag !== 'select' || outer.depth > deepest || isNode(found.node['connect'])) return null
  const { node } = found
  const text = textOf(node, outer.print)
  if (text === null) return null
  const context = withCtes(node, text.ctes, outer)
  const sources = [
    ...listIn(nodeIn(node, 'from') ?? {}, 'expressions'),
    ...listIn(node, 'joins').flatMap((join) => (isNode(join) ? [join['this']] : [])),
  ]
  const stored = storedSources(sources, context.tables)
  return outer.speech.names.within(aliasesOf(node), () => ({
    ctes: context.prefix,
    from: text.from,
    tables: stored.map(({ table: { database, schema, name } }) => ({ database, schema, name })),
    isJoined: sources.length > 1,
    conditions: groupConditions(chain(nodeIn(node, 'where_clause')?.['this'], 'and')).flatMap((condition) =>
      condition === undefined ? [] : [readCondition(condition, stored, context)],
    ),
    groups: groupsOf(node, context),
    measured: measuredOf(node, context),
    source: sources.length === 1 ? sourceOf(sources[0], context) : null,
  }))

  function groupConditions(all: readonly Tree[]): readonly Tree[] {
    const isDays = (one: Tree): string | null =>
      daysOf(tagged(bare(one))) === null ? null : columnKey(one, context.print)
    const keys = all.map(isDays)
    return all.flatMap((one, at) => {
      const key = keys[at] ?? null
      if (one === undefined || (key !== null && keys.indexOf(key) < at)) return []
      return [all.filter((_, index) => index > at && key !== null && keys[index] === key).reduce(conjunction, one)]
    })
  }
}

const conjunction = (left: Tree, right: Tree): Tree => ({ and: { left, right } })

/** Stands for what a query shows while its FROM is printed. */
const marker = '7777771'

/** The text of a query's FROM and of the CTEs before it. */
function textOf(node: TreeNode, print: Context['print']): { readonly ctes: string; readonly from: string } | null {
  const kept = ['from', 'joins', 'lateral_views', 'with']
  const emptied = Object.entries(node).map(([field, value]): [string, Tree] => {
    if (kept.includes(field)) return [field, value]
    return [field, Array.isArray(value) ? [] : typeof value === 'boolean' ? false : null]
  })
  const shown: Tree = [{ literal: { literal_type: 'number', value: marker } }]
  const [ctes, rest, ...more] = print({ select: { ...Object.fromEntries(emptied), expressions: shown } }).split(
    new RegExp(`SELECT\\s+${marker}\\s+(?=FROM\\b)`),
  )
  return ctes === undefined || rest === undefined || more.length > 0 ? null : { ctes, from: rest }
}

function withCtes(node: TreeNode, prefix: string, outer: Context): Context {
  const ctes = listIn(nodeIn(node, 'with') ?? {}, 'ctes').flatMap((cte) => {
    const name = isNode(cte) ? storedName(cte['alias']) : null
    return isNode(cte) && name !== null ? [[name, cte['this']] as const] : []
  })
  const all = new Map([...outer.ctes, ...ctes])
  return { ...outer, ctes: all, prefix: prefix === '' ? outer.prefix : prefix, depth: outer.depth + 1 }
}

/** A name as Snowflake stores it, without quotes. */
function storedName(tree: Tree | undefined): string | null {
  if (!isNode(tree) || typeof tree['name'] !== 'string') return null
  return tree['quoted'] === true ? tree['name'] : tree['name'].toUpperCase()
}

interface StoredSource {
  readonly alias: string
  readonly table: TypedTable
}

function storedSources(sources: readonly Tree[], tables: readonly TypedTable[]): readonly StoredSource[] {
  return sources.flatMap((source) => {
    const found = tagged(source)
    if (found?.tag !== 'table') return []
    const [name, schema, database] = ['name', 'schema', 'catalog'].map((field) => storedName(found.node[field]))
    const [table, ...others] = tables.filter(
      (one) =>
        one.name === name &&
        (schema === null || one.schema === schema) &&
        (database === null || one.database === database),
    )
    return table === undefined || others.length > 0
      ? []
      : [{ alias: storedName(found.node['alias']) ?? table.name, table }]
  })
}

function sourceOf(source: Tree, context: Context): QueryParts | null {
  const found = tagged(source)
  if (found?.tag === 'subquery') return partsOf(found.node['this'], context)
  const name = found?.tag === 'table' && !isNode(found.node['schema']) ? storedName(found.node['name']) : null
  const body = name === null ? undefined : context.ctes.get(name)
  return body === undefined ? null : partsOf(body, context)
}

function groupsOf(node: TreeNode, { speech }: Context): string | null {
  const all = ['having', 'qualify'].flatMap((field) => {
    const condition = nodeIn(node, field)?.['this']
    return condition === undefined ? [] : [sayCondition(condition, speech)]
  })
  return all.length === 0 ? null : all.join(' and ')
}

const aggregates = new Set(['sum', 'avg', 'min', 'max', 'median', 'count'])

function measuredOf(node: TreeNode, { print, speech }: Context): QueryParts['measured'] {
  const [shown, ...others] = listIn(node, 'expressions')
  const outer = tagged(shown)
  const value = outer?.tag === 'alias' ? tagged(outer.node['this']) : outer
  if (value === null || others.length > 0 || !aggregates.has(value.tag) || !isNode(value.node['this'])) return null
  return { sql: print(value.node['this']), words: speech.expression(value.node['this']) }
}

function readCondition(tree: Tree, stored: readonly StoredSource[], context: Context): QueryCondition {
  const { print, speech } = context
  const found = tagged(bare(tree))
  const column = columnOf(tree, stored, print)
  const days = column?.kind === 'date' || column?.kind === 'timestamp' ? daysOf(found) : null
  return {
    sql: print(tree),
    words: sayCondition(tree, speech),
    column,
    days,
    end: column?.kind === 'number' ? (ends[found?.tag ?? ''] ?? null) : null,
    texts: column?.kind === 'text' ? textsOf(found) : [],
    inner: innerOf(found, context),
  }
}

const ends: Readonly<Record<string, QueryCondition['end']>> = {
  gt: 'highest',
  gte: 'highest',
  lt: 'lowest',
  lte: 'lowest',
}

/** The columns in a condition, those of its subqueries left out. */
function columnsIn(tree: Tree): readonly TreeNode[] {
  if (Array.isArray(tree)) return (tree as readonly Tree[]).flatMap(columnsIn)
  if (!isNode(tree) || isNode(tree['select'])) return []
  return Object.entries(tree).flatMap(([field, child]) =>
    field === 'column' && isNode(child) ? [child] : field === 'query' ? [] : columnsIn(child),
  )
}

/** The text of the only column of a condition; null where there are several. */
function columnKey(tree: Tree, print: Context['print']): string | null {
  const keys = new Set(columnsIn(tree).map((column) => print({ column })))
  const [key = null] = keys
  return keys.size === 1 ? key : null
}

function columnOf(tree: Tree, stored: readonly StoredSource[], print: Context['print']): QueryCondition['column'] {
  const sql = columnKey(tree, print)
  const [node] = columnsIn(tree)
  if (sql === null || node === undefined) return null
  const [qualifier, name] = [storedName(node['table']), storedName(node['name'])]
  const [source, ...others] = stored.filter(
    ({ alias, table }) =>
      (qualifier === null || alias === qualifier) && table.columns.some((column) => column.name === name),
  )
  const column = source?.table.columns.find((one) => one.name === name)
  if (source === undefined || column === undefined || others.length > 0) return null
  const { database, schema, name: table } = source.table
  return { database, schema, name: table, column: column.name, sql, kind: columnKindOf(column.type) }
}

/** The texts that a column must equal, one of them, or contain. */
function textsOf(found: Tagged | null): readonly string[] {
  if (found === null || found.node['not'] === true) return []
  const { tag, node } = found
  const sides = [node['left'], node['right']]
  const compared =
    tag === 'eq' || tag === 'like' || tag === 'i_like'
      ? sides
      : tag === 'in'
        ? listIn(node, 'expressions')
        : tag === 'contains'
          ? [node['expression']]
          : []
  const texts = compared.flatMap((one) => {
    const text = literal(one)
    return text?.type === 'string' ? [tag.endsWith('like') ? text.value.replaceAll('%', '') : text.value] : []
  })
  return tag === 'in' && texts.length < compared.length ? [] : texts
}

/** The query of `column IN (SELECT …)`. */
function innerOf(found: Tagged | null, context: Context): QueryParts | null {
  if (found?.tag !== 'in' || found.node['not'] === true) return null
  const [first] = listIn(found.node, 'expressions')
  return partsOf(isNode(found.node['query']) ? found.node['query'] : first, context)
}

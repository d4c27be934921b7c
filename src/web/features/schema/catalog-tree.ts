import uFuzzy from '@leeoniya/ufuzzy'
import {
  catalogId,
  familyId,
  type CatalogKind,
  type CatalogNode,
  type NamesOfSchema,
} from '../../../contract/catalog.ts'

/** One thing in the tree. */
export interface TreeNode {
  readonly id: string
  readonly kind: CatalogKind
  readonly name: string
  readonly comment: string
  /** Where it lies, where the tree does not show it: `SALES.PUBLIC` of a hit. */
  readonly place: string
  /** What it holds, in numbers: tables of a family, a schema or a database. */
  readonly count: number
  /** Of a column, its type. */
  readonly type: string
  readonly key: CatalogNode['key'] | null
}

/** All names of a catalog as a tree, without the columns and without the members of families, which are fetched when they are opened. */
export interface CatalogTree {
  readonly roots: readonly TreeNode[]
  readonly below: ReadonlyMap<string, readonly TreeNode[]>
  /** The nodes whose children are fetched. */
  readonly entries: readonly TreeNode[]
}

const kindOf: Readonly<Record<string, CatalogKind>> = { t: 'table', v: 'view', s: 'semantic_view', f: 'family' }
const plain = { comment: '', place: '', type: '', key: null }

export function makeTree(schemas: readonly NamesOfSchema[]): CatalogTree {
  const below = new Map<string, readonly TreeNode[]>()
  const entries: TreeNode[] = []
  const databases = new Map<string, TreeNode[]>()
  for (const { database, schema, names, kinds, comments, members } of schemas) {
    const own = names.map((name, at): TreeNode => {
      const kind = kindOf[kinds[at] ?? ''] ?? 'table'
      const id = kind === 'family' ? familyId(database, schema, name) : catalogId(database, schema, name)
      const comment = comments[at] ?? ''
      const count = members[at] ?? 1
      return { ...plain, id, kind, name, comment, count, place: `${database}.${schema}` }
    })
    for (const node of own) entries.push(node)
    const id = catalogId(database, schema)
    below.set(id, own)
    const node: TreeNode = { ...plain, id, kind: 'schema', name: schema, count: names.length }
    databases.set(database, [...(databases.get(database) ?? []), node])
  }
  const roots = [...databases].map(([name, own]): TreeNode => {
    const id = catalogId(name)
    below.set(id, own)
    return { ...plain, id, kind: 'database', name, count: own.length }
  })
  return { roots, below, entries }
}

/** What is open to begin with: everything that leads to the first choice. */
export function firstOpen({ roots, below }: CatalogTree): ReadonlySet<string> {
  const open = new Set<string>()
  for (let nodes = roots; nodes.length === 1 && nodes[0]?.kind !== 'table';) {
    const [only] = nodes
    if (only === undefined || !below.has(only.id)) break
    open.add(only.id)
    nodes = below.get(only.id) ?? []
  }
  return open
}

/** What was fetched below a node; `loading` and `failed` stand in its place. */
export type Fetched = readonly TreeNode[] | 'loading' | 'failed'

export interface TreeRow {
  readonly node: TreeNode
  readonly level: number
  readonly position: number
  readonly setSize: number
  /** Null where nothing lies below. */
  readonly isOpen: boolean | null
  /** What is said in its place below an open node that has no rows yet. */
  readonly wait: 'loading' | 'failed' | null
}

/** The rows on the screen: every node whose parents are open. */
export function rowsOf(
  { roots, below }: CatalogTree,
  open: ReadonlySet<string>,
  fetched: ReadonlyMap<string, Fetched>,
): readonly TreeRow[] {
  const rows: TreeRow[] = []
  const add = (nodes: readonly TreeNode[], level: number): void => {
    for (const [at, node] of nodes.entries()) {
      const canOpen = node.kind !== 'column'
      const isOpen = canOpen ? open.has(node.id) : null
      const own = isOpen === true ? (below.get(node.id) ?? fetched.get(node.id) ?? 'loading') : []
      const wait = typeof own === 'string' ? own : null
      rows.push({ node, level, position: at + 1, setSize: nodes.length, isOpen, wait })
      if (typeof own !== 'string') add(own, level + 1)
    }
  }
  add(roots, 1)
  return rows
}

/** The nodes that are open and whose children have to be fetched, in their order on the screen. */
export const toFetch = (tree: CatalogTree, rows: readonly TreeRow[]): readonly string[] =>
  rows.filter(({ node, isOpen }) => isOpen === true && !tree.below.has(node.id)).map(({ node }) => node.id)

export const nodeOf = ({ id, kind, name, comment, count, type = '', key }: CatalogNode): TreeNode => ({
  id,
  kind,
  name,
  comment: comment ?? '',
  place: '',
  count,
  type,
  key: key ?? null,
})

/** Finds tables by name, then by comment; best first. Made once for a tree, because both lists are long. */
export function makeTableSearch({ entries }: CatalogTree): (query: string) => readonly TreeNode[] {
  const fuzzy = new uFuzzy({ intraMode: 0, interSplit: "[^\\p{L}\\d']+", unicode: true })
  const names = entries.map(({ name, place }) => `${name} ${place}`)
  const comments = entries.map(({ comment }) => comment)
  const find = (texts: string[], query: string): readonly number[] => {
    const [found, info, order] = fuzzy.search(texts, query, 1, mostRanked)
    if (info === null || order === null) return found ?? []
    return order.flatMap((at) => info.idx[at] ?? [])
  }
  return (query) => {
    const byName = find(names, query)
    const isNamed = new Set(byName)
    const byComment = find(comments, query).filter((at) => !isNamed.has(at))
    return [...byName, ...byComment].slice(0, mostHits).flatMap((at) => entries[at] ?? [])
  }
}

/** Hits beyond these are shown unranked, and none beyond the second number: more words find less. */
const mostRanked = 1_000
const mostHits = 500

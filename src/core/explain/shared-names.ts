import { isNode, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { shownName } from './tagged.ts'
import type { NeedsTable } from './words.ts'

/** Which columns of a query a name alone would not tell apart. */
export function sharedNames(query: Tree): NeedsTable {
  const holders = new Map<string, Set<string>>()
  const aliases = new Map<string, Set<string>>()
  const visit = (tree: Tree): void => {
    if (Array.isArray(tree)) tree.forEach(visit)
    if (!isNode(tree)) return
    for (const field in tree) {
      const child = tree[field]
      if (field === 'column' && isNode(child)) note(holders, shownName(child, 'name'), shownName(child, 'table'))
      if (field === 'table' && isNode(child)) noteTable(child)
      visit(child)
    }
  }
  const noteTable = (table: TreeNode): void => {
    const name = shownName(table, 'name')
    if (isNode(table['name'])) note(aliases, name, shownName(table, 'alias') ?? name)
  }
  visit(query)
  const shared = new Set(several(holders).map(([name]) => name))
  const repeated = new Set(several(aliases).flatMap(([, names]) => [...names]))
  return (column, table) => shared.has(column) || repeated.has(table)
}

function note(found: Map<string, Set<string>>, key: string | null, value: string | null): void {
  if (key === null || value === null) return
  const known = found.get(key) ?? new Set()
  found.set(key, known.add(value))
}

const several = (found: ReadonlyMap<string, ReadonlySet<string>>) => [...found].filter(([, values]) => values.size > 1)

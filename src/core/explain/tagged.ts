import { isNode, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { onOneLine } from './words.ts'

/** A node of polyglot's tree: its kind and its fields. */
export interface Tagged {
  readonly tag: string
  readonly node: TreeNode
}

/** The kind and fields of an externally tagged node (`{"sum": {…}}`); null for anything else. */
export function tagged(tree: Tree): Tagged | null {
  if (!isNode(tree)) return null
  const [tag, ...more] = Object.keys(tree)
  if (tag === undefined || more.length > 0) return null
  const inner = tree[tag]
  return isNode(inner) ? { tag, node: inner } : { tag, node: {} }
}

/** The text of an identifier field (`{"name": "ORDERS"}`, plain text, or a node around either); null when there is none. */
export function nameIn(node: TreeNode, field: string): string | null {
  const value = node[field]
  if (typeof value === 'string') return value
  return isNode(value) ? nameIn(value, 'name') : null
}

/** A name as Snowflake stores it: unquoted names in upper case, quoted ones as written and in quotes when they need them. Null when there is none. */
export function shownName(node: TreeNode, field: string): string | null {
  const value = node[field]
  if (typeof value === 'string') return node[`${field}_quoted`] === true ? inQuotes(value) : value.toUpperCase()
  if (!isNode(value)) return null
  const name = value['name']
  if (typeof name !== 'string') return shownName(value, 'name')
  return value['quoted'] === true ? inQuotes(name) : name.toUpperCase()
}

const inQuotes = (name: string): string => (/^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${onOneLine(name)}"`)

/** Fields without meaning for the reader. */
const silent = /comments$|^(?:span|alias_keyword|alias_explicit_as|explicit_asc|original_name)$/

/** The first non-empty field of a node that is not in `said`; null when `said` covers the node. */
export function unsaid(node: TreeNode, said: readonly string[]): string | null {
  for (const field in node) {
    const value = node[field]
    const isBlank =
      value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0)
    if (!isBlank && !said.includes(field) && !silent.test(field)) return field
  }
  return null
}

/** Removes parentheses and comments. */
export function bare(tree: Tree): Tree {
  const found = tagged(tree)
  return found?.tag === 'paren' || found?.tag === 'annotated' ? bare(found.node['this']) : tree
}

/** The parts of a chain of `and` or `or`, in order. */
export function chain(tree: Tree, tag: 'and' | 'or'): readonly Tree[] {
  const inner = bare(tree)
  const found = tagged(inner)
  return found?.tag === tag ? [...chain(found.node['left'], tag), ...chain(found.node['right'], tag)] : [inner]
}

export const isNull = (tree: Tree): boolean => tagged(bare(tree))?.tag === 'null'

/** The literal in a tree, or null. */
export function literal(tree: Tree): { readonly type: string; readonly value: string } | null {
  const found = tagged(bare(tree))
  if (found?.tag !== 'literal') return null
  const { literal_type: type, value } = found.node
  return typeof type === 'string' && typeof value === 'string' ? { type, value } : null
}

/** A syntax tree as the parser returns it: plain JSON. */
export type Tree = null | undefined | boolean | number | string | readonly Tree[] | TreeNode
export interface TreeNode {
  readonly [field: string]: Tree
}

export const isNode = (tree: Tree): tree is TreeNode =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree)

/** The node in a field, or null where there is none. */
export function nodeIn(node: TreeNode, field: string): TreeNode | null {
  const tree = node[field]
  return isNode(tree) ? tree : null
}

export function listIn(node: TreeNode, field: string): readonly Tree[] {
  const tree = node[field]
  return Array.isArray(tree) ? tree : []
}

/** Whether a field is absent, empty or false. */
export function isAbsent(tree: Tree): boolean {
  if (tree === null || tree === undefined || tree === false || tree === '' || tree === 'None') return true
  return Array.isArray(tree) && tree.length === 0
}

import type { Span } from '../../../contract/problem.ts'
import type { OffsetMap } from './offset-map.ts'
import { isNode, nodeIn } from './tree.ts'
import type { Tree, TreeNode } from './tree.ts'
import { fold } from './tree-facts.ts'
import type { NamePart } from './tree-facts.ts'

/** Converts a name of sqlparser's tree. */
export const partOf = (ident: TreeNode): NamePart => ({
  text: typeof ident['value'] === 'string' ? ident['value'] : '',
  quoted: typeof ident['quote_style'] === 'string',
})

/** Returns the identifiers in a list of name parts; null if one of them is computed. */
export function identsIn(parts: readonly Tree[]): readonly TreeNode[] | null {
  const idents: TreeNode[] = []
  for (const part of parts) {
    const ident = isNode(part) ? nodeIn(part, 'Identifier') : null
    if (ident === null) return null
    idents.push(ident)
  }
  return idents
}

/** Returns the span of a name in the source; null for a name that the parser added. */
export function readSpan(ident: TreeNode, offsets: OffsetMap): Span | null {
  const span = nodeIn(ident, 'span')
  const start = nodeIn(span ?? {}, 'start')
  const end = nodeIn(span ?? {}, 'end')
  if (start === null || end === null || start['line'] === 0) return null
  return { start: atLine(start, offsets), end: atLine(end, offsets) }
}

const atLine = (place: TreeNode, offsets: OffsetMap): number =>
  offsets.atLine(Number(place['line']), Number(place['column']))

/** Returns the first span found inside a tree. */
export function firstSpan(tree: Tree, offsets: OffsetMap): Span | null {
  const own = isNode(tree) ? readSpan(tree, offsets) : null
  if (own !== null || typeof tree !== 'object' || tree === null) return own
  for (const child of Object.values(tree)) {
    const span = firstSpan(child, offsets)
    if (span !== null) return span
  }
  return null
}

/** Returns every name inside a tree of names, folded. */
export function namesIn(tree: Tree): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => namesIn(item))
  if (!isNode(tree)) return []
  return typeof tree['value'] === 'string'
    ? [fold(partOf(tree))]
    : Object.values(tree).flatMap((child) => namesIn(child))
}

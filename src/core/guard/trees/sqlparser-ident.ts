import type { Span } from '../../../contract/problem.ts'
import type { OffsetMap } from './offset-map.ts'
import { isNode, nodeIn } from './tree.ts'
import type { Tree, TreeNode } from './tree.ts'
import { fold } from './tree-facts.ts'
import type { NamePart } from './tree-facts.ts'

/** A name in sqlparser's tree. */
export const partOf = (ident: TreeNode): NamePart => ({
  text: typeof ident['value'] === 'string' ? ident['value'] : '',
  quoted: typeof ident['quote_style'] === 'string',
})

/** The names in a list of parts, such as a table's; null where one of them is computed. */
export function identsIn(parts: readonly Tree[]): readonly TreeNode[] | null {
  const idents: TreeNode[] = []
  for (const part of parts) {
    const ident = isNode(part) ? nodeIn(part, 'Identifier') : null
    if (ident === null) return null
    idents.push(ident)
  }
  return idents
}

/** Where a name stands in the source; null for a name that the parser made up. */
export function readSpan(ident: TreeNode, places: OffsetMap): Span | null {
  const span = nodeIn(ident, 'span')
  const start = nodeIn(span ?? {}, 'start')
  const end = nodeIn(span ?? {}, 'end')
  if (start === null || end === null || start['line'] === 0) return null
  return { start: atLine(start, places), end: atLine(end, places) }
}

const atLine = (place: TreeNode, places: OffsetMap): number =>
  places.atLine(Number(place['line']), Number(place['column']))

/** The first place named anywhere inside a tree. */
export function firstSpan(tree: Tree, spanOf: (ident: TreeNode) => Span | null): Span | null {
  if (Array.isArray(tree)) {
    for (const item of tree) {
      const span = firstSpan(item, spanOf)
      if (span !== null) return span
    }
    return null
  }
  if (!isNode(tree)) return null
  return (
    spanOf(tree) ??
    firstSpan(
      Object.values(tree).filter((child) => typeof child === 'object'),
      spanOf,
    )
  )
}

/** Every name inside a tree of names, folded. */
export function namesIn(tree: Tree): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => namesIn(item))
  if (!isNode(tree)) return []
  return typeof tree['value'] === 'string'
    ? [fold(partOf(tree))]
    : Object.values(tree).flatMap((child) => namesIn(child))
}

import type { OffsetMap } from '../guard/trees/offset-map.ts'
import { partOf, readSpan } from '../guard/trees/sqlparser-ident.ts'
import { fold } from '../guard/trees/tree-facts.ts'
import { isNode, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import type { Clause, PartKind, QueryPart, TextSpan } from './query-parts.ts'
import type { SqlText } from './sql-text.ts'

/** The walk's place in the tree. */
export interface Place {
  readonly clause: Clause
  readonly level: number
  /** The spans of what the SELECT shows, for positions and aliases in GROUP BY and ORDER BY. */
  readonly shown: readonly Shown[]
}
export interface Shown {
  readonly span: TextSpan
  readonly alias: string | null
}

export interface Walk {
  readonly parts: QueryPart[]
  readonly text: SqlText
  readonly offsets: OffsetMap
  levels: number
  /** Visits a tree and returns the span of the names and literals in it. */
  readonly visit: (walk: Walk, tree: Tree, place: Place) => TextSpan | null
}

/** Adds a part at a place. */
export function add(
  { parts }: Walk,
  kind: PartKind,
  name: string,
  { from, to }: TextSpan,
  { clause, level }: Place,
  more: Pick<QueryPart, 'qualifier' | 'refers'> = {},
): void {
  parts.push({ kind, name, from, to, clause, level, ...more })
}

export const union = (spans: readonly (TextSpan | null)[]): TextSpan | null =>
  spans.reduce(
    (whole, span) =>
      whole === null || span === null
        ? (whole ?? span)
        : { from: Math.min(whole.from, span.from), to: Math.max(whole.to, span.to) },
    null,
  )

/** Reads one kind of node or field. */
export type Visitor = (walk: Walk, tree: Tree, place: Place, parent: TreeNode) => TextSpan | null

/** The identifiers of a dotted name: `[{"Identifier": …}, …]`. */
export const nameSpans = (walk: Walk, name: Tree) =>
  (Array.isArray(name) ? (name as readonly Tree[]) : []).flatMap((part) => {
    const ident = isNode(part) ? nodeIn(part, 'Identifier') : null
    const span = ident === null ? null : readSpan(ident, walk.offsets)
    return ident === null || span === null ? [] : [{ name: fold(partOf(ident)), from: span.start, to: span.end }]
  })

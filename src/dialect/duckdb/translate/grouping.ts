import { bodyIf, cannotRun, listOf, type Node, tagged } from './syntax.ts'
import type { Translator } from './translator.ts'

/** ` GROUP BY …`, or nothing. */
export function groupBy(node: Node, t: Translator): string {
  const [tag, body] = tagged(node)
  if (tag === 'All') {
    if (listOf(body).length > 0) throw cannotRun('GROUP BY ALL with modifiers')
    return ' GROUP BY ALL'
  }
  const [expressions, modifiers] = listOf(body)
  if (tag !== 'Expressions' || listOf(modifiers).length > 0) throw cannotRun('GROUP BY with modifiers')
  const items = listOf(expressions).map((item) => groupItem(item, t))
  return items.length === 0 ? '' : ` GROUP BY ${items.join(', ')}`
}

const set = (nodes: Node, t: Translator): string =>
  `(${listOf(nodes)
    .map((node) => t.expr(node).text)
    .join(', ')})`

function groupItem(node: Node, t: Translator): string {
  const rollup = bodyIf(node, 'Rollup') ?? bodyIf(node, 'Cube')
  if (rollup !== undefined) {
    const keyword = bodyIf(node, 'Rollup') === undefined ? 'CUBE' : 'ROLLUP'
    const entries = listOf(rollup).map((entry) =>
      listOf(entry).length === 1 ? t.expr(listOf(entry)[0]).text : set(entry, t),
    )
    return `${keyword} (${entries.join(', ')})`
  }
  const sets = bodyIf(node, 'GroupingSets')
  if (sets !== undefined)
    return `GROUPING SETS (${listOf(sets)
      .map((entry) => set(entry, t))
      .join(', ')})`
  return t.expr(node).text
}

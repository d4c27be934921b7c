import { isNode, type Tree } from '../guard/trees/tree.ts'
import { listed } from '../sentences.ts'
import { bare, literal, shownName, tagged } from './tagged.ts'
import type { Speech } from './words.ts'

/**
 * Sort keys in words; null when there are none. `shown` are the SELECT's expressions, for positions such as the 2 of `ORDER BY 2`. Where
 * a key may be NULL, the sentence says where NULLs stand: by Snowflake's default last, and first in a descending order.
 */
export function sayOrder(keys: readonly Tree[], speech: Speech, shown: readonly Tree[] = []): string | null {
  const said = keys.filter(isNode).map((key) => {
    const isDescending = key['desc'] === true
    const written = key['nulls_first']
    const isFirst = typeof written === 'boolean' ? written : isDescending
    const { words, isNullable } = sayKey(key['this'], speech, shown)
    const nulls = isNullable || typeof written === 'boolean' ? `, missing values ${isFirst ? 'first' : 'last'}` : ''
    return `${words} (${isDescending ? 'largest' : 'smallest'} first${nulls})`
  })
  return said.length === 0 ? null : listed(said, 'then')
}

function sayKey(tree: Tree, speech: Speech, shown: readonly Tree[]): { words: string; isNullable: boolean } {
  const position = literal(bare(tree))
  if (position?.type !== 'number') return { words: speech.expression(tree), isNullable: speech.facts.mayBeNull(tree) }
  const index = Number(position.value) - 1
  const meant = shown.slice(0, index + 1).some((one) => tagged(one)?.tag === 'star') ? undefined : shown[index]
  return meant === undefined
    ? { words: `column ${position.value}`, isNullable: true }
    : { words: aliasOf(meant) ?? speech.expression(meant), isNullable: speech.facts.mayBeNull(meant) }
}

function aliasOf(shown: Tree): string | null {
  const found = tagged(shown)
  return found?.tag === 'alias' ? shownName(found.node, 'alias') : null
}

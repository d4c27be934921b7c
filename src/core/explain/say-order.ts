import { isNode, type Tree } from '../guard/trees/tree.ts'
import { bare, literal } from './tagged.ts'
import { listed, type Speech } from './words.ts'

/** Sort keys in words, `selected` standing for positions such as the 2 of `ORDER BY 2`; null where there are none. */
export function sayOrder(keys: readonly Tree[], speech: Speech, selected: readonly string[] = []): string | null {
  const said = keys.filter(isNode).map((key) => {
    const direction = key['desc'] === true ? 'largest first' : 'smallest first'
    const nulls = typeof key['nulls_first'] === 'boolean' ? `, NULLs ${key['nulls_first'] ? 'first' : 'last'}` : ''
    return `${sayKey(key['this'], speech, selected)} (${direction}${nulls})`
  })
  return said.length === 0 ? null : listed(said, 'then')
}

function sayKey(tree: Tree, speech: Speech, selected: readonly string[]): string {
  const position = literal(bare(tree))
  if (position?.type === 'number') return selected[Number(position.value) - 1] ?? `column ${position.value}`
  return speech.expression(tree)
}

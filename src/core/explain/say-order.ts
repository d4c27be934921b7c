import type { ColumnKindOfType } from '../catalog/catalog.ts'
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
    const { words, isNullable, tree } = sayKey(key['this'], speech, shown)
    const nulls = isNullable || typeof written === 'boolean' ? `, missing values ${isFirst ? 'first' : 'last'}` : ''
    const isYear = /^the (?:[\w ]+ )?year\b/.test(words)
    const [rising, falling] = isYear ? days : (directions[speech.facts.kindOf(tree) ?? 'number'] ?? numbers)
    // Rows stand in order of months as they do in order of the days that these begin with.
    return `${words.replace(/^the start of (?=the \w+ of )/, '')} (${isDescending ? falling : rising}${nulls})`
  })
  return said.length === 0 ? null : listed(said, 'then')
}

const numbers = ['smallest first', 'largest first'] as const
const days = ['earliest first', 'latest first'] as const
const directions: Readonly<Partial<Record<ColumnKindOfType, readonly [rising: string, falling: string]>>> = {
  date: days,
  timestamp: days,
  text: ['A to Z', 'Z to A'],
}

interface Key {
  readonly words: string
  readonly isNullable: boolean
  /** What is sorted by. */
  readonly tree: Tree
}

function sayKey(tree: Tree, speech: Speech, shown: readonly Tree[]): Key {
  const position = literal(bare(tree))
  if (position?.type !== 'number')
    return { words: speech.expression(tree), isNullable: speech.facts.mayBeNull(tree), tree }
  const index = Number(position.value) - 1
  const meant = shown.slice(0, index + 1).some((one) => tagged(one)?.tag === 'star') ? undefined : shown[index]
  return meant === undefined
    ? { words: `column ${position.value}`, isNullable: true, tree: null }
    : {
        words: aliasOf(meant, speech) ?? speech.expression(meant),
        isNullable: speech.facts.mayBeNull(meant),
        tree: meant,
      }
}

function aliasOf(shown: Tree, speech: Speech): string | null {
  const found = tagged(shown)
  const name = found?.tag === 'alias' ? shownName(found.node, 'alias') : null
  const words = name === null ? null : speech.names.alias(name)
  return words === null ? name : `the ${words}`
}

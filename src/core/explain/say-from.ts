import { sayCondition } from './say-condition.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { nameIn, tagged } from './tagged.ts'
import { code, listed, type Speech } from './words.ts'

/** The tables of a query and how they are joined, in words. */
export function sayFrom(select: TreeNode, speech: Speech): readonly string[] {
  const from = nodeIn(select, 'from')
  if (from === null) return []
  const sources = listIn(from, 'expressions').map((source) => sayTable(source, speech))
  const joins = listIn(select, 'joins').filter(isNode)
  const crossed = sources.length > 1 ? ', every row with every row' : ''
  return [`reads ${listed(sources)}${crossed}`, ...joins.map((join) => sayJoin(join, speech))]
}

/** A table in words: its own name, an alias beside it where the alias says more. */
export function sayTable(source: Tree, speech: Speech): string {
  const found = tagged(source)
  if (found?.tag === 'table' && nameIn(found.node, 'name') !== null)
    return nameIn(found.node, 'name')?.toUpperCase() ?? ''
  if (found?.tag === 'subquery') {
    const alias = nameIn(found.node, 'alias')
    return alias === null ? 'a subquery' : `a subquery called ${alias.toUpperCase()}`
  }
  return code(speech.print(source))
}

const kinds: Readonly<Record<string, readonly [verb: string, kept: (table: string) => string]>> = {
  Inner: ['joins', () => ''],
  Left: ['joins', (table) => `, keeping rows that have no match in ${table}`],
  Right: ['joins', (table) => `, keeping rows of ${table} that have no match`],
  Full: ['joins', () => ', keeping rows without a match on either side'],
  Cross: ['joins every row with every row of', () => ''],
  Natural: ['joins', () => ' on all columns of the same name'],
}

function sayJoin(join: TreeNode, speech: Speech): string {
  const table = sayTable(join['this'], speech)
  const kind = kinds[typeof join['kind'] === 'string' ? join['kind'] : '']
  if (kind === undefined) return `joins ${table} in a way best read in the SQL`
  const [verb, kept] = kind
  const using = listIn(join, 'using')
    .filter(isNode)
    .map((column) => nameIn(column, 'name')?.toUpperCase() ?? '')
  const where = isNode(join['on'])
    ? ` where ${sayCondition(join['on'], speech)}`
    : using.length > 0
      ? ` where ${listed(using)} ${using.length === 1 ? 'is' : 'are'} the same`
      : ''
  return `${verb} ${table}${where}${kept(table)}`
}

import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { nameIn, shownName, tagged, unsaid } from './tagged.ts'
import { code, listed, subquery, type Speech } from './words.ts'

/** The tables of a query and how they are joined, in words. */
export function sayFrom(select: TreeNode, speech: Speech): readonly string[] {
  const from = nodeIn(select, 'from')
  if (from === null) return []
  const sources = listIn(from, 'expressions').map((source) => sayTable(source, speech))
  const joins = listIn(select, 'joins').filter(isNode)
  const allowed = isNode(select['where_clause']) ? ' that the conditions allow' : ''
  const isCrossed = listIn(from, 'expressions').filter((source) => !isLateral(source)).length > 1
  const crossed = isCrossed ? `, every row with every row${allowed}` : ''
  return [`reads ${listed(sources)}${crossed}`, ...joins.map((join) => sayJoin(join, speech))]
}

/** What is taken from each row of the tables before it. */
function isLateral(source: Tree): boolean {
  const found = tagged(source)
  const inner = found?.tag === 'alias' ? tagged(found.node['this']) : found
  return inner?.tag === 'lateral' || inner?.node['lateral'] === true
}

/** A table in words: its own name, its alias beside it; a subquery by its alias, said in full later. */
export function sayTable(source: Tree, speech: Speech): string {
  const found = tagged(source)
  const said = found === null ? null : wordsOf(found.tag, found.node, speech)
  return said ?? code(speech.print(source))
}

function wordsOf(tag: string, node: TreeNode, speech: Speech): string | null {
  if (tag === 'table') return sayNamed(node)
  if (tag === 'subquery') return saySubquery(node, speech)
  const [inner, alias] = tag === 'alias' ? [tagged(node['this']), shownName(node, 'alias')] : [{ tag, node }, null]
  if (inner?.tag !== 'lateral') return null
  const elements = sayElements(inner.node, speech)
  const called = alias ?? shownName(inner.node, 'alias')
  return elements === null ? null : `${elements}${called === null ? '' : ` (as ${called})`}`
}

const namedFields = ['name', 'schema', 'catalog', 'alias', 'column_aliases']

function sayNamed(node: TreeNode): string | null {
  const name = shownName(node, 'name')
  if (name === null || unsaid(node, namedFields) !== null) return null
  const alias = shownName(node, 'alias')
  return `${name}${alias === null || alias === name ? '' : ` (as ${alias})`}${columnsIn(node)}`
}

function columnsIn(node: TreeNode): string {
  const names = listIn(node, 'column_aliases').flatMap((name) =>
    isNode(name) ? [shownName({ name }, 'name') ?? ''] : [],
  )
  return names.length === 0 ? '' : ` with the columns ${listed(names)}`
}

function saySubquery(node: TreeNode, speech: Speech): string | null {
  const lateral = node['lateral'] === true ? ' for each row' : ''
  if (unsaid(node, ['this', 'alias', 'column_aliases', 'lateral', 'modifiers_inside']) !== null) return null
  const alias = shownName(node, 'alias')
  if (alias === null) return `${subquery(node['this'], speech)}${columnsIn(node)}${lateral}`
  return `the subquery ${subquery(node['this'], speech, alias)}${columnsIn(node)}${lateral}`
}

/** `LATERAL FLATTEN(INPUT => x)` without further arguments. */
function sayElements(node: TreeNode, speech: Speech): string | null {
  const call = nodeIn(nodeIn(node, 'this') ?? {}, 'function')
  if (call === null || nameIn(call, 'name')?.toUpperCase() !== 'FLATTEN' || unsaid(node, ['this', 'alias']) !== null)
    return null
  const [argument, ...more] = listIn(call, 'args')
  const named = tagged(argument)?.tag === 'named_argument' ? tagged(argument) : null
  if (
    argument === undefined ||
    more.length > 0 ||
    (named !== null && nameIn(named.node, 'name')?.toUpperCase() !== 'INPUT')
  )
    return null
  return `each element of ${speech.expression(named?.node['value'] ?? argument)}`
}

const outer = {
  Left: (table: string) => `, keeping rows that have no match in ${table}`,
  Right: (table: string) => `, keeping rows of ${table} that have no match`,
  Full: () => ', keeping rows without a match on either side',
}
const kinds: Readonly<Record<string, { readonly natural: boolean; readonly kept: (table: string) => string }>> = {
  Inner: { natural: false, kept: () => '' },
  Left: { natural: false, kept: outer.Left },
  Right: { natural: false, kept: outer.Right },
  Full: { natural: false, kept: outer.Full },
  Natural: { natural: true, kept: () => '' },
  NaturalLeft: { natural: true, kept: outer.Left },
  NaturalRight: { natural: true, kept: outer.Right },
  NaturalFull: { natural: true, kept: outer.Full },
}
const joinFields = [
  'this',
  'on',
  'using',
  'kind',
  'use_inner_keyword',
  'use_outer_keyword',
  'nesting_group',
  'directed',
]

function sayJoin(join: TreeNode, speech: Speech): string {
  const table = sayTable(join['this'], speech)
  const kind = typeof join['kind'] === 'string' ? join['kind'] : ''
  const known = kinds[kind]
  const isOther = unsaid(join, joinFields) !== null
  if (kind === 'Cross' && !isOther) return `joins every row with every row of ${table}`
  if (known === undefined || isOther)
    return `joins ${table} in a way best read in the SQL (${kind || 'another kind of join'})`
  const where = known.natural ? ' on all columns of the same name' : sayMatch(join, speech)
  return where === null
    ? `joins every row with every row of ${table}`
    : `joins ${table}${where}${known.kept(shortName(join['this'], table))}`
}

function sayMatch(join: TreeNode, speech: Speech): string | null {
  const using = listIn(join, 'using').flatMap((column) =>
    isNode(column) ? [shownName({ column }, 'column') ?? ''] : [],
  )
  const always = tagged(join['on'])
  if (always?.tag === 'boolean' && always.node['value'] === true) return ''
  if (isNode(join['on'])) return ` where ${speech.condition(join['on'])}`
  return using.length === 0 ? null : ` where ${listed(using)} ${using.length === 1 ? 'is' : 'are'} the same`
}

/** What a table is called in the rest of a sentence. */
const shortName = (source: Tree, said: string): string => {
  const node = tagged(source)?.node ?? {}
  return shownName(node, 'alias') ?? shownName(node, 'name') ?? said
}

import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, chain, nameIn, shownName, tagged, unsaid } from './tagged.ts'
import { listed } from '../sentences.ts'
import { code, subquery, type Speech } from './words.ts'

/** The tables of a query and how they are joined, in words. */
export function sayFrom(select: TreeNode, speech: Speech): readonly string[] {
  const from = nodeIn(select, 'from')
  if (from === null) return []
  const sources = listIn(from, 'expressions').map((source) => sayTable(source, speech))
  const joins = listIn(select, 'joins').filter(isNode)
  const condition = nodeIn(select, 'where_clause')?.['this']
  const allowed = isNode(select['where_clause']) ? ' that the conditions allow' : ''
  const isCrossed = listIn(from, 'expressions').filter((source) => !isLateral(source)).length > 1
  const crossed = isCrossed ? `, every row with every row${allowed}` : ''
  const before = listIn(from, 'expressions')
  return [
    `reads ${listed(sources)}${crossed}`,
    ...joins.map((join, index) => {
      const earlier = [...before, ...joins.slice(0, index).map((one) => one['this'])]
      const later = joins
        .slice(index + 1)
        .filter(({ kind }) => kind === 'Inner')
        .map((one) => one['on'])
      return sayJoin(join, { earlier, conditions: [condition, ...later].flatMap((one) => chain(one, 'and')) }, speech)
    }),
  ]
}

/** The names by which a SELECT calls what it reads. */
export function aliasesOf(select: TreeNode): readonly string[] {
  const joined = listIn(select, 'joins').flatMap((join) => (isNode(join) ? [join['this']] : []))
  return [...listIn(nodeIn(select, 'from') ?? {}, 'expressions'), ...joined].map((source) => shortName(source, ''))
}

/** Whether a source is lateral: computed from each row of the tables before it. */
function isLateral(source: Tree): boolean {
  const found = tagged(source)
  const inner = found?.tag === 'alias' ? tagged(found.node['this']) : found
  return inner?.tag === 'lateral' || inner?.node['lateral'] === true
}

/** A table in words: its name and alias; a subquery by its label, described in full later. */
export function sayTable(source: Tree, speech: Speech): string {
  const found = tagged(source)
  const said = found === null ? null : wordsOf(found.tag, found.node, speech)
  return said ?? code(speech.print(source))
}

function wordsOf(tag: string, node: TreeNode, speech: Speech): string | null {
  if (tag === 'table') return sayNamed(node, speech)
  if (tag === 'subquery') return saySubquery(node, speech)
  const [inner, alias] = tag === 'alias' ? [tagged(node['this']), shownName(node, 'alias')] : [{ tag, node }, null]
  if (inner?.tag !== 'lateral') return null
  const elements = sayElements(inner.node, speech)
  const called = alias ?? shownName(inner.node, 'alias')
  return elements === null ? null : `${elements}${called === null ? '' : ` (as ${called})`}`
}

const namedFields = ['name', 'schema', 'catalog', 'alias', 'column_aliases']

/** A stored table: its rows in words, with its name where that is not the same word and with its alias where the table is read twice. */
function sayNamed(node: TreeNode, speech: Speech): string | null {
  const name = shownName(node, 'name')
  if (name === null || unsaid(node, namedFields) !== null) return null
  const alias = shownName(node, 'alias')
  const rows = speech.names.rows(alias ?? name)
  if (rows !== null && columnsIn(node) === '') {
    const asAlias = alias !== null && alias !== name && speech.facts.needsTable('', alias) ? `, as ${alias}` : ''
    return rows.toUpperCase() === name && asAlias === '' ? rows : `${rows} (${name}${asAlias})`
  }
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

const joinKinds: Readonly<
  Record<string, { readonly natural: boolean; readonly keeps: 'none' | 'left' | 'right' | 'both' }>
> = {
  Inner: { natural: false, keeps: 'none' },
  Left: { natural: false, keeps: 'left' },
  Right: { natural: false, keeps: 'right' },
  Full: { natural: false, keeps: 'both' },
  Natural: { natural: true, keeps: 'none' },
  NaturalLeft: { natural: true, keeps: 'left' },
  NaturalRight: { natural: true, keeps: 'right' },
  NaturalFull: { natural: true, keeps: 'both' },
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

/** The tables before a join, and the conditions that its rows must meet afterwards. */
interface JoinContext {
  readonly earlier: readonly Tree[]
  readonly conditions: readonly Tree[]
}

function sayJoin(join: TreeNode, context: JoinContext, speech: Speech): string {
  const table = sayTable(join['this'], speech)
  const kind = typeof join['kind'] === 'string' ? join['kind'] : ''
  const known = joinKinds[kind]
  const isOther = unsaid(join, joinFields) !== null
  if (kind === 'Cross' && !isOther) return `joins every row with every row of ${table}`
  if (known === undefined || isOther)
    return `joins ${table} in a way best read in the SQL (${kind || 'another kind of join'})`
  const where = known.natural ? ' on all columns of the same name' : sayMatch(join, speech)
  if (where === null) return `joins every row with every row of ${table}`
  return `joins ${table}${where}${sayKept(known.keeps, join['this'], { said: table, context }, speech)}`
}

/** Which rows an outer join keeps without a match, unless a later condition drops them again. */
function sayKept(
  keeps: 'none' | 'left' | 'right' | 'both',
  joined: Tree,
  { said, context: { earlier, conditions } }: { readonly said: string; readonly context: JoinContext },
  speech: Speech,
): string {
  if (keeps === 'none') return ''
  const alias = shortName(joined, said)
  const table = speech.names.rows(alias) ?? alias
  const dropsUnmatched = conditions.some((one) => rejectsNull(one, [joined]))
  const dropsJoined = conditions.some((one) => rejectsNull(one, earlier))
  if (keeps === 'left')
    return dropsUnmatched
      ? `; a later condition leaves out the rows that have no match in ${table}`
      : `, keeping rows that have no match in ${table}`
  if (keeps === 'right')
    return dropsJoined
      ? `; a later condition leaves out the rows of ${table} that have no match`
      : `, keeping rows of ${table} that have no match`
  const dropped = [
    ...(dropsUnmatched ? [`the rows that have no match in ${table}`] : []),
    ...(dropsJoined ? [`the rows of ${table} that have no match`] : []),
  ]
  const rest = dropped.length === 0 ? '' : `; a later condition leaves out ${listed(dropped)}`
  return `, keeping rows without a match on either side${rest}`
}

const nullRejecting = new Set('eq neq gt gte lt lte between in like i_like starts_with ends_with contains'.split(' '))
/** Functions that can turn NULL into a value. */
const nullHandling = /"(?:coalesce|nvl|nvl2|case|if_func|is_null|null_safe_eq|null_safe_neq|function|or)":/

/** Whether a condition cannot be true when all columns of some tables are NULL. Only qualified columns are recognised. */
function rejectsNull(condition: Tree, tables: readonly Tree[]): boolean {
  const found = tagged(bare(condition))
  if (found === null) return false
  const isTest = nullRejecting.has(found.tag) || (found.tag === 'is_null' && found.node['not'] === true)
  const { this: subject, left, right } = found.node
  const operands = [subject, left, right].filter(isNode)
  if (!isTest || operands.some((operand) => nullHandling.test(JSON.stringify(operand)))) return false
  const names = new Set(tables.map((table) => shortName(table, '')))
  return operands.some((operand) => qualifiersIn(operand).some((qualifier) => names.has(qualifier)))
}

/** The tables that the columns of an expression are qualified with. */
function qualifiersIn(tree: Tree): readonly string[] {
  if (Array.isArray(tree)) return (tree as readonly Tree[]).flatMap(qualifiersIn)
  if (!isNode(tree)) return []
  const column = nodeIn(tree, 'column')
  if (column !== null) return shownName(column, 'table') === null ? [] : [shownName(column, 'table') ?? '']
  return Object.values(tree).flatMap(qualifiersIn)
}

function sayMatch(join: TreeNode, speech: Speech): string | null {
  const using = listIn(join, 'using').flatMap((column) =>
    isNode(column) ? [shownName({ column }, 'column') ?? ''] : [],
  )
  const same = sameColumns(join['on'], speech)
  if (same !== null) return ` with the same ${listed(same)}`
  const always = tagged(join['on'])
  if (always?.tag === 'boolean' && always.node['value'] === true) return ''
  if (isNode(join['on'])) return ` where ${speech.condition(join['on'])}`
  return using.length === 0 ? null : ` where ${listed(using)} ${using.length === 1 ? 'is' : 'are'} the same`
}

/** The columns that a join compares, where each is called alike on both sides: `L_ORDERKEY = O_ORDERKEY`. */
function sameColumns(condition: Tree, speech: Speech): readonly string[] | null {
  const words = chain(condition, 'and').map((part) => {
    const found = tagged(bare(part))
    const sides = [found?.node['left'], found?.node['right']].map((side) => tagged(bare(side)))
    const [left, right] = sides.map((side) => (side?.tag === 'column' ? speech.names.bareColumn(side.node) : null))
    return found?.tag === 'eq' && left === right ? (left ?? null) : null
  })
  return words.length > 0 && words.every((one) => one !== null) ? words : null
}

/** The name by which a table is called in the rest of a sentence. */
const shortName = (source: Tree, said: string): string => {
  const node = tagged(source)?.node ?? {}
  return shownName(node, 'alias') ?? shownName(node, 'name') ?? said
}

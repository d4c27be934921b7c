import { tableFunction } from '../functions/table-functions.ts'
import { type EmittedRelation, aliasOf, aliasText, type Alias, shown, shownOfSome } from './aliases.ts'
import { asCondition } from './coercions.ts'
import { declaredColumns } from './declared-columns.ts'
import { type OutputColumn, spelled } from './emitted.ts'
import { nameOf, ownName, quoted, systemRelation } from './identifiers.ts'
import { pivot, unpivot } from './pivot.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged, integerLiteral, textOf } from './syntax.ts'
import { type EmittedQuery, type Relation, sharedColumns, type Translator } from './translator.ts'
import { valuesQuery } from './values.ts'

/** A FROM clause, and what it brings in sight. */
interface From {
  readonly text: string
  readonly relations: readonly Relation[]
}

/** ` FROM a JOIN b ON …, LATERAL …`, or nothing. Each part sees the parts before it. */
export function fromClause(nodes: readonly Node[], t: Translator): From {
  const relations: Relation[] = []
  const texts = nodes.map((node) => {
    const made = tableWithJoins(node, t, relations)
    relations.push(...made.relations)
    return made.text
  })
  return { text: texts.length === 0 ? '' : ` FROM ${texts.join(', ')}`, relations }
}

/** What a lateral part of the clause may read: the relations before it. */
const seeing = (t: Translator, relations: readonly Relation[]): Translator =>
  t.inside({ relations, aliases: new Map(), parent: t.scope.relations.length > 0 ? t.scope : t.scope.parent })

/** A table and what is joined to it. */
export function tableWithJoins(node: Node, t: Translator, before: readonly Relation[]): From {
  const parts = fields(node, 'FROM', ['relation', 'joins'])
  const first = relation(parts['relation'], seeing(t, before), t, tableWithJoins)
  let text = first.text
  const relations = [...first.relations]
  for (const join of listOf(parts['joins'])) {
    const made = joined(join, t, before, relations)
    text += made.text
    relations.push(...made.relations)
  }
  return { text, relations }
}

function joined(node: Node, t: Translator, before: readonly Relation[], left: readonly Relation[]): From {
  const parts = fields(node, 'JOIN', ['relation', 'global', 'join_operator'])
  const right = relation(parts['relation'], seeing(t, [...before, ...left]), t, tableWithJoins)
  const [operator, constraint] = tagged(parts['join_operator'])
  const both = seeing(t, [...before, ...left, ...right.relations])
  if (operator === 'AsOf') return { text: asOf(constraint, right, both), relations: right.relations }
  const kind = kinds[operator]
  if (kind === undefined) throw cannotRun(`a join of the kind ${operator}`)
  const shared = mergedNames(constraint, left, right.relations)
  const relations = shared === undefined ? right.relations : right.relations.map((one) => ({ ...one, merged: shared }))
  return { text: ` ${joinText(kind, constraint, left, right, both)}`, relations }
}

/** The columns that a join shows once: undefined where it shows all, null where they are not known. */
function mergedNames(
  constraint: Node,
  left: readonly Relation[],
  right: readonly Relation[],
): readonly string[] | null | undefined {
  if (constraint === 'Natural') {
    if (![...left, ...right].every((relation) => relation.complete)) return null
    return sharedColumns(columnsIn(left), columnsIn(right), 'NATURAL JOIN').map(({ name }) => name)
  }
  const using = optional(constraint) === null ? undefined : bodyIf(constraint, 'Using')
  if (using === undefined) return undefined
  return listOf(using).map((path) => nameOf(bodyIf(listOf(path)[0], 'Identifier')))
}

const columnsIn = (relations: readonly Relation[]): readonly OutputColumn[] =>
  relations.flatMap((relation) => relation.known)

const kinds: Readonly<Record<string, string>> = {
  Join: 'JOIN',
  Inner: 'JOIN',
  Left: 'LEFT JOIN',
  LeftOuter: 'LEFT JOIN',
  Right: 'RIGHT JOIN',
  RightOuter: 'RIGHT JOIN',
  FullOuter: 'FULL JOIN',
  CrossJoin: 'CROSS JOIN',
}

function joinText(
  kind: string,
  constraint: Node,
  left: readonly Relation[],
  right: EmittedRelation,
  t: Translator,
): string {
  const side = right.lateral ? `LATERAL ${right.text}` : right.text
  if (optional(constraint) === null) {
    if (kind !== 'JOIN' && kind !== 'CROSS JOIN') {
      if (right.lateral) return `${kind} ${side} ON TRUE`
      throw cannotRun(`${kind} without a condition`)
    }
    return `CROSS JOIN ${side}`
  }
  if (constraint === 'Natural') return `NATURAL ${kind} ${side}`
  const on = bodyIf(constraint, 'On')
  if (on !== undefined) return `${kind} ${side} ON ${asCondition(t.expr(on)).text}`
  return `${kind} ${side} USING (${usingNames(constraint, left, right.relations).join(', ')})`
}

/** The columns of USING, which must be called the same on both sides in DuckDB too. */
function usingNames(constraint: Node, left: readonly Relation[], right: readonly Relation[]): readonly string[] {
  const paths = listOf(bodyIf(constraint, 'Using')).map(listOf)
  if (paths.length === 0) throw cannotRun('this join condition')
  return paths.map(([only, ...rest]) => {
    if (rest.length > 0) throw cannotRun('USING a qualified name')
    const name = nameOf(bodyIf(only, 'Identifier'))
    const texts = [left, right].flatMap((side) => {
      const column = columnsIn(side).find((candidate) => candidate.name === name)
      return column === undefined ? [] : [spelled(column)]
    })
    if (new Set(texts).size > 1) throw cannotRun(`USING (${name}) of a column named by the query`)
    return texts[0] ?? quoted(name)
  })
}

/** `ASOF JOIN … MATCH_CONDITION (…)`: keeps every row of the left side. */
function asOf(node: Node, right: EmittedRelation, t: Translator): string {
  const { match_condition: match, constraint } = fields(node, 'ASOF JOIN', ['match_condition', 'constraint'])
  const on = bodyIf(constraint, 'On')
  if (on === undefined && optional(constraint) !== null) throw cannotRun('ASOF JOIN with USING')
  const equal = on === undefined ? '' : `${t.expr(on).text} AND `
  return ` ASOF LEFT JOIN ${right.text} ON ${equal}${t.expr(match).text}`
}

type Joins = (
  node: Node,
  t: Translator,
  before: readonly Relation[],
) => { readonly text: string; readonly relations: readonly Relation[] }

const known = (name: string | null, columns: readonly OutputColumn[], complete: boolean): Relation => ({
  name,
  known: columns,
  complete,

  rowNumber: null,
})

/** A table, subquery, table function, … `lateral` sees the entries before it, `outer` does not. */
export function relation(node: Node, lateral: Translator, outer: Translator, joins: Joins): EmittedRelation {
  const [tag, body] = tagged(node)
  switch (tag) {
    case 'Table':
      return table(body, lateral)
    case 'Derived':
      return derived(body, lateral, outer)
    case 'Function':
    case 'TableFunction':
      return tableFunction(tag, body, lateral)
    case 'NestedJoin': {
      const { table_with_joins: inner, alias } = fields(body, 'a join', ['table_with_joins', 'alias'])
      if (optional(alias) !== null) throw cannotRun('an alias on a join')
      const made = joins(inner, outer, [])
      return { text: `(${made.text})`, relations: made.relations, lateral: false }
    }
    case 'Pivot':
    case 'Unpivot': {
      const { table: source } = body as { readonly table: Node }
      const made = relation(source, lateral, outer, joins)
      return tag === 'Pivot' ? pivot(body, made, outer) : unpivot(body, made)
    }
    default:
      throw cannotRun(`${tag} in FROM`)
  }
}

function table(node: Node, t: Translator): EmittedRelation {
  const parts = fields(node, 'a table', ['name', 'alias', 'sample'])
  const path = listOf(parts['name']).map((part) => {
    const identifier = bodyIf(part, 'Identifier')
    if (identifier === undefined) throw cannotRun('this table name')
    return nameOf(identifier)
  })
  const alias = aliasOf(parts['alias'])
  const name = path.at(-1) ?? ''
  const cte = path.length === 1 ? t.scope.ctes.get(name) : undefined
  const columns = cte === undefined ? declaredColumns(path, t.declared) : cte.columns
  const text = `${tableName(path, cte !== undefined, columns !== null, t)}${aliasText(alias)}${sampleText(parts['sample'])}`
  const named = columns === null ? shownOfSome(cte?.known ?? [], alias) : shown(columns, alias)
  const relation = known(alias.name ?? name, named, columns !== null)
  return { text, relations: [{ ...relation, stored: cte === undefined && alias.name === null }], lateral: false }
}

/** A table's name in DuckDB's quotes. Two parts lie in the declared database; a name that DuckDB keeps for itself is written in full. */
function tableName(path: readonly string[], isCte: boolean, isDeclared: boolean, t: Translator): string {
  const [only = '', ...others] = path
  if (isCte) return ownName(only)
  const { database, schema } = t.declared
  if (database !== null && path.length === 2) return [database, ...path].map(quoted).join('.')
  if (database !== null && schema !== null && others.length === 0 && isDeclared && systemRelation.test(only))
    return [database, schema, only].map(quoted).join('.')
  return path.map(quoted).join('.')
}

/** `SAMPLE (10)` is a percentage of rows, `SAMPLE (10 ROWS)` a number of them. */
function sampleText(node: Node): string {
  if (optional(node) === null) return ''
  const sample = fields(bodyIf(node, 'AfterTableAlias') ?? bodyIf(node, 'BeforeTableAlias'), 'SAMPLE', [
    'modifier',
    'name',
    'quantity',
  ])
  const method = optional(sample['name'])
  if (method !== null && !['Bernoulli', 'Row'].includes(textOf(method, 'SAMPLE')))
    throw cannotRun(`SAMPLE ${textOf(method, '')}`)
  const { value, unit } = fields(sample['quantity'], 'SAMPLE', ['parenthesized', 'value', 'unit'])
  const amount = integerLiteral(value)
  if (amount === null) throw cannotRun('SAMPLE of a computed size')
  return optional(unit) === 'Rows' ? ` TABLESAMPLE reservoir(${amount} ROWS)` : ` TABLESAMPLE bernoulli(${amount}%)`
}

function derived(node: Node, lateral: Translator, outer: Translator): EmittedRelation {
  const parts = fields(node, 'a subquery', ['lateral', 'subquery', 'alias', 'sample'])
  const alias = aliasOf(parts['alias'])
  const isLateral = parts['lateral'] === true
  const rows = bodyIf((parts['subquery'] as { readonly body?: Node }).body, 'Values')
  const q = queryIn(parts['subquery'], rows, alias, isLateral ? lateral : outer)
  const columns = q.columns === null ? shownOfSome(q.known, alias) : shown(q.columns, alias)
  const text = `(${q.text})${aliasText(alias)}${sampleText(parts['sample'])}`
  return { text, relations: [known(alias.name, columns, q.columns !== null)], lateral: isLateral }
}

function queryIn(subquery: Node, rows: Node, alias: Alias, t: Translator): EmittedQuery {
  if (rows === undefined) return t.query(subquery)
  fields(subquery, 'VALUES', ['body'])
  return valuesQuery(rows, t, alias.columns)
}

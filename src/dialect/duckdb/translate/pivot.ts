import { type Alias, aliasOf, aliasText, type EmittedRelation, shown, shownOfSome } from './aliases.ts'
import { oneOf } from './casts.ts'
import { type Emitted, type OutputColumn, spelled } from './emitted.ts'
import { literal, nameOf, ownName } from './identifiers.ts'
import { bodyIf, cannotRun, fields, listOf, literalOf, type Node, optional } from './syntax.ts'
import { emptyScope, type Relation, type Translator } from './translator.ts'

type Source = Pick<EmittedRelation, 'text' | 'relations'>

function columnOf(node: Node, what: string): string {
  const path = listOf(bodyIf(node, 'CompoundIdentifier'))
  const identifier = bodyIf(node, 'Identifier') ?? path.at(-1)
  if (identifier === undefined) throw cannotRun(`${what} over an expression`)
  return nameOf(identifier)
}

/** The aggregate of a PIVOT and the column under it. */
function aggregateOf(nodes: readonly Node[]): {
  readonly call: Readonly<Record<string, Node>>
  readonly argument: Node
  readonly column: string
} {
  const [only, ...others] = nodes
  const { expr } = fields(only, 'PIVOT', ['expr'])
  const call = bodyIf(expr, 'Function')
  if (others.length > 0 || call === undefined) throw cannotRun('PIVOT with several aggregates')
  const parts = fields(call, 'PIVOT', ['name', 'args', 'parameters'])
  const { args } = fields(bodyIf(parts['args'], 'List'), 'PIVOT', ['args', 'clauses'])
  const argument = bodyIf(bodyIf(listOf(args)[0], 'Unnamed'), 'Expr')
  if (listOf(args).length !== 1) throw cannotRun('PIVOT with this aggregate')
  return { call: parts, argument, column: columnOf(argument, 'PIVOT') }
}

/** `PIVOT(SUM(x) FOR m IN ('a', 'b'))`: one aggregate a value, grouped by all columns that are left. */
export function pivot(node: Node, source: Source, t: Translator): EmittedRelation {
  const parts = fields(node, 'PIVOT', [
    'table',
    'aggregate_functions',
    'value_column',
    'value_source',
    'default_on_null',
    'alias',
  ])
  const aggregate = aggregateOf(listOf(parts['aggregate_functions']))
  const [columnNode, ...others] = listOf(parts['value_column'])
  if (others.length > 0) throw cannotRun('PIVOT over several columns')
  const column = columnOf(columnNode, 'PIVOT')
  const values = bodyIf(parts['value_source'], 'List')
  if (values === undefined) throw cannotRun('PIVOT over values that are not listed')
  const inner = t.inside({ ...emptyScope, ctes: t.scope.ctes, relations: source.relations })
  const filler = optional(parts['default_on_null'])
  const made = listOf(values).map((entry) => {
    const { expr, alias } = fields(entry, 'PIVOT', ['expr', 'alias'])
    const value = aggregated(aggregate, columnNode, expr, inner)
    const text =
      filler === null ? value.text : oneOf([value, inner.expr(filler)], (texts) => `coalesce(${texts.join(', ')})`).text
    return { text, name: optional(alias) === null ? displayed(expr) : nameOf(alias) }
  })
  const known = source.relations.flatMap((relation) => relation.known)
  const excluded = [...new Set([column, aggregate.column])]
  const excludedText = excluded.map((name) => spelled(columnNamed(name, known))).join(', ')
  const list = made.map(({ text, name }) => `${text} AS ${ownName(name)}`).join(', ')
  const alias = aliasOf(parts['alias'])
  const left = known.filter(({ name }) => !excluded.includes(name))
  const columns: readonly OutputColumn[] = [
    ...left,
    ...made.map(({ name }) => ({ name, kind: 'unknown' as const, scale: null })),
  ]
  const complete = source.relations.every((relation) => relation.complete)
  const text = `(SELECT * EXCLUDE (${excludedText}), ${list} FROM ${source.text} GROUP BY ALL)${aliasText(alias)}`
  return { text, relations: [renamed(alias, columns, complete)], lateral: false }
}

/** A relation whose columns may be renamed from the first on, which is only understood when all of them are known. */
function renamed(alias: Alias, columns: readonly OutputColumn[], complete: boolean): Relation {
  const known = complete ? shown(columns, alias) : shownOfSome(columns, alias)
  return { name: alias.name, known, complete, rowNumber: null }
}

/** The aggregate over the rows that hold one value: `SUM(CASE WHEN m = 'a' THEN x END)`. */
function aggregated(aggregate: ReturnType<typeof aggregateOf>, column: Node, value: Node, t: Translator): Emitted {
  const condition = { BinaryOp: { left: column, op: 'Eq', right: value } }
  const when = { condition, result: aggregate.argument }
  const chosen = { Case: { operand: null, conditions: [when], else_result: null } }
  const args = { List: { args: [{ Unnamed: { Expr: chosen } }], clauses: [] } }
  return t.expr({ Function: { ...aggregate.call, args } })
}

/** The name of a pivoted column: the value as written. */
function displayed(node: Node): string {
  const value = literalOf(node)
  if (value === null) throw cannotRun('PIVOT over computed values')
  const [tag, body] = value
  if (tag === 'SingleQuotedString') return `'${String(body)}'`
  if (tag === 'Number') return String(listOf(body)[0])
  throw cannotRun('PIVOT over these values')
}

/** `UNPIVOT(x FOR m IN (a, b))`. */
export function unpivot(node: Node, source: Source): EmittedRelation {
  const parts = fields(node, 'UNPIVOT', ['table', 'value', 'name', 'columns', 'null_inclusion', 'alias'])
  const value = columnOf(parts['value'], 'UNPIVOT')
  const name = nameOf(parts['name'])
  const known = source.relations.flatMap((relation) => relation.known)
  const entries = listOf(parts['columns']).map((entry) => {
    const { expr, alias } = fields(entry, 'UNPIVOT', ['expr', 'alias'])
    const own = columnOf(expr, 'UNPIVOT')
    const label = optional(alias)
    return { own, text: `${spelled(columnNamed(own, known))} AS ${literal(label === null ? own : labelOf(label))}` }
  })
  assertOneType(listOf(parts['columns']), source)
  const nulls = parts['null_inclusion'] === 'IncludeNulls' ? ' INCLUDE NULLS' : ''
  const alias = aliasOf(parts['alias'])
  const list = entries.map(({ text }) => text).join(', ')
  const text = `(SELECT * FROM ${source.text} UNPIVOT${nulls} (${ownName(value)} FOR ${ownName(name)} IN (${list})))${aliasText(alias)}`
  const left = known.filter((column) => entries.every(({ own }) => own !== column.name))
  const made = [name, value].map((own): OutputColumn => ({ name: own, kind: 'unknown', scale: null }))
  const complete = source.relations.every((relation) => relation.complete)
  return { text, relations: [renamed(alias, [...left, ...made], complete)], lateral: false }
}

/** The column of a name; one that is not known is one of the table's. */
const columnNamed = (name: string, known: readonly OutputColumn[]): OutputColumn =>
  known.find((column) => column.name === name) ?? { name, stored: true, kind: 'unknown', scale: null }

/** The columns put below one another must be of one type in Snowflake; DuckDB would round to that of the widest. */
function assertOneType(entries: readonly Node[], source: Source): void {
  const names = entries.map((entry) => columnOf(fields(entry, 'UNPIVOT', ['expr', 'alias'])['expr'], 'UNPIVOT'))
  const known = source.relations.flatMap((relation) => relation.known)
  const types = names.flatMap((name) => {
    const column = known.find((one) => one.name === name)
    if (column === undefined || column.kind === 'null' || column.kind === 'unknown') return []
    return [`${column.kind} ${column.scale ?? ''}`]
  })
  if (new Set(types).size > 1) throw cannotRun('UNPIVOT of columns of different types')
}

function labelOf(node: Node): string {
  const { value, quote_style: quote } = fields(node, 'an alias', ['value', 'quote_style'])
  return quote === "'" || quote === '"' ? String(value) : String(value).toUpperCase()
}

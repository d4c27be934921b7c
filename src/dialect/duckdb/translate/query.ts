import { isOpen } from './coercions.ts'
import { widened } from './common-types.ts'
import { emitted, type Emitted, knownScale, macro, type OutputColumn, spelled } from './emitted.ts'
import { isUnquoted, nameOf } from './identifiers.ts'
import { noOrder, type OrderBy, orderText } from './ordering.ts'
import { select } from './select.ts'
import { bodyIf, cannotRun, fields, literalOf, listOf, type Node, optional, tagged, textOf } from './syntax.ts'
import { type EmittedQuery, sharedColumns, type Translator } from './translator.ts'
import { valuesQuery } from './values.ts'
import { withClause } from './with-clause.ts'

/** A query with all its clauses. */
export function query(node: Node, t: Translator): EmittedQuery {
  const known = ['with', 'body', 'order_by', 'limit_clause', 'fetch']
  const parts = fields(node, 'a query', known)
  const { text: prefix, inner } = withClause(parts['with'], t)
  const orderBy = orderNodes(parts['order_by'])
  const limit = limitText(parts['limit_clause'], parts['fetch'], inner)
  const body = queryBody(parts['body'], inner, orderBy)
  const order = body.order === '' ? '' : ` ORDER BY ${body.order}`
  if (limit !== '' && body.limited) throw cannotRun('two row limits on one query')
  return { ...body.query, text: `${prefix}${body.query.text}${order}${limit}` }
}

/** What stands between `WITH` and `LIMIT`, the order already translated where the columns are in sight. */
interface Body {
  readonly query: EmittedQuery
  readonly order: string
  readonly limited: boolean
}

function queryBody(node: Node, t: Translator, order: OrderBy): Body {
  const [tag, body] = tagged(node)
  switch (tag) {
    case 'Select':
      return select(body, t, order)
    case 'SetOperation':
      return ordered(setOperation(body, t), t, order)
    case 'Query': {
      const inner = query(body, t)
      // Clauses behind parentheses apply to the whole of what stands in them.
      return ordered({ ...inner, text: `SELECT * FROM (${inner.text}) AS λp` }, t, order)
    }
    case 'Values':
      return ordered(valuesQuery(body, t), t, order)
    default:
      throw cannotRun(`a query that is ${tag}`)
  }
}

function ordered(q: EmittedQuery, t: Translator, order: OrderBy): Body {
  const relation = { name: null, known: q.known, complete: true, rowNumber: null }
  const inside = t.inside({ relations: [relation], aliases: new Map() })
  return { query: q, order: orderText(order, inside, q.columns), limited: false }
}

const setOperators: Readonly<Record<string, string>> = {
  Union: 'UNION',
  Except: 'EXCEPT',
  Minus: 'EXCEPT',
  Intersect: 'INTERSECT',
}

function setOperation(node: Node, t: Translator): EmittedQuery {
  const parts = fields(node, 'a set operation', ['left', 'op', 'set_quantifier', 'right'])
  const name = textOf(parts['op'], 'this set operation')
  const operator = setOperators[name]
  const quantifier = optional(parts['set_quantifier']) ?? 'None'
  const modes: Readonly<Record<string, string>> = {
    None: '',
    Distinct: '',
    All: ' ALL',
    ByName: ' BY NAME',
    AllByName: ' ALL BY NAME',
    DistinctByName: ' BY NAME',
  }
  const mode = modes[textOf(quantifier, 'this set operation')]
  if (operator === undefined || mode === undefined || (mode !== '' && operator !== 'UNION'))
    throw cannotRun(`${name} ${textOf(quantifier, '')}`)
  const first = queryBody(parts['left'], t, noOrder).query
  const left = t.scope.anchor !== null && parts['left'] === t.scope.anchor ? withRoom(first) : first
  const right = queryBody(parts['right'], t, noOrder).query
  const columns = mode.includes('NAME') ? mergedByName(left, right) : merged(left.columns, right.columns)
  const [a, b] = oneScale(left, right, mode.includes('NAME'))
  return { text: `(${a}) ${operator}${mode} (${b})`, columns, known: columns ?? [] }
}

const instants: readonly string[] = ['date', 'timestamp', 'timestamptz']

/** Snowflake converts the second query's column to the first's type, or fails; DuckDB makes text of both. */
function assertAlike(left: OutputColumn, right: OutputColumn): void {
  const open = [left.kind, right.kind].some((kind) => ['unknown', 'computed', 'null'].includes(kind))
  if (open || left.kind === right.kind || (instants.includes(left.kind) && instants.includes(right.kind))) return
  throw cannotRun(`a set operation of ${left.kind} and ${right.kind} in one column`)
}

/** Both queries with fixed-point columns brought to one scale: DuckDB would round to that of the wider type. */
function oneScale(left: EmittedQuery, right: EmittedQuery, byName: boolean): readonly [string, string] {
  const changed = [new Map<number, Emitted>(), new Map<number, Emitted>()] as const
  for (const [i, column] of (left.columns ?? []).entries()) {
    const place = byName ? (right.columns ?? []).findIndex(({ name }) => name === column.name) : i
    const other = right.columns?.[place]
    if (other === undefined) continue
    const pair = [asColumn(column, i), asColumn(other, place)] as const
    const [a = pair[0], b = pair[1]] = textOnly(widened(pair))
    if (a !== pair[0]) changed[0].set(i, a)
    if (b !== pair[1]) changed[1].set(place, b)
  }
  const side = (q: EmittedQuery, made: ReadonlyMap<number, Emitted>): string =>
    q.columns === null || made.size === 0 ? q.text : recast(q, q.columns, made)
  return [side(left, changed[0]), side(right, changed[1])]
}

/** What stands beside text has to be text: DuckDB would make text of it. */
const textOnly = (pair: readonly Emitted[]): readonly Emitted[] =>
  pair.some((e) => e.kind === 'text')
    ? pair.map((e) => (isOpen(e) ? macro('sf_only_text', [e], 'text', { times: 3 }) : e))
    : pair

const asColumn = (column: OutputColumn, i: number): Emitted =>
  emitted(`λ${i}`, column.kind, [], { scale: column.scale })

/** A query whose columns become expressions over `λ0`, `λ1`, …, by their place; those without one stay. */
function recast(q: EmittedQuery, columns: readonly OutputColumn[], made: ReadonlyMap<number, Emitted>): string {
  const list = columns.map((column, i) => `${made.get(i)?.text ?? `λ${i}`} AS ${spelled(column)}`)
  return `SELECT ${list.join(', ')} FROM (${q.text}) AS λq(${columns.map((_, i) => `λ${i}`).join(', ')})`
}

/** What a column holds when two queries feed it. */
function merged(
  left: readonly OutputColumn[] | null,
  right: readonly OutputColumn[] | null,
): readonly OutputColumn[] | null {
  if (left === null) return null
  return left.map((column, i) => {
    const other = right?.[i]
    if (other !== undefined) assertAlike(column, other)
    const kind =
      other === undefined
        ? 'unknown'
        : other.kind === 'null'
          ? column.kind
          : column.kind === 'null'
            ? other.kind
            : column.kind
    const same = other !== undefined && (other.kind === kind || other.kind === 'null')
    return {
      ...column,
      kind: same ? kind : 'unknown',
      scale: same && other.scale === column.scale ? column.scale : null,
    }
  })
}

/** The first branch of a recursive query with as many digits as a number may have: its types are those of the whole query. */
function withRoom(q: EmittedQuery): EmittedQuery {
  const wide = new Map<number, Emitted>()
  for (const [i, column] of (q.columns ?? []).entries()) {
    const e = asColumn(column, i)
    const scale = knownScale(e)
    if (column.kind !== 'number' || typeof scale !== 'number') continue
    const type = scale === 0 ? 'HUGEINT' : `DECIMAL(38, ${scale})`
    wide.set(i, emitted(`CAST(${e.text} AS ${type})`, 'number', [e], { scale: e.scale }))
  }
  return q.columns === null || wide.size === 0 ? q : { ...q, text: recast(q, q.columns, wide) }
}

/** The columns of `UNION BY NAME`: those of the first query, then what only the second has. */
function mergedByName(left: EmittedQuery, right: EmittedQuery): readonly OutputColumn[] | null {
  if (left.columns === null || right.columns === null) return null
  sharedColumns(left.columns, right.columns, 'UNION BY NAME')
  const others = right.columns.filter(({ name }) => left.columns?.every((column) => column.name !== name))
  return [...left.columns, ...others].map((column) => ({ ...column, kind: 'unknown', scale: null }))
}

function orderNodes(node: Node): OrderBy {
  if (optional(node) === null) return noOrder
  const { kind } = fields(node, 'ORDER BY', ['kind'])
  const [tag, body] = tagged(kind)
  if (tag === 'All') return { items: [], all: body }
  const items = listOf(body)
  const [only, ...others] = items
  const { expr, options } = (only ?? {}) as { readonly expr?: Node; readonly options?: Node }
  const identifier = bodyIf(expr, 'Identifier')
  const isAll = identifier !== undefined && isUnquoted(identifier) && nameOf(identifier) === 'ALL'
  if (isAll && others.length === 0) return { items: [], all: options }
  if (tag !== 'Expressions') throw cannotRun('ORDER BY ALL')
  return { items, all: null }
}

/** ` LIMIT … OFFSET …`, also written as `OFFSET … FETCH`. */
function limitText(node: Node, fetch: Node, t: Translator): string {
  const parts = optional(node) === null ? {} : fields(bodyIf(node, 'LimitOffset'), 'LIMIT', ['limit', 'offset'])
  const isNull = (value: Node): boolean => literalOf(value)?.[0] === 'Null'
  const count = optional(parts['limit'])
  const offset = optional(parts['offset'])
  const skip = offset === null ? null : fields(offset, 'OFFSET', ['value', 'rows'])['value']
  if (count !== null && optional(fetch) !== null) throw cannotRun('two row limits on one query')
  const rows = count === null || isNull(count) ? fetchText(fetch) : ` LIMIT ${number(count, t)}`
  return `${rows}${skip === null || isNull(skip) ? '' : ` OFFSET ${number(skip, t)}`}`
}

function number(node: Node, t: Translator): string {
  const e = t.expr(node)
  if (typeof e.constant !== 'number') throw cannotRun('a computed row limit')
  return e.text
}

function fetchText(node: Node): string {
  if (optional(node) === null) return ''
  const { quantity } = fields(node, 'FETCH', ['quantity'])
  const literal = literalOf(quantity)
  const digits = literal?.[0] === 'Number' ? textOf(listOf(literal[1])[0], 'FETCH') : ''
  if (!/^\d+$/.test(digits)) throw cannotRun('FETCH of a computed number of rows')
  return ` LIMIT ${digits}`
}

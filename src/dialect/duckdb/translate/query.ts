import { isOpen } from './coercions.ts'
import { widened } from './common-types.ts'
import { emitted, type Emitted, macro } from './emitted.ts'
import type { OutputColumn } from './emitted.ts'
import { nameOf, quoted } from './identifiers.ts'
import { orderList } from './ordering.ts'
import { select } from './select.ts'
import { bodyIf, cannotRun, fields, literalOf, listOf, type Node, optional, tagged, textOf } from './syntax.ts'
import type { EmittedQuery, Translator } from './translator.ts'
import { valuesQuery } from './values.ts'
import { withClause } from './with-clause.ts'

/** A query with all its clauses. */
export function query(node: Node, t: Translator): EmittedQuery {
  const known = ['with', 'body', 'order_by', 'limit_clause', 'fetch']
  const parts = fields(node, 'a query', known)
  const { text: prefix, inner } = withClause(parts['with'], t)
  const ordered = orderNodes(parts['order_by'])
  const body = queryBody(parts['body'], inner, ordered)
  const order = body.order === '' ? '' : ` ORDER BY ${body.order}`
  const limit = [limitText(parts['limit_clause'], inner), fetchText(parts['fetch'])].filter((text) => text !== '')
  if (limit.length > 1 || (limit.length > 0 && body.limited)) throw cannotRun('two row limits on one query')
  return { ...body.query, text: `${prefix}${body.query.text}${order}${limit.join('')}` }
}

/** What stands between `WITH` and `LIMIT`, the order already translated where the columns are in sight. */
interface Body {
  readonly query: EmittedQuery
  readonly order: string
  readonly limited: boolean
}

function queryBody(node: Node, t: Translator, order: readonly Node[]): Body {
  const [tag, body] = tagged(node)
  switch (tag) {
    case 'Select':
      return select(body, t, order)
    case 'SetOperation':
      return ordered(setOperation(body, t), t, order)
    case 'Query': {
      const inner = query(body, t)
      return ordered({ ...inner, text: `(${inner.text})` }, t, order)
    }
    case 'Values':
      return ordered(valuesQuery(body, t), t, order)
    default:
      throw cannotRun(`a query that is ${tag}`)
  }
}

function ordered(q: EmittedQuery, t: Translator, order: readonly Node[]): Body {
  const relation = { name: null, known: q.known, complete: true, positional: false, rowNumber: null }
  const inside = t.inside({ relations: [relation], aliases: new Map() })
  return { query: q, order: orderList(order, inside, q.columns ?? []), limited: false }
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
  const left = queryBody(parts['left'], t, []).query
  const right = queryBody(parts['right'], t, []).query
  const columns = mode.includes('NAME') ? null : merged(left.columns, right.columns)
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
  const list = columns.map(({ name }, i) => `${made.get(i)?.text ?? `λ${i}`} AS ${quoted(name)}`)
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
      name: column.name,
      kind: same ? kind : 'unknown',
      scale: same && other.scale === column.scale ? column.scale : null,
    }
  })
}

function orderNodes(node: Node): readonly Node[] {
  if (optional(node) === null) return []
  const { kind } = fields(node, 'ORDER BY', ['kind'])
  const [tag, body] = tagged(kind)
  if (tag !== 'Expressions') throw cannotRun('ORDER BY ALL')
  const items = listOf(body)
  for (const item of items) {
    const identifier = bodyIf((item as { readonly expr?: Node }).expr, 'Identifier')
    if (identifier !== undefined && nameOf(identifier) === 'ALL') throw cannotRun('ORDER BY ALL')
  }
  return items
}

function limitText(node: Node, t: Translator): string {
  if (optional(node) === null) return ''
  const { limit, offset } = fields(bodyIf(node, 'LimitOffset'), 'LIMIT', ['limit', 'offset'])
  const count = optional(limit)
  const skip = optional(offset) === null ? null : fields(offset, 'OFFSET', ['value', 'rows'])['value']
  const isNull = (value: Node): boolean => literalOf(value)?.[0] === 'Null'
  const rows = count === null || isNull(count) ? '' : ` LIMIT ${number(count, t)}`
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

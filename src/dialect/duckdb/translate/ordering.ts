import { emitted, type Emitted, macro, type OutputColumn, spelled } from './emitted.ts'
import { nameOf } from './identifiers.ts'
import { bodyIf, cannotRun, fields, integerLiteral, type Node } from './syntax.ts'
import type { Translator } from './translator.ts'

/** An `ORDER BY`: its entries, or the options of `ORDER BY ALL`. */
export interface OrderBy {
  readonly items: readonly Node[]
  readonly all: Node
}
export const noOrder: OrderBy = { items: [], all: null }

/** The direction of one entry. Snowflake takes NULL for greater than any value. */
function direction(options: Node): string {
  const { asc, nulls_first: nullsFirst } = fields(options, 'ORDER BY', ['asc', 'nulls_first'])
  const descending = asc === false
  const first = typeof nullsFirst === 'boolean' ? nullsFirst : descending
  return `${descending ? ' DESC' : ' ASC'} NULLS ${first ? 'FIRST' : 'LAST'}`
}

/** What to order by: a VARIANT by its number, then by its text. */
function keys(e: Emitted): readonly string[] {
  if (e.kind === 'interval') throw cannotRun('ORDER BY an interval')
  if (e.kind !== 'json') return [e.text]
  return [macro('sf_vn', [e], 'number', { times: 3 }).text, macro('sf_vkey', [e], 'text', { times: 5 }).text]
}

const entries = (nodes: readonly Node[], keyOf: (expr: Node) => Emitted): string =>
  nodes
    .flatMap((node) => {
      const { expr, options } = fields(node, 'ORDER BY', ['expr', 'options'])
      return keys(keyOf(expr)).map((key) => `${key}${direction(options)}`)
    })
    .join(', ')

/** The entries of an `ORDER BY` within a window or an aggregate. */
export const orderList = (nodes: readonly Node[], t: Translator): string => entries(nodes, (expr) => t.expr(expr))

/** What one entry of a query's own `ORDER BY` means: a place, an alias before a column of the tables, or any expression. */
function orderKey(expr: Node, t: Translator, outputs: readonly OutputColumn[]): Emitted {
  const place = integerLiteral(expr)
  const output = place === null ? undefined : outputs[place - 1]
  if (output?.kind === 'json') return emitted(spelled(output), 'json')
  const identifier = bodyIf(expr, 'Identifier')
  const alias = identifier === undefined ? undefined : t.scope.aliases.get(nameOf(identifier))
  return alias === undefined ? t.expr(expr) : emitted(spelled(alias), alias.kind, [], { scale: alias.scale })
}

/** What stands behind `ORDER BY`, or nothing; `outputs` is null where the columns of the result are not all known. */
export function orderText(order: OrderBy, t: Translator, outputs: readonly OutputColumn[] | null): string {
  if (order.all === null) return entries(order.items, (expr) => orderKey(expr, t, outputs ?? []))
  if (outputs === null) throw cannotRun('ORDER BY ALL of columns that are not listed')
  const entry = direction(order.all)
  return outputs
    .flatMap((column, i) =>
      keys(emitted(column.kind === 'json' ? spelled(column) : String(i + 1), column.kind)).map((key) => key + entry),
    )
    .join(', ')
}

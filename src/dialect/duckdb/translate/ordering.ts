import { emitted, type Emitted, macro } from './emitted.ts'
import type { OutputColumn } from './emitted.ts'
import { quoted } from './identifiers.ts'
import { cannotRun, fields, integerLiteral, type Node } from './syntax.ts'
import type { Translator } from './translator.ts'

/** The keys a VARIANT is ordered by: numbers by value, the rest as text. */
const variantKeys = (e: Emitted): readonly Emitted[] => [
  macro('sf_vn', [e], 'number', { times: 3 }),
  macro('sf_vkey', [e], 'text', { times: 5 }),
]

/** The expressions and direction of one `ORDER BY` entry. Snowflake takes NULL for greater than any value. */
function orderItem(node: Node, t: Translator, outputs: readonly OutputColumn[]): readonly string[] {
  const { expr, options } = fields(node, 'ORDER BY', ['expr', 'options'])
  const { asc, nulls_first: nullsFirst } = fields(options, 'ORDER BY', ['asc', 'nulls_first'])
  const descending = asc === false
  const first = typeof nullsFirst === 'boolean' ? nullsFirst : descending
  const suffix = `${descending ? ' DESC' : ' ASC'} NULLS ${first ? 'FIRST' : 'LAST'}`
  const place = integerLiteral(expr)
  const output = place === null ? undefined : outputs[place - 1]
  const e = output?.kind === 'json' ? emitted(quoted(output.name), 'json') : t.expr(expr)
  if (e.kind === 'interval') throw cannotRun('ORDER BY an interval')
  const keys = e.kind === 'json' ? variantKeys(e) : [e]
  return keys.map((key) => `${key.text}${suffix}`)
}

/** An `ORDER BY` list without its keywords. `outputs` are the columns that places (`ORDER BY 1`) mean. */
export const orderList = (nodes: readonly Node[], t: Translator, outputs: readonly OutputColumn[] = []): string =>
  nodes.flatMap((node) => orderItem(node, t, outputs)).join(', ')

import { asCondition, asWhole } from '../translate/coercions.ts'
import { alike } from '../translate/common-types.ts'
import { emitted, type Emitted, floating, scaleIn, whole } from '../translate/emitted.ts'
import { nameOf, ownName } from '../translate/identifiers.ts'
import { divide } from '../translate/operators.ts'
import { orderList } from '../translate/ordering.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged, textOf } from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'
import type { Call } from './call.ts'

const wholePartition = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'

/** `(PARTITION BY … ORDER BY … frame)`, or the name of a window. `frame` stands in where none is written. */
export function windowSpec(node: Node, t: Translator, frame: string | null): string {
  const named = bodyIf(node, 'NamedWindow')
  if (named !== undefined) {
    if (frame !== null) throw cannotRun('FIRST_VALUE, LAST_VALUE or NTH_VALUE over a named window')
    return ownName(nameOf(named))
  }
  const parts = fields(bodyIf(node, 'WindowSpec'), 'OVER', ['window_name', 'partition_by', 'order_by', 'window_frame'])
  if (optional(parts['window_name']) !== null) throw cannotRun('a window made from another')
  const partition = listOf(parts['partition_by']).map((item) => t.expr(item).text)
  const order = listOf(parts['order_by'])
  const written = optional(parts['window_frame'])
  return `(${[
    partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
    order.length > 0 ? `ORDER BY ${orderList(order, t)}` : '',
    written === null ? (frame ?? '') : frameText(written, t),
  ]
    .filter((part) => part !== '')
    .join(' ')})`
}

function frameText(node: Node, t: Translator): string {
  const {
    units,
    start_bound: start,
    end_bound: end,
  } = fields(node, 'a window frame', ['units', 'start_bound', 'end_bound'])
  const unit = textOf(units, 'a window frame').toUpperCase()
  if (unit !== 'ROWS' && unit !== 'RANGE') throw cannotRun(`a window frame of ${unit}`)
  const from = bound(start, t)
  return optional(end) === null ? `${unit} ${from}` : `${unit} BETWEEN ${from} AND ${bound(end, t)}`
}

function bound(node: Node, t: Translator): string {
  const [tag, body] = tagged(node)
  if (tag === 'CurrentRow') return 'CURRENT ROW'
  if (tag !== 'Preceding' && tag !== 'Following') throw cannotRun('this window frame')
  const side = tag.toUpperCase()
  if (optional(body) === null) return `UNBOUNDED ${side}`
  const e = t.expr(body)
  if (e.interval === null) return `${asWhole(e).text} ${side}`
  const [[amount, unit] = [0, 'day'], ...more] = e.interval
  if (more.length > 0 || unit === 'nanosecond') throw cannotRun('a window frame of this interval')
  return `INTERVAL ${amount} ${unit} ${side}`
}

/** ` OVER (…)`, or nothing for a plain aggregate. */
export const overText = (over: Node, t: Translator, frame: string | null = null): string =>
  over === null ? '' : ` OVER ${windowSpec(over, t, frame)}`

type Make = (call: Call, over: string) => Emitted

const ranking =
  (name: string, scale: string): Make =>
  (call, over) => {
    if (call.args.length > 0) throw cannotRun(`${call.name} with arguments`)
    return emitted(`${name}()${over}`, 'number', [], { scale })
  }

const treatment = (call: Call): string => (call.modifiers.nulls === 'ignore' ? ' IGNORE NULLS' : '')

/** `LAG(x [, offset [, default]])`. */
const neighbour =
  (name: 'lag' | 'lead'): Make =>
  (call, over) => {
    const offset = call.args.length > 1 ? call.whole(1) : 1
    const filler = call.args.length > 2 ? [call.arg(2)] : []
    const same = alike([call.arg(0), ...filler])
    const [subject, otherwise] = same.list
    if (subject === undefined || offset < 0) throw cannotRun(`${call.name} with a negative offset`)
    const args = `${subject.text}, ${offset}${otherwise === undefined ? '' : `, ${otherwise.text}`}`
    return emitted(`${name}(${args}${treatment(call)})${over}`, same.kind, same.list, { scale: same.scale })
  }

/** `FIRST_VALUE`, `LAST_VALUE`, `NTH_VALUE`: over the whole partition unless a frame is written, unlike the standard. */
const placed =
  (name: string): Make =>
  (call, over) => {
    const subject = call.arg(0)
    const place = call.args.length > 1 ? `, ${call.whole(1)}` : ''
    return emitted(`${name}(${subject.text}${place}${treatment(call)})${over}`, subject.kind, [subject], {
      scale: subject.scale,
    })
  }

const tiles: Make = (call, over) => {
  const count = asWhole(call.arg(0))
  return emitted(`ntile(${count.text})${over}`, 'number', [count], { scale: whole })
}

/** `RATIO_TO_REPORT(x)`: the share of x in the sum over its partition. */
const ratio: Make = (call, over) => {
  const subject = call.arg(0)
  const total = emitted(`nullif(sum(${subject.text})${over}, 0)`, 'number', [subject], { scale: subject.scale })
  return divide(subject, { ...total, scale: scaleIn(subject) })
}

/** `CONDITIONAL_TRUE_EVENT(x)`: counts the rows so far for which x holds. */
const trueEvents: Make = (call, over) => {
  const condition = asCondition(call.arg(0))
  return emitted(`count(CASE WHEN ${condition.text} THEN 1 END)${over}`, 'number', [condition], { scale: whole })
}

/** How a function over a window is translated, and DuckDB's own functions that the translation calls. */
interface WindowRule {
  readonly make: Make
  readonly calls: readonly string[]
  /** The frame that stands where none is written, unlike the standard's. */
  readonly frame?: string
  /** Whether it takes IGNORE NULLS. */
  readonly takesNulls?: true
}

const ranked = (name: string, scale: string): WindowRule => ({ make: ranking(name, scale), calls: [name] })
const beside = (name: 'lag' | 'lead'): WindowRule => ({ make: neighbour(name), calls: [name], takesNulls: true })
const at = (name: string): WindowRule => ({
  make: placed(name),
  calls: [name],
  frame: wholePartition,
  takesNulls: true,
})

/** Functions that only exist over a window. */
export const windowFunctions: Readonly<Record<string, WindowRule>> = {
  ROW_NUMBER: ranked('row_number', whole),
  RANK: ranked('rank', whole),
  DENSE_RANK: ranked('dense_rank', whole),
  PERCENT_RANK: ranked('percent_rank', floating),
  CUME_DIST: ranked('cume_dist', floating),
  NTILE: { make: tiles, calls: ['ntile'] },
  LAG: beside('lag'),
  LEAD: beside('lead'),
  FIRST_VALUE: at('first_value'),
  LAST_VALUE: at('last_value'),
  NTH_VALUE: at('nth_value'),
  RATIO_TO_REPORT: { make: ratio, calls: ['sum', 'nullif'] },
  CONDITIONAL_TRUE_EVENT: {
    make: trueEvents,
    calls: ['count'],
    frame: 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
  },
}

/** A call of a function that only exists over a window. */
export function windowed(call: Call, { make, frame, takesNulls }: WindowRule): Emitted {
  const { distinct, filter, over, order, nulls } = call.modifiers
  if (over === null) throw cannotRun(`${call.name} without OVER`)
  if (distinct || filter !== null || order.length > 0 || (nulls !== null && takesNulls !== true)) {
    throw cannotRun(`${call.name} with DISTINCT, FILTER, WITHIN GROUP or a treatment of NULLs`)
  }
  return make(call, overText(over, call.t, frame ?? null))
}

import { failure, type Macros, macroName } from '../macros/macro-text.ts'
import { asFloat, asJson, asNumber, asText } from '../translate/coercions.ts'
import {
  emitted,
  type Emitted,
  floating,
  knownScale,
  macro,
  scaleOf,
  scaleText,
  textConstant,
} from '../translate/emitted.ts'
import { orderList } from '../translate/ordering.ts'
import { cannotRun, fields } from '../translate/syntax.ts'
import { type Aggregate, type MakeAggregate, only, outside, simple } from './aggregate.ts'

/** `MIN` and `MAX`; a VARIANT is compared as it is ordered. */
export const extreme =
  (name: 'min' | 'max'): MakeAggregate =>
  (a) => {
    const x = only(a)
    if (x.kind !== 'json')
      return emitted(`${name}(${x.text})${a.over}`, x.kind, [x], { scale: x.kind === 'number' ? outside(x, a) : null })
    const key = `struct_pack(n := ${macroName('sf_vn')}(${x.text}), s := ${macroName('sf_vkey')}(${x.text}))`
    return emitted(`arg_${name}(${x.text}, ${key})${a.over}`, 'json', [x], { times: 8 })
  }

/** `MIN_BY` and `MAX_BY`. */
export const by =
  (name: 'arg_min' | 'arg_max'): MakeAggregate =>
  (a) => {
    const [x, y] = a.args
    if (x === undefined || y === undefined || a.args.length > 2)
      throw cannotRun(`${a.name} with ${a.args.length} arguments`)
    if (y.kind === 'json') throw cannotRun(`${a.name} by a VARIANT without a cast`)
    return emitted(`${name}_null(${x.text}, ${y.text})${a.over}`, x.kind, [x, y], {
      scale: x.kind === 'number' ? outside(x, a) : null,
    })
  }

const orderText = (a: Aggregate): string =>
  a.modifiers.order.length > 0 ? ` ORDER BY ${orderList(a.modifiers.order, a.t)}` : ''

const variable = (x: Emitted): Emitted => ({ ...x, text: 'λd' })

/** The list of different values in an order, which can only be that of the values; null where one of both is not asked for. */
function distinctInOrder(a: Aggregate, x: Emitted): string | null {
  if (a.distinct === '' || a.modifiers.order.length === 0) return null
  const order = orderText(a)
  const own = ['ASC NULLS LAST', 'ASC NULLS FIRST', 'DESC NULLS LAST', 'DESC NULLS FIRST']
  if (x.kind === 'json' || !own.some((direction) => order === ` ORDER BY ${x.text} ${direction}`))
    throw cannotRun(`${a.name} of different values in an order that is not their own`)
  return `list(DISTINCT ${x.text}${order}) FILTER (WHERE ${x.text} IS NOT NULL)${a.over}`
}

/** `LISTAGG`: empty text where nothing is listed. */
export const listagg: MakeAggregate = (a) => {
  const [x, separator = textConstant('')] = a.args
  if (x === undefined || a.args.length > 2) throw cannotRun(`LISTAGG with ${a.args.length} arguments`)
  if (a.args.length > 1 && typeof separator.constant !== 'string')
    throw cannotRun('LISTAGG with a separator that is no plain text')
  const ordered = distinctInOrder(a, x)
  if (ordered !== null) {
    const listed = `list_transform(${ordered}, lambda λd: ${asText(variable(x)).text})`
    return emitted(`coalesce(array_to_string(${listed}, ${separator.text}), '')`, 'text', [x], { times: 8 })
  }
  const text = asText(x)
  return emitted(
    `coalesce(string_agg(${a.distinct}${text.text}, ${asText(separator).text}${orderText(a)})${a.over}, '')`,
    'text',
    [text, separator],
  )
}

/** `ARRAY_AGG`: leaves NULLs out; an empty array where nothing is listed. */
export const arrayAgg: MakeAggregate = (a) => {
  const x = only(a)
  const json = asJson(x)
  const ordered = distinctInOrder(a, x)
  if (ordered !== null) {
    const listed = `list_transform(${ordered}, lambda λd: ${asJson(variable(x)).text})`
    return emitted(`coalesce(to_json(${listed}), CAST('[]' AS JSON))`, 'json', [x], { times: 8 })
  }
  const distinct = a.name === 'ARRAY_UNIQUE_AGG' ? 'DISTINCT ' : a.distinct
  const list = `list(${distinct}${json.text}${orderText(a)}) FILTER (WHERE ${x.text} IS NOT NULL)${a.over}`
  return emitted(`coalesce(to_json(${list}), CAST('[]' AS JSON))`, 'json', [json, x])
}

/** `OBJECT_AGG(key, value)`: pairs with a NULL in them are left out. */
export const objectAgg: MakeAggregate = (a) => {
  const [k, v] = a.args
  if (k === undefined || v === undefined) throw cannotRun('OBJECT_AGG with one argument')
  const [key, value] = [asText(k), asJson(v)]
  const args = [`list(${key.text})${a.over}`, `list(${value.text})${a.over}`]
  return emitted(
    `coalesce(${macroName('sf_object_once')}(${args.join(', ')}), CAST('{}' AS JSON))`,
    'json',
    [key, value],
    {
      times: 3,
    },
  )
}

/** `PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)` and `PERCENTILE_DISC`. */
export const percentile =
  (name: 'quantile_cont' | 'quantile_disc'): MakeAggregate =>
  (a) => {
    const fraction = only(a)
    const [item, ...others] = a.modifiers.order
    if (item === undefined || others.length > 0 || !/^[\d.]+$/.test(fraction.text))
      throw cannotRun(`${a.name} in this form`)
    const { expr, options } = fields(item, a.name, ['expr', 'options'])
    const { asc } = fields(options, a.name, ['asc', 'nulls_first'])
    const x = a.t.expr(expr)
    if (x.kind === 'json') throw cannotRun(`${a.name} of a VARIANT without a cast`)
    const order = asc === false ? ' DESC' : ''
    if (name === 'quantile_cont') return between(asNumber(x), `, ${fraction.text}`, order, a)
    const text = `${name}(${x.text}, ${fraction.text}${order === '' ? '' : ` ORDER BY ${x.text}${order}`})`
    return emitted(`${text}${a.over}`, x.kind, [x], { scale: x.kind === 'number' ? outside(x, a) : null })
  }

/** A point between values, with the type Snowflake gives it. */
function between(x: Emitted, fraction: string, order: string, a: Aggregate): Emitted {
  const subject = asFloat(x)
  const text = `quantile_cont(${subject.text}${fraction}${order === '' ? '' : ` ORDER BY ${subject.text}${order}`})${a.over}`
  const point = emitted(text, 'number', [subject], { scale: floating })
  const known = knownScale(x)
  if (known === 'F') return point
  if (known !== null)
    return emitted(`CAST(${macroName('sf_point')}(${text}) AS DECIMAL(38, ${known + 3}))`, 'number', [subject], {
      scale: scaleOf(known + 3),
      times: 2,
    })
  const scale = scaleText({ ...x, scale: outside(x, a) })
  return macro('sf_between', [point], 'number', { extra: [scale], times: 2 })
}

/** `APPROX_PERCENTILE(x, p)`: exact here, as near as an estimate can be. */
export const approximatePercentile: MakeAggregate = (a) => {
  const [x, fraction, ...others] = a.args
  if (x === undefined || fraction === undefined || others.length > 0 || !/^[\d.]+$/.test(fraction.text))
    throw cannotRun('APPROX_PERCENTILE with these arguments')
  const subject = asFloat(x)
  return emitted(`quantile_cont(${subject.text}, ${fraction.text})${a.over}`, 'number', [subject], { scale: floating })
}

/** `MEDIAN`. */
export const median: MakeAggregate = (a) => between(asNumber(only(a)), ', 0.5', '', a)

const asIs = (e: Emitted): Emitted => e
/** `ANY_VALUE`. */
export const anyValue: MakeAggregate = (a) => {
  const x = only(a)
  return simple('any_value', asIs, x.kind, x.kind === 'number' ? outside(x, a) : null)(a)
}
/** `MODE`. */
export const mode: MakeAggregate = (a) => {
  const x = only(a)
  return simple('mode', asIs, x.kind, x.kind === 'number' ? outside(x, a) : null)(a)
}

/** Macros of these functions alone. */
export const valueAggregateMacros = {
  // OBJECT_AGG fails where a key comes twice.
  sf_object_once: `(k, v) AS CASE WHEN len(list_filter(k, lambda λq: λq IS NOT NULL)) > len(list_distinct(k)) THEN ${failure('OBJECT_AGG met a key twice.', 'JSON')} ELSE memory.main.sf_object(k, v) END`,
} satisfies Macros

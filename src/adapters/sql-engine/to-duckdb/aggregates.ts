import { makeCall, type Modifiers, plainArgument } from './call.ts'
import { asBoolean, asFloat, asJson, asNumber, asText, asWhole } from './coercions.ts'
import { emitted, type Emitted, floating, knownScale, macroName, scaleText, textConstant, whole } from './emitted.ts'
import { divide } from './operators.ts'
import { orderList } from './ordering.ts'
import { cannotRun, fields, type Node, tagged } from './syntax.ts'
import type { Translator } from './translator.ts'
import { overText } from './windows.ts'

/** An aggregate being translated. */
interface Aggregate {
  readonly name: string
  readonly args: readonly Emitted[]
  readonly star: boolean
  readonly modifiers: Modifiers
  readonly t: Translator
  /** `DISTINCT ` or nothing. */
  readonly distinct: string
  /** ` OVER (…)` or nothing. */
  readonly over: string
}
type Make = (a: Aggregate) => Emitted

const only = (a: Aggregate): Emitted => {
  const [first] = a.args
  if (first === undefined || a.args.length > 1) throw cannotRun(`${a.name} with ${a.args.length} arguments`)
  return first
}

/** An aggregate of one coerced argument. */
const simple =
  (name: string, convert: (e: Emitted) => Emitted, kind: Emitted['kind'], scale: string | null = null): Make =>
  (a) => {
    const x = convert(only(a))
    return emitted(`${name}(${a.distinct}${x.text})${a.over}`, kind, [x], { scale })
  }

const pair =
  (name: string): Make =>
  (a) => {
    const [y, x] = a.args.map(asFloat)
    if (x === undefined || y === undefined || a.args.length > 2)
      throw cannotRun(`${a.name} with ${a.args.length} arguments`)
    return emitted(`${name}(${y.text}, ${x.text})${a.over}`, 'number', [y, x], { scale: floating })
  }

/** Numbers to add up; text counts as floating point. */
const addend = (e: Emitted): Emitted => (e.kind === 'text' ? asFloat(e) : asNumber(e))

function sum(a: Aggregate): Emitted {
  const x = addend(only(a))
  const known = knownScale(x)
  return emitted(`sum(${a.distinct}${x.text})${a.over}`, 'number', [x], { scale: known === null ? null : x.scale })
}

/** `AVG`: sum by count, by the rules of division. */
function avg(a: Aggregate): Emitted {
  const total = sum(a)
  const x = addend(only(a))
  if (knownScale(x) === 'F') return emitted(`avg(${a.distinct}${x.text})${a.over}`, 'number', [x], { scale: floating })
  const count = emitted(`nullif(count(${a.distinct}${x.text})${a.over}, 0)`, 'number', [x], { scale: whole })
  return divide({ ...total, scale: scaleText(total) }, count)
}

function count(a: Aggregate): Emitted {
  const more = { scale: whole }
  if (a.star) return emitted(`count(*)${a.over}`, 'number', [], more)
  if (a.args.length === 1) return emitted(`count(${a.distinct}${only(a).text})${a.over}`, 'number', a.args, more)
  const present = a.args.map((e) => `${e.text} IS NOT NULL`).join(' AND ')
  const row = `CASE WHEN ${present} THEN row(${a.args.map((e) => e.text).join(', ')}) END`
  return emitted(`count(${a.distinct}${row})${a.over}`, 'number', a.args, { ...more, times: 2 })
}

const countIf: Make = (a) => {
  const condition = asBoolean(only(a))
  const test = `CASE WHEN ${condition.text} THEN 1 END`
  return emitted(`count(${test})${a.over}`, 'number', [condition], { scale: whole })
}

/** `MIN` and `MAX`; a VARIANT is compared as it is ordered. */
const extreme =
  (name: 'min' | 'max'): Make =>
  (a) => {
    const x = only(a)
    if (x.kind !== 'json')
      return emitted(`${name}(${x.text})${a.over}`, x.kind, [x], { scale: knownScale(x) === null ? null : x.scale })
    const key = `struct_pack(n := ${macroName('sf_vn')}(${x.text}), s := ${macroName('sf_vkey')}(${x.text}))`
    return emitted(`arg_${name}(${x.text}, ${key})${a.over}`, 'json', [x], { times: 8 })
  }

const by =
  (name: 'arg_min' | 'arg_max'): Make =>
  (a) => {
    const [x, y] = a.args
    if (x === undefined || y === undefined || a.args.length > 2)
      throw cannotRun(`${a.name} with ${a.args.length} arguments`)
    if (y.kind === 'json') throw cannotRun(`${a.name} by a VARIANT without a cast`)
    return emitted(`${name}_null(${x.text}, ${y.text})${a.over}`, x.kind, [x, y], {
      scale: knownScale(x) === null ? null : x.scale,
    })
  }

const orderText = (a: Aggregate): string =>
  a.modifiers.order.length > 0 ? ` ORDER BY ${orderList(a.modifiers.order, a.t)}` : ''

/** `LISTAGG`: empty text where nothing is listed. */
const listagg: Make = (a) => {
  const [x, separator = textConstant('')] = a.args
  if (x === undefined || a.args.length > 2) throw cannotRun(`LISTAGG with ${a.args.length} arguments`)
  const text = asText(x)
  return emitted(
    `coalesce(string_agg(${a.distinct}${text.text}, ${asText(separator).text}${orderText(a)})${a.over}, '')`,
    'text',
    [text, separator],
  )
}

/** `ARRAY_AGG`: leaves NULLs out; an empty array where nothing is listed. */
const arrayAgg: Make = (a) => {
  const x = only(a)
  const json = asJson(x)
  const distinct = a.name === 'ARRAY_UNIQUE_AGG' ? 'DISTINCT ' : a.distinct
  const list = `list(${distinct}${json.text}${orderText(a)}) FILTER (WHERE ${x.text} IS NOT NULL)${a.over}`
  return emitted(`coalesce(to_json(${list}), CAST('[]' AS JSON))`, 'json', [json, x])
}

/** `OBJECT_AGG(key, value)`: pairs with a NULL in them are left out. */
const objectAgg: Make = (a) => {
  const [k, v] = a.args
  if (k === undefined || v === undefined) throw cannotRun('OBJECT_AGG with one argument')
  const [key, value] = [asText(k), asJson(v)]
  const args = [`list(${key.text})${a.over}`, `list(${value.text})${a.over}`]
  return emitted(`coalesce(${macroName('sf_object')}(${args.join(', ')}), CAST('{}' AS JSON))`, 'json', [key, value], {
    times: 3,
  })
}

/** `PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)` and `PERCENTILE_DISC`. */
const percentile =
  (name: 'quantile_cont' | 'quantile_disc'): Make =>
  (a) => {
    const fraction = only(a)
    const [item, ...others] = a.modifiers.order
    if (item === undefined || others.length > 0 || !/^[\d.]+$/.test(fraction.text))
      throw cannotRun(`${a.name} in this form`)
    const { expr, options } = fields(item, a.name, ['expr', 'options'])
    const { asc } = fields(options, a.name, ['asc', 'nulls_first'])
    const x = a.t.expr(expr)
    const subject = name === 'quantile_cont' ? asFloat(x) : x
    if (subject.kind === 'json') throw cannotRun(`${a.name} of a VARIANT without a cast`)
    const order = asc === false ? ' DESC' : ''
    const text = `${name}(${subject.text}, ${fraction.text}${order === '' ? '' : ` ORDER BY ${subject.text}${order}`})`
    return emitted(`${text}${a.over}`, subject.kind, [subject], { scale: name === 'quantile_cont' ? floating : null })
  }

const median: Make = (a) => {
  const x = asFloat(only(a))
  return emitted(`quantile_cont(${a.distinct}${x.text}, 0.5)${a.over}`, 'number', [x], { scale: floating })
}

const approximatePercentile: Make = (a) => {
  const [x, fraction] = a.args
  if (x === undefined || fraction === undefined || !/^[\d.]+$/.test(fraction.text))
    throw cannotRun('APPROX_PERCENTILE in this form')
  return emitted(`quantile_cont(${asFloat(x).text}, ${fraction.text})${a.over}`, 'number', [x], { scale: floating })
}

/** Exact here: Snowflake's estimate is exact for small sets too. */
const distinctCount: Make = (a) => count({ ...a, distinct: 'DISTINCT ' })

const exactlyOne: Make = (a) => {
  const x = asBoolean(only(a))
  const [known, holds] = [`count(${x.text})${a.over}`, `count(CASE WHEN ${x.text} THEN 1 END)${a.over}`]
  return emitted(`CASE WHEN ${known} > 0 THEN ${holds} = 1 END`, 'boolean', [x], { times: 2 })
}

const grouping: Make = (a) =>
  emitted(`grouping(${a.args.map((e) => e.text).join(', ')})`, 'number', a.args, { scale: whole })

const asIs = (e: Emitted): Emitted => e
const anyValue: Make = (a) => {
  const x = only(a)
  return simple('any_value', asIs, x.kind, knownScale(x) === null ? null : x.scale)(a)
}
const mode: Make = (a) => {
  const x = only(a)
  return simple('mode', asIs, x.kind, knownScale(x) === null ? null : x.scale)(a)
}
const float = (name: string): Make => simple(name, asFloat, 'number', floating)
const bits = (name: string): Make => simple(name, asWhole, 'number', whole)

const makers: Readonly<Record<string, Make>> = {
  SUM: sum,
  AVG: avg,
  COUNT: count,
  COUNT_IF: countIf,
  MIN: extreme('min'),
  MAX: extreme('max'),
  MIN_BY: by('arg_min'),
  MAX_BY: by('arg_max'),
  ANY_VALUE: anyValue,
  MODE: mode,
  MEDIAN: median,
  LISTAGG: listagg,
  ARRAY_AGG: arrayAgg,
  ARRAY_UNIQUE_AGG: arrayAgg,
  OBJECT_AGG: objectAgg,
  PERCENTILE_CONT: percentile('quantile_cont'),
  PERCENTILE_DISC: percentile('quantile_disc'),
  APPROX_PERCENTILE: approximatePercentile,
  APPROX_COUNT_DISTINCT: distinctCount,
  HLL: distinctCount,
  BOOLAND_AGG: simple('bool_and', asBoolean, 'boolean'),
  BOOLOR_AGG: simple('bool_or', asBoolean, 'boolean'),
  BOOLXOR_AGG: exactlyOne,
  BITAND_AGG: bits('bit_and'),
  BITOR_AGG: bits('bit_or'),
  BITXOR_AGG: bits('bit_xor'),
  STDDEV: float('stddev_samp'),
  STDDEV_SAMP: float('stddev_samp'),
  STDDEV_POP: float('stddev_pop'),
  VARIANCE: float('var_samp'),
  VAR_SAMP: float('var_samp'),
  VARIANCE_SAMP: float('var_samp'),
  VAR_POP: float('var_pop'),
  VARIANCE_POP: float('var_pop'),
  KURTOSIS: float('kurtosis'),
  SKEW: float('skewness'),
  CORR: pair('corr'),
  COVAR_SAMP: pair('covar_samp'),
  COVAR_POP: pair('covar_pop'),
  REGR_SLOPE: pair('regr_slope'),
  REGR_INTERCEPT: pair('regr_intercept'),
  REGR_R2: pair('regr_r2'),
  REGR_COUNT: pair('regr_count'),
  REGR_AVGX: pair('regr_avgx'),
  REGR_AVGY: pair('regr_avgy'),
  REGR_SXX: pair('regr_sxx'),
  REGR_SYY: pair('regr_syy'),
  REGR_SXY: pair('regr_sxy'),
  GROUPING: grouping,
  GROUPING_ID: grouping,
}

const ordered = ['LISTAGG', 'ARRAY_AGG', 'PERCENTILE_CONT', 'PERCENTILE_DISC']

const isStar = (node: Node): boolean => {
  const [tag, body] = tagged(node)
  return tag === 'Unnamed' && body === 'Wildcard'
}

function aggregate(name: string, make: Make, args: readonly Node[], modifiers: Modifiers, t: Translator): Emitted {
  const star = name === 'COUNT' && args.length === 1 && isStar(args[0])
  if (modifiers.filter !== null || modifiers.nulls !== null)
    throw cannotRun(`${name} with FILTER or a treatment of NULLs`)
  if (modifiers.order.length > 0 && !ordered.includes(name)) throw cannotRun(`${name} WITHIN GROUP`)
  const call = makeCall(name, star ? [] : args.map((arg) => plainArgument(arg, name)), modifiers, t)
  if (star && modifiers.distinct) throw cannotRun('COUNT(DISTINCT *)')
  return make({
    name,
    args: call.args.map((_, i) => call.arg(i)),
    star,
    modifiers,
    t,
    distinct: modifiers.distinct ? 'DISTINCT ' : '',
    over: overText(modifiers.over, t),
  })
}

/** Every aggregate the sample can run, plain and over windows. */
export const aggregates: ReadonlyMap<
  string,
  (name: string, args: readonly Node[], modifiers: Modifiers, t: Translator) => Emitted
> = new Map(
  Object.entries(makers).map(([name, make]) => [
    name,
    (own: string, args: readonly Node[], modifiers: Modifiers, t: Translator) =>
      aggregate(own, make, args, modifiers, t),
  ]),
)

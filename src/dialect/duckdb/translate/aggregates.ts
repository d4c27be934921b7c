import { type MakeAggregate, pair, pairs, simple } from './aggregate.ts'
import { type Modifiers, plainArgument } from './call.ts'
import { asBoolean } from './coercions.ts'
import { emitted, type Emitted } from './emitted.ts'
import { nameOf, quoted } from './identifiers.ts'
import {
  avg,
  bits,
  count,
  countIf,
  distinctCount,
  exactlyOne,
  float,
  grouping,
  spread,
  sum,
} from './number-aggregates.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged } from './syntax.ts'
import type { Translator } from './translator.ts'
import { anyValue, arrayAgg, by, extreme, listagg, median, mode, objectAgg, percentile } from './value-aggregates.ts'
import { overText } from './windows.ts'

const makers: Readonly<Record<string, MakeAggregate>> = {
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
  ARRAYAGG: arrayAgg,
  ARRAY_UNIQUE_AGG: arrayAgg,
  OBJECT_AGG: objectAgg,
  PERCENTILE_CONT: percentile('quantile_cont'),
  PERCENTILE_DISC: percentile('quantile_disc'),
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
  KURTOSIS: spread('kurtosis', 4),
  SKEW: spread('skewness', 3),
  CORR: pair('corr'),
  COVAR_SAMP: pair('covar_samp'),
  COVAR_POP: pair('covar_pop'),
  REGR_SLOPE: pair('regr_slope'),
  REGR_INTERCEPT: pair('regr_intercept'),
  REGR_R2: pair('regr_r2'),
  REGR_COUNT: pairs,
  REGR_AVGX: pair('regr_avgx'),
  REGR_AVGY: pair('regr_avgy'),
  REGR_SXX: pair('regr_sxx'),
  REGR_SYY: pair('regr_syy'),
  REGR_SXY: pair('regr_sxy'),
  GROUPING: grouping,
  GROUPING_ID: grouping,
}

const ordered = ['LISTAGG', 'ARRAY_AGG', 'ARRAYAGG', 'PERCENTILE_CONT', 'PERCENTILE_DISC']

/** The columns that `COUNT(t.*)` means, or null for anything else. Rows with a NULL in them do not count. */
function wholeRow(node: Node, t: Translator): readonly Emitted[] | null {
  const target = bodyIf(bodyIf(node, 'Unnamed'), 'QualifiedWildcard')
  if (target === undefined) return null
  const name =
    listOf(target)
      .map((part) => nameOf(bodyIf(part, 'Identifier')))
      .at(-1) ?? ''
  const relation = t.scope.relations.find((candidate) => candidate.name === name)
  if (relation === undefined || !relation.complete) throw cannotRun(`COUNT(${name}.*) of a table`)
  return relation.known.map((column) => emitted(`${quoted(name)}.${quoted(column.name)}`, column.kind))
}

const isStar = (node: Node): boolean => {
  const [tag, body] = tagged(node)
  return tag === 'Unnamed' && body === 'Wildcard'
}

/** Whether a window has an order or a frame, or is one by name. */
function isOrdered(over: Node): boolean {
  if (over === null) return false
  const spec = bodyIf(over, 'WindowSpec')
  if (spec === undefined) return true
  const parts = fields(spec, 'OVER', ['window_name', 'partition_by', 'order_by', 'window_frame'])
  return listOf(parts['order_by']).length > 0 || optional(parts['window_frame']) !== null
}

function aggregate(
  name: string,
  make: MakeAggregate,
  args: readonly Node[],
  modifiers: Modifiers,
  t: Translator,
): Emitted {
  if (modifiers.filter !== null || modifiers.nulls !== null) {
    throw cannotRun(`${name} with FILTER or a treatment of NULLs`)
  }
  if (modifiers.order.length > 0 && !ordered.includes(name)) throw cannotRun(`${name} WITHIN GROUP`)
  if (modifiers.distinct && isOrdered(modifiers.over))
    throw cannotRun(`${name} of different values over an ordered window`)
  const [first] = args
  const lone = name === 'COUNT' && args.length === 1
  const star = lone && isStar(first)
  if (star && modifiers.distinct) throw cannotRun('COUNT(DISTINCT *)')
  return make({
    name,
    args: star ? [] : ((lone ? wholeRow(first, t) : null) ?? args.map((arg) => t.expr(plainArgument(arg, name)))),
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

import { asBoolean } from '../translate/coercions.ts'
import { emitted, type Emitted, spelled } from '../translate/emitted.ts'
import { nameOf } from '../translate/identifiers.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged } from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'
import { type AggregateRule, calling, pair, pairs, simple } from './aggregate.ts'
import { type Modifiers, plainArgument } from './call.ts'
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
import {
  anyValue,
  approximatePercentile,
  arrayAgg,
  by,
  extreme,
  listagg,
  median,
  mode,
  objectAgg,
  percentile,
} from './value-aggregates.ts'
import { overText } from './windows.ts'

/** Every aggregate the sample can run, plain and over windows. */
export const aggregates: Readonly<Record<string, AggregateRule>> = {
  SUM: calling(sum, 'sum'),
  AVG: calling(avg, 'avg', 'sum', 'count', 'nullif'),
  COUNT: calling(count, 'count', 'row', 'nullif'),
  COUNT_IF: calling(countIf, 'count'),
  MIN: calling(extreme('min'), 'min', 'arg_min', 'struct_pack'),
  MAX: calling(extreme('max'), 'max', 'arg_max', 'struct_pack'),
  MIN_BY: calling(by('arg_min'), 'arg_min_null'),
  MAX_BY: calling(by('arg_max'), 'arg_max_null'),
  ANY_VALUE: calling(anyValue, 'any_value'),
  MODE: calling(mode, 'mode'),
  MEDIAN: calling(median, 'quantile_cont'),
  LISTAGG: calling(listagg, 'string_agg', 'list', 'list_transform', 'array_to_string'),
  ARRAY_AGG: calling(arrayAgg, 'list', 'list_transform', 'to_json'),
  ARRAYAGG: calling(arrayAgg, 'list', 'list_transform', 'to_json'),
  ARRAY_UNIQUE_AGG: calling(arrayAgg, 'list', 'list_transform', 'to_json'),
  OBJECT_AGG: calling(objectAgg, 'list'),
  PERCENTILE_CONT: calling(percentile('quantile_cont'), 'quantile_cont'),
  PERCENTILE_DISC: calling(percentile('quantile_disc'), 'quantile_disc'),
  APPROX_PERCENTILE: calling(approximatePercentile, 'quantile_cont'),
  APPROX_COUNT_DISTINCT: calling(distinctCount, 'count', 'row', 'nullif'),
  HLL: calling(distinctCount, 'count', 'row', 'nullif'),
  BOOLAND_AGG: calling(simple('bool_and', asBoolean, 'boolean'), 'bool_and'),
  BOOLOR_AGG: calling(simple('bool_or', asBoolean, 'boolean'), 'bool_or'),
  BOOLXOR_AGG: calling(exactlyOne, 'count'),
  BITAND_AGG: calling(bits('bit_and'), 'bit_and'),
  BITOR_AGG: calling(bits('bit_or'), 'bit_or'),
  BITXOR_AGG: calling(bits('bit_xor'), 'bit_xor'),
  STDDEV: calling(float('stddev_samp'), 'stddev_samp'),
  STDDEV_SAMP: calling(float('stddev_samp'), 'stddev_samp'),
  STDDEV_POP: calling(float('stddev_pop'), 'stddev_pop'),
  VARIANCE: calling(float('var_samp'), 'var_samp'),
  VAR_SAMP: calling(float('var_samp'), 'var_samp'),
  VARIANCE_SAMP: calling(float('var_samp'), 'var_samp'),
  VAR_POP: calling(float('var_pop'), 'var_pop'),
  VARIANCE_POP: calling(float('var_pop'), 'var_pop'),
  KURTOSIS: calling(spread('kurtosis', 4), 'kurtosis', 'count'),
  SKEW: calling(spread('skewness', 3), 'skewness', 'count'),
  CORR: calling(pair('corr'), 'corr'),
  COVAR_SAMP: calling(pair('covar_samp'), 'covar_samp'),
  COVAR_POP: calling(pair('covar_pop'), 'covar_pop'),
  REGR_SLOPE: calling(pair('regr_slope'), 'regr_slope'),
  REGR_INTERCEPT: calling(pair('regr_intercept'), 'regr_intercept'),
  REGR_R2: calling(pair('regr_r2'), 'regr_r2'),
  REGR_COUNT: calling(pairs, 'count'),
  REGR_AVGX: calling(pair('regr_avgx'), 'regr_avgx'),
  REGR_AVGY: calling(pair('regr_avgy'), 'regr_avgy'),
  REGR_SXX: calling(pair('regr_sxx'), 'regr_sxx'),
  REGR_SYY: calling(pair('regr_syy'), 'regr_syy'),
  REGR_SXY: calling(pair('regr_sxy'), 'regr_sxy'),
  GROUPING: calling(grouping),
  GROUPING_ID: calling(grouping),
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
  return relation.known.map((column) => emitted(`${spelled({ ...relation, name })}.${spelled(column)}`, column.kind))
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

/** A call of an aggregate. */
export function aggregate(
  name: string,
  { make }: AggregateRule,
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

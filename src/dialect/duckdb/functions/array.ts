import { refusal, failure, maxElements, type Macros, macroName } from '../macros/macro-text.ts'
import { castTo } from '../translate/casts.ts'
import { asJson, asText, asWhole, asCondition } from '../translate/coercions.ts'
import { type Emitted, macro, emitted } from '../translate/emitted.ts'
import { nameOf, ownName } from '../translate/identifiers.ts'
import { makeArray, tolerant, variant } from '../translate/semi-structured.ts'
import { cannotRun, bodyIf, fields, type Node, optional } from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'
import { type Call, plainArgument } from './call.ts'
import { custom, type Rules } from './function-set.ts'

type Convert = (e: Emitted) => Emitted

/** A macro over an array and further arguments. */
const onArray = (name: string, ...rest: readonly Convert[]) => [
  custom(rest.length + 1, rest.length + 1, (call: Call): Emitted =>
    macro(name, [variant(call.arg(0)), ...rest.map((convert, i) => convert(call.arg(i + 1)))], 'json', { times: 4 }),
  ),
]

/** A macro over an array, to which a missing element and a JSON null are alike. */
const ignoringNulls = (name: string) => [
  custom(1, 1, (call: Call): Emitted => macro(name, [variant(tolerant(call.arg(0)))], 'json', { times: 4 })),
]

const whole = { scale: "'0'" }

const size = (call: Call): Emitted =>
  macro('sf_array_size', [variant(tolerant(call.arg(0)))], 'number', { ...whole, times: 3 })

const contains = (call: Call): Emitted =>
  macro('sf_array_contains', [asJson(call.arg(0)), variant(call.arg(1))], 'boolean', { times: 3 })

const position = (call: Call): Emitted =>
  macro('sf_array_position', [asJson(call.arg(0)), variant(call.arg(1))], 'number', { ...whole, times: 3 })

const toText = (call: Call): Emitted =>
  macro('sf_array_to_string', [variant(tolerant(call.arg(0))), asText(call.arg(1))], 'text', { times: 2 })

const construct = (call: Call): Emitted => makeArray(call.args.map((_, i) => call.arg(i)))

const overlap = (call: Call): Emitted =>
  macro('sf_arrays_overlap', [variant(tolerant(call.arg(0))), variant(tolerant(call.arg(1)))], 'boolean', { times: 2 })

/** `ARRAYS_TO_OBJECT(keys, values)`: a value that is NULL becomes a JSON null. */
function toObject(call: Call): Emitted {
  const [keys, values] = [asJson(call.arg(0)), asJson(tolerant(call.arg(1)))]
  const lists = [`CAST(${keys.text} AS VARCHAR[])`, `CAST(${values.text} AS JSON[])`]
  return emitted(`${macroName('sf_object_all')}(${lists.join(', ')})`, 'json', [keys, values], { times: 4 })
}

function range(call: Call): Emitted {
  const args = call.args.map((_, i) => asWhole(call.arg(i)))
  return macro('sf_generate_range', args, 'json', { extra: args.length === 2 ? ['1'] : [], times: 2 })
}

/** `ARRAY_SORT(array [, ascending])`, of numbers only or text only. */
function sort(call: Call): Emitted {
  const ascending = call.args.length > 1 ? call.arg(1).constant : true
  if (typeof ascending !== 'boolean') throw cannotRun('ARRAY_SORT in a computed direction')
  return macro(ascending ? 'sf_array_sort' : 'sf_array_sort_down', [variant(call.arg(0))], 'json', { times: 6 })
}

/** Functions on arrays. Elements are compared as the values they hold. */
export const arrayRules: Rules = {
  ARRAY_CONSTRUCT: [custom(0, 500, construct)],
  ARRAY_SIZE: [custom(1, 1, size)],
  ARRAY_CONTAINS: [custom(2, 2, contains)],
  ARRAY_POSITION: [custom(2, 2, position)],
  ARRAY_TO_STRING: [custom(2, 2, toText)],
  ARRAY_APPEND: onArray('sf_array_append', asJson),
  ARRAY_PREPEND: onArray('sf_array_prepend', asJson),
  ARRAY_CAT: onArray('sf_array_cat', variant),
  ARRAY_SLICE: onArray('sf_array_slice', asWhole, asWhole),
  ARRAY_INSERT: onArray('sf_array_insert', asWhole, asJson),
  ARRAY_REMOVE: onArray('sf_array_remove', asJson),
  ARRAY_REMOVE_AT: onArray('sf_array_remove_at', asWhole),
  ARRAY_COMPACT: ignoringNulls('sf_array_compact'),
  ARRAY_DISTINCT: onArray('sf_array_distinct'),
  ARRAY_REVERSE: onArray('sf_array_reverse'),
  ARRAY_FLATTEN: onArray('sf_array_flatten'),
  ARRAY_MIN: ignoringNulls('sf_array_min'),
  ARRAY_MAX: ignoringNulls('sf_array_max'),
  ARRAY_INTERSECTION: onArray('sf_array_intersection', variant),
  ARRAY_EXCEPT: onArray('sf_array_except', variant),
  ARRAYS_OVERLAP: [custom(2, 2, overlap)],
  ARRAY_SORT: [custom(1, 2, sort)],
  ARRAY_GENERATE_RANGE: [custom(2, 3, range)],
  ARRAYS_TO_OBJECT: [custom(2, 2, toObject)],
}

/**
 * Arrays: elements are compared by the values they hold. The variables of lambdas start with a letter that no column's name starts with,
 * for a column among the arguments would be taken for a variable of its name.
 */
const list = 'memory.main.sfi_list(j)'
const keys = (array: string): string =>
  `list_transform(memory.main.sfi_list(${array}), lambda λe: memory.main.sfi_ekey(λe))`
const occurrence = `len(list_filter(list_slice(${keys('j')}, 1, λn), lambda λx: λx = memory.main.sfi_ekey(λo)))`
const inOther = `len(list_filter(${keys('k')}, lambda λx: λx = memory.main.sfi_ekey(λo)))`
const sorted = `list_sort(list_transform(${list}, lambda λe: {'m': json_type(λe) = 'NULL', 'n': memory.main.sf_vn(λe), 's': memory.main.sf_vkey(λe), 'e': λe}))`
const present = `list_filter(${list}, lambda λe: json_type(λe) <> 'NULL')`
const jsonNull = `CAST('null' AS JSON)`
/** Snowflake orders elements of mixed types in a way of its own. */
const sameTypes = (then: string): string =>
  `CASE WHEN len(list_distinct(list_transform(${present}, lambda λe: json_type(λe) = 'VARCHAR'))) > 1
     OR len(list_filter(${present}, lambda λe: json_type(λe) IN ('OBJECT', 'ARRAY', 'BOOLEAN'))) > 0
     THEN ${refusal('the order of arrays of mixed types', 'JSON')} ELSE ${then} END`
const place = (p: string): string => `CASE WHEN ${p} < 0 THEN greatest(json_array_length(j) + ${p}, 0) ELSE ${p} END`
const unless = (missing: string, then: string): string => `CASE WHEN ${missing} IS NOT NULL THEN ${then} END`

/** Macros of these functions alone. */
export const arrayMacros = {
  sf_full_array: `(l) AS CASE WHEN len(list_filter(l, lambda λe: λe IS NULL)) > 0 THEN memory.main.sf_missing_element() ELSE to_json(l) END`,
  sf_array_size: `(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END`,
  // What elements are told apart by.
  sfi_ekey: `(j) AS CASE json_type(j) WHEN 'VARCHAR' THEN '"' || (j ->> '$') WHEN 'DOUBLE' THEN regexp_replace(CAST(CAST(j AS DOUBLE) AS VARCHAR), '\\.0$', '')
     WHEN 'OBJECT' THEN memory.main.sfi_json_string(j) WHEN 'ARRAY' THEN memory.main.sfi_json_string(j) ELSE CAST(j AS VARCHAR) END`,
  // Whether a null is among the elements depends on its kind, SQL's or JSON's, which are not told apart here.
  sf_array_contains: `(v, j) AS CASE WHEN json_type(v) <> 'NULL' THEN list_contains(${keys('j')}, memory.main.sfi_ekey(v))
     WHEN list_contains(${keys('j')}, 'null') THEN ${refusal('a search for NULL in an array that holds one', 'BOOLEAN')} END`,
  sf_array_position: `(v, j) AS CASE WHEN v IS NULL AND list_contains(${keys('j')}, 'null') THEN ${refusal('a search for NULL in an array that holds one', 'BIGINT')}
     ELSE nullif(list_position(${keys('j')}, memory.main.sfi_ekey(v)), 0) - 1 END`,
  sf_array_to_string: `(j, s) AS ${unless('s', `array_to_string(list_transform(${list}, lambda λe: coalesce(CASE WHEN json_type(λe) <> 'NULL' THEN memory.main.sfi_json_string(λe) END, '')), s)`)}`,
  sf_array_append: `(j, v) AS ${unless('j', `to_json(list_append(${list}, coalesce(v, memory.main.sf_missing_element())))`)}`,
  sf_array_prepend: `(j, v) AS ${unless('j', `to_json(list_prepend(coalesce(v, memory.main.sf_missing_element()), ${list}))`)}`,
  sf_array_cat: `(j, k) AS CASE WHEN j IS NOT NULL AND k IS NOT NULL THEN to_json(list_concat(${list}, memory.main.sfi_list(k))) END`,
  // From a place on, up to but not including another; negative places count from the end.
  sf_array_slice: `(j, a, b) AS to_json(list_slice(${list}, ${place('a')} + 1, ${place('b')}))`,
  sf_array_insert: `(j, p, v) AS CASE WHEN j IS NULL OR p IS NULL THEN NULL WHEN p < 0 OR p > json_array_length(j) THEN ${refusal('ARRAY_INSERT outside of the array', 'JSON')}
     ELSE to_json(list_concat(list_append(list_slice(${list}, 1, p), coalesce(v, memory.main.sf_missing_element())), list_slice(${list}, p + 1, json_array_length(j)))) END`,
  sf_array_remove: `(j, v) AS ${unless('v', `to_json(list_filter(${list}, lambda λe: memory.main.sfi_ekey(λe) <> memory.main.sfi_ekey(v)))`)}`,
  sf_array_remove_at: `(j, p) AS ${unless('p', `to_json(list_filter(${list}, lambda λe, λn: λn - 1 <> CASE WHEN p < 0 THEN json_array_length(j) + p ELSE p END))`)}`,
  sf_array_compact: `(j) AS to_json(${present})`,
  sf_array_distinct: `(j) AS to_json(list_filter(${list}, lambda λo, λn: list_position(${keys('j')}, memory.main.sfi_ekey(λo)) = λn))`,
  sf_array_reverse: `(j) AS to_json(list_reverse(${list}))`,
  sf_array_flatten: `(j) AS to_json(flatten(list_transform(${list}, lambda λo: CASE WHEN json_type(λo) = 'ARRAY' THEN memory.main.sfi_list(λo) ELSE [${failure('ARRAY_FLATTEN takes an array of arrays.', 'JSON')}] END)))`,
  sf_array_sort: `(j) AS ${sameTypes(`to_json(list_transform(${sorted}, lambda λs: λs.e))`)}`,
  sf_array_sort_down: `(j) AS ${sameTypes(`to_json(list_reverse(list_transform(${sorted}, lambda λs: λs.e)))`)}`,
  sf_array_min: `(j) AS ${sameTypes(`nullif(list_transform(list_filter(${sorted}, lambda λs: NOT λs.m), lambda λs: λs.e)[1], ${jsonNull})`)}`,
  sf_array_max: `(j) AS ${sameTypes(`nullif(list_transform(list_filter(${sorted}, lambda λs: NOT λs.m), lambda λs: λs.e)[-1], ${jsonNull})`)}`,
  // Multisets: each occurrence counts.
  sf_array_intersection: `(j, k) AS CASE WHEN k IS NOT NULL THEN to_json(list_filter(${list}, lambda λo, λn: ${occurrence} <= ${inOther})) END`,
  sf_array_except: `(j, k) AS CASE WHEN k IS NOT NULL THEN to_json(list_filter(${list}, lambda λo, λn: ${occurrence} > ${inOther})) END`,
  sf_arrays_overlap: `(j, k) AS list_has_any(${keys('j')}, ${keys('k')})`,
  sf_generate_range: `(a, b, s) AS CASE WHEN s = 0 THEN ${failure('The step of ARRAY_GENERATE_RANGE is 0.', 'JSON')} ELSE to_json(range(a, CASE WHEN abs(b - a) // abs(s) > ${maxElements} THEN ${refusal('an array of so many elements', 'BIGINT')} ELSE b END, s)) END`,
  // The elements that a lambda sees. A null would be SQL's or JSON's, which are not told apart here.
  sf_lambda_list: `(j) AS CASE WHEN len(list_filter(${list}, lambda λe: json_type(λe) = 'NULL')) > 0
     THEN [${refusal('a lambda over an array that holds a null', 'JSON')}] ELSE ${list} END`,
} satisfies Macros

/** Functions that take a lambda, with DuckDB's. */
export const lambdaFunctions: Readonly<Record<string, string>> = { FILTER: 'list_filter', TRANSFORM: 'list_transform' }

/** `FILTER(array, x -> …)` and `TRANSFORM(array, x -> …)`. */
export function lambdaFunction(name: string, own: string, args: readonly Node[], t: Translator): Emitted {
  const [arrayNode, lambdaNode] = args.map((arg) => plainArgument(arg, name))
  const lambda = bodyIf(lambdaNode, 'Lambda')
  if (lambda === undefined || args.length !== 2) throw cannotRun(`${name} without a lambda`)
  const { params, body } = fields(lambda, 'a lambda', ['params', 'body', 'syntax'])
  const one = bodyIf(params, 'One')
  if (one === undefined) throw cannotRun(`${name} with several parameters`)
  const { name: written, data_type: type } = fields(one, 'a lambda', ['name', 'data_type'])
  const parameter = nameOf(written)
  const array = variant(t.expr(arrayNode))
  const element = emitted(ownName(parameter), 'json')
  const value = optional(type) === null ? element : castTo(element, type, false)
  const parameters = new Map([...t.scope.parameters, [parameter, value]])
  const inner = t.inside({ ...t.scope, parameters }).expr(body)
  const list = `${macroName('sf_lambda_list')}(${array.text})`
  const result = name === 'FILTER' ? asCondition(inner) : asJson(inner)
  const call = `${own}(${list}, lambda ${ownName(parameter)}: ${result.text})`
  const made = name === 'FILTER' ? `to_json(${call})` : `${macroName('sf_full_array')}(${call})`
  return emitted(made, 'json', [array, result], { times: name === 'FILTER' ? 3 : 6 })
}

import { cannotRun, failure } from './failure.ts'

/**
 * Arrays: elements are compared by the values they hold. The variables of lambdas start with a letter that no column's name starts with,
 * for a column among the arguments would be taken for a variable of its name.
 */
const list = 'memory.main.sf_list(j)'
const keys = (array: string): string =>
  `list_transform(memory.main.sf_list(${array}), lambda λe: memory.main.sf_ekey(λe))`
const occurrence = `len(list_filter(list_slice(${keys('j')}, 1, λn), lambda λx: λx = memory.main.sf_ekey(λo)))`
const inOther = `len(list_filter(${keys('k')}, lambda λx: λx = memory.main.sf_ekey(λo)))`
const sorted = `list_sort(list_transform(${list}, lambda λe: {'m': json_type(λe) = 'NULL', 'n': memory.main.sf_vn(λe), 's': memory.main.sf_vkey(λe), 'e': λe}))`
const present = `list_filter(${list}, lambda λe: json_type(λe) <> 'NULL')`
const jsonNull = `CAST('null' AS JSON)`
/** Snowflake orders elements of mixed types in a way of its own. */
const sameTypes = (then: string): string =>
  `CASE WHEN len(list_distinct(list_transform(${present}, lambda λe: json_type(λe) = 'VARCHAR'))) > 1
     OR len(list_filter(${present}, lambda λe: json_type(λe) IN ('OBJECT', 'ARRAY', 'BOOLEAN'))) > 0
     THEN ${cannotRun('the order of arrays of mixed types', 'JSON')} ELSE ${then} END`
const place = (p: string): string => `CASE WHEN ${p} < 0 THEN greatest(json_array_length(j) + ${p}, 0) ELSE ${p} END`
const unless = (missing: string, then: string): string => `CASE WHEN ${missing} IS NOT NULL THEN ${then} END`

export const arrayMacros: readonly string[] = [
  `sf_array_size(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END`,
  // What elements are told apart by.
  `sf_ekey(j) AS CASE json_type(j) WHEN 'VARCHAR' THEN '"' || (j ->> '$') WHEN 'DOUBLE' THEN regexp_replace(CAST(CAST(j AS DOUBLE) AS VARCHAR), '\\.0$', '')
     WHEN 'OBJECT' THEN memory.main.sf_json_string(j) WHEN 'ARRAY' THEN memory.main.sf_json_string(j) ELSE CAST(j AS VARCHAR) END`,
  // Whether a null is among the elements depends on its kind, SQL's or JSON's, which are not told apart here.
  `sf_array_contains(v, j) AS CASE WHEN json_type(v) <> 'NULL' THEN list_contains(${keys('j')}, memory.main.sf_ekey(v))
     WHEN list_contains(${keys('j')}, 'null') THEN ${cannotRun('a search for NULL in an array that holds one', 'BOOLEAN')} END`,
  `sf_array_position(v, j) AS CASE WHEN v IS NULL AND list_contains(${keys('j')}, 'null') THEN ${cannotRun('a search for NULL in an array that holds one', 'BIGINT')}
     ELSE nullif(list_position(${keys('j')}, memory.main.sf_ekey(v)), 0) - 1 END`,
  `sf_array_to_string(j, s) AS ${unless('s', `array_to_string(list_transform(${list}, lambda λe: coalesce(CASE WHEN json_type(λe) <> 'NULL' THEN memory.main.sf_json_string(λe) END, '')), s)`)}`,
  `sf_array_append(j, v) AS ${unless('j', `to_json(list_append(${list}, coalesce(v, ${jsonNull})))`)}`,
  `sf_array_prepend(j, v) AS ${unless('j', `to_json(list_prepend(coalesce(v, ${jsonNull}), ${list}))`)}`,
  `sf_array_cat(j, k) AS CASE WHEN j IS NOT NULL AND k IS NOT NULL THEN to_json(list_concat(${list}, memory.main.sf_list(k))) END`,
  // From a place on, up to but not including another; negative places count from the end.
  `sf_array_slice(j, a, b) AS to_json(list_slice(${list}, ${place('a')} + 1, ${place('b')}))`,
  `sf_array_insert(j, p, v) AS CASE WHEN j IS NULL OR p IS NULL THEN NULL WHEN p < 0 OR p > json_array_length(j) THEN ${cannotRun('ARRAY_INSERT outside of the array', 'JSON')}
     ELSE to_json(list_concat(list_append(list_slice(${list}, 1, p), coalesce(v, ${jsonNull})), list_slice(${list}, p + 1, json_array_length(j)))) END`,
  `sf_array_remove(j, v) AS ${unless('v', `to_json(list_filter(${list}, lambda λe: memory.main.sf_ekey(λe) <> memory.main.sf_ekey(v)))`)}`,
  `sf_array_remove_at(j, p) AS ${unless('p', `to_json(list_filter(${list}, lambda λe, λn: λn - 1 <> CASE WHEN p < 0 THEN json_array_length(j) + p ELSE p END))`)}`,
  `sf_array_compact(j) AS to_json(${present})`,
  `sf_array_distinct(j) AS to_json(list_filter(${list}, lambda λo, λn: list_position(${keys('j')}, memory.main.sf_ekey(λo)) = λn))`,
  `sf_array_reverse(j) AS to_json(list_reverse(${list}))`,
  `sf_array_flatten(j) AS to_json(flatten(list_transform(${list}, lambda λo: CASE WHEN json_type(λo) = 'ARRAY' THEN memory.main.sf_list(λo) ELSE [${failure('ARRAY_FLATTEN takes an array of arrays.', 'JSON')}] END)))`,
  `sf_array_sort(j) AS ${sameTypes(`to_json(list_transform(${sorted}, lambda λs: λs.e))`)}`,
  `sf_array_sort_down(j) AS ${sameTypes(`to_json(list_reverse(list_transform(${sorted}, lambda λs: λs.e)))`)}`,
  `sf_array_min(j) AS ${sameTypes(`nullif(list_transform(list_filter(${sorted}, lambda λs: NOT λs.m), lambda λs: λs.e)[1], ${jsonNull})`)}`,
  `sf_array_max(j) AS ${sameTypes(`nullif(list_transform(list_filter(${sorted}, lambda λs: NOT λs.m), lambda λs: λs.e)[-1], ${jsonNull})`)}`,
  // Multisets: each occurrence counts.
  `sf_array_intersection(j, k) AS CASE WHEN k IS NOT NULL THEN to_json(list_filter(${list}, lambda λo, λn: ${occurrence} <= ${inOther})) END`,
  `sf_array_except(j, k) AS CASE WHEN k IS NOT NULL THEN to_json(list_filter(${list}, lambda λo, λn: ${occurrence} > ${inOther})) END`,
  `sf_arrays_overlap(j, k) AS list_has_any(${keys('j')}, ${keys('k')})`,
  `sf_generate_range(a, b, s) AS CASE WHEN s = 0 THEN ${failure('The step of ARRAY_GENERATE_RANGE is 0.', 'JSON')} ELSE to_json(range(a, b, s)) END`,
  // The elements that a lambda sees. A null would be SQL's or JSON's, which are not told apart here.
  `sf_lambda_list(j) AS CASE WHEN len(list_filter(${list}, lambda λe: json_type(λe) = 'NULL')) > 0
     THEN [${cannotRun('a lambda over an array that holds a null', 'JSON')}] ELSE ${list} END`,
]

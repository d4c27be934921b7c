import { cannotRun, failure } from './failure.ts'

/** Arrays: elements are compared by the values they hold. */
const list = 'memory.main.sf_list(j)'
const keys = (array: string): string =>
  `list_transform(memory.main.sf_list(${array}), lambda e: memory.main.sf_ekey(e))`
const occurrence = `len(list_filter(list_slice(${keys('j')}, 1, n), lambda x: x = memory.main.sf_ekey(e)))`
const inOther = `len(list_filter(${keys('k')}, lambda x: x = memory.main.sf_ekey(e)))`
const sorted = `list_sort(list_transform(${list}, lambda e: {'m': json_type(e) = 'NULL', 'n': memory.main.sf_vn(e), 's': memory.main.sf_vkey(e), 'e': e}))`
const present = `list_filter(${list}, lambda e: json_type(e) <> 'NULL')`
/** Snowflake orders elements of mixed types in a way of its own. */
const sameTypes = (then: string): string =>
  `CASE WHEN len(list_distinct(list_transform(${present}, lambda e: json_type(e) = 'VARCHAR'))) > 1 OR len(list_filter(${present}, lambda e: json_type(e) IN ('OBJECT', 'ARRAY', 'BOOLEAN'))) > 0
     THEN ${cannotRun('the order of arrays of mixed types', 'JSON')} ELSE ${then} END`
const place = (p: string): string => `CASE WHEN ${p} < 0 THEN greatest(json_array_length(j) + ${p}, 0) ELSE ${p} END`

export const arrayMacros: readonly string[] = [
  `sf_array_size(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END`,
  // What elements are told apart by.
  `sf_ekey(e) AS CASE json_type(e) WHEN 'VARCHAR' THEN '"' || (e ->> '$') WHEN 'DOUBLE' THEN regexp_replace(CAST(CAST(e AS DOUBLE) AS VARCHAR), '\\.0$', '')
     WHEN 'OBJECT' THEN memory.main.sf_json_string(e) WHEN 'ARRAY' THEN memory.main.sf_json_string(e) ELSE CAST(e AS VARCHAR) END`,
  // Whether a null is among the elements depends on its kind, SQL's or JSON's, which are not told apart here.
  `sf_array_contains(v, j) AS CASE WHEN json_type(v) <> 'NULL' THEN list_contains(${keys('j')}, memory.main.sf_ekey(v))
     WHEN list_contains(${keys('j')}, 'null') THEN ${cannotRun('a search for NULL in an array that holds one', 'BOOLEAN')} END`,
  `sf_array_position(v, j) AS nullif(list_position(${keys('j')}, memory.main.sf_ekey(v)), 0) - 1`,
  `sf_array_to_string(j, s) AS array_to_string(list_transform(${list}, lambda e: coalesce(e ->> '$', '')), s)`,
  `sf_array_append(j, v) AS to_json(list_append(${list}, coalesce(v, CAST('null' AS JSON))))`,
  `sf_array_prepend(j, v) AS to_json(list_prepend(coalesce(v, CAST('null' AS JSON)), ${list}))`,
  `sf_array_cat(j, k) AS CASE WHEN j IS NOT NULL AND k IS NOT NULL THEN to_json(list_concat(${list}, memory.main.sf_list(k))) END`,
  // From a place on, up to but not including another; negative places count from the end.
  `sf_array_slice(j, a, b) AS to_json(list_slice(${list}, ${place('a')} + 1, ${place('b')}))`,
  `sf_array_insert(j, p, v) AS CASE WHEN p < 0 OR p > json_array_length(j) THEN ${cannotRun('ARRAY_INSERT outside of the array', 'JSON')}
     ELSE to_json(list_concat(list_append(list_slice(${list}, 1, p), coalesce(v, CAST('null' AS JSON))), list_slice(${list}, p + 1, json_array_length(j)))) END`,
  `sf_array_remove(j, v) AS to_json(list_filter(${list}, lambda e: memory.main.sf_ekey(e) <> memory.main.sf_ekey(v)))`,
  `sf_array_remove_at(j, p) AS to_json(list_filter(${list}, lambda e, n: n - 1 <> CASE WHEN p < 0 THEN json_array_length(j) + p ELSE p END))`,
  `sf_array_compact(j) AS to_json(${present})`,
  `sf_array_distinct(j) AS to_json(list_filter(${list}, lambda e, n: list_position(${keys('j')}, memory.main.sf_ekey(e)) = n))`,
  `sf_array_reverse(j) AS to_json(list_reverse(${list}))`,
  `sf_array_flatten(j) AS to_json(flatten(list_transform(${list}, lambda e: CASE WHEN json_type(e) = 'ARRAY' THEN memory.main.sf_list(e) ELSE [${failure('ARRAY_FLATTEN takes an array of arrays.', 'JSON')}] END)))`,
  `sf_array_sort(j) AS ${sameTypes(`to_json(list_transform(${sorted}, lambda s: s.e))`)}`,
  `sf_array_sort_down(j) AS ${sameTypes(`to_json(list_reverse(list_transform(${sorted}, lambda s: s.e)))`)}`,
  `sf_array_min(j) AS ${sameTypes(`nullif(list_transform(list_filter(${sorted}, lambda s: NOT s.m), lambda s: s.e)[1], CAST('null' AS JSON))`)}`,
  `sf_array_max(j) AS ${sameTypes(`nullif(list_transform(list_filter(${sorted}, lambda s: NOT s.m), lambda s: s.e)[-1], CAST('null' AS JSON))`)}`,
  // Multisets: each occurrence counts.
  `sf_array_intersection(j, k) AS CASE WHEN k IS NOT NULL THEN to_json(list_filter(${list}, lambda e, n: ${occurrence} <= ${inOther})) END`,
  `sf_array_except(j, k) AS CASE WHEN k IS NOT NULL THEN to_json(list_filter(${list}, lambda e, n: ${occurrence} > ${inOther})) END`,
  `sf_arrays_overlap(j, k) AS list_has_any(${keys('j')}, ${keys('k')})`,
  `sf_generate_range(a, b, s) AS to_json(range(a, b, s))`,
]

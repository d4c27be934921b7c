import { cannotRun, failure } from './failure.ts'

/** Semi-structured values: VARIANT, OBJECT and ARRAY are DuckDB's JSON. */
const numbers = "('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE')"
const values = 'list_transform(json_keys(o), lambda λq: memory.main.sf_member(o, λq))'

/** A value's text with keys in order, `depth` levels deep; deeper objects are an error. */
const orderedText = (depth: number): string => {
  const inner = depth === 1 ? 'memory.main.sf_json_leaf' : `memory.main.sf_json_text_${depth - 1}`
  return `sf_json_text_${depth}(j) AS CASE json_type(j)
     WHEN 'OBJECT' THEN '{' || array_to_string(list_transform(list_sort(json_keys(j)), lambda λk${depth}: CAST(to_json(λk${depth}) AS VARCHAR) || ':' || ${inner}(memory.main.sf_member(j, λk${depth}))), ',') || '}'
     WHEN 'ARRAY' THEN '[' || array_to_string(list_transform(memory.main.sf_list(j), lambda λe${depth}: ${inner}(λe${depth})), ',') || ']'
     ELSE memory.main.sf_json_leaf(j) END`
}

const flattened = (list: string): string => `SELECT
     CASE WHEN single THEN 1 WHEN length(λr.p) >= 0 THEN ${cannotRun('the SEQ column of FLATTEN', 'BIGINT')} END AS "SEQ",
     λr.k AS "KEY", λr.p AS "PATH", λr.i AS "INDEX", λr.v AS "VALUE", λr.t AS "THIS"
     FROM (SELECT unnest(${list}) AS λr)`
const entries = `CASE
     WHEN json_type(j) = 'ARRAY' AND mode <> 'OBJECT' THEN list_transform(memory.main.sf_list(j), lambda λe, λn: {'k': NULL::VARCHAR, 'p': path || '[' || (λn - 1) || ']', 'i': λn - 1, 'v': λe, 't': j})
     WHEN json_type(j) = 'OBJECT' AND mode <> 'ARRAY' THEN list_transform(list_sort(json_keys(j)), lambda λq: {'k': λq,
       'p': CASE WHEN NOT regexp_full_match(λq, '[A-Za-z_][A-Za-z0-9_]*') THEN path || '[''' || λq || ''']' WHEN path = '' THEN λq ELSE path || '.' || λq END,
       'i': NULL::BIGINT, 'v': memory.main.sf_member(j, λq), 't': j})
     ELSE [] END`

export const jsonMacros: readonly string[] = [
  // Any value as a VARIANT.
  `sf_v(x) AS CASE
     WHEN typeof(x) = 'JSON' THEN CAST(x AS JSON)
     WHEN typeof(x) LIKE 'TIMESTAMP%' THEN to_json(strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g'))
     WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CAST(printf('%.15e', CAST(x AS DOUBLE)) AS JSON)
     WHEN typeof(x) = 'BLOB' THEN to_json(hex(CAST(x AS BLOB)))
     ELSE to_json(x) END`,
  // A place in a value that must be semi-structured.
  `sf_get(x, path) AS CASE
     WHEN typeof(x) = 'JSON' THEN json_extract(CAST(x AS JSON), path)
     WHEN typeof(x) = 'VARCHAR' AND x IS NOT NULL THEN ${failure('This is text, not a VARIANT: use PARSE_JSON first.', 'JSON')}
     ELSE json_extract(to_json(x), path) END`,
  `sf_member(j, k) AS json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))`,
  `sf_element(j, i) AS CASE WHEN i >= 0 AND json_type(j) = 'ARRAY' THEN json_extract(j, i) END`,
  // The elements of an array, a JSON null for each null.
  `sf_list(j) AS list_transform(CAST(j AS JSON[]), lambda λl: coalesce(λl, CAST('null' AS JSON)))`,
  // As text: scalars plain, flat objects and arrays as JSON with keys in order.
  `sf_json_leaf(j) AS CASE json_type(j)
     WHEN 'OBJECT' THEN ${cannotRun('text of objects nested so deep', 'VARCHAR')}
     WHEN 'ARRAY' THEN ${cannotRun('text of arrays nested so deep', 'VARCHAR')}
     WHEN 'DOUBLE' THEN CASE WHEN regexp_matches(CAST(j AS VARCHAR), '[eE]') THEN memory.main.sf_float_text(CAST(j AS DOUBLE)) ELSE regexp_replace(regexp_replace(CAST(j AS VARCHAR), '(\\.\\d*?)0+$', '\\1'), '\\.$', '') END
     ELSE CAST(j AS VARCHAR) END`,
  orderedText(1),
  orderedText(2),
  orderedText(3),
  orderedText(4),
  `sf_json_text(j) AS memory.main.sf_json_text_4(j)`,
  `sf_json_string(j) AS CASE
     WHEN json_type(j) IN ('OBJECT', 'ARRAY') THEN CASE
       WHEN length(translate(CAST(j AS VARCHAR), translate(CAST(j AS VARCHAR), '{', ''), '')) > 1 OR json_keys(j) <> list_sort(json_keys(j))
         THEN ${failure('The sample warehouse cannot run text of objects whose keys are not in order; Snowflake can: use TO_JSON.', 'VARCHAR')}
       ELSE CAST(json_extract(j, '$') AS VARCHAR) END
     WHEN json_type(j) = 'DOUBLE' THEN memory.main.sf_json_leaf(j)
     ELSE j ->> '$' END`,
  // A VARIANT's text where a date is asked for: a number is none.
  `sf_json_date(j) AS CASE WHEN json_type(j) IN ('VARCHAR', 'NULL') OR j IS NULL THEN j ->> '$' ELSE ${failure('The VARIANT holds no date.', 'VARCHAR')} END`,
  // A VARIANT's text where a time is asked for: whether a large number counts seconds or less is not known.
  `sf_json_instant(j) AS CASE WHEN json_type(j) IN ${numbers} AND abs(CAST(j AS DOUBLE)) >= 31536000000 THEN ${cannotRun('a time from so large a number in a VARIANT; cast it to NUMBER first', 'VARCHAR')} ELSE j ->> '$' END`,
  // The type of a number or text to be compared with a VARIANT.
  `sf_as(j, x) AS cast_to_type(CASE WHEN typeof(x) = 'JSON' THEN CAST(j AS VARCHAR) ELSE j ->> '$' END, x)`,
  // Keys to order and compare VARIANTs by.
  `sf_vn(j) AS CASE WHEN json_type(CAST(j AS JSON)) IN ${numbers} THEN CAST(CAST(j AS JSON) AS DOUBLE) END`,
  `sf_vkey(j) AS CASE WHEN json_type(CAST(j AS JSON)) IN ${numbers} THEN CAST(CAST(CAST(j AS JSON) AS DOUBLE) AS VARCHAR)
     WHEN json_type(CAST(j AS JSON)) = 'VARCHAR' THEN CAST(j AS JSON) ->> '$' ELSE memory.main.sf_json_string(CAST(j AS JSON)) END`,
  // A whole number written with a point could be either; what was floating point is told apart before it becomes a VARIANT.
  `sf_typeof(j) AS CASE
     WHEN json_type(j) IN ('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT') OR regexp_full_match(CAST(j AS VARCHAR), '-?\\d+') THEN 'INTEGER'
     WHEN json_type(j) = 'DOUBLE' THEN CASE WHEN regexp_matches(CAST(j AS VARCHAR), '[eE]|\\.0*$') THEN ${cannotRun('TYPEOF of a number written like this', 'VARCHAR')} ELSE 'DECIMAL' END
     WHEN json_type(j) = 'NULL' THEN 'NULL_VALUE'
     ELSE json_type(j) END`,
  // The same of a value that is no VARIANT yet.
  `sf_typeof_plain(x) AS CASE
     WHEN x IS NULL THEN NULL
     WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN 'DOUBLE'
     WHEN typeof(x) LIKE 'DECIMAL%' THEN CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '-?\\d+(\\.0*)?') THEN 'INTEGER' ELSE 'DECIMAL' END
     WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP_LTZ'
     WHEN typeof(x) LIKE 'TIMESTAMP%' THEN 'TIMESTAMP_NTZ'
     WHEN typeof(x) = 'BLOB' THEN 'BINARY'
     WHEN typeof(x) LIKE '%INT%' THEN 'INTEGER'
     WHEN typeof(x) = 'JSON' THEN memory.main.sf_typeof(CAST(x AS JSON))
     ELSE typeof(x) END`,
  // Whether a value is whole: Snowflake's answer for a number written with a point is not known.
  `sf_is_whole(j) AS CASE WHEN json_type(j) = 'DOUBLE' AND regexp_matches(CAST(j AS VARCHAR), '[eE]|\\.0*$') THEN ${cannotRun('this test of a whole number written with a point', 'BOOLEAN')}
     ELSE json_type(j) IN ('UBIGINT', 'BIGINT') END`,
  // Empty text is no value. DuckDB reads commas before brackets, NaN and Infinity, and keys that come twice.
  `sf_is_lax(x) AS regexp_matches(regexp_replace(x, '"([^"\\\\]|\\\\.)*"', '""', 'g'), ',\\s*[\\]}]|[Nn][Aa][Nn]|[Ii][Nn][Ff]|/[/*]')`,
  `sf_doubled(j) AS json_type(j) = 'OBJECT' AND len(json_keys(j)) > len(list_distinct(json_keys(j)))`,
  `sf_parse_json(x) AS CASE WHEN trim(x) = '' THEN NULL WHEN memory.main.sf_is_lax(x) THEN ${cannotRun('PARSE_JSON of text that is not strictly JSON', 'JSON')}
     WHEN memory.main.sf_doubled(CAST(x AS JSON)) THEN ${failure('The JSON has a key twice.', 'JSON')} ELSE json_extract(CAST(x AS JSON), '$') END`,
  `sf_try_parse_json(x) AS CASE WHEN NOT json_valid(x) THEN NULL WHEN memory.main.sf_is_lax(x) THEN ${cannotRun('TRY_PARSE_JSON of text that is not strictly JSON', 'JSON')}
     WHEN NOT memory.main.sf_doubled(CAST(x AS JSON)) THEN json_extract(CAST(x AS JSON), '$') END`,
  `sf_to_array(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN j WHEN j IS NULL THEN NULL ELSE json_array(j) END`,
  `sf_to_object(j) AS CASE WHEN json_type(j) = 'OBJECT' THEN j WHEN j IS NULL THEN NULL ELSE ${failure('The value is no object.', 'JSON')} END`,
  // Objects from keys and values, in the order of their keys.
  `sf_pairs(k, v) AS list_sort(list_transform(list_zip(k, v), lambda λp: {'k': λp[1], 't': CAST(to_json(λp[1]) AS VARCHAR) || ':' || coalesce(CAST(λp[2] AS VARCHAR), 'null'), 'n': λp[2] IS NULL}))`,
  `sf_join(p) AS CAST('{' || array_to_string(list_transform(p, lambda λt: λt.t), ',') || '}' AS JSON)`,
  `sf_object(k, v) AS memory.main.sf_join(list_filter(memory.main.sf_pairs(k, v), lambda λf: λf.k IS NOT NULL AND NOT λf.n))`,
  `sf_object_all(k, v) AS memory.main.sf_join(list_filter(memory.main.sf_pairs(k, v), lambda λf: λf.k IS NOT NULL))`,
  // OBJECT_AGG fails where a key comes twice.
  `sf_object_once(k, v) AS CASE WHEN len(list_filter(k, lambda λq: λq IS NOT NULL)) > len(list_distinct(k)) THEN ${failure('OBJECT_AGG met a key twice.', 'JSON')} ELSE memory.main.sf_object(k, v) END`,
  `sf_object_insert(o, k, v) AS CASE WHEN o IS NULL THEN NULL WHEN list_contains(json_keys(o), k) THEN ${failure('Duplicate field key.', 'JSON')}
     ELSE memory.main.sf_object(list_append(json_keys(o), k), list_append(${values}, v)) END`,
  `sf_object_replace(o, k, v) AS CASE WHEN o IS NOT NULL THEN memory.main.sf_object(list_append(list_filter(json_keys(o), lambda λq: λq <> k),
     k), list_append(list_transform(list_filter(json_keys(o), lambda λq: λq <> k), lambda λq: memory.main.sf_member(o, λq)), v)) END`,
  `sf_object_keep(o, keys) AS CASE WHEN o IS NOT NULL THEN memory.main.sf_object(keys, list_transform(keys, lambda λq: memory.main.sf_member(o, λq))) END`,
  `sf_object_delete(o, keys) AS memory.main.sf_object_keep(o, list_filter(json_keys(o), lambda λq: NOT list_contains(keys, λq)))`,
  `sf_object_pick(o, keys) AS memory.main.sf_object_keep(o, list_filter(json_keys(o), lambda λq: list_contains(keys, λq)))`,
  `sf_flatten(j, path, mode, single) AS TABLE ${flattened(entries)}`,
  `sf_flatten_outer(j, path, mode, single) AS TABLE ${flattened(`CASE WHEN len(coalesce(${entries}, [])) = 0
     THEN [{'k': NULL::VARCHAR, 'p': path || '', 'i': NULL::BIGINT, 'v': NULL::JSON, 't': json_extract(j, '$')}] ELSE ${entries} END`)}`,
]

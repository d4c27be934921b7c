import { refusal, failure, type Macros } from './macro-text.ts'

/** Semi-structured values: VARIANT, OBJECT and ARRAY are DuckDB's JSON. */
const numbers = "('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE')"

/** A value's text with keys in order, `depth` levels deep; deeper objects are an error. */
const orderedText = (depth: number): string => {
  const inner = depth === 1 ? 'memory.main.sfi_json_leaf' : `memory.main.sfi_json_text_${depth - 1}`
  return `(j) AS CASE json_type(j)
     WHEN 'OBJECT' THEN '{' || array_to_string(list_transform(list_sort(json_keys(j)), lambda λk${depth}: CAST(to_json(λk${depth}) AS VARCHAR) || ':' || ${inner}(memory.main.sf_member(j, λk${depth}))), ',') || '}'
     WHEN 'ARRAY' THEN '[' || array_to_string(list_transform(memory.main.sfi_list(j), lambda λe${depth}: ${inner}(λe${depth})), ',') || ']'
     ELSE memory.main.sfi_json_leaf(j) END`
}

/**
 * Whether a JSON text has a decimal number of more than 15 digits: DuckDB reads it as a double, Snowflake keeps every digit. A number with an
 * exponent is a double to both.
 */
export const losesDigits = (text: string): string =>
  `(regexp_matches(${text}, '[0-9.]{17}') AND len(list_filter(regexp_extract_all(regexp_replace(${text}, '"([^"\\\\]|\\\\.)*"', '""', 'g'), '[0-9]+\\.[0-9]+[eE]?'),
     lambda λn: length(λn) > 16 AND NOT regexp_matches(λn, '[eE]$'))) > 0)`

export const jsonMacros = {
  sf_missing_element: `() AS ${refusal('an array that holds a NULL', 'JSON')}`,
  sfi_loses_digits: `(x) AS ${losesDigits('x')}`,
  // Any value as a VARIANT.
  sf_v: `(x) AS CASE
     WHEN typeof(x) = 'JSON' THEN CAST(x AS JSON)
     WHEN typeof(x) LIKE 'TIMESTAMP%' THEN to_json(strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g'))
     WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CAST(printf('%.15e', CAST(x AS DOUBLE)) AS JSON)
     WHEN typeof(x) = 'BLOB' THEN to_json(hex(CAST(x AS BLOB)))
     ELSE to_json(x) END`,
  // The same of what may be a decimal.
  sf_v_decimal: `(x) AS CASE
     WHEN typeof(x) LIKE '%DECIMAL(%' THEN list_transform([to_json(x)], lambda λv: CASE WHEN ${losesDigits('CAST(λv AS VARCHAR)')} THEN ${refusal('a VARIANT of a decimal of more than 15 digits', 'JSON')} ELSE λv END)[1]
     ELSE memory.main.sf_v(x) END`,
  // A place in a value that must be semi-structured.
  sf_get: `(x, path) AS CASE
     WHEN typeof(x) = 'JSON' THEN json_extract(CAST(x AS JSON), path)
     WHEN typeof(x) = 'VARCHAR' AND x IS NOT NULL THEN ${failure('This is text, not a VARIANT: use PARSE_JSON first.', 'JSON')}
     ELSE json_extract(to_json(x), path) END`,
  sf_member: `(j, k) AS json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))`,
  sf_element: `(j, i) AS CASE WHEN i >= 0 AND json_type(j) = 'ARRAY' THEN json_extract(j, i) END`,
  // The elements of an array, a JSON null for each null.
  sfi_list: `(j) AS list_transform(CAST(j AS JSON[]), lambda λl: coalesce(λl, CAST('null' AS JSON)))`,
  // As text: scalars plain, flat objects and arrays as JSON with keys in order.
  sfi_json_leaf: `(j) AS CASE json_type(j)
     WHEN 'OBJECT' THEN ${refusal('text of objects nested so deep', 'VARCHAR')}
     WHEN 'ARRAY' THEN ${refusal('text of arrays nested so deep', 'VARCHAR')}
     WHEN 'DOUBLE' THEN CASE WHEN regexp_matches(CAST(j AS VARCHAR), '[eE]') THEN memory.main.sfi_float_text(CAST(j AS DOUBLE)) ELSE regexp_replace(regexp_replace(CAST(j AS VARCHAR), '(\\.\\d*?)0+$', '\\1'), '\\.$', '') END
     ELSE CAST(j AS VARCHAR) END`,
  sfi_json_text_1: orderedText(1),
  sfi_json_text_2: orderedText(2),
  sfi_json_text_3: orderedText(3),
  sfi_json_text_4: orderedText(4),
  sf_json_text: `(j) AS memory.main.sfi_json_text_4(j)`,
  sfi_json_string: `(j) AS CASE
     WHEN json_type(j) IN ('OBJECT', 'ARRAY') THEN CASE
       WHEN length(translate(CAST(j AS VARCHAR), translate(CAST(j AS VARCHAR), '{', ''), '')) > 1 OR json_keys(j) <> list_sort(json_keys(j))
         THEN ${failure('The sample warehouse cannot run text of objects whose keys are not in order; Snowflake can: use TO_JSON.', 'VARCHAR')}
       ELSE CAST(json_extract(j, '$') AS VARCHAR) END
     WHEN json_type(j) = 'DOUBLE' THEN memory.main.sfi_json_leaf(j)
     ELSE j ->> '$' END`,
  // A VARIANT's text where a date is asked for: a number is none.
  sf_json_date: `(j) AS CASE WHEN json_type(j) IN ('VARCHAR', 'NULL') OR j IS NULL THEN j ->> '$' ELSE ${failure('The VARIANT holds no date.', 'VARCHAR')} END`,
  // A VARIANT's text where a time is asked for: whether a large number counts seconds or less is not known.
  sf_json_instant: `(j) AS CASE WHEN json_type(j) IN ${numbers} AND abs(CAST(j AS DOUBLE)) >= 31536000000 THEN ${refusal('a time from so large a number in a VARIANT; cast it to NUMBER first', 'VARCHAR')} ELSE j ->> '$' END`,
  // The type of a number or text to be compared with a VARIANT.
  sf_as: `(j, x) AS cast_to_type(CASE WHEN typeof(x) = 'JSON' THEN CAST(j AS VARCHAR) ELSE j ->> '$' END, x)`,
  // Keys to order and compare VARIANTs by.
  sf_vn: `(j) AS CASE WHEN json_type(CAST(j AS JSON)) IN ${numbers} THEN CAST(CAST(j AS JSON) AS DOUBLE) END`,
  sf_vkey: `(j) AS CASE WHEN json_type(CAST(j AS JSON)) IN ${numbers} THEN CAST(CAST(CAST(j AS JSON) AS DOUBLE) AS VARCHAR)
     WHEN json_type(CAST(j AS JSON)) = 'VARCHAR' THEN CAST(j AS JSON) ->> '$' ELSE memory.main.sfi_json_string(CAST(j AS JSON)) END`,
  sf_to_array: `(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN j WHEN j IS NULL THEN NULL ELSE json_array(j) END`,
  sf_to_object: `(j) AS CASE WHEN json_type(j) = 'OBJECT' THEN j WHEN j IS NULL THEN NULL ELSE ${failure('The value is no object.', 'JSON')} END`,
  // Objects from keys and values, in the order of their keys.
  sfi_pairs: `(k, v) AS list_sort(list_transform(list_zip(k, v), lambda λp: {'k': λp[1], 't': CAST(to_json(λp[1]) AS VARCHAR) || ':' || coalesce(CAST(λp[2] AS VARCHAR), 'null'), 'n': λp[2] IS NULL}))`,
  sfi_join: `(p) AS CAST('{' || array_to_string(list_transform(p, lambda λt: λt.t), ',') || '}' AS JSON)`,
  sf_object: `(k, v) AS memory.main.sfi_join(list_filter(memory.main.sfi_pairs(k, v), lambda λf: λf.k IS NOT NULL AND NOT λf.n))`,
  sf_object_all: `(k, v) AS memory.main.sfi_join(list_filter(memory.main.sfi_pairs(k, v), lambda λf: λf.k IS NOT NULL))`,
} satisfies Macros

import { refusal, failure, type Macros, macroName } from '../macros/macro-text.ts'
import { asJson, asText, isOpen } from '../translate/coercions.ts'
import { emitted, type Emitted, floating, macro, scaleOf, textConstant } from '../translate/emitted.ts'
import { atIndex, atPath, makeObject, variant } from '../translate/semi-structured.ts'
import { cannotRun, integerLiteral, stringLiteral } from '../translate/syntax.ts'
import type { Call } from './call.ts'
import { custom, rule, type Rules } from './function-set.ts'

const steps = /^(?:\.?(?:[A-Za-z_]\w*|"[^"\\]+")|\[\d+\]|\['[^'"\\]+'\])/

/** A path as `GET_PATH` and `FLATTEN` take it (`a.b[0]`) in DuckDB's form. */
export function jsonPath(text: string): string {
  let rest = text
  let path = '$'
  while (rest !== '') {
    const taken = steps.exec(rest)?.[0]
    if (taken === undefined) throw cannotRun(`the path '${text}'`)
    const name = taken.replaceAll(/^\.|^\['|'\]$|"/g, '')
    path += /^\[\d/.test(taken) ? taken : `."${name}"`
    rest = rest.slice(taken.length)
  }
  return path
}

/** `GET(value, key)`: a key of an object, or a place in an array. */
function get(call: Call): Emitted {
  const name = stringLiteral(call.args[1])
  if (name !== null) {
    if (/["\\]/.test(name)) throw cannotRun('GET of a key with quotes or backslashes')
    return atPath(call.arg(0), `$."${name}"`)
  }
  const index = integerLiteral(call.args[1])
  const key = call.arg(1)
  if (index === null && key.kind === 'text')
    return macro('sf_member', [variant(call.arg(0)), key], 'json', { times: 2 })
  if (index === null && isOpen(key)) throw cannotRun('GET with a key whose type is not known')
  return atIndex(call.arg(0), key)
}

/** `PARSE_JSON`: what is no JSON is an error, or NULL with `attempt`. */
const parseJson =
  (name: 'sf_parse_json' | 'sf_try_parse_json') =>
  (call: Call): Emitted =>
    macro(name, [asText(call.arg(0))], 'json', { times: 5 })

function construct(keepNulls: boolean): (call: Call) => Emitted {
  return (call) => {
    if (call.args.length % 2 === 1) throw cannotRun(`${call.name} of a star or an odd number of arguments`)
    const pairs = Array.from(
      { length: call.args.length / 2 },
      (_, i) => [call.arg(2 * i), call.arg(2 * i + 1)] as const,
    )
    return makeObject(pairs, keepNulls)
  }
}

/** `OBJECT_INSERT(object, key, value [, replace])`. */
function objectInsert(call: Call): Emitted {
  const replace = call.args.length > 3 ? call.arg(3).constant : false
  if (typeof replace !== 'boolean') throw cannotRun('OBJECT_INSERT with a computed fourth argument')
  const args = [variant(call.arg(0)), asText(call.arg(1)), asJson(call.arg(2))]
  return macro(replace ? 'sf_object_replace' : 'sf_object_insert', args, 'json', { times: 4 })
}

const keyList = (call: Call): string =>
  `[${call.args
    .slice(1)
    .map((_, i) => textOfKey(call, i + 1))
    .join(', ')}]`
const textOfKey = (call: Call, index: number): string => textConstant(call.text(index)).text

const objectDelete = (call: Call): Emitted =>
  macro('sf_object_delete', [variant(call.arg(0))], 'json', { extra: [keyList(call)], times: 3 })

const objectPick = (call: Call): Emitted =>
  macro('sf_object_pick', [variant(call.arg(0))], 'json', { extra: [keyList(call)], times: 3 })

/** A value that the query itself made a VARIANT. */
const conversion = /memory\.main\.sf_v(?:_decimal)?\(/

/** A VARIANT that was no other value before: what was a date or floating point is not told apart any more. */
function original(call: Call): Emitted {
  const json = asJson(call.arg(0))
  if (conversion.test(json.text)) throw cannotRun(`${call.name} of a value made a VARIANT by the query`)
  return json
}

/** `TYPEOF`, also of a value just made a VARIANT. */
function typeOf(call: Call): Emitted {
  const json = asJson(call.arg(0))
  const [prefix = ''] = conversion.exec(json.text) ?? []
  const inner = prefix !== '' && json.text.startsWith(prefix) ? json.text.slice(prefix.length, -1) : null
  if (inner !== null && !conversion.test(inner))
    return emitted(`${macroName('sf_typeof_plain')}(${inner})`, 'text', [json], { times: 8 })
  if (/\d[eE][+-]?\d/.test(json.text)) throw cannotRun('TYPEOF of numbers with exponents')
  return macro('sf_typeof', [original(call)], 'text', { times: 5 })
}

/** A test or cut by the type of a VARIANT: `$1` in the text stands for it. */
const byType = (kind: Emitted['kind'], text: string, scale: string | null = null) => [
  custom(1, 1, (call) => {
    const json = original(call)
    return emitted(
      text.replaceAll(/\bsf_\w+(?=\()/g, macroName).replaceAll('$1', () => json.text),
      kind,
      [json],
      { scale, times: 4 },
    )
  }),
]
const isType = (types: string) => byType('boolean', `(json_type($1) IN (${types}))`)
const whole = "'UBIGINT', 'BIGINT'"

const asNumbers = `CASE WHEN json_type($1) IN (${whole}, 'DOUBLE') THEN CAST($1 AS DOUBLE) END`

const toJson = (call: Call): Emitted => macro('sf_json_text', [asJson(call.arg(0))], 'text', { times: 1500 })

/** Functions on semi-structured values. */
export const jsonRules: Rules = {
  PARSE_JSON: [custom(1, 1, parseJson('sf_parse_json'))],
  TRY_PARSE_JSON: [custom(1, 1, parseJson('sf_try_parse_json'))],
  TO_JSON: [custom(1, 1, toJson)],
  GET_PATH: [custom(2, 2, (call) => atPath(call.arg(0), jsonPath(call.text(1))))],
  GET: [custom(2, 2, get)],
  OBJECT_CONSTRUCT: [custom(0, 200, construct(false))],
  OBJECT_CONSTRUCT_KEEP_NULL: [custom(0, 200, construct(true))],
  OBJECT_INSERT: [custom(3, 4, objectInsert)],
  OBJECT_DELETE: [custom(2, 50, objectDelete)],
  OBJECT_PICK: [custom(2, 50, objectPick)],
  OBJECT_KEYS: rule('j', 'json', 'to_json(list_sort(json_keys(sf_to_object($1))))'),
  TYPEOF: [custom(1, 1, typeOf)],
  IS_NULL_VALUE: rule('j', 'boolean', "(json_type($1) = 'NULL')"),
  STRIP_NULL_VALUE: rule('j', 'json', "CASE WHEN json_type($1) <> 'NULL' THEN $1 END"),
  IS_ARRAY: isType("'ARRAY'"),
  IS_OBJECT: isType("'OBJECT'"),
  IS_BOOLEAN: isType("'BOOLEAN'"),
  IS_VARCHAR: isType("'VARCHAR'"),
  IS_CHAR: isType("'VARCHAR'"),
  IS_INTEGER: byType('boolean', 'sf_is_whole($1)'),
  IS_DECIMAL: isType(`${whole}, 'DOUBLE'`),
  IS_DOUBLE: isType(`${whole}, 'DOUBLE'`),
  IS_REAL: isType(`${whole}, 'DOUBLE'`),
  AS_VARCHAR: byType('text', "CASE WHEN json_type($1) = 'VARCHAR' THEN ($1 ->> '$') END"),
  AS_CHAR: byType('text', "CASE WHEN json_type($1) = 'VARCHAR' THEN ($1 ->> '$') END"),
  AS_INTEGER: byType('number', 'CASE WHEN sf_is_whole($1) THEN CAST($1 AS DECIMAL(38, 0)) END', scaleOf(0)),
  AS_DOUBLE: byType('number', asNumbers, floating),
  AS_REAL: byType('number', asNumbers, floating),
  AS_BOOLEAN: byType('boolean', "CASE WHEN json_type($1) = 'BOOLEAN' THEN CAST($1 AS BOOLEAN) END"),
  AS_ARRAY: rule('j', 'json', "CASE WHEN json_type($1) = 'ARRAY' THEN $1 END"),
  AS_OBJECT: rule('j', 'json', "CASE WHEN json_type($1) = 'OBJECT' THEN $1 END"),
}

const values = 'list_transform(json_keys(o), lambda λq: memory.main.sf_member(o, λq))'

/** Macros of these functions alone. */
export const jsonFunctionMacros = {
  // A whole number written with a point could be either; what was floating point is told apart before it becomes a VARIANT.
  sf_typeof: `(j) AS CASE
     WHEN json_type(j) IN ('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT') OR regexp_full_match(CAST(j AS VARCHAR), '-?\\d+') THEN 'INTEGER'
     WHEN json_type(j) = 'DOUBLE' THEN CASE WHEN regexp_matches(CAST(j AS VARCHAR), '[eE]|\\.0*$') THEN ${refusal('TYPEOF of a number written like this', 'VARCHAR')} ELSE 'DECIMAL' END
     WHEN json_type(j) = 'NULL' THEN 'NULL_VALUE'
     ELSE json_type(j) END`,
  // The same of a value that is no VARIANT yet.
  sf_typeof_plain: `(x) AS CASE
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
  sf_is_whole: `(j) AS CASE WHEN json_type(j) = 'DOUBLE' AND regexp_matches(CAST(j AS VARCHAR), '[eE]|\\.0*$') THEN ${refusal('this test of a whole number written with a point', 'BOOLEAN')}
     ELSE json_type(j) IN ('UBIGINT', 'BIGINT') END`,
  // Empty text is no value. DuckDB reads commas before brackets, NaN and Infinity, and keys that come twice.
  sfi_is_lax: `(x) AS regexp_matches(regexp_replace(x, '"([^"\\\\]|\\\\.)*"', '""', 'g'), ',\\s*[\\]}]|[Nn][Aa][Nn]|[Ii][Nn][Ff]|/[/*]')`,
  sfi_doubled: `(j) AS json_type(j) = 'OBJECT' AND len(json_keys(j)) > len(list_distinct(json_keys(j)))`,
  sf_parse_json: `(x) AS CASE WHEN trim(x) = '' THEN NULL WHEN memory.main.sfi_is_lax(x) THEN ${refusal('PARSE_JSON of text that is not strictly JSON', 'JSON')}
     WHEN memory.main.sfi_loses_digits(x) THEN ${refusal('PARSE_JSON of decimals of more than 15 digits', 'JSON')}
     WHEN memory.main.sfi_doubled(CAST(x AS JSON)) THEN ${failure('The JSON has a key twice.', 'JSON')} ELSE json_extract(CAST(x AS JSON), '$') END`,
  sf_try_parse_json: `(x) AS CASE WHEN NOT json_valid(x) THEN NULL WHEN memory.main.sfi_is_lax(x) THEN ${refusal('TRY_PARSE_JSON of text that is not strictly JSON', 'JSON')}
     WHEN memory.main.sfi_loses_digits(x) THEN ${refusal('TRY_PARSE_JSON of decimals of more than 15 digits', 'JSON')}
     WHEN NOT memory.main.sfi_doubled(CAST(x AS JSON)) THEN json_extract(CAST(x AS JSON), '$') END`,
  sf_object_insert: `(o, k, v) AS CASE WHEN o IS NULL THEN NULL WHEN list_contains(json_keys(o), k) THEN ${failure('Duplicate field key.', 'JSON')}
     ELSE memory.main.sf_object(list_append(json_keys(o), k), list_append(${values}, v)) END`,
  sf_object_replace: `(o, k, v) AS CASE WHEN o IS NOT NULL THEN memory.main.sf_object(list_append(list_filter(json_keys(o), lambda λq: λq <> k),
     k), list_append(list_transform(list_filter(json_keys(o), lambda λq: λq <> k), lambda λq: memory.main.sf_member(o, λq)), v)) END`,
  sfi_object_keep: `(o, keys) AS CASE WHEN o IS NOT NULL THEN memory.main.sf_object(keys, list_transform(keys, lambda λq: memory.main.sf_member(o, λq))) END`,
  sf_object_delete: `(o, keys) AS memory.main.sfi_object_keep(o, list_filter(json_keys(o), lambda λq: NOT list_contains(keys, λq)))`,
  sf_object_pick: `(o, keys) AS memory.main.sfi_object_keep(o, list_filter(json_keys(o), lambda λq: list_contains(keys, λq)))`,
} satisfies Macros

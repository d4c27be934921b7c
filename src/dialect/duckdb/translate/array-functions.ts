import type { Call } from './call.ts'
import { asJson, asText, asWhole } from './coercions.ts'
import { type Emitted, macro } from './emitted.ts'
import { custom, rule, type Rules } from './rules.ts'
import { makeArray, variant } from './semi-structured.ts'
import { cannotRun } from './syntax.ts'

type Convert = (e: Emitted) => Emitted

/** A macro over an array and further arguments. */
const onArray = (name: string, ...rest: readonly Convert[]) => [
  custom(rest.length + 1, rest.length + 1, (call: Call): Emitted =>
    macro(name, [variant(call.arg(0)), ...rest.map((convert, i) => convert(call.arg(i + 1)))], 'json', { times: 4 }),
  ),
]

const whole = { scale: "'0'" }

const size = (call: Call): Emitted => macro('sf_array_size', [variant(call.arg(0))], 'number', { ...whole, times: 3 })

const contains = (call: Call): Emitted =>
  macro('sf_array_contains', [asJson(call.arg(0)), variant(call.arg(1))], 'boolean', { times: 3 })

const position = (call: Call): Emitted =>
  macro('sf_array_position', [asJson(call.arg(0)), variant(call.arg(1))], 'number', { ...whole, times: 3 })

const toText = (call: Call): Emitted =>
  macro('sf_array_to_string', [variant(call.arg(0)), asText(call.arg(1))], 'text', { times: 2 })

const construct = (call: Call): Emitted => makeArray(call.args.map((_, i) => call.arg(i)))

const overlap = (call: Call): Emitted =>
  macro('sf_arrays_overlap', [variant(call.arg(0)), variant(call.arg(1))], 'boolean', { times: 2 })

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
  ARRAY_COMPACT: onArray('sf_array_compact'),
  ARRAY_DISTINCT: onArray('sf_array_distinct'),
  ARRAY_REVERSE: onArray('sf_array_reverse'),
  ARRAY_FLATTEN: onArray('sf_array_flatten'),
  ARRAY_MIN: onArray('sf_array_min'),
  ARRAY_MAX: onArray('sf_array_max'),
  ARRAY_INTERSECTION: onArray('sf_array_intersection', variant),
  ARRAY_EXCEPT: onArray('sf_array_except', variant),
  ARRAYS_OVERLAP: [custom(2, 2, overlap)],
  ARRAY_SORT: [custom(1, 2, sort)],
  ARRAY_GENERATE_RANGE: [custom(2, 3, range)],
  ARRAYS_TO_OBJECT: rule('jj', 'json', 'sf_object_all(CAST($1 AS VARCHAR[]), CAST($2 AS JSON[]))'),
}

import { macroName } from '../macros/macro-text.ts'
import { asJson, asText, asWhole } from './coercions.ts'
import { emitted, type Emitted, macro } from './emitted.ts'
import { literal } from './identifiers.ts'
import { cannotRun, fields, integerLiteral, listOf, type Node, stringLiteral, tagged, textOf } from './syntax.ts'
import type { Translator } from './translator.ts'

/** One step of a JSON path. */
function step(key: string): string {
  if (/["\\]/.test(key)) throw cannotRun('a path through a key with quotes or backslashes')
  return `."${key}"`
}

const element = (index: number): string => `[${index}]`

/** The value at a literal path such as `$."a"[0]`. What is no VARIANT is an error, as in Snowflake. */
export const atPath = (value: Emitted, path: string): Emitted =>
  value.kind === 'json'
    ? emitted(`json_extract(${value.text}, ${literal(path)})`, 'json', [value])
    : macro('sf_get', [value], 'json', { extra: [literal(path)], times: 6 })

/** The array element at a computed place; before the first there is none. */
export function atIndex(value: Emitted, index: Emitted): Emitted {
  const [json, place] = [variant(value), asWhole(index)]
  return macro('sf_element', [json, place], 'json', { times: 3 })
}

/** A value that must be a VARIANT already. */
export const variant = (value: Emitted): Emitted =>
  value.kind === 'json' ? value : macro('sf_get', [value], 'json', { extra: ["'$'"], times: 6 })

/** `v:a.b[0]['c']`. */
export function jsonAccess(body: Node, t: Translator): Emitted {
  const { value, path } = fields(body, 'a path', ['value', 'path'])
  const { path: steps } = fields(path, 'a path', ['path', 'has_colon'])
  let result = t.expr(value)
  let pending = ''
  const flush = (): void => {
    if (pending !== '') result = atPath(result, `$${pending}`)
    pending = ''
  }
  for (const node of listOf(steps)) {
    const [tag, detail] = tagged(node)
    if (tag === 'Dot') {
      pending += step(textOf(fields(detail, 'a path', ['key', 'quoted'])['key'], 'a path'))
      continue
    }
    const { key } = fields(detail, 'a path', ['key'])
    const name = stringLiteral(key)
    const index = integerLiteral(key)
    if (name !== null) pending += step(name)
    else if (index !== null && index >= 0) pending += element(index)
    else {
      flush()
      result = atIndex(result, t.expr(key))
    }
  }
  flush()
  return result
}

/** `[1, 2]`. */
export function arrayLiteral(body: Node, t: Translator): Emitted {
  const { elem } = fields(body, 'an array', ['elem', 'named'])
  return makeArray(listOf(elem).map((node) => t.expr(node)))
}

/** An array of values. Snowflake keeps a NULL in it apart from a JSON null, which DuckDB cannot: rows that have one fail. */
export function makeArray(elements: readonly Emitted[]): Emitted {
  const list = elements.map(asJson)
  const unchecked = `json_array(${list.map((e) => e.text).join(', ')})`
  const missing = elements.filter((e) => e.constant === null).map((e) => `${e.text} IS NULL`)
  if (missing.length === 0) return emitted(unchecked, 'json', list)
  const text = `CASE WHEN ${missing.join(' OR ')} THEN ${macroName('sf_missing_element')}() ELSE ${unchecked} END`
  return { ...emitted(text, 'json', list, { times: 2 }), unchecked }
}

/** An array in which a missing element and a JSON null may be alike. */
export const tolerant = (array: Emitted): Emitted =>
  array.unchecked === undefined ? array : { ...array, text: array.unchecked }

/** `{'a': 1}`. */
export function dictionary(body: Node, t: Translator): Emitted {
  const pairs = listOf(body).map((node) => {
    const { key, value } = fields(node, 'an object', ['key', 'value'])
    const { value: name, quote_style: quote } = fields(key, 'an object', ['value', 'quote_style'])
    if (quote !== "'") throw cannotRun('an object with a key that is no text')
    return [
      emitted(literal(textOf(name, 'a key')), 'text', [], { constant: textOf(name, 'a key') }),
      t.expr(value),
    ] as const
  })
  return makeObject(pairs, false)
}

/** An object, keys in order; pairs with a NULL key, and unless `keepNulls` with a NULL value, are left out. */
export function makeObject(pairs: readonly (readonly [key: Emitted, value: Emitted])[], keepNulls: boolean): Emitted {
  const present = pairs.filter(([key, value]) => key.kind !== 'null' && (keepNulls || value.kind !== 'null'))
  if (present.length < pairs.length) return makeObject(present, keepNulls)
  const names = pairs.map(([key]) => key.constant).filter((name) => name !== null)
  if (new Set(names).size < names.length) throw cannotRun('an object that names a key twice')
  const keys = pairs.map(([key]) => asText(key))
  const values = pairs.map(([, value]) => asJson(value))
  const list = (items: readonly Emitted[], type: string): string =>
    `CAST([${items.map((e) => e.text).join(', ')}] AS ${type}[])`
  return macro(keepNulls ? 'sf_object_all' : 'sf_object', [], 'json', {
    extra: [list(keys, 'VARCHAR'), list(values, 'JSON')],
    weight: [...keys, ...values].reduce((sum, e) => sum + 3 * e.weight, 10),
    volatile: [...keys, ...values].some((e) => e.volatile),
  })
}

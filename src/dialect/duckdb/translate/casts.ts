import { asBoolean, asDate, asJson, asText, asTimestamp, isOpen } from './coercions.ts'
import { alike } from './common-types.ts'
import { emitted, type Emitted, floating, knownScale, macro, nullConstant, scaleOf, typeText } from './emitted.ts'
import { cannotRun, listOf, type Node, tagged } from './syntax.ts'

/** A type as Snowflake declares it. */
type Type =
  | { readonly name: 'number'; readonly precision: number; readonly scale: number }
  | { readonly name: 'text'; readonly length: number | null }
  | { readonly name: 'float' | 'boolean' | 'date' | 'timestamp' | 'timestamptz' | 'time' | 'json' | 'array' | 'object' }

const wholeTypes = ['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT']
const fixedTypes = ['NUMBER', 'NUMERIC', 'DECIMAL', 'DEC']
const textTypes = ['TEXT', 'STRING', 'VARCHAR', 'CHAR', 'CHARACTER', 'NVARCHAR', 'NCHAR', 'CHARVARYING']
const otherTypes: Readonly<Record<string, Type>> = {
  FLOAT: { name: 'float' },
  FLOAT4: { name: 'float' },
  FLOAT8: { name: 'float' },
  DOUBLE: { name: 'float' },
  DOUBLEPRECISION: { name: 'float' },
  REAL: { name: 'float' },
  BOOLEAN: { name: 'boolean' },
  DATE: { name: 'date' },
  DATETIME: { name: 'timestamp' },
  TIMESTAMP: { name: 'timestamp' },
  TIMESTAMPNTZ: { name: 'timestamp' },
  TIMESTAMPLTZ: { name: 'timestamptz' },
  TIME: { name: 'time' },
  VARIANT: { name: 'json' },
  ARRAY: { name: 'array' },
  OBJECT: { name: 'object' },
}

/** The numbers in a type's parentheses, wherever the parser keeps them. */
function sizesIn(node: Node): readonly number[] {
  if (typeof node === 'number') return [node]
  if (typeof node === 'string') return /^\d+$/.test(node) ? [Number(node)] : []
  if (Array.isArray(node)) return node.flatMap(sizesIn)
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(sizesIn) : []
}

function spelled(node: Node): readonly [name: string, sizes: readonly number[]] {
  const [tag, body] = tagged(node)
  if (tag === 'Timestamp' && !['None', 'WithoutTimeZone'].includes(String(listOf(body)[1]))) return ['TIMESTAMPTZ', []]
  if (tag !== 'Custom') return [tag.toUpperCase(), sizesIn(body)]
  const [name, sizes] = listOf(body)
  const [, identifier] = tagged(listOf(name)[0])
  const text = typeof identifier === 'object' && identifier !== null ? String(Object.values(identifier)[0]) : ''
  return [text.toUpperCase().replaceAll('_', ''), sizesIn(sizes)]
}

function typeOf(node: Node): Type {
  const [name, sizes] = spelled(node)
  if (wholeTypes.includes(name)) return { name: 'number', precision: 38, scale: 0 }
  if (fixedTypes.includes(name)) {
    const [precision = 38, scale = 0] = sizes
    if (precision > 38 || scale > 37 || scale > precision) throw cannotRun(`the type ${name}(${precision}, ${scale})`)
    return { name: 'number', precision, scale }
  }
  if (textTypes.includes(name))
    return { name: 'text', length: sizes[0] ?? (name === 'CHAR' || name === 'CHARACTER' ? 1 : null) }
  const type = otherTypes[name]
  if (type === undefined || (name.startsWith('TIME') && (sizes[0] ?? 9) < 6)) {
    throw cannotRun(`the type ${[name, ...sizes].join(' ')}`)
  }
  return type
}

/** `CAST` and `::`, and with `attempt` `TRY_CAST`. */
export function castTo(e: Emitted, dataType: Node, attempt: boolean): Emitted {
  return attempt ? tryTo(e, typeOf(dataType)) : convert(e, typeOf(dataType))
}

function convert(e: Emitted, type: Type): Emitted {
  if (type.name === 'number') return toNumber(e, type.precision, type.scale)
  if (type.name === 'text') return toText(e, type.length)
  return converters[type.name](e)
}

type PlainType = Exclude<Type['name'], 'number' | 'text'>

const converters: Readonly<Record<PlainType, (e: Emitted) => Emitted>> = {
  float: toFloat,
  boolean: asBoolean,
  date: asDate,
  timestamp: asTimestamp,
  timestamptz: toZoned,
  time: toTime,
  json: asJson,
  array: (e) => macro('sf_to_array', [asJson(e)], 'json', { times: 4 }),
  object: (e) => macro('sf_to_object', [asJson(e)], 'json', { times: 3 }),
}

/** Fixed point, rounded half away from zero; what does not fit is an error. */
export function toNumber(e: Emitted, precision: number, scale: number): Emitted {
  const type = `DECIMAL(${precision}, ${scale})`
  const known = { scale: scaleOf(scale) }
  if (e.kind === 'date' || e.kind === 'timestamp' || e.kind === 'interval') throw cannotRun(`a ${e.kind} as a number`)
  const source = numberSource(e)
  return emitted(`CAST(${source.text} AS ${type})`, 'number', [source], known)
}

/** What a cast to a number starts from: a VARIANT's text, anything else as it is. */
function numberSource(e: Emitted): Emitted {
  if (e.kind === 'json') return macro('sf_json_number', [e], 'text', { times: 3 })
  if (e.kind === 'text') return strictNumber(e)
  return isOpen(e) ? macro('sf_nc', [e], 'unknown', { extra: [typeText(e)], times: 5 }) : e
}

const plainDigits = /^[+-]?(\d+\.?\d*|\.\d+)$/

/** Text that is a number to Snowflake too: DuckDB also reads underscores. */
const strictNumber = (text: Emitted): Emitted =>
  typeof text.constant === 'string' && plainDigits.test(text.constant)
    ? text
    : macro('sf_digits', [text], 'text', { times: 5 })

/** The same, NULL for what is no number. */
const tryStrictNumber = (text: Emitted): Emitted => macro('sf_try_digits', [text], 'text', { times: 4 })

/** Floating point, from text too. */
export function toFloat(e: Emitted): Emitted {
  if (e.kind === 'number' && knownScale(e) === 'F') return e
  if (e.kind === 'date' || e.kind === 'timestamp' || e.kind === 'interval') throw cannotRun(`a ${e.kind} as a number`)
  const source = numberSource(e)
  return emitted(`CAST(${source.text} AS DOUBLE)`, 'number', [source], { scale: floating })
}

function toText(e: Emitted, length: number | null): Emitted {
  const text = asText(e)
  if (length === null || length >= 16_777_216) return text
  if (typeof text.constant === 'string' && text.constant.length <= length) return text
  return macro('sf_fit', [text], 'text', { extra: [String(length)], times: 3 })
}

function toZoned(e: Emitted): Emitted {
  if (e.kind === 'timestamptz') return e
  if (isOpen(e)) return macro('sf_to_ltz', [e], 'timestamptz', { times: 6 })
  const source = e.kind === 'date' || e.kind === 'timestamp' ? e : asTimestamp(e.kind === 'text' ? withoutZone(e) : e)
  return emitted(`CAST(${source.text} AS TIMESTAMPTZ)`, 'timestamptz', [source])
}

/** Text whose offset would move it: Snowflake honours it, the reading here does not. */
export const withoutZone = (text: Emitted): Emitted => macro('sf_zoneless', [text], 'text', { times: 3 })

function toTime(e: Emitted): Emitted {
  if (e.kind === 'time') return e
  if (e.kind === 'timestamp' || e.kind === 'null') return emitted(`CAST(${e.text} AS TIME)`, 'time', [e])
  return macro('sf_to_time', [isOpen(e) ? e : asText(e)], 'time', { times: 6 })
}

/** `TRY_CAST`: text that does not convert becomes NULL. */
function tryTo(e: Emitted, type: Type): Emitted {
  if (!isOpen(e) && e.kind !== 'text' && e.kind !== 'null') throw cannotRun(`TRY_CAST of a ${e.kind}`)
  if (e.kind === 'null') return convert(nullConstant, type)
  const text = asText(e)
  if (type.name === 'number') return tryNumber(text, type.precision, type.scale)
  if (type.name === 'text') return toText(e, type.length)
  const attempt = attempts[type.name]
  if (attempt === undefined) throw cannotRun(`TRY_CAST to ${type.name.toUpperCase()}`)
  return attempt(text)
}

const attempts: Readonly<Partial<Record<PlainType, (text: Emitted) => Emitted>>> = {
  float: (text) => tryFloat(text),
  boolean: (text) => macro('sf_try_tb', [text], 'boolean', { times: 3 }),
  date: (text) => macro('sf_try_date', [text], 'date', { times: 6 }),
  timestamp: (text) => macro('sf_try_ts', [text], 'timestamp', { times: 6 }),
  time: (text) => macro('sf_try_time', [text], 'time', { times: 3 }),
}

/** Text as fixed point, NULL where it is no number or does not fit. */
export function tryNumber(text: Emitted, precision: number, scale: number): Emitted {
  const digits = tryStrictNumber(text)
  return emitted(`TRY_CAST(${digits.text} AS DECIMAL(${precision}, ${scale}))`, 'number', [digits], {
    scale: scaleOf(scale),
  })
}

/** Text as floating point, NULL where it is no number. */
export function tryFloat(text: Emitted): Emitted {
  const digits = tryStrictNumber(text)
  return emitted(`TRY_CAST(${digits.text} AS DOUBLE)`, 'number', [digits], { scale: floating })
}

/** A column made of alternatives, each already brought to one type. */
export function oneOf(
  list: readonly Emitted[],
  render: (texts: readonly string[]) => string,
  conditions: readonly Emitted[] = [],
): Emitted {
  const same = alike(list)
  return emitted(render(same.list.map((e) => e.text)), same.kind, [...same.list, ...conditions], { scale: same.scale })
}

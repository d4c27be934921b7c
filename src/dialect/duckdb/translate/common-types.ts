import { asBoolean, asDate, asJson, asNumber, asText, asTimestamp, isOpen, numberFromText } from './coercions.ts'
import { combinedScale, emitted, type Emitted, knownScale, macro, scaleIn, scaleOf, typeText } from './emitted.ts'
import { cannotRun } from './syntax.ts'

const isPlain = (e: Emitted): boolean => e.kind !== 'null'

/** Values that end in one column (branches, alternatives, list entries), brought to one type as Snowflake would. */
export function alike(list: readonly Emitted[]): {
  readonly list: readonly Emitted[]
  readonly kind: Emitted['kind']
  readonly scale: string | null
} {
  const kinds = new Set(list.filter(isPlain).map((e) => e.kind))
  if (kinds.has('json') && kinds.size > 1) return { list: list.map(asJson), kind: 'json', scale: null }
  if (
    kinds.has('text') &&
    (kinds.has('number') || kinds.has('date') || kinds.has('timestamp') || kinds.has('boolean'))
  ) {
    return alike(list.map((e) => (e.kind === 'text' ? textAs(e, kinds) : e)))
  }
  if (kinds.has('number') && (kinds.has('date') || kinds.has('timestamp'))) {
    throw cannotRun('a mix of numbers and dates in one column')
  }
  if (kinds.has('number') && kinds.has('boolean')) throw cannotRun('a mix of numbers and truth values in one column')
  const [only] = kinds
  const kind = kinds.size === 0 ? 'null' : kinds.size === 1 && only !== undefined ? only : 'unknown'
  return { list: widened(list), kind, scale: kind === 'number' ? largestScale(list.filter(isPlain)) : null }
}

const isOpenNumber = (e: Emitted): boolean =>
  e.kind === 'unknown' || e.kind === 'computed' || (e.kind === 'number' && knownScale(e) === null)

/** Fixed-point numbers of different scales, none to lose digits: where one is 38 digits wide, DuckDB would round the others. */
export function widened(list: readonly Emitted[]): readonly Emitted[] {
  const scales = list.filter((e) => e.kind === 'number').map(knownScale)
  const largest = Math.max(0, ...scales.map((scale) => (typeof scale === 'number' ? scale : 0)))
  if (largest === 0 || scales.includes('F')) return list
  return list.map((e) => toScale(e, largest))
}

function toScale(e: Emitted, scale: number): Emitted {
  if (isOpenNumber(e))
    return { ...macro('sf_wide', [e], e.kind, { extra: [String(scale), typeText(e)], times: 4 }), scale: e.scale }
  const own = knownScale(e)
  if (e.kind !== 'number' || own === scale || typeof e.constant === 'number') return e
  return emitted(`CAST(${e.text} AS DECIMAL(38, ${scale}))`, 'number', [e], { scale: scaleOf(scale) })
}

function largestScale(list: readonly Emitted[]): string | null {
  const [first, ...rest] = list
  if (first === undefined) return null
  return rest.reduce((scale, e) => combinedScale('sf_ka', Math.max, { ...first, scale }, e), scaleIn(first))
}

function textAs(e: Emitted, kinds: ReadonlySet<Emitted['kind']>): Emitted {
  if (kinds.has('number')) return numberFromText(e)
  if (kinds.has('timestamp')) return asTimestamp(e)
  if (kinds.has('date')) return asDate(e)
  return asBoolean(e)
}

/** Two sides of a comparison, brought to one type as Snowflake would. */
export function comparable(left: Emitted, right: Emitted): readonly [Emitted, Emitted] {
  if (left.kind === 'json' || right.kind === 'json') return withVariant(left, right)
  if (left.kind === 'text' && right.kind !== 'text') return [besides(left, right), right]
  if (right.kind === 'text' && left.kind !== 'text') return [left, besides(right, left)]
  return [left, right]
}

/** Text compared with something else takes the other's type. A literal beside an unknown side does so in DuckDB already. */
function besides(text: Emitted, other: Emitted): Emitted {
  if (isOpen(other) && typeof text.constant === 'string' && /:\d\d.*(Z|[+-]\d\d(:?\d\d)?)\s*$/.test(text.constant))
    throw cannotRun('a comparison with a time that has an offset')
  if (other.kind === 'number') return numberFromText(text)
  if (other.kind === 'boolean') return asBoolean(text)
  if (other.kind === 'date' && !isPlainDate(text)) return asDate(text)
  if (other.kind === 'timestamp' && !isPlainDate(text)) return asTimestamp(text)
  return text
}

const isPlainDate = (text: Emitted): boolean =>
  typeof text.constant === 'string' && /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$/.test(text.constant)

function withVariant(left: Emitted, right: Emitted): readonly [Emitted, Emitted] {
  if (left.kind === 'json' && right.kind === 'json') {
    const key = (e: Emitted): Emitted => macro('sf_vkey', [e], 'text', { times: 5 })
    return [key(left), key(right)]
  }
  if (right.kind === 'json') {
    const [r, l] = withVariant(right, left)
    return [l, r]
  }
  const convert = byOther[right.kind]
  if (convert !== undefined) return [convert(left), right]
  return [macro('sf_as', [left, right], 'unknown', { times: 4 }), right]
}

/** What a VARIANT becomes beside a value of a known kind. */
const byOther: Readonly<Partial<Record<Emitted['kind'], (e: Emitted) => Emitted>>> = {
  text: asText,
  null: asText,
  number: asNumber,
  boolean: asBoolean,
  date: asDate,
  timestamp: asTimestamp,
}

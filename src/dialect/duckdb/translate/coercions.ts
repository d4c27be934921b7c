import { problem } from '../../../core/problem.ts'
import { emitted, type Emitted, floating, knownScale, macro, scaleOf, scaleIn, typeText, whole } from './emitted.ts'
import { literal } from './identifiers.ts'
import { cannotRun } from './syntax.ts'

const plainNumber = /^\s*[+-]?\d{1,30}(\.\d{1,5})?\s*$/
const isoDate = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/

/** Whether only DuckDB's binder knows what it holds. */
export const isOpen = (e: Emitted): boolean => e.kind === 'unknown' || e.kind === 'computed'

const cast = (e: Emitted, type: string, kind: Emitted['kind'], scale: string | null = null): Emitted =>
  emitted(`CAST(${e.text} AS ${type})`, kind, [e], { scale })

const same = (e: Emitted, kind: Emitted['kind']): Emitted => ({ ...e, kind })

/** As Snowflake prints it, the way `TO_VARCHAR` and `||` see it. */
export function asText(e: Emitted): Emitted {
  if (e.kind === 'text' || e.kind === 'null') return same(e, 'text')
  if (e.kind === 'boolean' || e.kind === 'date') return cast(e, 'VARCHAR', 'text')
  if (e.kind === 'number' && typeof knownScale(e) === 'number') return cast(e, 'VARCHAR', 'text')
  if (e.kind === 'interval') throw cannotRun('an interval as text')
  return macro('sf_s', [e], 'text', { times: 8 })
}

/** Text as a number: a literal keeps its own digits. */
export function numberFromText(e: Emitted): Emitted {
  if (typeof e.constant === 'string' && plainNumber.test(e.constant)) {
    const digits = e.constant.trim()
    const scale = digits.split('.')[1]?.length ?? 0
    return emitted(`CAST(${literal(digits)} AS DECIMAL(38, ${scale}))`, 'number', [], { scale: scaleOf(scale) })
  }
  if (typeof e.constant === 'string' && (e.constant.trim() === '' || !Number.isFinite(Number(e.constant)))) {
    throw problem(
      'sql_invalid',
      `The text '${e.constant}' is not a number.`,
      'Compare or combine it with text instead.',
    )
  }
  return macro('sf_tn', [e], 'number', { scale: scaleOf(5), times: 3 })
}

/** As a number of its own type: what arithmetic sees. */
export function asNumber(e: Emitted): Emitted {
  if (e.kind === 'number' || e.kind === 'computed') return e
  if (e.kind === 'null') return cast(e, 'BIGINT', 'number', whole)
  if (e.kind === 'boolean') throw cannotRun('a truth value in arithmetic without a cast')
  if (e.kind === 'text') return numberFromText(e)
  if (e.kind === 'json') return macro('sf_jn', [e], 'number', { scale: floating, times: 4 })
  if (e.kind !== 'unknown') throw cannotRun(`a ${e.kind} as a number`)
  return macro('sf_n', [e], 'number', { extra: [typeText(e)], times: 4, scale: scaleIn(e) })
}

/** As floating point. */
export const asFloat = (e: Emitted): Emitted =>
  knownScale(e) === 'F' && e.kind === 'number' ? e : cast(asNumber(e), 'DOUBLE', 'number', floating)

/** As a 64-bit whole number: positions, lengths, counts. */
export const asWhole = (e: Emitted): Emitted =>
  typeof e.constant === 'number' && Number.isInteger(e.constant)
    ? e
    : cast(exactly(asNumber(e)), 'BIGINT', 'number', whole)

/** A cast to a whole number rounds half away from zero only from fixed point. */
const exactly = (e: Emitted): Emitted =>
  typeof knownScale(e) === 'number' ? e : cast(e, 'DECIMAL(38, 0)', 'number', whole)

/** As a length: a whole number, 0 for what is below it. */
export function asCount(e: Emitted): Emitted {
  const number = asWhole(e)
  return typeof number.constant === 'number' && number.constant >= 0
    ? number
    : macro('sf_least_0', [number], 'number', { scale: whole })
}

export function asBoolean(e: Emitted): Emitted {
  if (e.kind === 'boolean' || e.kind === 'null') return same(e, 'boolean')
  if (e.kind === 'text') return macro('sf_tb', [e], 'boolean', { times: 3 })
  if (e.kind === 'number' || e.kind === 'json') return cast(e, 'BOOLEAN', 'boolean')
  if (isOpen(e)) return macro('sf_b', [e], 'boolean', { times: 4 })
  throw cannotRun(`a ${e.kind} as a condition`)
}

/** A condition as it stands: DuckDB refuses what is no boolean by itself. */
export const asCondition = (e: Emitted): Emitted => (isOpen(e) ? e : asBoolean(e))

/** As a date or timestamp of its own type; text is read as a timestamp, as Snowflake does. */
export function asMoment(e: Emitted): Emitted {
  if (e.kind === 'date' || e.kind === 'timestamp' || e.kind === 'timestamptz') return e
  if (e.kind === 'null') return cast(e, 'TIMESTAMP', 'timestamp')
  if (e.kind === 'text') return asTimestamp(e)
  if (e.kind === 'json') return asTimestamp(e)
  if (!isOpen(e)) throw cannotRun(`a ${e.kind} as a date`)
  return macro('sf_dt', [e], 'unknown', { extra: [typeText(e)], times: 3 })
}

/** As a timestamp without time zone. */
export function asTimestamp(e: Emitted): Emitted {
  if (e.kind === 'timestamp') return e
  if (e.kind === 'text') {
    if (typeof e.constant === 'string' && isoDate.test(e.constant)) {
      return emitted(`CAST(${e.text} AS TIMESTAMP)`, 'timestamp')
    }
    return macro('sf_to_ts', [e], 'timestamp', { times: 6 })
  }
  if (e.kind === 'json') return asTimestamp(macro('sf_json_instant', [e], 'text', { times: 3 }))
  if (isOpen(e)) return macro('sf_ts', [e], 'timestamp', { times: 8 })
  if (e.kind === 'number') return macro('sf_ts', [e], 'timestamp', { times: 8 })
  if (e.kind === 'date' || e.kind === 'timestamptz' || e.kind === 'null') return cast(e, 'TIMESTAMP', 'timestamp')
  throw cannotRun(`a ${e.kind} as a timestamp`)
}

/** As a timestamp where Snowflake takes no number of seconds for one. */
export function asInstant(e: Emitted): Emitted {
  if (e.kind === 'number' || e.kind === 'boolean') throw cannotRun(`a ${e.kind} as a date`)
  return asTimestamp(e)
}

/** As a date; the time of day is cut off. */
export function asDate(e: Emitted): Emitted {
  if (e.kind === 'date') return e
  if (e.kind === 'text') {
    if (typeof e.constant === 'string' && isoDate.test(e.constant)) return emitted(`CAST(${e.text} AS DATE)`, 'date')
    return macro('sf_to_date', [e], 'date', { times: 6 })
  }
  if (e.kind === 'json') return asDate(macro('sf_json_date', [e], 'text', { times: 3 }))
  if (isOpen(e)) return macro('sf_date', [e], 'date', { times: 8 })
  if (e.kind === 'timestamp' || e.kind === 'timestamptz' || e.kind === 'null') return cast(e, 'DATE', 'date')
  throw cannotRun(`a ${e.kind} as a date`)
}

/** As a semi-structured value. */
export function asJson(e: Emitted): Emitted {
  if (e.kind === 'json') return e
  if (e.kind === 'null') return cast(e, 'JSON', 'json')
  if (e.kind === 'interval') throw cannotRun('an interval in a VARIANT')
  const scale = knownScale(e)
  const mayBeDecimal = isOpen(e) || (e.kind === 'number' && scale !== 0 && scale !== 'F')
  return macro(mayBeDecimal ? 'sf_v_decimal' : 'sf_v', [e], 'json', { times: mayBeDecimal ? 8 : 6 })
}

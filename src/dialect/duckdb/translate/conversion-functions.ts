import type { Call } from './call.ts'
import { toFloat, toNumber, tryFloat, tryNumber, withoutZone } from './casts.ts'
import { asBoolean, asDate, asJson, asText, asTimestamp, isOpen } from './coercions.ts'
import { dateFormat } from './date-formats.ts'
import { emitted, type Emitted, macro } from './emitted.ts'
import { literal } from './identifiers.ts'
import { numberAsText } from './number-formats.ts'
import { custom, rule, type Rules, template } from './rules.ts'
import { cannotRun, integerLiteral, stringLiteral } from './syntax.ts'

const isDateFormat = (format: string): boolean =>
  /YY|MM|DD|HH|MI|SS|FF|MON|DY|AM|PM/i.test(format.replaceAll(/"[^"]*"/g, ''))

/** `TO_CHAR`, `TO_VARCHAR`: of a date, time or number by a format, of anything else as Snowflake prints it. */
function toText(call: Call): Emitted {
  const e = call.arg(0)
  if (call.args.length === 1) return asText(e)
  const format = call.text(1)
  if (!isDateFormat(format)) return numberAsText(e, format)
  const pattern = literal(dateFormat(format, 'write'))
  if (e.kind === 'text' || e.kind === 'json' || e.kind === 'number')
    throw cannotRun(`${call.name} of a ${e.kind === 'json' ? 'VARIANT' : e.kind} by a date format`)
  if (isOpen(e)) return macro('sf_strftime', [e], 'text', { extra: [pattern], times: 5 })
  if (e.kind === 'time') return emitted(`strftime(DATE '1970-01-01' + ${e.text}, ${pattern})`, 'text', [e])
  const moment = e.kind === 'date' || e.kind === 'timestamptz' || e.kind === 'timestamp' ? e : asTimestamp(e)
  const plain = moment.kind === 'timestamptz' ? `CAST(${moment.text} AS TIMESTAMP)` : moment.text
  return emitted(`strftime(${plain}, ${pattern})`, 'text', [moment])
}

/** Text read by a format; with `attempt`, NULL where it does not fit. */
function parsed(call: Call, type: 'DATE' | 'TIMESTAMP' | 'TIME', attempt: boolean): Emitted | null {
  if (call.args.length < 2 || integerLiteral(call.args[1]) !== null) return null
  const format = call.text(1)
  if (format.toUpperCase() === 'AUTO') return null
  const text = asText(call.arg(0))
  const read = `${attempt ? 'try_strptime' : 'strptime'}(${text.text}, ${literal(dateFormat(format, 'read', type === 'TIME'))})`
  return emitted(`CAST(${read} AS ${type})`, type === 'DATE' ? 'date' : type === 'TIME' ? 'time' : 'timestamp', [text])
}

const toDate = (call: Call): Emitted => parsed(call, 'DATE', false) ?? asDate(call.arg(0))

const tryDate = (call: Call): Emitted =>
  parsed(call, 'DATE', true) ?? macro('sf_try_date', [asText(call.arg(0))], 'date', { times: 6 })

/** A number of seconds, or of smaller units by a scale, since 1970. */
function fromEpoch(call: Call): Emitted | null {
  const scale = call.args.length > 1 ? integerLiteral(call.args[1]) : null
  const e = call.arg(0)
  if (scale === null && e.kind !== 'number') return null
  if (scale !== null && (scale < 0 || scale > 9)) throw cannotRun(`${call.name} with scale ${scale}`)
  const number = toNumber(e, 38, 9)
  return macro('sf_from_epoch', [number], 'timestamp', { extra: [String(scale ?? 0)], times: 1 })
}

const toTimestamp = (call: Call): Emitted =>
  parsed(call, 'TIMESTAMP', false) ?? fromEpoch(call) ?? asTimestamp(call.arg(0))

const tryTimestamp = (call: Call): Emitted =>
  parsed(call, 'TIMESTAMP', true) ?? macro('sf_try_ts', [asText(call.arg(0))], 'timestamp', { times: 6 })

const toZoned = (call: Call): Emitted => {
  const plain = call.args.length === 1 ? call.arg(0) : null
  if (plain?.kind === 'timestamptz') return plain
  const moment =
    call.arg(0).kind === 'text' && call.args.length === 1 ? asTimestamp(withoutZone(call.arg(0))) : toTimestamp(call)
  return emitted(`CAST(${moment.text} AS TIMESTAMPTZ)`, 'timestamptz', [moment])
}

const toTime = (call: Call): Emitted => {
  const read = parsed(call, 'TIME', false)
  if (read !== null) return read
  const e = call.arg(0)
  if (e.kind === 'time') return e
  if (e.kind === 'timestamp') return emitted(`CAST(${e.text} AS TIME)`, 'time', [e])
  return macro('sf_to_time', [isOpen(e) ? e : asText(e)], 'time', { times: 6 })
}

const tryTime = (call: Call): Emitted =>
  parsed(call, 'TIME', true) ?? macro('sf_try_time', [asText(call.arg(0))], 'time', { times: 4 })

/** Precision and scale among the arguments; a number format is refused. */
function sizes(call: Call): readonly [number, number] {
  if (call.args.length > 1 && stringLiteral(call.args[1]) !== null) throw cannotRun(`${call.name} with a format`)
  const precision = call.args.length > 1 ? call.whole(1) : 38
  const scale = call.args.length > 2 ? call.whole(2) : 0
  if (precision > 38 || scale > 37 || precision < 1 || scale < 0) throw cannotRun(`${call.name} with these digits`)
  return [precision, scale]
}

const toFixed = (call: Call): Emitted => toNumber(call.arg(0), ...sizes(call))

const tryFixed = (call: Call): Emitted => tryNumber(asText(call.arg(0)), ...sizes(call))

const toDouble = (call: Call): Emitted => toFloat(call.arg(0))

const tryDouble = (call: Call): Emitted => tryFloat(asText(call.arg(0)))

const fixed = [custom(1, 3, toFixed)]
const attemptedFixed = [custom(1, 3, tryFixed)]
const timestamp = [custom(1, 2, toTimestamp)]
const attemptedTimestamp = [custom(1, 2, tryTimestamp)]
const text = [custom(1, 2, toText)]
const date = [custom(1, 2, toDate)]
const time = [custom(1, 2, toTime)]

/** Functions that turn one type into another. */
export const conversionRules: Rules = {
  TO_CHAR: text,
  TO_VARCHAR: text,
  TO_DATE: date,
  DATE: date,
  TRY_TO_DATE: [custom(1, 2, tryDate)],
  TO_TIMESTAMP: timestamp,
  TO_TIMESTAMP_NTZ: timestamp,
  TRY_TO_TIMESTAMP: attemptedTimestamp,
  TRY_TO_TIMESTAMP_NTZ: attemptedTimestamp,
  TO_TIMESTAMP_LTZ: [custom(1, 2, toZoned)],
  TO_TIME: time,
  TIME: time,
  TRY_TO_TIME: [custom(1, 2, tryTime)],
  TO_NUMBER: fixed,
  TO_DECIMAL: fixed,
  TO_NUMERIC: fixed,
  TRY_TO_NUMBER: attemptedFixed,
  TRY_TO_DECIMAL: attemptedFixed,
  TRY_TO_NUMERIC: attemptedFixed,
  TO_DOUBLE: [custom(1, 1, toDouble)],
  TRY_TO_DOUBLE: [custom(1, 1, tryDouble)],
  TO_BOOLEAN: [custom(1, 1, (call) => asBoolean(call.arg(0)))],
  TRY_TO_BOOLEAN: rule('t', 'boolean', 'sf_try_tb($1)'),
  TO_VARIANT: [custom(1, 1, (call) => asJson(call.arg(0)))],
  TO_ARRAY: [template('j', 'json', 'sf_to_array($1)')],
  TO_OBJECT: [template('j', 'json', 'sf_to_object($1)')],
}

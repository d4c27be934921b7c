import { refusal, type Macros, macroName } from '../macros/macro-text.ts'
import { toFloat, toNumber, tryFloat, tryNumber, withoutZone } from '../translate/casts.ts'
import { asBoolean, asDate, asJson, asText, asTimestamp, isOpen, asNumber } from '../translate/coercions.ts'
import { emitted, type Emitted, macro, textConstant, nullConstant } from '../translate/emitted.ts'
import { literal } from '../translate/identifiers.ts'
import { cannotRun, integerLiteral, stringLiteral } from '../translate/syntax.ts'
import type { Call } from './call.ts'
import { custom, rule, type Rules, template } from './function-set.ts'

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

const fixed = [custom(1, 3, (call) => toNumber(call.arg(0), ...sizes(call)))]
const attemptedFixed = [custom(1, 3, (call) => tryNumber(asText(call.arg(0)), ...sizes(call)))]
const timestamp = [custom(1, 2, toTimestamp, 'strptime')]
const attemptedTimestamp = [custom(1, 2, tryTimestamp, 'try_strptime')]
const text = [custom(1, 2, toText, 'strftime', 'lpad', 'abs')]
const date = [custom(1, 2, toDate, 'strptime')]
const time = [custom(1, 2, toTime, 'strptime')]

/** A name of the session: known, or NULL where the connection has none. */
const sessionName = (value: string | null): Emitted => (value === null ? nullConstant : textConstant(value))

/** Functions on the session. There is no warehouse in use, so its name is NULL as in Snowflake. */
export const sessionRules: Rules = {
  CURRENT_DATABASE: [custom(0, 0, ({ t }) => sessionName(t.declared.database))],
  CURRENT_SCHEMA: [custom(0, 0, ({ t }) => sessionName(t.declared.schema))],
  CURRENT_WAREHOUSE: [custom(0, 0, () => sessionName(null))],
}

/** Functions that turn one type into another. */
export const conversionRules: Rules = {
  TO_CHAR: text,
  TO_VARCHAR: text,
  TO_DATE: date,
  DATE: date,
  TRY_TO_DATE: [custom(1, 2, tryDate, 'try_strptime')],
  TO_TIMESTAMP: timestamp,
  TO_TIMESTAMP_NTZ: timestamp,
  TRY_TO_TIMESTAMP: attemptedTimestamp,
  TRY_TO_TIMESTAMP_NTZ: attemptedTimestamp,
  TO_TIMESTAMP_LTZ: [custom(1, 2, toZoned)],
  TO_TIME: time,
  TIME: time,
  TRY_TO_TIME: [custom(1, 2, tryTime, 'try_strptime')],
  TO_NUMBER: fixed,
  TO_DECIMAL: fixed,
  TO_NUMERIC: fixed,
  TRY_TO_NUMBER: attemptedFixed,
  TRY_TO_DECIMAL: attemptedFixed,
  TRY_TO_NUMERIC: attemptedFixed,
  TO_DOUBLE: [custom(1, 1, (call) => toFloat(call.arg(0)))],
  TRY_TO_DOUBLE: [custom(1, 1, (call) => tryFloat(asText(call.arg(0))))],
  TO_BOOLEAN: [custom(1, 1, (call) => asBoolean(call.arg(0)))],
  TRY_TO_BOOLEAN: rule('t', 'boolean', 'sf_try_tb($1)'),
  TO_VARIANT: [custom(1, 1, (call) => asJson(call.arg(0)))],
  TO_ARRAY: [template('j', 'json', 'sf_to_array($1)')],
  TO_OBJECT: [template('j', 'json', 'sf_to_object($1)')],
}

/** Elements of Snowflake's date and time formats, longest first, with DuckDB's. Null: written or read differently. */
const elements: readonly (readonly [element: string, write: string | null, read: string | null])[] = [
  ['HH24', '%H', '%H'],
  ['HH12', '%I', '%I'],
  ['YYYY', '%Y', '%Y'],
  ['MMMM', '%B', '%B'],
  ['MON', '%b', '%b'],
  ['FF0', null, null],
  ['FF3', '%g', '%n'],
  ['FF6', '%f', '%n'],
  ['FF9', '%n', '%n'],
  ['YY', '%y', null],
  ['MM', '%m', '%m'],
  ['DD', '%d', '%d'],
  ['DY', '%a', null],
  ['AM', '%p', '%p'],
  ['PM', '%p', '%p'],
  ['MI', '%M', '%M'],
  ['SS', '%S', '%S'],
  ['FF', '%n', '%n'],
]

const plainCharacter = /[^A-Za-z0-9"]/

/** A Snowflake format as DuckDB's, for writing (`strftime`) or reading (`strptime`). */
export function dateFormat(format: string, use: 'write' | 'read', time = false): string {
  let rest = format
  let result = ''
  if (use === 'read' && !/YYYY/i.test(format) && !time)
    throw cannotRun(`reading a date without its year by '${format}'`)
  while (rest !== '') {
    const [taken, made] = nextPiece(rest, use, format)
    result += made
    rest = rest.slice(taken)
  }
  return result
}

function nextPiece(rest: string, use: 'write' | 'read', format: string): readonly [taken: number, made: string] {
  const upper = rest.toUpperCase()
  const element = elements.find(([name]) => upper.startsWith(name))
  if (element !== undefined) {
    const made = use === 'write' ? element[1] : element[2]
    if (made === null) throw cannotRun(`${element[0]} in the format '${format}'`)
    if (element[0] === 'FF' && /^FF\d/.test(upper)) throw cannotRun(`${upper.slice(0, 3)} in the format '${format}'`)
    return [element[0].length, made]
  }
  const literal = /^"([^"]*)"/.exec(rest)
  if (literal !== null) return [literal[0].length, (literal[1] ?? '').replaceAll('%', '%%')]
  const first = rest[0] ?? ''
  if (first === 'T' && upper.startsWith('THH24')) return [1, 'T']
  if (!plainCharacter.test(first)) throw cannotRun(`the format '${format}'`)
  return [1, first === '%' ? '%%' : first]
}

const model = /^(FM)?(\$?)([90,]+)(?:\.(0+))?$/

/**
 * A number by a format: digits before the point (`9` or `0`, groups of three), zeros after it, `$`, `FM`. Without `FM` the text has a
 * fixed width, one place for the sign included. What Snowflake does with unused digits after the point is refused rather than guessed.
 */
export function numberAsText(e: Emitted, format: string): Emitted {
  const written = format.toUpperCase()
  if (written === 'TM' || written === 'TM9') return asText(e)
  const match = model.exec(written)
  const [, compact = '', sign = '', whole = '', decimals = ''] = match ?? []
  const grouped = whole.includes(',')
  if (match === null || (grouped && !/^[90]{1,3}(,[90]{3})+$/.test(whole)))
    throw cannotRun(`the number format '${format}'`)
  const digits = whole.replaceAll(',', '')
  const number = asNumber(e)
  const rounded = emitted(`CAST(abs(${number.text}) AS DECIMAL(38, ${decimals.length}))`, 'number', [number])
  const least = digits.includes('0') ? digits.length - digits.indexOf('0') : 1
  const extra = [String(digits.length), String(least), grouped ? "','" : "''", `'${sign}'`]
  const plain = macro('sf_number_text', [rounded], 'text', { extra, times: 6 })
  const noMinusZero = `CASE WHEN ${rounded.text} = 0 THEN ${macroName('sf_no_minus_zero')}(${plain.text}) ELSE`
  const signed = `CASE WHEN ${number.text} < 0 THEN ${noMinusZero} '-' || ${plain.text} END ELSE ${plain.text} END`
  const width = 1 + sign.length + whole.length + (decimals === '' ? 0 : 1 + decimals.length)
  const text = compact === '' ? `lpad(${signed}, ${width}, ' ')` : signed
  return emitted(text, 'text', [number, plain], { times: 2 })
}

/** Macros of these functions alone. */
export const numberFormatMacros = {
  sf_no_minus_zero: `(x) AS CASE WHEN x IS NOT NULL THEN ${refusal('a number format of a negative number that rounds to 0', 'VARCHAR')} END`,
  // Digits of a rounded number that is not negative: least and most digits before the point, group sign, currency sign.
  sf_number_text: `(x, most, least, separator, sign) AS CASE WHEN length(split_part(CAST(x AS VARCHAR), '.', 1)) > most THEN ${refusal('a number format that is too narrow for its number', 'VARCHAR')}
     ELSE sign || CASE WHEN separator = '' THEN lpad(split_part(CAST(x AS VARCHAR), '.', 1), CAST(greatest(least, length(split_part(CAST(x AS VARCHAR), '.', 1))) AS INTEGER), '0')
       ELSE reverse(rtrim(regexp_replace(reverse(lpad(split_part(CAST(x AS VARCHAR), '.', 1), CAST(greatest(least, length(split_part(CAST(x AS VARCHAR), '.', 1))) AS INTEGER), '0')), '(\\d{3})', '\\1,', 'g'), ',')) END
       || CASE WHEN contains(CAST(x AS VARCHAR), '.') THEN '.' || split_part(CAST(x AS VARCHAR), '.', 2) ELSE '' END END`,
} satisfies Macros

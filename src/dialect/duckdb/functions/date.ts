import { kept } from '../macros/date-values.ts'
import { refusal, type Macros } from '../macros/macro-text.ts'
import { asDate, asInstant, asMoment, asTimestamp, asWhole, isOpen } from '../translate/coercions.ts'
import { shift } from '../translate/date-arithmetic.ts'
import { type Duration, durationOf, isDayOrLonger, durations, type Unit, unitOf } from '../translate/date-units.ts'
import { emitted, type Emitted, macro, scaleOf, typeText, whole } from '../translate/emitted.ts'
import { cannotRun } from '../translate/syntax.ts'
import { type Call } from './call.ts'
import { dateTrunc, lastDay, timeSlice } from './date-slices.ts'
import { custom, rule, type Rule, type Rules, template } from './function-set.ts'

/** `DATEADD(unit, amount, moment)`. */
const dateAdd = (call: Call): Emitted => shift(call.arg(2), durationOf(call.args[0]), asWhole(call.arg(1)))

/** `DATEDIFF(unit, from, to)`: how many borders of the unit lie between. */
function dateDiff(call: Call): Emitted {
  const unit = durationOf(call.args[0])
  const [a, b] = [call.arg(1), call.arg(2)]
  if (a.kind === 'time' || b.kind === 'time') return timeDiff(unit, a, b)
  const [from, to] = [asInstant(a), asInstant(b)]
  if (unit === 'nanosecond') {
    return emitted(`(1000 * date_diff('microsecond', ${from.text}, ${to.text}))`, 'number', [from, to], {
      scale: whole,
    })
  }
  if (unit === 'week') {
    const weeks = `date_diff('day', date_trunc('week', ${from.text}), date_trunc('week', ${to.text})) // 7`
    return emitted(`(${weeks})`, 'number', [from, to], { scale: whole })
  }
  return emitted(`date_diff('${unit}', ${from.text}, ${to.text})`, 'number', [from, to], { scale: whole })
}

function timeDiff(unit: Duration, a: Emitted, b: Emitted): Emitted {
  const both = [a, b].every((e) => e.kind === 'time' || isOpen(e))
  if (isDayOrLonger(unit) || unit === 'nanosecond' || !both) throw cannotRun(`DATEDIFF in ${unit}s of a time`)
  return emitted(`date_diff('${unit}', ${a.text}, ${b.text})`, 'number', [a, b], { scale: whole })
}

const weekdays = ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa']

/** `NEXT_DAY` and `PREVIOUS_DAY`: the next or last date that is such a weekday, never the day itself. */
const weekdayFrom =
  (name: 'sf_next_day' | 'sf_previous_day') =>
  (call: Call): Emitted => {
    const day = weekdays.indexOf(call.text(1).trim().slice(0, 2).toLowerCase())
    if (day < 0) throw cannotRun(`${call.name} for '${call.text(1)}'`)
    return macro(name, [asDate(call.arg(0))], 'date', { extra: [String(day)] })
  }

/** `ADD_MONTHS`: the last day of a month leads to the last day of a month. */
function addMonths(call: Call): Emitted {
  const [m, months] = [asMoment(call.arg(0)), asWhole(call.arg(1))]
  if (m.kind === 'date') return macro('sf_add_months_date', [m, months], 'date', { times: 4 })
  if (isOpen(m)) return macro('sf_add_months', [m, months], 'unknown', { extra: [typeText(m)], times: 6 })
  return macro('sf_add_months_ts', [m, months], m.kind, { times: 5 })
}

/** `CONVERT_TIMEZONE(from, to, ntz)`, or `(to, moment with a zone)` whose answer carries an offset, which DuckDB has no type for. */
function convertTimezone(call: Call): Emitted {
  if (call.args.length < 3) throw cannotRun('CONVERT_TIMEZONE with two arguments')
  const [from, to] = [call.text(0), call.text(1)]
  if (![from, to].every((zone) => /^(UTC|GMT|[A-Z][A-Za-z_]+(\/[A-Za-z_+\-0-9]+)+)$/.test(zone))) {
    throw cannotRun('CONVERT_TIMEZONE between these zones')
  }
  const moment = asTimestamp(call.arg(2))
  return emitted(`timezone('${to}', timezone('${from}', ${moment.text}))`, 'timestamp', [moment])
}

/** Six digits after the point, as Snowflake answers. */
const monthsBetween = custom(2, 2, (call) =>
  macro('sf_months_between', [asTimestamp(call.arg(0)), asTimestamp(call.arg(1))], 'number', {
    scale: scaleOf(6),
    times: 5,
  }),
)

const now = (text: string, kind: Emitted['kind']): readonly Rule[] => [custom(0, 1, () => emitted(text, kind), 'now')]
const added = [custom(3, 3, dateAdd)]
const difference = [custom(3, 3, dateDiff, 'date_diff', 'date_trunc')]
const zoned = now('now()', 'timestamptz')
const plainNow = now('CAST(now() AS TIMESTAMP)', 'timestamp')
const fromParts = [
  template('wwwwww', 'timestamp', 'sf_timestamp_from_parts($1, $2, $3, $4, $5, $6)'),
  custom(2, 2, (call) => {
    const [d, time] = [asDate(call.arg(0)), call.arg(1)]
    return emitted(`(${d.text} + CAST(${time.text} AS TIME))`, 'timestamp', [d, time])
  }),
]
const dateFromParts = rule('www', 'date', 'sf_date_from_parts($1, $2, $3)')

/** Functions on dates and times. Weeks follow Snowflake's defaults: they start on Monday and are ISO weeks. */
export const dateRules: Rules = {
  DATEADD: added,
  TIMEADD: added,
  TIMESTAMPADD: added,
  DATEDIFF: difference,
  TIMEDIFF: difference,
  TIMESTAMPDIFF: difference,
  DATE_TRUNC: [custom(2, 2, dateTrunc, 'date_trunc')],
  DATE_PART: [custom(2, 2, datePart, 'date_part', 'epoch_us', 'floor')],
  YEAR: named('year'),
  QUARTER: named('quarter'),
  MONTH: named('month'),
  WEEK: named('weekiso'),
  WEEKOFYEAR: named('weekiso'),
  WEEKISO: named('weekiso'),
  DAY: named('day'),
  DAYOFMONTH: named('day'),
  DAYOFWEEK: named('dayofweek'),
  DAYOFWEEKISO: named('dayofweekiso'),
  DAYOFYEAR: named('dayofyear'),
  YEAROFWEEK: named('yearofweek'),
  YEAROFWEEKISO: named('yearofweekiso'),
  HOUR: named('hour'),
  MINUTE: named('minute'),
  SECOND: named('second'),
  MONTHNAME: rule('s', 'text', "strftime($1, '%b')"),
  DAYNAME: rule('s', 'text', "strftime($1, '%a')"),
  LAST_DAY: [custom(1, 2, lastDay, 'date_trunc')],
  NEXT_DAY: [custom(2, 2, weekdayFrom('sf_next_day'))],
  PREVIOUS_DAY: [custom(2, 2, weekdayFrom('sf_previous_day'))],
  ADD_MONTHS: [custom(2, 2, addMonths)],
  MONTHS_BETWEEN: [monthsBetween],
  DATE_FROM_PARTS: dateFromParts,
  DATEFROMPARTS: dateFromParts,
  TIMESTAMP_FROM_PARTS: fromParts,
  TIMESTAMP_NTZ_FROM_PARTS: fromParts,
  TIME_FROM_PARTS: rule('www', 'time', 'sf_time_from_parts($1, $2, $3)'),
  TIME_SLICE: [custom(3, 4, timeSlice, 'time_bucket')],
  CONVERT_TIMEZONE: [custom(2, 3, convertTimezone, 'timezone')],
  CURRENT_DATE: now('CAST(CAST(now() AS TIMESTAMP) AS DATE)', 'date'),
  CURRENT_TIME: now('CAST(CAST(now() AS TIMESTAMP) AS TIME)', 'time'),
  CURRENT_TIMESTAMP: zoned,
  LOCALTIMESTAMP: zoned,
  GETDATE: zoned,
  SYSTIMESTAMP: zoned,
  SYSDATE: plainNow,
}

/** Macros of these functions alone. */
export const dateFunctionMacros = {
  sf_next_day: `(d, n) AS d + CAST((n - dayofweek(d) + 6) % 7 + 1 AS INTEGER)`,
  sf_previous_day: `(d, n) AS d - CAST((dayofweek(d) - n + 6) % 7 + 1 AS INTEGER)`,
  sf_add_months_date: `(d, n) AS CASE WHEN d = last_day(d) THEN last_day(d + to_months(CAST(n AS INTEGER))) ELSE CAST(d + to_months(CAST(n AS INTEGER)) AS DATE) END`,
  sf_add_months_ts: `(t, n) AS CASE WHEN CAST(t AS DATE) = last_day(t) THEN last_day(t + to_months(CAST(n AS INTEGER))) + CAST(t AS TIME) ELSE t + to_months(CAST(n AS INTEGER)) END`,
  sf_add_months: `(x, n, t) AS cast_to_type(memory.main.sf_add_months_ts(CAST(x AS TIMESTAMP), n), ${kept})`,
  // Whole months between equal days or last days, else the rest as a part of 31 days.
  sf_months_between: `(a, b) AS CAST(CAST(12 * (year(a) - year(b)) + month(a) - month(b) AS DOUBLE) + CASE
     WHEN day(a) = day(b) OR (CAST(a AS DATE) = last_day(a) AND CAST(b AS DATE) = last_day(b)) THEN 0
     ELSE (day(a) - day(b) + (epoch(CAST(a AS TIME)) - epoch(CAST(b AS TIME))) / 86400) / 31 END AS DECIMAL(38, 6))`,
  // Parts out of range carry over.
  sf_date_from_parts: `(y, m, d) AS CAST(make_date(y, 1, 1) + to_months(CAST(m - 1 AS INTEGER)) + to_days(CAST(d - 1 AS INTEGER)) AS DATE)`,
  sf_timestamp_from_parts: `(y, m, d, h, mi, s) AS make_date(y, 1, 1) + to_months(CAST(m - 1 AS INTEGER)) + to_days(CAST(d - 1 AS INTEGER)) + to_hours(h) + to_minutes(mi) + to_microseconds(CAST(s AS BIGINT) * 1000000)`,
  sf_time_from_parts: `(h, mi, s) AS CASE WHEN 3600 * h + 60 * mi + s < 0 OR 3600 * h + 60 * mi + s >= 86400 THEN ${refusal('TIME_FROM_PARTS beyond a day', 'TIME')}
     ELSE CAST('00:00:00' AS TIME) + to_seconds(3600 * h + 60 * mi + s) END`,
} satisfies Macros

const parts: Readonly<Record<Exclude<Unit, Duration>, string>> = {
  dayofweek: "date_part('dow', $)",
  dayofweekiso: "date_part('isodow', $)",
  dayofyear: "date_part('doy', $)",
  weekiso: "date_part('week', $)",
  yearofweek: "date_part('isoyear', $)",
  yearofweekiso: "date_part('isoyear', $)",
  epoch_second: 'CAST(floor(epoch_us($) / 1000000) AS BIGINT)',
  epoch_millisecond: 'CAST(floor(epoch_us($) / 1000) AS BIGINT)',
  epoch_microsecond: 'epoch_us($)',
  epoch_nanosecond: '(1000 * epoch_us($))',
}

/** A part of a moment as a whole number. */
function part(unit: Unit, e: Emitted): Emitted {
  if (e.kind === 'time' && (unit === 'hour' || unit === 'minute' || unit === 'second')) {
    return emitted(`date_part('${unit}', ${e.text})`, 'number', [e], { scale: whole })
  }
  const clock = unit === 'hour' || unit === 'minute' || unit === 'second'
  const moment = clock && isOpen(e) ? macro('sf_clock', [e], 'timestamp', { times: 8 }) : asInstant(e)
  const duration = durations.find((candidate) => candidate === unit)
  if (duration === 'millisecond' || duration === 'microsecond') throw cannotRun(`the date part ${unit}`)
  const text =
    duration === undefined
      ? parts[unit as Exclude<Unit, Duration>].replace('$', moment.text)
      : duration === 'nanosecond'
        ? `(1000 * (epoch_us(${moment.text}) % 1000000))`
        : `date_part('${duration}', ${moment.text})`
  return emitted(text, 'number', [moment], { scale: whole })
}

/** `DATE_PART(unit, moment)`. */
function datePart(call: Call): Emitted {
  return part(unitOf(call.args[0]), call.arg(1))
}

/** A function named like the part it takes: `YEAR(moment)`. */
function named(unit: Unit): readonly Rule[] {
  return [custom(1, 1, (call) => part(unit, call.arg(0)), 'date_part', 'epoch_us')]
}

import type { Call } from './call.ts'
import { asDate, asInstant, asMoment, asTimestamp, asWhole, isOpen } from './coercions.ts'
import { shift } from './date-arithmetic.ts'
import { datePart, named } from './date-parts.ts'
import { dateTrunc, lastDay, timeSlice } from './date-slices.ts'
import { type Duration, durationOf, isDayOrLonger } from './date-units.ts'
import { emitted, type Emitted, macro, scaleOf, typeText, whole } from './emitted.ts'
import { custom, rule, type Rule, type Rules, template } from './rules.ts'
import { cannotRun } from './syntax.ts'

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

const now = (text: string, kind: Emitted['kind']): readonly Rule[] => [custom(0, 1, () => emitted(text, kind))]
const added = [custom(3, 3, dateAdd)]
const difference = [custom(3, 3, dateDiff)]
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
  DATE_TRUNC: [custom(2, 2, dateTrunc)],
  DATE_PART: [custom(2, 2, datePart)],
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
  LAST_DAY: [custom(1, 2, lastDay)],
  NEXT_DAY: [custom(2, 2, weekdayFrom('sf_next_day'))],
  PREVIOUS_DAY: [custom(2, 2, weekdayFrom('sf_previous_day'))],
  ADD_MONTHS: [custom(2, 2, addMonths)],
  MONTHS_BETWEEN: [monthsBetween],
  DATE_FROM_PARTS: dateFromParts,
  DATEFROMPARTS: dateFromParts,
  TIMESTAMP_FROM_PARTS: fromParts,
  TIMESTAMP_NTZ_FROM_PARTS: fromParts,
  TIME_FROM_PARTS: rule('www', 'time', 'sf_time_from_parts($1, $2, $3)'),
  TIME_SLICE: [custom(3, 4, timeSlice)],
  CONVERT_TIMEZONE: [custom(2, 3, convertTimezone)],
  CURRENT_DATE: now('CAST(CAST(now() AS TIMESTAMP) AS DATE)', 'date'),
  CURRENT_TIME: now('CAST(CAST(now() AS TIMESTAMP) AS TIME)', 'time'),
  CURRENT_TIMESTAMP: zoned,
  LOCALTIMESTAMP: zoned,
  GETDATE: zoned,
  SYSTIMESTAMP: zoned,
  SYSDATE: plainNow,
}

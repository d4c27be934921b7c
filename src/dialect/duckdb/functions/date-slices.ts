import { type Macros } from '../macros/macro-text.ts'
import { asDate, asMoment, isOpen } from '../translate/coercions.ts'
import { type Duration, durationOf, isDayOrLonger, unitOf } from '../translate/date-units.ts'
import { emitted, type Emitted, macro, typeText } from '../translate/emitted.ts'
import { cannotRun } from '../translate/syntax.ts'
import type { Call } from './call.ts'

/** `DATE_TRUNC(unit, moment)`, in either order of arguments. */
export function dateTrunc(call: Call): Emitted {
  const swapped = isUnit(call.args[1]) && !isUnit(call.args[0])
  return truncated(swapped ? call.arg(0) : call.arg(1), durationOf(call.args[swapped ? 1 : 0]))
}

const isUnit = (node: unknown): boolean => {
  try {
    unitOf(node)
    return true
  } catch {
    return false
  }
}

/** `TRUNC(moment, unit)`. */
export const truncatedDate = (call: Call): Emitted => truncated(call.arg(0), durationOf(call.args[1]))

function truncated(e: Emitted, unit: Duration): Emitted {
  const m = asMoment(e)
  if (unit === 'nanosecond') return m
  const cut = `date_trunc('${unit}', ${m.text})`
  if (m.kind === 'date' && !isDayOrLonger(unit)) throw cannotRun(`DATE_TRUNC of a date to the ${unit}`)
  if (m.kind === 'date') return emitted(`CAST(${cut} AS DATE)`, 'date', [m])
  if (isOpen(m)) return macro('sf_trunc_date', [m], 'unknown', { extra: [`'${unit}'`, typeText(m)], times: 3 })
  return emitted(cut, m.kind, [m])
}

/** `LAST_DAY(moment [, unit])`. */
export function lastDay(call: Call): Emitted {
  const unit = call.args.length > 1 ? durationOf(call.args[1]) : 'month'
  if (!['year', 'quarter', 'month', 'week'].includes(unit)) throw cannotRun(`LAST_DAY of a ${unit}`)
  const date = asDate(call.arg(0))
  return emitted(`CAST(date_trunc('${unit}', ${date.text}) + INTERVAL 1 ${unit} - INTERVAL 1 DAY AS DATE)`, 'date', [
    date,
  ])
}

/** `TIME_SLICE(moment, length, unit [, 'START' | 'END'])`, counted from 1970. */
export function timeSlice(call: Call): Emitted {
  const [length, unit] = [call.whole(1), durationOf(call.args[2])]
  const side = call.args.length > 3 ? call.text(3).toUpperCase() : 'START'
  if (length < 1 || unit === 'nanosecond' || (unit === 'week' && length > 1) || !['START', 'END'].includes(side))
    throw cannotRun('TIME_SLICE with these arguments')
  const origin = unit === 'week' ? '1969-12-29' : '1970-01-01'
  const m = asMoment(call.arg(0))
  const step = `INTERVAL ${length} ${unit}`
  const start = `time_bucket(${step}, CAST(${m.text} AS TIMESTAMP), TIMESTAMP '${origin}')`
  const slice = side === 'START' ? start : `(${start} + ${step})`
  if (m.kind === 'timestamp') return emitted(slice, 'timestamp', [m])
  if (m.kind === 'date' && isDayOrLonger(unit)) return emitted(`CAST(${slice} AS DATE)`, 'date', [m])
  if (m.kind === 'unknown' && isDayOrLonger(unit))
    return macro('sf_keep', [emitted(slice, 'timestamp', [m])], 'unknown', { extra: [typeText(m)], times: 3 })
  if (m.kind === 'unknown') {
    const plain = macro('sf_only_timestamp', [m], 'timestamp', { extra: [typeText(m)], times: 2 })
    return emitted(
      slice.replace(`CAST(${m.text} AS TIMESTAMP)`, () => plain.text),
      'timestamp',
      [plain],
    )
  }
  throw cannotRun(`TIME_SLICE of a ${m.kind} by ${unit}`)
}

/** Macros of these functions alone. */
export const dateSliceMacros = {
  // Slices shorter than a day are those of a timestamp.
  sf_only_timestamp: `(x, t) AS cast_to_type(x, struct_extract({'plain': NULL::TIMESTAMP}, CASE WHEN (t || '') LIKE 'TIMESTAMP%' THEN 'plain' ELSE 'a date in TIME_SLICE by a time of day' END))`,
} satisfies Macros

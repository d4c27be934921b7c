import type { Call } from './call.ts'
import { asInstant, isOpen } from './coercions.ts'
import { type Duration, durations, type Unit, unitOf } from './date-units.ts'
import { emitted, type Emitted, macro, whole } from './emitted.ts'
import { custom, type Rule } from './rules.ts'
import { cannotRun } from './syntax.ts'

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
export const datePart = (call: Call): Emitted => part(unitOf(call.args[0]), call.arg(1))

/** A function named like the part it takes: `YEAR(moment)`. */
export const named = (unit: Unit): readonly Rule[] => [custom(1, 1, (call) => part(unit, call.arg(0)))]

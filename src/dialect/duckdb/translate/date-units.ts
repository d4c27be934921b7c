import { bodyIf, cannotRun, literalOf, type Node, stringLiteral, withoutParentheses } from './syntax.ts'

/** A unit of dates and times under Snowflake's own name for it. */
export type Unit =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond'
  | 'nanosecond'
  | 'dayofweek'
  | 'dayofweekiso'
  | 'dayofyear'
  | 'weekiso'
  | 'yearofweek'
  | 'yearofweekiso'
  | 'epoch_second'
  | 'epoch_millisecond'
  | 'epoch_microsecond'
  | 'epoch_nanosecond'

const spellings: Readonly<Record<Unit, string>> = {
  year: 'year y yy yyy yyyy yr years yrs',
  quarter: 'quarter q qtr qtrs quarters',
  month: 'month mm mon mons months',
  week: 'week w wk weekofyear woy wy weeks',
  day: 'day d dd days dayofmonth',
  hour: 'hour h hh hr hours hrs',
  minute: 'minute m mi min minutes mins',
  second: 'second s sec seconds secs',
  millisecond: 'millisecond ms msec milliseconds',
  microsecond: 'microsecond us usec microseconds',
  nanosecond: 'nanosecond ns nsec nanosec nsecond nanoseconds nanosecs nseconds',
  dayofweek: 'weekday dow dw dayofweek',
  dayofweekiso: 'weekday_iso dow_iso dw_iso dayofweekiso dayofweek_iso',
  dayofyear: 'yearday doy dy dayofyear',
  weekiso: 'week_iso weekofyeariso weekofyear_iso weekiso',
  yearofweek: 'yearofweek',
  yearofweekiso: 'yearofweekiso',
  epoch_second: 'epoch epoch_second epoch_seconds',
  epoch_millisecond: 'epoch_millisecond epoch_milliseconds',
  epoch_microsecond: 'epoch_microsecond epoch_microseconds',
  epoch_nanosecond: 'epoch_nanosecond epoch_nanoseconds',
}

const units: ReadonlyMap<string, Unit> = new Map(
  (Object.entries(spellings) as readonly [Unit, string][]).flatMap(([unit, names]) =>
    names.split(' ').map((name) => [name, unit] as const),
  ),
)

/** Units that move or measure time, largest first. */
export const durations = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
  'nanosecond',
] as const
export type Duration = (typeof durations)[number]

export function unitNamed(name: string): Unit {
  const unit = units.get(name.toLowerCase())
  if (unit === undefined) throw cannotRun(`the date part ${name}`)
  return unit
}

/** A unit given as a bare word, a string, or the parser's own tag. */
export function unitOf(node: Node): Unit {
  const plain = withoutParentheses(node)
  if (typeof plain === 'string') return unitNamed(plain)
  const identifier = bodyIf(plain, 'Identifier') ?? bodyIf(plain, 'Custom')
  if (typeof identifier === 'object' && identifier !== null && 'value' in identifier)
    return unitNamed(String(identifier.value))
  if (typeof plain === 'object' && plain !== null && 'Week' in plain) return unitNamed('week')
  const text = literalOf(plain) === null ? null : stringLiteral(plain)
  if (text === null) throw cannotRun('a date part that is no plain word')
  return unitNamed(text)
}

export function durationOf(node: Node): Duration {
  const unit = unitOf(node)
  const duration = durations.find((candidate) => candidate === unit)
  if (duration === undefined) throw cannotRun(`${unit} as a length of time`)
  return duration
}

export const isDayOrLonger = (unit: Duration): boolean => durations.indexOf(unit) <= durations.indexOf('day')

/** An amount of a unit as DuckDB's interval. */
export function intervalText(unit: Duration, amount: string): string {
  if (unit === 'nanosecond') throw cannotRun('nanoseconds added to a time')
  if (unit === 'quarter') return `to_months(CAST(3 * ${amount} AS INTEGER))`
  if (unit === 'second') return `to_microseconds(1000000 * CAST(${amount} AS BIGINT))`
  if (unit === 'millisecond') return `to_microseconds(1000 * CAST(${amount} AS BIGINT))`
  return `to_${unit}s(CAST(${amount} AS ${isDayOrLonger(unit) ? 'INTEGER' : 'BIGINT'}))`
}

/** `'1 year, 3 months'` as amounts of units, in the order written. */
export function parseInterval(text: string): readonly (readonly [number, Duration])[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.map((part, index) => {
    const match = /^([+-]?\d+)\s*([a-z_]*)$/i.exec(part)
    if (match === null || match[1] === undefined) throw cannotRun(`the interval '${text}'`)
    if (match[2] === '' && index > 0) throw cannotRun(`the interval '${text}'`)
    const unit =
      match[2] === undefined || match[2] === '' ? 'second' : durations.find((d) => d === unitNamed(match[2] ?? ''))
    if (unit === undefined) throw cannotRun(`the interval '${text}'`)
    return [Number(match[1]), unit] as const
  })
}

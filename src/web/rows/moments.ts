/** A point in time: whole seconds since 1970, rounded down, and nanoseconds above them. */
export interface Moment {
  readonly seconds: number
  readonly nanos: number
}

const momentPattern =
  /^(-?\d{4,7})-(\d\d)-(\d\d)(?: \(BC\))?(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: \(BC\))?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/
const timePattern = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/
const secondsPerDay = 86_400
const microsPerSecond = 1_000_000
const microsPerDay = secondsPerDay * microsPerSecond

/** A date, time or timestamp as a point in time, `infinity` as the ends of time; null for other text. */
export function momentOf(text: string): Moment | null {
  if (text === 'infinity' || text === '-infinity') return { seconds: Number(text.replace('i', 'I')), nanos: 0 }
  const time = timePattern.exec(text)
  if (time !== null) return clockOf(0, time.slice(1))
  const parts = momentPattern.exec(text)
  if (parts === null) return null
  const [, year = '', month = '', day = '', ...clock] = parts
  // The year before 1 is 1 BC: years BC count from 0 downwards.
  const astronomical = text.includes('(BC)') ? 1 - Number(year) : Number(year)
  return clockOf(daysOf(astronomical, Number(month), Number(day)), clock)
}

function clockOf(days: number, clock: readonly (string | undefined)[]): Moment {
  const [hours = '0', minutes = '0', seconds = '0', fraction = '', zone = 'Z'] = clock
  return {
    seconds:
      days * secondsPerDay + Number(hours) * 3_600 + (Number(minutes) - offsetMinutes(zone)) * 60 + Number(seconds),
    nanos: Number(fraction.padEnd(9, '0')),
  }
}

/** The minutes that the clocks of a zone such as `+05:30`, `-08` or `Z` are ahead of UTC. */
function offsetMinutes(zone: string): number {
  if (zone === '' || zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return zone.startsWith('-') ? -minutes : minutes
}

/** Days since 1970 of a day in the Gregorian calendar, by Howard Hinnant's days_from_civil. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** What a moment's text shows beside its value, so that the text can be written again. */
export interface MomentForm {
  readonly shows: 'day' | 'clock' | 'both'
  /** Between the day and the time of day. */
  readonly separator: string
  /** `Z` or an offset such as `+02:00`; empty for none. */
  readonly zone: string
}

/** A moment's text taken apart; filled in place, because millions of them are read. */
export interface ParsedMoment {
  /** Microseconds since 1970 in UTC, or since midnight. */
  micros: number
  shows: MomentForm['shows']
  separator: string
  zone: string
}

const [zero, nine, dash, colon, point] = [0x30, 0x39, 0x2d, 0x3a, 0x2e]
const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Two digits at a place; -1 where there are none. */
function pairAt(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at), text.charCodeAt(at + 1)]
  return tens >= zero && tens <= nine && ones >= zero && ones <= nine ? (tens - zero) * 10 + ones - zero : -1
}

/**
 * Reads the text of a moment that `momentText` writes again in the same way, which most are. False for any other: years BC or beyond 9999,
 * more than six digits of a fraction, moments whose microseconds a double cannot hold.
 */
export function parseMoment(text: string, into: ParsedMoment): boolean {
  const hasDay = text.charCodeAt(4) === dash && text.charCodeAt(7) === dash
  const days = hasDay ? readDay(text) : 0
  if (Number.isNaN(days)) return false
  into.shows = hasDay ? 'day' : 'clock'
  into.micros = days * microsPerDay
  into.separator = into.zone = ''
  if (hasDay && text.length === 10) return Number.isSafeInteger(into.micros)
  if (hasDay) {
    into.shows = 'both'
    into.separator = text.charAt(10)
    if (into.separator !== ' ' && into.separator !== 'T') return false
  }
  return readClock(text, hasDay ? 11 : 0, into) && Number.isSafeInteger(into.micros)
}

/** The days since 1970 of `YYYY-MM-DD` at the start of a text; NaN where it is no day. */
function readDay(text: string): number {
  const [century, year, month, day] = [pairAt(text, 0), pairAt(text, 2), pairAt(text, 5), pairAt(text, 8)]
  if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1) return Number.NaN
  const full = century * 100 + year
  const isLeap = full % 4 === 0 && (full % 100 !== 0 || full % 400 === 0)
  if (day > (monthLengths[month - 1] ?? 0) || (month === 2 && day === 29 && !isLeap)) return Number.NaN
  return daysOf(full, month, day)
}

function readClock(text: string, start: number, into: ParsedMoment): boolean {
  const [hours, minutes, seconds] = [pairAt(text, start), pairAt(text, start + 3), pairAt(text, start + 6)]
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return false
  if (text.charCodeAt(start + 2) !== colon || text.charCodeAt(start + 5) !== colon) return false
  let at = start + 8
  let fraction = 0
  if (text.charCodeAt(at) === point) {
    const first = (at += 1)
    for (let code = text.charCodeAt(at); code >= zero && code <= nine; code = text.charCodeAt((at += 1)))
      fraction = fraction * 10 + code - zero
    // A trailing zero would not be written again.
    if (at === first || at - first > 6 || text.charCodeAt(at - 1) === zero) return false
    fraction *= 10 ** (6 - at + first)
  }
  into.zone = text.slice(at)
  if (into.zone !== '' && !/^(?:Z|[+-]\d\d:\d\d)$/.test(into.zone)) return false
  const ofDay = (hours * 3_600 + (minutes - offsetMinutes(into.zone)) * 60 + seconds) * microsPerSecond
  into.micros += ofDay + fraction
  return true
}

/** The text of a moment that `parseMoment` has read. */
export function momentText(micros: number, { shows, separator, zone }: MomentForm): string {
  const local = micros + offsetMinutes(zone) * 60 * microsPerSecond
  const days = shows === 'clock' ? 0 : Math.floor(local / microsPerDay)
  const day = shows === 'clock' ? '' : new Date(days * secondsPerDay * 1_000).toISOString().slice(0, 10)
  if (shows === 'day') return day
  const ofDay = local - days * microsPerDay
  const seconds = Math.floor(ofDay / microsPerSecond)
  const fraction = String(ofDay - seconds * microsPerSecond)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const text = clock.map((part) => String(part).padStart(2, '0')).join(':')
  return `${day}${separator}${text}${fraction === '' ? '' : `.${fraction}`}${zone}`
}

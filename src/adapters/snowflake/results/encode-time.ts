import type { ByteWriter } from './byte-writer.ts'
import { type EncodeCell, encodeText } from './encode-number.ts'

const quote = 0x22
const space = 0x20
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const colon = 0x3a

const secondsPerDay = 86_400
const nanoDigits = 9

/** A moment read from a cell: whole seconds since 1970, rounded down, and what is above them in billionths. */
interface Moment {
  seconds: number
  nanos: number
  /** Where the reading stopped. */
  at: number
}

const moment: Moment = { seconds: 0, nanos: 0, at: 0 }

/** Reads `-12.345`; a fraction has up to nine digits. False for anything else. */
function readMoment(from: Uint8Array, start: number, end: number): boolean {
  const isNegative = from[start] === minus
  let at = isNegative ? start + 1 : start
  const first = at
  let seconds = 0
  for (let digit = (from[at] ?? 0) - zero; at < end && digit >= 0 && digit <= 9; digit = (from[at] ?? 0) - zero) {
    seconds = seconds * 10 + digit
    at += 1
  }
  if (at === first) return false
  let nanos = 0
  if (at < end && from[at] === point) {
    at += 1
    let missing = nanoDigits
    for (let digit = (from[at] ?? 0) - zero; at < end && digit >= 0 && digit <= 9; digit = (from[at] ?? 0) - zero) {
      if (missing-- === 0) return false
      nanos = nanos * 10 + digit
      at += 1
    }
    nanos *= 10 ** missing
  }
  const borrows = isNegative && nanos > 0
  moment.seconds = (isNegative ? -seconds : seconds) - (borrows ? 1 : 0)
  moment.nanos = borrows ? 1e9 - nanos : nanos
  moment.at = at
  return true
}

/** Days since 1970 to `YYYY-MM-DD`, by Howard Hinnant's civil_from_days. */
function writeDay(to: ByteWriter, days: number): void {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  if (year < 0) writeByte(to, minus)
  to.digits(Math.abs(year), 4)
  writeByte(to, minus)
  to.digits(month, 2)
  writeByte(to, minus)
  to.digits(dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1, 2)
}

function writeByte(to: ByteWriter, byte: number): void {
  to.room(1)
  to.bytes[to.at++] = byte
}

/** `HH:MM:SS`, and as many digits of the fraction as say something. */
function writeClock(to: ByteWriter, secondOfDay: number, nanos: number): void {
  const minutes = Math.floor(secondOfDay / 60)
  const hours = Math.floor(minutes / 60)
  to.digits(hours, 2)
  writeByte(to, colon)
  to.digits(minutes - hours * 60, 2)
  writeByte(to, colon)
  to.digits(secondOfDay - minutes * 60, 2)
  if (nanos === 0) return
  writeByte(to, point)
  to.digits(nanos, nanoDigits)
  while (to.bytes[to.at - 1] === zero) to.at -= 1
}

function writeDayAndClock(to: ByteWriter, seconds: number, nanos: number): void {
  const days = Math.floor(seconds / secondsPerDay)
  writeDay(to, days)
  writeByte(to, space)
  writeClock(to, seconds - days * secondsPerDay, nanos)
}

/** Days since 1970. */
export const encodeDate: EncodeCell = (to, from, start, end) => {
  if (!readMoment(from, start, end) || moment.at !== end || moment.nanos !== 0) return encodeText(to, from, start, end)
  writeByte(to, quote)
  writeDay(to, moment.seconds)
  writeByte(to, quote)
}

/** Seconds since midnight. */
export const encodeTime: EncodeCell = (to, from, start, end) => {
  if (!readMoment(from, start, end) || moment.at !== end) return encodeText(to, from, start, end)
  writeByte(to, quote)
  writeClock(to, moment.seconds, moment.nanos)
  writeByte(to, quote)
}

/** Seconds since 1970 as the clock on the wall that stored them. */
export const encodeTimestamp: EncodeCell = (to, from, start, end) => {
  if (!readMoment(from, start, end) || moment.at !== end) return encodeText(to, from, start, end)
  writeByte(to, quote)
  writeDayAndClock(to, moment.seconds, moment.nanos)
  writeByte(to, quote)
}

/** Seconds since 1970, shown in UTC, which is the zone of every session. */
export const encodeInstant: EncodeCell = (to, from, start, end) => {
  if (!readMoment(from, start, end) || moment.at !== end) return encodeText(to, from, start, end)
  writeByte(to, quote)
  writeDayAndClock(to, moment.seconds, moment.nanos)
  to.text('+00:00"')
}

/** The offset that Snowflake writes as 0 is a day west. */
const offsetBase = 1_440

/** Seconds since 1970, a blank, and the zone's offset in minutes plus 1440: shown in that zone. */
export const encodeZoned: EncodeCell = (to, from, start, end) => {
  if (!readMoment(from, start, end) || from[moment.at] !== space) return encodeText(to, from, start, end)
  const { seconds, nanos } = moment
  if (!readMoment(from, moment.at + 1, end) || moment.at !== end) return encodeText(to, from, start, end)
  const offset = moment.seconds - offsetBase
  writeByte(to, quote)
  writeDayAndClock(to, seconds + offset * 60, nanos)
  writeByte(to, offset < 0 ? minus : plus)
  to.digits(Math.floor(Math.abs(offset) / 60), 2)
  writeByte(to, colon)
  to.digits(Math.abs(offset) % 60, 2)
  writeByte(to, quote)
}
